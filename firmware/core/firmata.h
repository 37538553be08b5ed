// The part of Firmata that a meter needs: version, firmware, capabilities, pin modes, digital and analog values, I2C writes,
// and user sysex, which goes to the meter. Bytes in; answers leave through the hal.
#pragma once
#include <stdint.h>

#include "protocol.h"

class Meter;

class Firmata {
 public:
  /// Answers user sysex through this meter. Sends nothing.
  void start(Meter* meter);
  /// Told every tick, so that a turned bit in the pointer is mended before it leads anywhere.
  void belongTo(Meter* meter) { meter_ = meter; }
  /// Version and firmware report, as every Firmata board sends after reset.
  void greet();
  void takeByte(uint8_t byte);
  /// Every 10 ms: values that were asked for.
  void tick();
  /// Sends a user sysex.
  template <typename Message>
  static void send(const Message& message) {
    sendForm(protocol::formOf(message), &message);
  }

 private:
  static void sendForm(const uint8_t* form, const void* message);
  void takeMessage();
  void takeSysex();
  void reset();
  void writePort(uint8_t port, uint8_t levels);
  void setPin(uint8_t pin, bool isHigh);
  void sendPort(uint8_t port);
  void sendAnalog(uint8_t channel);
  void sendCapabilities();
  void sendI2c();

  Meter* meter_;
  uint8_t buffer_[protocol::kSysexBytesMax];
  // 0: waiting for a command; F0: inside a sysex; FE: inside one that is too long or broken.
  uint8_t command_;
  uint8_t count_;
  uint8_t wanted_;
  uint8_t analogMask_;
  uint8_t portMask_;
  uint8_t portSent_[3];
  // What the host wrote last: a bit that did not change was not meant.
  uint8_t portWritten_[3];
  uint8_t intervalTicks_;
  uint8_t ticksLeft_;
  uint8_t busDeadTicks_;
};
