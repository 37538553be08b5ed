#include "host-chip.h"

#include <math.h>
#include <string.h>

#include "hal.h"
#include "siphash.h"

HostChip chip;

void HostChip::reset() {
  memset(eeprom, 0xFF, sizeof eeprom);
  writesLeft = -1;
  torn = Torn::untouched;
  isDead = false;
  eepromWrites = 0;
  memset(wear, 0, sizeof wear);
  restarts = 0;
  sent.clear();
  memset(pins, 0, sizeof pins);
  memset(rises, 0, sizeof rises);
  memset(levels, 0, sizeof levels);
  memset(samples, 0, sizeof samples);
  isDisplayThere = true;
  isBusStuck = false;
  twi.clear();
  modemOut.clear();
}

namespace hal {

void serialWrite(uint8_t byte) { chip.sent.push_back(byte); }
uint8_t eepromRead(uint16_t at) { return chip.eeprom[at]; }
bool eepromIsReady() { return !chip.isDead; }
void eepromWrite(uint16_t at, uint8_t value) {
  if (chip.isDead) return;
  chip.eepromWrites++;
  chip.wear[at]++;
  if (chip.writesLeft == 0) {
    chip.isDead = true;
    if (chip.torn == HostChip::Torn::erased) chip.eeprom[at] = 0xFF;
    if (chip.torn == HostChip::Torn::halfWritten) chip.eeprom[at] = value | 0x5A;
    return;
  }
  if (chip.writesLeft > 0) chip.writesLeft--;
  chip.eeprom[at] = value;
}
void writePin(uint8_t pin, bool isHigh) {
  if (isHigh && !chip.pins[pin]) chip.rises[pin]++;
  chip.pins[pin] = isHigh;
}
uint8_t portLevels(uint8_t port) { return chip.levels[port]; }
uint16_t lastSample(uint8_t channel) { return chip.samples[channel]; }
bool twiIsIdle() { return !chip.isBusStuck; }
bool twiWasHeard() { return chip.isDisplayThere; }
void twiSend(uint8_t address, const uint8_t* bytes, uint8_t count) {
  if (address == 0x27 && chip.isDisplayThere) chip.twi.insert(chip.twi.end(), bytes, bytes + count);
}
bool modemWrite(uint8_t byte) {
  chip.modemOut += static_cast<char>(byte);
  return true;
}
uint16_t stackLowBytes() { return 321; }
void restart() { chip.restarts++; }

}  // namespace hal

static uint8_t* encodeAt;

uint8_t encodeInto(const uint8_t* form, const void* message, uint8_t* bytes) {
  encodeAt = bytes;
  protocol::encodeForm(form, message, [](uint8_t byte) { *encodeAt++ = byte; });
  return static_cast<uint8_t>(encodeAt - bytes);
}

double Chance::normal() {
  double sum = 0;
  for (int at = 0; at < 6; at++) sum += share();
  return (sum - 3) * 1.4142135623730951;
}

uint16_t Bench::sample(double amplitude, double angle, double offsetLsb) {
  const double value = 512 + offsetLsb + amplitude * sin(angle) + wave.noiseLsb * chance_.normal();
  // The ADC cuts: a value of 511.9 is step 511. Half a step is DC, which the meter takes out.
  const double step = floor(value);
  return static_cast<uint16_t>(step < 0 ? 0 : step > 1023 ? 1023 : step);
}

void Bench::run(double seconds) {
  constexpr double kConversionS = 104e-6;
  const double turn = 2 * M_PI * wave.frequencyHz * kConversionS;
  const double voltLsb = wave.voltageV * sqrt(2.0) / 0.78125;
  const long count = lround(seconds / kConversionS);
  for (long at = 0; at < count; at++) {
    const bool isClosed = chip.pins[protocol::kPinRelay];
    const double perAmp = isLoadBehindRelay && !isClosed ? 0 : sqrt(2.0) / 0.166015625;
    const double phase = wave.phaseA * perAmp;
    const double neutral = wave.neutralA < 0 ? phase : wave.neutralA * perAmp;
    switch (conversion_++ & 3) {
      case 0: round_.voltageBefore = sample(voltLsb, angle_ + wave.startRad, wave.voltageOffsetLsb); break;
      case 1: round_.phase = sample(phase, angle_ + wave.startRad - wave.lagRad, wave.currentOffsetLsb); break;
      case 2: round_.voltageAfter = sample(voltLsb, angle_ + wave.startRad, wave.voltageOffsetLsb); break;
      default: round_.neutral = sample(neutral, angle_ + wave.startRad - wave.lagRad, wave.currentOffsetLsb); break;
    }
    angle_ = fmod(angle_ + turn, 2 * M_PI);
    if ((conversion_ & 3) == 0) {
      if (meter.sampler.takeRound(round_)) {
        const Measurement& measured = meter.takeWindow(meter.sampler.finished);
        meter.sampler.nextVoltageMiddle = measured.voltageMiddle;
        meter.sampler.nextPhaseMiddle = measured.phaseMiddle;
        meter.sampler.nextNeutralMiddle = measured.neutralMiddle;
      }
      if (--roundsLeft_ == 0) {
        roundsLeft_ = kTickRounds;
        if (isLoadSideSound) inputs.loadSideLive = isClosed && wave.voltageV > 40;
        meter.tick(inputs);
      }
    }
    for (int step = 0; step < stepsPerConversion; step++) meter.step();
  }
}

std::vector<std::vector<uint8_t>> Bench::sysexes() const {
  std::vector<std::vector<uint8_t>> all;
  std::vector<uint8_t> open;
  bool isInside = false;
  for (const uint8_t byte : chip.sent) {
    if (byte == 0xF0) {
      isInside = true;
      open.clear();
    } else if (byte == 0xF7) {
      if (isInside) all.push_back(open);
      isInside = false;
    } else if (isInside) {
      open.push_back(byte);
    }
  }
  return all;
}

int Bench::eventCount(uint8_t code) const {
  int count = 0;
  for (const auto& bytes : sysexes()) {
    protocol::Event event{};
    if (protocol::decode(bytes.data(), static_cast<uint8_t>(bytes.size()), event) && event.code == code) count++;
  }
  return count;
}

bool Bench::hasEvent(uint8_t code) const { return eventCount(code) > 0; }

void Bench::sendSysex(const uint8_t* bytes, uint8_t count) {
  meter.firmata.takeByte(0xF0);
  for (uint8_t at = 0; at < count; at++) meter.firmata.takeByte(bytes[at]);
  meter.firmata.takeByte(0xF7);
}

uint64_t Bench::macOf(const uint8_t* bytes, uint8_t count) const {
  return sipHash(key, serial, bytes, count - 10) & 0xFFFFFFFFFFFFFFULL;
}

uint8_t Bench::command(uint8_t op, int64_t argument, int64_t second) {
  return order(protocol::Command{op, argument, second, 0, 0, 0});
}

protocol::Registers Bench::registers() {
  chip.sent.clear();
  send(protocol::Query{protocol::kRegistersId});
  protocol::Registers registers{};
  last(registers);
  return registers;
}

protocol::Held Bench::held() {
  chip.sent.clear();
  send(protocol::Query{protocol::kHeldId});
  protocol::Held held{};
  last(held);
  return held;
}

uint64_t Bench::token(uint16_t number, uint32_t amountHundreds) const {
  const uint32_t content = static_cast<uint32_t>(number) << 20 | amountHundreds;
  uint8_t over[5] = {0x54};
  for (int at = 0; at < 4; at++) over[1 + at] = static_cast<uint8_t>(content >> (8 * at));
  return static_cast<uint64_t>(content) << 32 | (sipHash(key, serial, over, 5) & 0xFFFFFFFF);
}

uint8_t Bench::useToken(uint64_t token) {
  return command(protocol::kOpToken, static_cast<int64_t>(token & 0xFFFFFFFF), static_cast<int64_t>(token >> 32));
}
