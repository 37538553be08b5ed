// Written by firmware/generate.ts from sim/contract/rig-protocol.ts; change it there.
#pragma once
#include <stdint.h>
#include "groups.h"
#include "platform.h"

namespace protocol {

constexpr uint8_t kVersion = 1;
#define RIG_FIRMWARE_NAME "MetervilleRig"
constexpr uint8_t kFirmwareMajor = 1;
constexpr uint8_t kFirmwareMinor = 0;
constexpr uint8_t kSysexBytesMax = 32;

constexpr uint8_t kQueryId = 1;
constexpr uint8_t kStatusId = 2;
constexpr uint8_t kWaveId = 3;
constexpr uint8_t kLinesId = 4;
constexpr uint8_t kCalibrationId = 5;
constexpr uint8_t kHelloId = 7;

constexpr uint16_t kLineCoverOpen = 1;
constexpr uint16_t kLineMagnetNear = 2;
constexpr uint16_t kLineUpButton = 4;
constexpr uint16_t kLineEnterButton = 8;
constexpr uint16_t kLineLive = 16;
constexpr uint16_t kLineBypass = 32;
constexpr uint16_t kLineSupplyCut = 64;
constexpr uint16_t kLineReset = 128;
constexpr uint16_t kStateRelayClosed = 1;
constexpr uint16_t kStateLoadSideLive = 2;
constexpr uint16_t kStateConverterHeard = 4;
constexpr uint8_t kPinSerialIn = 0;
constexpr uint8_t kPinSerialOut = 1;
constexpr uint8_t kPinRelayClosed = 2;
constexpr uint8_t kPinLoad = 3;
constexpr uint8_t kPinCoverClosed = 4;
constexpr uint8_t kPinMagnet = 5;
constexpr uint8_t kPinUpButton = 6;
constexpr uint8_t kPinEnterButton = 7;
constexpr uint8_t kPinLoadSide = 8;
constexpr uint8_t kPinSupplyCut = 9;
constexpr uint8_t kPinReset = 10;
constexpr uint8_t kPinHeartbeat = 13;
constexpr uint8_t kPinDataLine = 18;
constexpr uint8_t kPinClockLine = 19;

constexpr uint32_t kSamplesPerSecond = 4000;
constexpr uint32_t kConverterAddress = 96;
constexpr uint32_t kConverterSteps = 4096;
constexpr uint32_t kAmplitudeParts = 8;
constexpr uint32_t kAngleParts = 16384;
constexpr uint32_t kGainParts = 8192;
constexpr uint32_t kTrimParts = 65536;
constexpr uint32_t kFilterOhms = 1000;
constexpr uint32_t kFilterNanoFarads = 100;
constexpr uint32_t kFrequencyMilliHzMax = 400000;
constexpr uint16_t kQuarterSine[] = {0, 804, 1608, 2410, 3212, 4011, 4808, 5602, 6393, 7179, 7962, 8739, 9512, 10278, 11039, 11793, 12539, 13279, 14010, 14732, 15446, 16151, 16846, 17530, 18204, 18868, 19519, 20159, 20787, 21403, 22005, 22594, 23170, 23731, 24279, 24811, 25329, 25832, 26319, 26790, 27245, 27683, 28105, 28510, 28898, 29268, 29621, 29956, 30273, 30571, 30852, 31113, 31356, 31580, 31785, 31971, 32137, 32285, 32412, 32521, 32609, 32678, 32728, 32757, 32767, 32767};

// Asks for one message.
struct __attribute__((packed)) Query {
  uint8_t what;
};
constexpr uint8_t kQueryBytes = 4;
const uint8_t kQueryForm[] FLASH = {4, kQueryId, 0x9};
inline const uint8_t* formOf(const Query&) { return kQueryForm; }

// What the rig does and sees; answers wave, lines and calibration, and comes when the relay has moved.
struct __attribute__((packed)) Status {
  uint8_t sequence;
  uint16_t state;
  uint16_t lines;
  uint16_t relayMoves;
  uint16_t lateSamples;
  uint32_t unheardSamples;
  uint64_t upMs;
};
constexpr uint8_t kStatusBytes = 21;
const uint8_t kStatusForm[] FLASH = {21, kStatusId, 0x9, 0x12, 0x12, 0x12, 0x12, 0x24, 0x2F};
inline const uint8_t* formOf(const Status&) { return kStatusForm; }

// The three waves from the next sample on; they go on in phase.
struct __attribute__((packed)) Wave {
  uint8_t sequence;
  uint32_t frequencyMilliHz;
  uint16_t voltageAmplitude;
  uint16_t phaseAmplitude;
  uint16_t neutralAmplitude;
  uint16_t phaseLag;
  uint16_t neutralLag;
};
constexpr uint8_t kWaveBytes = 18;
const uint8_t kWaveForm[] FLASH = {18, kWaveId, 0x9, 0x24, 0x12, 0x12, 0x12, 0x12, 0x12};
inline const uint8_t* formOf(const Wave&) { return kWaveForm; }

// Contacts, buttons and supply of the meter.
struct __attribute__((packed)) Lines {
  uint8_t sequence;
  uint16_t lines;
};
constexpr uint8_t kLinesBytes = 6;
const uint8_t kLinesForm[] FLASH = {6, kLinesId, 0x9, 0x12};
inline const uint8_t* formOf(const Lines&) { return kLinesForm; }

// By what the rig's own parts are off, kept in its EEPROM; takes 50 ms.
struct __attribute__((packed)) Calibration {
  uint8_t sequence;
  uint16_t voltageGain;
  uint16_t phaseGain;
  uint16_t neutralGain;
  int16_t phaseTrim;
  int16_t neutralTrim;
};
constexpr uint8_t kCalibrationBytes = 14;
const uint8_t kCalibrationForm[] FLASH = {14, kCalibrationId, 0x9, 0x12, 0x12, 0x12, 0x92, 0x92};
inline const uint8_t* formOf(const Calibration&) { return kCalibrationForm; }

// Who the rig is; sent after reset and when asked.
struct __attribute__((packed)) Hello {
  uint8_t protocol;
  uint64_t firmwareId;
  uint8_t resetCause;
  uint16_t stackLowBytes;
  uint16_t voltageGain;
  uint16_t phaseGain;
  uint16_t neutralGain;
  int16_t phaseTrim;
  int16_t neutralTrim;
};
constexpr uint8_t kHelloBytes = 22;
const uint8_t kHelloForm[] FLASH = {22, kHelloId, 0x9, 0x2F, 0x9, 0x12, 0x12, 0x12, 0x12, 0x92, 0x92};
inline const uint8_t* formOf(const Hello&) { return kHelloForm; }

}  // namespace protocol
