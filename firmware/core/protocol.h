// Written by firmware/generate.ts from sim/contract/board-protocol.ts; change it there.
#pragma once
#include <stdint.h>
#include "groups.h"
#include "platform.h"

namespace protocol {

constexpr uint8_t kVersion = 1;
#define METER_FIRMWARE_NAME "Meterville"
constexpr uint8_t kFirmwareMajor = 1;
constexpr uint8_t kFirmwareMinor = 0;
constexpr uint8_t kSysexBytesMax = 64;

constexpr uint8_t kQueryId = 1;
constexpr uint8_t kRegistersId = 2;
constexpr uint8_t kCommandId = 3;
constexpr uint8_t kResultId = 4;
constexpr uint8_t kEventId = 5;
constexpr uint8_t kReportId = 6;
constexpr uint8_t kHelloId = 7;
constexpr uint8_t kPingId = 8;
constexpr uint8_t kPongId = 9;
constexpr uint8_t kTakeId = 10;
constexpr uint8_t kHeldId = 11;
constexpr uint8_t kDisplayId = 12;
constexpr uint8_t kEventsId = 13;
constexpr uint8_t kTerminalsId = 14;
constexpr uint8_t kKeyId = 15;

constexpr uint8_t kOpRelay = 1;
constexpr uint8_t kOpAddCredit = 2;
constexpr uint8_t kOpSetPrice = 3;
constexpr uint8_t kOpCalibrate = 4;
constexpr uint8_t kOpClearTamper = 5;
constexpr uint8_t kOpSetSerial = 6;
constexpr uint8_t kOpToken = 7;
constexpr uint8_t kOpWiring = 8;
constexpr uint8_t kOpInject = 10;
constexpr uint8_t kOpSave = 9;
constexpr uint8_t kResultDone = 0;
constexpr uint8_t kResultWrongMac = 1;
constexpr uint8_t kResultReplayed = 2;
constexpr uint8_t kResultUnknown = 3;
constexpr uint8_t kResultBadArgument = 4;
constexpr uint8_t kResultUsedToken = 5;
constexpr uint8_t kResultWrongToken = 6;
constexpr uint8_t kResultLocked = 7;
constexpr uint8_t kEventStarted = 1;
constexpr uint8_t kEventPowerFailed = 2;
constexpr uint8_t kEventPowerBack = 3;
constexpr uint8_t kEventCoverOpen = 4;
constexpr uint8_t kEventCoverClosed = 5;
constexpr uint8_t kEventMagnet = 6;
constexpr uint8_t kEventMagnetGone = 7;
constexpr uint8_t kEventNeutralDiffers = 8;
constexpr uint8_t kEventNeutralAgrees = 9;
constexpr uint8_t kEventRelayOpen = 10;
constexpr uint8_t kEventRelayClosed = 11;
constexpr uint8_t kEventRelayWelded = 12;
constexpr uint8_t kEventRelayStuck = 13;
constexpr uint8_t kEventCreditLow = 14;
constexpr uint8_t kEventCreditEmergency = 15;
constexpr uint8_t kEventCreditOut = 16;
constexpr uint8_t kEventToppedUp = 17;
constexpr uint8_t kEventTokenRefused = 18;
constexpr uint8_t kEventStoreFallback = 19;
constexpr uint8_t kEventCalibrationLost = 20;
constexpr uint8_t kEventMacRefused = 21;
constexpr uint8_t kEventRegistersTaken = 22;
constexpr uint8_t kEventTamperCleared = 23;
constexpr uint8_t kEventTyped = 24;
constexpr uint16_t kStateRelayClosed = 1;
constexpr uint16_t kStateSensedLive = 2;
constexpr uint16_t kStateOpenByCompany = 4;
constexpr uint16_t kStateOpenByCredit = 8;
constexpr uint16_t kStateMainsPresent = 16;
constexpr uint16_t kStateRelayFault = 32;
constexpr uint16_t kStatePrepaid = 64;
constexpr uint16_t kStateCoverOpen = 128;
constexpr uint16_t kStateMagnetNear = 256;
constexpr uint16_t kStateInjected = 512;
constexpr uint16_t kStateUpButton = 1024;
constexpr uint16_t kStateEnterButton = 2048;
constexpr uint8_t kFaultCalibrationLost = 1;
constexpr uint8_t kFaultStoreEmpty = 2;
constexpr uint8_t kFaultStoreFallback = 4;
constexpr uint8_t kFaultNoDisplay = 8;
constexpr uint8_t kPinSerialIn = 0;
constexpr uint8_t kPinSerialOut = 1;
constexpr uint8_t kPinCoverOpen = 2;
constexpr uint8_t kPinPulseLed = 3;
constexpr uint8_t kPinRelay = 4;
constexpr uint8_t kPinAlarmLed = 5;
constexpr uint8_t kPinBuzzer = 6;
constexpr uint8_t kPinUpButton = 7;
constexpr uint8_t kPinEnterButton = 8;
constexpr uint8_t kPinMagnet = 9;
constexpr uint8_t kPinModemIn = 10;
constexpr uint8_t kPinModemOut = 11;
constexpr uint8_t kPinModemKey = 12;
constexpr uint8_t kPinHeartbeat = 13;
constexpr uint8_t kPinPhaseCurrent = 14;
constexpr uint8_t kPinVoltage = 15;
constexpr uint8_t kPinNeutralCurrent = 16;
constexpr uint8_t kPinLoadSide = 17;
constexpr uint8_t kPinDataLine = 18;
constexpr uint8_t kPinClockLine = 19;

constexpr uint32_t kMicroVoltsPerLsb = 781250;
constexpr uint32_t kNanoAmpsPerLsb = 166015625;
constexpr uint32_t kConversionMicros = 104;
constexpr uint32_t kRoundConversions = 4;
constexpr uint32_t kWindowCycles = 10;
constexpr uint32_t kWindowMaxMs = 250;
constexpr uint32_t kCreepMilliW = 5000;
constexpr uint32_t kPulsesPerKWh = 1600;

constexpr uint16_t kEepromSettingsAt = 0;
constexpr uint16_t kEepromSettingsBytes = 40;
constexpr uint16_t kEepromAccountAt = 80;
constexpr uint16_t kEepromAccountBytes = 56;
constexpr uint16_t kEepromRingAt = 192;
constexpr uint16_t kEepromSlotBytes = 18;
constexpr uint16_t kEepromSlotCount = 46;

// Asks for one message.
struct __attribute__((packed)) Query {
  uint8_t what;
};
constexpr uint8_t kQueryBytes = 4;
const uint8_t kQueryForm[] FLASH = {4, kQueryId, 0x9};
inline const uint8_t* formOf(const Query&) { return kQueryForm; }

// Registers and what the last window measured.
struct __attribute__((packed)) Registers {
  uint16_t sequence;
  uint64_t importWh;
  uint16_t importBelowMilliWh;
  uint64_t exportWh;
  uint16_t exportBelowMilliWh;
  int32_t activeMilliW;
  int32_t reactiveMilliVar;
  uint32_t voltageMilliV;
  uint32_t phaseMilliA;
  uint32_t neutralMilliA;
  int16_t powerFactorPermille;
  uint32_t frequencyMilliHz;
  uint16_t state;
  uint8_t tamperFlags;
  int64_t creditMilliMinor;
  uint32_t windowCount;
  uint64_t upMs;
};
constexpr uint8_t kRegistersBytes = 62;
const uint8_t kRegistersForm[] FLASH = {62, kRegistersId, 0x12, 0x2F, 0x12, 0x2F, 0x12, 0xA4, 0xA4, 0x24, 0x24, 0x24, 0x92, 0x24, 0x12, 0x9, 0xAF, 0x24, 0x2F};
inline const uint8_t* formOf(const Registers&) { return kRegistersForm; }

// One order with up to two numbers.
struct __attribute__((packed)) Command {
  uint8_t op;
  int64_t argument;
  int64_t second;
  uint32_t counter;
  uint32_t macLow;
  uint32_t macHigh;
};
constexpr uint8_t kCommandBytes = 26;
const uint8_t kCommandForm[] FLASH = {26, kCommandId, 0x9, 0xAF, 0xAF, 0x24, 0x24, 0x24};
inline const uint8_t* formOf(const Command&) { return kCommandForm; }

// Answer to a signed message.
struct __attribute__((packed)) Result {
  uint8_t about;
  uint32_t counter;
  uint8_t code;
  uint32_t lastCounter;
};
constexpr uint8_t kResultBytes = 13;
const uint8_t kResultForm[] FLASH = {13, kResultId, 0x9, 0x24, 0x9, 0x24};
inline const uint8_t* formOf(const Result&) { return kResultForm; }

// Something the board noticed; sent at once and again when asked.
struct __attribute__((packed)) Event {
  uint32_t number;
  uint8_t code;
  uint64_t upMs;
  int64_t value;
};
constexpr uint8_t kEventBytes = 18;
const uint8_t kEventForm[] FLASH = {18, kEventId, 0x24, 0x9, 0x2F, 0xAF};
inline const uint8_t* formOf(const Event&) { return kEventForm; }

// Asks for registers every so many windows.
struct __attribute__((packed)) Report {
  uint8_t everyWindows;
};
constexpr uint8_t kReportBytes = 4;
const uint8_t kReportForm[] FLASH = {4, kReportId, 0x9};
inline const uint8_t* formOf(const Report&) { return kReportForm; }

// Who the board is; sent after reset and when asked.
struct __attribute__((packed)) Hello {
  uint8_t protocol;
  uint64_t firmwareId;
  uint64_t serial;
  uint8_t resetCause;
  uint16_t stackLowBytes;
  uint32_t lastCounter;
  uint8_t faults;
  uint32_t nextEvent;
};
constexpr uint8_t kHelloBytes = 26;
const uint8_t kHelloForm[] FLASH = {26, kHelloId, 0x9, 0x2F, 0x2F, 0x9, 0x12, 0x24, 0x9, 0x24};
inline const uint8_t* formOf(const Hello&) { return kHelloForm; }

// Asks for a pong.
struct __attribute__((packed)) Ping {
  uint64_t hostMs;
};
constexpr uint8_t kPingBytes = 8;
const uint8_t kPingForm[] FLASH = {8, kPingId, 0x2F};
inline const uint8_t* formOf(const Ping&) { return kPingForm; }

// Answer to a ping.
struct __attribute__((packed)) Pong {
  uint64_t hostMs;
  uint64_t upMs;
  uint64_t serial;
};
constexpr uint8_t kPongBytes = 18;
const uint8_t kPongForm[] FLASH = {18, kPongId, 0x2F, 0x2F, 0x2F};
inline const uint8_t* formOf(const Pong&) { return kPongForm; }

// Hands registers over to the board, exactly.
struct __attribute__((packed)) Take {
  uint64_t importWh;
  uint16_t importBelowMilliWh;
  uint64_t exportWh;
  uint16_t exportBelowMilliWh;
  uint32_t importCarryMilliWMs;
  uint32_t exportCarryMilliWMs;
  int64_t creditMilliMinor;
  uint32_t priceMilliMinorPerKWh;
  uint32_t emergencyMinor;
  uint8_t relayReasons;
  uint8_t tamperFlags;
  uint32_t nextEvent;
  uint32_t counter;
  uint32_t macLow;
  uint32_t macHigh;
};
constexpr uint8_t kTakeBytes = 56;
const uint8_t kTakeForm[] FLASH = {56, kTakeId, 0x2F, 0x12, 0x2F, 0x12, 0x24, 0x24, 0xAF, 0x24, 0x24, 0x9, 0x9, 0x24, 0x24, 0x24, 0x24};
inline const uint8_t* formOf(const Take&) { return kTakeForm; }

// What the board would hand back now.
struct __attribute__((packed)) Held {
  uint64_t importWh;
  uint16_t importBelowMilliWh;
  uint64_t exportWh;
  uint16_t exportBelowMilliWh;
  uint32_t importCarryMilliWMs;
  uint32_t exportCarryMilliWMs;
  int64_t creditMilliMinor;
  uint32_t priceMilliMinorPerKWh;
  uint32_t emergencyMinor;
  uint8_t relayReasons;
  uint8_t tamperFlags;
  uint32_t nextEvent;
};
constexpr uint8_t kHeldBytes = 44;
const uint8_t kHeldForm[] FLASH = {44, kHeldId, 0x2F, 0x12, 0x2F, 0x12, 0x24, 0x24, 0xAF, 0x24, 0x24, 0x9, 0x9, 0x24};
inline const uint8_t* formOf(const Held&) { return kHeldForm; }

// Text on the display until the next; all blanks: the meter's own pages.
struct __attribute__((packed)) Display {
  char text[32];
  uint32_t counter;
  uint32_t macLow;
  uint32_t macHigh;
};
constexpr uint8_t kDisplayBytes = 47;
const uint8_t kDisplayForm[] FLASH = {47, kDisplayId, 0x0, 0x24, 0x24, 0x24};
inline const uint8_t* formOf(const Display&) { return kDisplayForm; }

// Asks for the events still in the ring, from this number on.
struct __attribute__((packed)) Events {
  uint32_t fromNumber;
};
constexpr uint8_t kEventsBytes = 7;
const uint8_t kEventsForm[] FLASH = {7, kEventsId, 0x24};
inline const uint8_t* formOf(const Events&) { return kEventsForm; }

// What to measure where no sensors are wired, once op inject allowed it; the ADC counts again after 2 s without.
struct __attribute__((packed)) Terminals {
  uint32_t voltageMilliV;
  uint32_t phaseMilliA;
  uint32_t neutralMilliA;
  int32_t activeMilliW;
  int32_t reactiveMilliVar;
  uint32_t frequencyMilliHz;
};
constexpr uint8_t kTerminalsBytes = 27;
const uint8_t kTerminalsForm[] FLASH = {27, kTerminalsId, 0x24, 0x24, 0x24, 0xA4, 0xA4, 0x24};
inline const uint8_t* formOf(const Terminals&) { return kTerminalsForm; }

// A new board key, signed with the old one; the counter goes on.
struct __attribute__((packed)) Key {
  uint64_t key0;
  uint64_t key1;
  uint64_t key2;
  uint64_t key3;
  uint32_t counter;
  uint32_t macLow;
  uint32_t macHigh;
};
constexpr uint8_t kKeyBytes = 35;
const uint8_t kKeyForm[] FLASH = {35, kKeyId, 0x2F, 0x2F, 0x2F, 0x2F, 0x24, 0x24, 0x24};
inline const uint8_t* formOf(const Key&) { return kKeyForm; }

}  // namespace protocol
