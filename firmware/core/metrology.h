// From ADC values to V, I, P, Q, power factor and frequency. Conversions come as V, I phase, V, I neutral, 104 us apart.
// Integers only, so that every compiler counts the same. Knows nothing of registers.
#pragma once
#include <stdint.h>

#include "platform.h"
#include "protocol.h"

/// Sums of one window. A pair is the V before and the V after a phase current: half of it stands at the current's instant.
struct WindowSums {
  uint16_t rounds;
  uint8_t cycles;
  bool isWhole;  // begins and ends at an upward zero crossing
  int16_t crossingBefore;
  int16_t crossingAfter;
  // The middles that were taken off.
  int16_t voltageMiddle;
  int16_t phaseMiddle;
  int16_t neutralMiddle;
  int32_t pairs;
  uint32_t voltageSquares;
  int32_t pairCurrents;
  int32_t stepCurrents;
  int32_t current;
  uint32_t currentSquares;
  int32_t neutral;
  uint32_t neutralSquares;
};

struct Calibration {
  // Gains in 1/32768.
  uint16_t voltageGain;
  uint16_t phaseGain;
  uint16_t neutralGain;
  // Variance that the front end and the ADC's steps add to a current, 1/256 LSB squared; taken off before the root.
  uint16_t noise;
};
// 0.5 LSB rms of noise and the 1/12 LSB squared of a step.
constexpr Calibration kDefaultCalibration = {32768, 32768, 32768, 85};

struct Measurement {
  uint32_t voltageMilliV;
  uint32_t phaseMilliA;
  uint32_t neutralMilliA;
  int32_t activeMilliW;
  int32_t reactiveMilliVar;
  int16_t powerFactorPermille;
  uint32_t frequencyMilliHz;
  // Where the waves' middles were.
  int16_t voltageMiddle;
  int16_t phaseMiddle;
  int16_t neutralMiddle;
};

/// One round of conversions, 416 us: V, I phase, V, I neutral.
struct Round {
  uint16_t voltageBefore;
  uint16_t phase;
  uint16_t voltageAfter;
  uint16_t neutral;
};

/// The half that runs in the ADC's interrupt, once a round. Starts as zeros.
class Sampler {
 public:
  /// Middles at half scale, no V yet.
  void start();
  /// Returns true where a window ended: `finished` holds it until the next one ends.
  bool takeRound(const volatile Round& round);

  WindowSums finished;
  // Middles for the window after the running one: set them with the ADC's interrupt off.
  int16_t nextVoltageMiddle;
  int16_t nextPhaseMiddle;
  int16_t nextNeutralMiddle;
  /// Rounds since V was last above 60 V; stops at 255.
  volatile uint8_t quietRounds;

 private:
  void finish();
  WindowSums sums_;
  // Keep products small and the crossings at zero.
  int16_t voltageMiddle_;
  int16_t phaseMiddle_;
  int16_t neutralMiddle_;
  bool isBelow_;
  bool isInStep_;
};

// 8 V: above the noise, below any mains.
constexpr int16_t kCrossingLsb = 10;
// 60 V.
constexpr int16_t kLiveLsb = 77;
// 25 ms below it: no mains.
constexpr uint8_t kQuietRounds = 60;
constexpr int16_t kMiddleLsb = 512;
constexpr uint16_t kRoundMicros = protocol::kRoundConversions * protocol::kConversionMicros;
constexpr uint16_t kWindowRoundsMax = protocol::kWindowMaxMs * 1000UL / kRoundMicros;

// In line always: a call would save and restore twice what the interrupt needs.
inline __attribute__((always_inline)) bool Sampler::takeRound(const volatile Round& round) {
  const int16_t before = static_cast<int16_t>(round.voltageBefore) - voltageMiddle_;
  const int16_t after = static_cast<int16_t>(round.voltageAfter) - voltageMiddle_;
  const int16_t phase = static_cast<int16_t>(round.phase) - phaseMiddle_;
  const int16_t neutral = static_cast<int16_t>(round.neutral) - neutralMiddle_;
  const int16_t pair = before + after;
  const int16_t step = after - before;
  sums_.pairs += pair;
  addSquares(sums_.voltageSquares, before, after);
  addProduct(sums_.pairCurrents, pair, phase);
  addProduct(sums_.stepCurrents, step, phase);
  sums_.current += phase;
  addSquare(sums_.currentSquares, phase);
  sums_.neutral += neutral;
  addSquare(sums_.neutralSquares, neutral);
  sums_.rounds++;
  bool ended = false;
  if (after > kLiveLsb || after < -kLiveLsb) {
    quietRounds = 0;
  } else if (quietRounds != 255) {
    quietRounds = quietRounds + 1;
    // The mains are gone: what was measured until now still gets into the save that follows.
    if (quietRounds == kQuietRounds) {
      isInStep_ = false;
      ended = true;
    }
  }
  if (!isBelow_) {
    if (after <= -kCrossingLsb) isBelow_ = true;
  } else if (after >= kCrossingLsb) {
    isBelow_ = false;
    sums_.cycles++;
    if (!isInStep_ || sums_.cycles == protocol::kWindowCycles) {
      sums_.isWhole = isInStep_;
      sums_.crossingBefore = before;
      sums_.crossingAfter = after;
      isInStep_ = true;
      ended = true;
    }
  }
  if (!ended && sums_.rounds >= kWindowRoundsMax) {
    isInStep_ = false;
    ended = true;
  }
  if (ended) finish();
  return ended;
}

/// The half that runs once a window.
class Metrology {
 public:
  void calibrate(const Calibration& calibration);
  Measurement measure(const WindowSums& sums);
  /// False for what no voltage and current give: the ADC's ends, and more power than their product.
  static bool isPossible(const Measurement& measured);
  /// Conversions in the window just measured.
  static uint16_t ticksOf(const WindowSums& sums) { return 4 * sums.rounds; }

 private:
  Calibration calibration_;
  uint32_t powerScale_;
  uint16_t lastFraction_;
  uint32_t lastFrequencyMilliHz_;
};

/// P / S in thousandths, its sign turned where the current leads; 1000 where nothing flows.
int16_t powerFactor(const Measurement& measured);
/// Floor of the square root.
uint32_t squareRoot(uint64_t value);
