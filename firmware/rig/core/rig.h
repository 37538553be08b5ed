// The rig: what the host orders and asks, contacts and relay. Bytes in; answers leave through the hal.
#pragma once
#include <stdint.h>

#include "rig-protocol.h"
#include "synth.h"

/// By what the rig's own parts are off, for each output.
struct RigCalibration {
  // 1/8192.
  uint16_t gain[kOutputs];
  // Added to the lag, 1/65536 turn.
  int16_t trim[kOutputs];
};

class Rig {
 public:
  Synth synth;

  /// Drives the lines of a meter that nobody touches, and greets as every Firmata board does after reset.
  void start(uint8_t resetCause, uint32_t firmwareId);
  void takeByte(uint8_t byte);
  /// Once a millisecond.
  void tick(bool isRelayClosed);
  /// The converter acknowledged, or did not.
  void setHeard(bool isHeard) { isHeard_ = isHeard; }

 private:
  void takeSysex();
  void takeQuery();
  void takeWave();
  void takeLines();
  void takeCalibration();
  void loadCalibration();
  void saveCalibration() const;
  void makeWaves();
  void driveLines();
  void driveLoadSide();
  void greet();
  void sendHello();
  void sendStatus();

  uint8_t buffer_[protocol::kSysexBytesMax];
  uint8_t count_;
  // F0: inside a sysex; FE: inside one that is too long.
  uint8_t command_;
  uint8_t resetCause_;
  uint32_t firmwareId_;
  uint64_t upMs_;
  uint8_t sequence_;
  protocol::Wave wave_;
  RigCalibration calibration_;
  uint16_t lines_;
  uint16_t relayMoves_;
  bool isRelayClosed_;
  uint8_t unsettledMs_;
  uint8_t heartbeatMs_;
  bool isHeartbeatOn_;
  bool isHeard_;
};
