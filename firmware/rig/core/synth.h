// Three sines of one frequency, sample by sample. Whole numbers only: every compiler makes the same samples.
#pragma once
#include <stdint.h>

#include "rig-protocol.h"

constexpr uint8_t kOutputs = 3;
enum Output : uint8_t { kVoltageOutput = 0, kPhaseOutput = 1, kNeutralOutput = 2 };

struct Waves {
  // Of the phase, a sample; the whole range is one turn.
  uint32_t step;
  // Peak, in 1/8 step of the converter, at most 14 bits.
  uint16_t amplitude[kOutputs];
  // By which an output lags, in 1/65536 turn.
  uint16_t lag[kOutputs];
};

/// 32767 times the sine of an angle in 1/65536 turn, good to 1/13000.
inline int16_t sineOf(uint16_t angle) {
  uint16_t within = angle & 0x3FFF;
  if (angle & 0x4000) within = 0x4000 - within;
  const uint8_t index = static_cast<uint8_t>(within >> 8);
  const uint16_t low = protocol::kQuarterSine[index];
  const uint16_t rise = protocol::kQuarterSine[index + 1] - low;
  const uint8_t part = static_cast<uint8_t>(within);
  const int16_t value = static_cast<int16_t>(low + static_cast<uint16_t>((static_cast<uint32_t>(rise) * part) >> 8));
  return angle & 0x8000 ? static_cast<int16_t>(-value) : value;
}

class Synth {
 public:
  /// Taken over between two samples.
  Waves waves;
  /// The current flows whatever the relay does.
  bool isBypassed;

  /// Codes of the next sample; without flow both currents are nothing.
  inline void next(bool isRelayClosed, uint16_t codes[kOutputs]) {
    phase_ += waves.step;
    const uint16_t turn = static_cast<uint16_t>(phase_ >> 16);
    const bool isFlowing = isRelayClosed || isBypassed;
    for (uint8_t output = 0; output < kOutputs; output++) {
      codes[output] = protocol::kConverterSteps / 2;
      if (output != kVoltageOutput && !isFlowing) continue;
      const int32_t product =
          static_cast<int32_t>(sineOf(turn - waves.lag[output])) * static_cast<int16_t>(waves.amplitude[output]);
      // 15 bits of the sine, 3 of the amplitude; half a step makes it round.
      const int16_t steps = static_cast<int16_t>((product + (1L << 17)) >> 16) >> 2;
      codes[output] += static_cast<uint16_t>(steps);
    }
  }

 private:
  uint32_t phase_;
};
