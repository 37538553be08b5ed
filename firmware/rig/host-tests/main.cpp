// The rig's core on a PC: a chip of arrays, and checks as sentences.
#include <math.h>
#include <string.h>

#include <memory>
#include <vector>

#include "check.h"
#include "rig-hal.h"
#include "rig.h"

namespace {

constexpr double kTurn = 65536.0;
constexpr uint8_t kEnd = 0xF7;
constexpr uint8_t kStart = 0xF0;

struct Chip {
  bool pins[20];
  uint8_t eeprom[1024];
  // Bytes that EEPROM still takes before the power goes.
  int writesLeft;
  std::vector<uint8_t> sent;
};
Chip chip;

void forget() {
  memset(chip.pins, 0, sizeof chip.pins);
  memset(chip.eeprom, 0xFF, sizeof chip.eeprom);
  chip.writesLeft = 1000000;
  chip.sent.clear();
}

std::unique_ptr<Rig> started() {
  std::unique_ptr<Rig> rig(new Rig());
  chip.writesLeft = 1000000;
  rig->start(1, 0x12345678);
  chip.sent.clear();
  return rig;
}

std::vector<uint8_t> outgoing;
void put(uint8_t byte) { outgoing.push_back(byte); }

template <typename Message>
std::vector<uint8_t> bytesOf(const Message& message) {
  outgoing.clear();
  outgoing.push_back(kStart);
  protocol::encodeForm(protocol::formOf(message), &message, put);
  outgoing.push_back(kEnd);
  return outgoing;
}

void give(Rig& rig, const std::vector<uint8_t>& bytes) {
  for (const uint8_t byte : bytes) rig.takeByte(byte);
}

template <typename Message>
void tell(Rig& rig, const Message& message) {
  give(rig, bytesOf(message));
}

/// The last message of a kind among what was sent; false where there is none.
template <typename Message>
bool lastSent(Message& message) {
  for (size_t end = chip.sent.size(); end-- > 0;) {
    if (chip.sent[end] != kStart) continue;
    size_t length = 1;
    while (end + length < chip.sent.size() && chip.sent[end + length] != kEnd) length++;
    if (protocol::decode(&chip.sent[end + 1], static_cast<uint8_t>(length - 1), message)) return true;
  }
  return false;
}

protocol::Wave waveOf(uint16_t amplitude, uint32_t milliHz, uint16_t lag) {
  protocol::Wave wave;
  wave.sequence = 7;
  wave.frequencyMilliHz = milliHz;
  wave.voltageAmplitude = amplitude;
  wave.phaseAmplitude = amplitude;
  wave.neutralAmplitude = static_cast<uint16_t>(amplitude / 2);
  wave.phaseLag = lag;
  wave.neutralLag = 0;
  return wave;
}

protocol::Lines linesOf(uint16_t bits) {
  protocol::Lines lines;
  lines.sequence = 9;
  lines.lines = bits;
  return lines;
}

void testSine() {
  double worst = 0;
  bool isOdd = true;
  for (uint32_t angle = 0; angle < 65536; angle++) {
    const int16_t got = sineOf(static_cast<uint16_t>(angle));
    worst = fmax(worst, fabs(got - 32767 * sin(angle / kTurn * 2 * M_PI)));
    isOdd = isOdd && sineOf(static_cast<uint16_t>(angle + 0x8000)) == -got;
  }
  check(worst < 4, "the sine of every angle is good to 4 of 32767");
  check(isOdd, "half a turn on, the sine is the same below zero");
}

struct Heard {
  double rms[kOutputs];
  double mean[kOutputs];
  // Of an output with V: the lag in turns.
  double lag[kOutputs];
  int crossings;
  uint16_t lowest;
  uint16_t highest;
};

/// A second of samples.
Heard listen(Rig& rig, bool isRelayClosed) {
  Heard heard = {};
  heard.lowest = 0xFFFF;
  double sine[kOutputs] = {};
  double cosine[kOutputs] = {};
  uint16_t before = 2048;
  for (uint32_t sample = 0; sample < protocol::kSamplesPerSecond; sample++) {
    uint16_t codes[kOutputs];
    rig.synth.next(isRelayClosed, codes);
    if (before < 2048 && codes[0] >= 2048) heard.crossings++;
    before = codes[0];
    const double angle = 2 * M_PI * 50 * sample / protocol::kSamplesPerSecond;
    for (int output = 0; output < kOutputs; output++) {
      const double value = codes[output] - 2048.0;
      heard.mean[output] += value / protocol::kSamplesPerSecond;
      heard.rms[output] += value * value / protocol::kSamplesPerSecond;
      sine[output] += value * sin(angle);
      cosine[output] += value * cos(angle);
      if (codes[output] < heard.lowest) heard.lowest = codes[output];
      if (codes[output] > heard.highest) heard.highest = codes[output];
    }
  }
  const double voltage = atan2(cosine[0], sine[0]);
  for (int output = 0; output < kOutputs; output++) {
    heard.rms[output] = sqrt(heard.rms[output]);
    heard.lag[output] = fmod((voltage - atan2(cosine[output], sine[output])) / 2 / M_PI + 1, 1);
  }
  return heard;
}

void testWaves() {
  forget();
  auto rig = started();
  for (const uint16_t amplitude : {16, 100, 801, 5000, 16376}) {
    tell(*rig, waveOf(amplitude, 50000, 0));
    const Heard heard = listen(*rig, true);
    const double wanted = amplitude / 8.0 / M_SQRT2;
    check(fabs(heard.rms[0] - wanted) < 0.15 && fabs(heard.rms[2] - wanted / 2) < 0.15,
          "a wave has the effective value that its amplitude says, to a seventh of a step");
    check(fabs(heard.mean[0]) < 0.05, "a wave lies around the middle");
    check(heard.lowest >= 1 && heard.highest <= 4095, "the largest wave stays within 12 bits");
  }
  for (const uint16_t lag : {0, 1000, 4096, 8192, 15000}) {
    tell(*rig, waveOf(8000, 50000, lag));
    const double off = fabs(listen(*rig, true).lag[1] - lag / 16384.0);
    check(fmin(off, 1 - off) < 0.0001, "I phase lags V by what it was told");
  }
  for (const uint32_t hertz : {45, 49, 50, 60, 400}) {
    tell(*rig, waveOf(8000, hertz * 1000, 0));
    listen(*rig, true);
    const int crossings = listen(*rig, true).crossings;
    check(crossings >= static_cast<int>(hertz) - 1 && crossings <= static_cast<int>(hertz) + 1,
          "a second has as many cycles as the frequency says");
  }
}

void testRelay() {
  forget();
  auto rig = started();
  tell(*rig, waveOf(8000, 50000, 0));
  const Heard open = listen(*rig, false);
  check(open.rms[1] == 0 && open.rms[2] == 0, "behind an open relay no current flows");
  check(open.rms[0] > 700, "before an open relay there is voltage");
  tell(*rig, linesOf(protocol::kLineBypass));
  check(listen(*rig, false).rms[1] > 700, "a bypass lets the current flow past an open relay");

  tell(*rig, linesOf(protocol::kLineLive));
  chip.sent.clear();
  protocol::Status status;
  for (int ms = 0; ms < 4; ms++) rig->tick(true);
  rig->tick(false);
  for (int ms = 0; ms < 4; ms++) rig->tick(true);
  check(!lastSent(status) && !chip.pins[protocol::kPinLoadSide], "a bounce of less than 5 ms is none of the relay's moves");
  rig->tick(true);
  check(lastSent(status) && status.relayMoves == 1 && (status.state & protocol::kStateRelayClosed),
        "a relay that stays closed is told, once");
  check(chip.pins[protocol::kPinLoadSide], "the load side is live while the relay is closed and there is voltage");
  tell(*rig, linesOf(0));
  check(!chip.pins[protocol::kPinLoadSide], "the load side is dead without voltage before the relay");
}

void testLines() {
  forget();
  auto rig = started();
  check(chip.pins[protocol::kPinCoverClosed], "after reset the cover is closed");
  const struct {
    uint16_t bit;
    uint8_t pin;
    bool isHighWhileSet;
  } driven[] = {
      {protocol::kLineCoverOpen, protocol::kPinCoverClosed, false},
      {protocol::kLineMagnetNear, protocol::kPinMagnet, true},
      {protocol::kLineUpButton, protocol::kPinUpButton, true},
      {protocol::kLineEnterButton, protocol::kPinEnterButton, true},
      {protocol::kLineSupplyCut, protocol::kPinSupplyCut, true},
      {protocol::kLineReset, protocol::kPinReset, true},
  };
  for (const auto& line : driven) {
    tell(*rig, linesOf(line.bit));
    const bool isSet = chip.pins[line.pin] == line.isHighWhileSet;
    tell(*rig, linesOf(0));
    check(isSet && chip.pins[line.pin] != line.isHighWhileSet, "each line drives its pin and lets go");
  }
}

void testMessages() {
  forget();
  auto rig = started();
  protocol::Status status;
  tell(*rig, waveOf(8000, 50000, 0));
  check(lastSent(status) && status.sequence == 7, "an order is answered with its number");
  chip.sent.clear();
  std::vector<uint8_t> torn = bytesOf(waveOf(4000, 50000, 0));
  torn[4] ^= 1;
  give(*rig, torn);
  tell(*rig, waveOf(4000, 400001, 0));
  check(!lastSent(status) && rig->synth.waves.amplitude[0] == 8000, "a wrong checksum or frequency changes nothing");
  give(*rig, {kStart, 0x03, 1, 2, 3});
  tell(*rig, linesOf(protocol::kLineMagnetNear));
  check(lastSent(status) && status.lines == protocol::kLineMagnetNear, "a message after a torn one is obeyed");
  std::vector<uint8_t> endless(300, 1);
  endless[0] = kStart;
  give(*rig, endless);
  chip.sent.clear();
  tell(*rig, linesOf(0));
  check(lastSent(status) && status.lines == 0, "a message after an endless one is obeyed");
  uint32_t chance = 1;
  for (int byte = 0; byte < 200000; byte++) {
    chance = chance * 1664525u + 1013904223u;
    rig->takeByte(static_cast<uint8_t>(chance >> 24));
  }
  chip.sent.clear();
  tell(*rig, linesOf(protocol::kLineUpButton));
  check(lastSent(status) && status.lines == protocol::kLineUpButton, "a message after 200,000 bytes of noise is obeyed");
  chip.sent.clear();
  give(*rig, {kStart, 0x79, kEnd});
  check(chip.sent.size() == 5 + 2 * strlen(RIG_FIRMWARE_NAME) && chip.sent[4] == 'M',
        "Firmata's question for the firmware is answered with the rig's name");
}

protocol::Calibration calibrationOf(uint16_t gain, int16_t trim) {
  protocol::Calibration calibration;
  calibration.sequence = 3;
  calibration.voltageGain = gain;
  calibration.phaseGain = gain;
  calibration.neutralGain = gain;
  calibration.phaseTrim = trim;
  calibration.neutralTrim = 0;
  return calibration;
}

void testCalibration() {
  forget();
  auto rig = started();
  tell(*rig, waveOf(8000, 50000, 100));
  tell(*rig, calibrationOf(9011, -40));
  check(rig->synth.waves.amplitude[0] == 8800 && rig->synth.waves.lag[1] == 360, "a calibration changes the wave at hand");
  tell(*rig, waveOf(16376, 50000, 0));
  check(rig->synth.waves.amplitude[0] == 16376, "a gain does not lift a wave above what the converter has");
  tell(*rig, calibrationOf(4095, 0));
  rig = started();
  tell(*rig, waveOf(8000, 50000, 0));
  check(rig->synth.waves.amplitude[0] == 8800, "a calibration outlives a reset, and one of less than a half is none");
  // Marker off, 12 bytes, checksum, marker on.
  bool isOneOfThree = true;
  for (int writes = 0; writes <= 15; writes++) {
    forget();
    tell(*started(), calibrationOf(9011, 0));
    auto cut = started();
    chip.writesLeft = writes;
    tell(*cut, calibrationOf(7373, 0));
    auto again = started();
    tell(*again, waveOf(8000, 50000, 0));
    const uint16_t got = again->synth.waves.amplitude[0];
    isOneOfThree = isOneOfThree && (got == (writes == 0 ? 8800 : writes < 15 ? 8000 : 7200));
  }
  check(isOneOfThree, "a calibration that is cut at any byte is the old one, none, or the new one");
}

}  // namespace

void hal::serialWrite(uint8_t byte) { chip.sent.push_back(byte); }
void hal::writePin(uint8_t pin, bool isHigh) { chip.pins[pin] = isHigh; }
uint8_t hal::eepromRead(uint16_t at) { return chip.eeprom[at]; }
void hal::eepromWrite(uint16_t at, uint8_t value) {
  if (chip.writesLeft-- > 0) chip.eeprom[at] = value;
}
uint16_t hal::stackLowBytes() { return 1000; }
uint16_t hal::lateSamples() { return 0; }
uint32_t hal::unheardSamples() { return 0; }
void hal::holdSamples() {}
void hal::letSamples() {}

int main() {
  testSine();
  testWaves();
  testRelay();
  testLines();
  testMessages();
  testCalibration();
  return reportChecks();
}
