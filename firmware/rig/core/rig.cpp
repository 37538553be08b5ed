#include "rig.h"

#include "crc.h"
#include "platform.h"
#include "rig-hal.h"

namespace {

constexpr uint8_t kStartSysex = 0xF0;
constexpr uint8_t kEndSysex = 0xF7;
constexpr uint8_t kVersion = 0xF9;
constexpr uint8_t kSkipping = 0xFE;
constexpr uint8_t kAnalogMappingQuery = 0x69;
constexpr uint8_t kAnalogMapping = 0x6A;
constexpr uint8_t kCapabilityQuery = 0x6B;
constexpr uint8_t kCapabilities = 0x6C;
constexpr uint8_t kFirmware = 0x79;
constexpr uint8_t kPinCount = 20;
constexpr uint8_t kNothing = 0x7F;

// A contact bounces for less.
constexpr uint8_t kSettledMs = 5;
constexpr uint8_t kHeartbeatMs = 250;

// EEPROM: a marker, the calibration, and the CRC-8 of both. Written with the marker last.
constexpr uint16_t kCalibrationAt = 0;
constexpr uint8_t kMarker = 0xA5;
constexpr uint8_t kErased = 0xFF;
constexpr uint16_t kGainMin = protocol::kGainParts / 2;
constexpr uint16_t kAmplitudeMax = (protocol::kConverterSteps / 2 - 1) * protocol::kAmplitudeParts;

const char kName[] FLASH = RIG_FIRMWARE_NAME;

// A line's bit, its pin, and whether the pin is high while the bit is 0.
struct Driven {
  uint8_t bit;
  uint8_t pin;
  bool isTurned;
};
const Driven kDriven[] = {
    {protocol::kLineCoverOpen, protocol::kPinCoverClosed, true},
    {protocol::kLineMagnetNear, protocol::kPinMagnet, false},
    {protocol::kLineUpButton, protocol::kPinUpButton, false},
    {protocol::kLineEnterButton, protocol::kPinEnterButton, false},
    {protocol::kLineSupplyCut, protocol::kPinSupplyCut, false},
    {protocol::kLineReset, protocol::kPinReset, false},
};

void sendVersion() {
  hal::serialWrite(kVersion);
  hal::serialWrite(2);
  hal::serialWrite(5);
}

void sendFirmware() {
  hal::serialWrite(kStartSysex);
  hal::serialWrite(kFirmware);
  hal::serialWrite(protocol::kFirmwareMajor);
  hal::serialWrite(protocol::kFirmwareMinor);
  for (uint8_t at = 0; at < sizeof kName - 1; at++) {
    hal::serialWrite(static_cast<uint8_t>(flashChar(&kName[at])));
    hal::serialWrite(0);
  }
  hal::serialWrite(kEndSysex);
}

// Pins are the rig's own: none may be written, so none says that it can do anything.
void sendNothingForEachPin(uint8_t id) {
  hal::serialWrite(kStartSysex);
  hal::serialWrite(id);
  for (uint8_t pin = 0; pin < kPinCount; pin++) hal::serialWrite(kNothing);
  hal::serialWrite(kEndSysex);
}

template <typename Message>
void send(const Message& message) {
  hal::serialWrite(kStartSysex);
  protocol::encodeForm(protocol::formOf(message), &message, hal::serialWrite);
  hal::serialWrite(kEndSysex);
}

}  // namespace

void Rig::start(uint8_t resetCause, uint32_t firmwareId) {
  resetCause_ = resetCause;
  firmwareId_ = firmwareId;
  loadCalibration();
  driveLines();
  greet();
  sendHello();
}

void Rig::greet() {
  sendVersion();
  sendFirmware();
}

void Rig::tick(bool isRelayClosed) {
  upMs_++;
  if (isRelayClosed == isRelayClosed_) {
    unsettledMs_ = 0;
  } else if (++unsettledMs_ == kSettledMs) {
    isRelayClosed_ = isRelayClosed;
    unsettledMs_ = 0;
    relayMoves_ = (relayMoves_ + 1) & 0x3FFF;
    driveLoadSide();
    sendStatus();
  }
  if (++heartbeatMs_ < kHeartbeatMs) return;
  heartbeatMs_ = 0;
  isHeartbeatOn_ = !isHeartbeatOn_;
  hal::writePin(protocol::kPinHeartbeat, isHeartbeatOn_);
}

void Rig::takeByte(uint8_t byte) {
  if (byte < 0x80) {
    if (command_ != kStartSysex) return;
    if (count_ < sizeof buffer_) {
      buffer_[count_++] = byte;
    } else {
      command_ = kSkipping;
    }
    return;
  }
  // Any command ends what was not finished before it.
  const uint8_t before = command_;
  command_ = byte;
  if (byte == kEndSysex && before == kStartSysex && count_ > 0) takeSysex();
  if (byte == kVersion) sendVersion();
  count_ = 0;
}

void Rig::takeSysex() {
  switch (buffer_[0]) {
    case kFirmware: sendFirmware(); break;
    case kCapabilityQuery: sendNothingForEachPin(kCapabilities); break;
    case kAnalogMappingQuery: sendNothingForEachPin(kAnalogMapping); break;
    case protocol::kQueryId: takeQuery(); break;
    case protocol::kWaveId: takeWave(); break;
    case protocol::kLinesId: takeLines(); break;
    case protocol::kCalibrationId: takeCalibration(); break;
    default: break;
  }
}

void Rig::takeQuery() {
  protocol::Query query;
  if (!protocol::decode(buffer_, count_, query)) return;
  if (query.what == protocol::kHelloId) sendHello();
  if (query.what == protocol::kStatusId) sendStatus();
}

void Rig::takeWave() {
  protocol::Wave wave;
  if (!protocol::decode(buffer_, count_, wave)) return;
  if (wave.frequencyMilliHz > protocol::kFrequencyMilliHzMax) return;
  wave_ = wave;
  makeWaves();
  sequence_ = wave.sequence;
  sendStatus();
}

void Rig::makeWaves() {
  const uint16_t amplitudes[kOutputs] = {wave_.voltageAmplitude, wave_.phaseAmplitude, wave_.neutralAmplitude};
  const uint16_t lags[kOutputs] = {0, wave_.phaseLag, wave_.neutralLag};
  Waves next;
  // 2^32 a turn; a sample is 1 / samplesPerSecond.
  next.step = static_cast<uint32_t>((static_cast<uint64_t>(wave_.frequencyMilliHz) << 32) /
                                    (protocol::kSamplesPerSecond * 1000UL));
  for (uint8_t output = 0; output < kOutputs; output++) {
    const uint32_t scaled = static_cast<uint32_t>(amplitudes[output]) * calibration_.gain[output];
    const uint32_t amplitude = (scaled + protocol::kGainParts / 2) / protocol::kGainParts;
    next.amplitude[output] = amplitude > kAmplitudeMax ? kAmplitudeMax : static_cast<uint16_t>(amplitude);
    next.lag[output] = static_cast<uint16_t>((lags[output] << 2) + calibration_.trim[output]);
  }
  hal::holdSamples();
  synth.waves = next;
  hal::letSamples();
}

void Rig::takeCalibration() {
  protocol::Calibration taken;
  if (!protocol::decode(buffer_, count_, taken)) return;
  if (taken.voltageGain < kGainMin || taken.phaseGain < kGainMin || taken.neutralGain < kGainMin) return;
  calibration_ = {{taken.voltageGain, taken.phaseGain, taken.neutralGain}, {0, taken.phaseTrim, taken.neutralTrim}};
  saveCalibration();
  makeWaves();
  sequence_ = taken.sequence;
  sendStatus();
}

void Rig::loadCalibration() {
  uint8_t* bytes = reinterpret_cast<uint8_t*>(&calibration_);
  uint16_t at = kCalibrationAt;
  uint8_t crc = crc8Add(0, hal::eepromRead(at));
  const bool isMarked = hal::eepromRead(at++) == kMarker;
  for (uint8_t index = 0; index < sizeof calibration_; index++) {
    bytes[index] = hal::eepromRead(at++);
    crc = crc8Add(crc, bytes[index]);
  }
  if (isMarked && crc == hal::eepromRead(at)) return;
  const uint16_t one = protocol::kGainParts;
  calibration_ = {{one, one, one}, {0, 0, 0}};
}

void Rig::saveCalibration() const {
  const uint8_t* bytes = reinterpret_cast<const uint8_t*>(&calibration_);
  uint16_t at = kCalibrationAt;
  hal::eepromWrite(at++, kErased);
  uint8_t crc = crc8Add(0, kMarker);
  for (uint8_t index = 0; index < sizeof calibration_; index++) {
    hal::eepromWrite(at++, bytes[index]);
    crc = crc8Add(crc, bytes[index]);
  }
  hal::eepromWrite(at, crc);
  hal::eepromWrite(kCalibrationAt, kMarker);
}

void Rig::takeLines() {
  protocol::Lines lines;
  if (!protocol::decode(buffer_, count_, lines)) return;
  lines_ = lines.lines;
  sequence_ = lines.sequence;
  driveLines();
  sendStatus();
}

void Rig::driveLines() {
  for (const Driven& line : kDriven) {
    const bool isSet = lines_ & line.bit;
    hal::writePin(line.pin, isSet != line.isTurned);
  }
  synth.isBypassed = lines_ & protocol::kLineBypass;
  driveLoadSide();
}

void Rig::driveLoadSide() {
  hal::writePin(protocol::kPinLoadSide, isRelayClosed_ && (lines_ & protocol::kLineLive));
}

void Rig::sendHello() {
  protocol::Hello hello;
  hello.protocol = protocol::kVersion;
  hello.firmwareId = firmwareId_;
  hello.resetCause = resetCause_;
  hello.stackLowBytes = hal::stackLowBytes();
  hello.voltageGain = calibration_.gain[kVoltageOutput];
  hello.phaseGain = calibration_.gain[kPhaseOutput];
  hello.neutralGain = calibration_.gain[kNeutralOutput];
  hello.phaseTrim = calibration_.trim[kPhaseOutput];
  hello.neutralTrim = calibration_.trim[kNeutralOutput];
  send(hello);
}

void Rig::sendStatus() {
  protocol::Status status;
  status.sequence = sequence_;
  status.state = 0;
  if (isRelayClosed_) status.state |= protocol::kStateRelayClosed;
  if (isRelayClosed_ && (lines_ & protocol::kLineLive)) status.state |= protocol::kStateLoadSideLive;
  if (isHeard_) status.state |= protocol::kStateConverterHeard;
  status.lines = lines_;
  status.relayMoves = relayMoves_;
  status.lateSamples = hal::lateSamples() & 0x3FFF;
  status.unheardSamples = hal::unheardSamples() & 0x0FFFFFFF;
  status.upMs = upMs_;
  send(status);
}
