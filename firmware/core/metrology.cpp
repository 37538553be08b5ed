#include "metrology.h"

#include <string.h>

// The ends of the ADC with the largest gain, rms of a square wave.
constexpr uint32_t kVoltageMaxMilliV = 600000;
constexpr uint32_t kCurrentMaxMilliA = 130000;
// By which noise may let the power stand above the product.
constexpr uint32_t kNoiseMilliW = 30000;

void Sampler::start() {
  nextVoltageMiddle = nextPhaseMiddle = nextNeutralMiddle = kMiddleLsb;
  voltageMiddle_ = phaseMiddle_ = neutralMiddle_ = kMiddleLsb;
  quietRounds = 255;
}

void Sampler::finish() {
  finished = sums_;
  finished.voltageMiddle = voltageMiddle_;
  finished.phaseMiddle = phaseMiddle_;
  finished.neutralMiddle = neutralMiddle_;
  memset(&sums_, 0, sizeof sums_);
  voltageMiddle_ = nextVoltageMiddle;
  phaseMiddle_ = nextPhaseMiddle;
  neutralMiddle_ = nextNeutralMiddle;
}

uint32_t squareRoot(uint64_t value) {
  uint64_t root = 0;
  uint64_t bit = 1ULL << 62;
  while (bit > value) bit >>= 2;
  while (bit != 0) {
    if (value >= root + bit) {
      value -= root + bit;
      root = (root >> 1) + bit;
    } else {
      root >>= 1;
    }
    bit >>= 2;
  }
  return static_cast<uint32_t>(root);
}

// n * sum(ab) - sum(a) * sum(b): n squared times the covariance, so DC is out. At most 2^39.
__attribute__((noinline)) static int64_t covariance(uint16_t n, int32_t products, int32_t a, int32_t b) {
  return static_cast<int64_t>(n) * products - static_cast<int64_t>(a) * b;
}

// Squares of a window are below 2^31.
static int64_t variance(uint16_t n, uint32_t squares, int32_t sum) {
  return covariance(n, static_cast<int32_t>(squares), sum, sum);
}

__attribute__((noinline)) static int16_t rounded(int32_t sum, uint16_t count) {
  const int32_t half = count / 2;
  return static_cast<int16_t>((sum + (sum < 0 ? -half : half)) / count);
}

// Out of line on purpose: 64-bit arithmetic is long on an AVR.
__attribute__((noinline)) static int64_t scaled(int64_t value, uint32_t numerator, uint64_t denominator) {
  return value * static_cast<int64_t>(numerator) / static_cast<int64_t>(denominator);
}

// 1/n of the root, times numerator / denominator, times gain / 2^15; the root carries 10 bits below its point.
__attribute__((noinline)) static uint32_t rms(int64_t varianceN2, uint16_t n, uint32_t numerator, uint32_t denominator,
                    uint16_t gain) {
  if (varianceN2 <= 0) return 0;
  const uint64_t root = squareRoot(static_cast<uint64_t>(varianceN2) << 20);
  // Rounded down: half a mV or mA.
  return static_cast<uint32_t>(scaled(static_cast<int64_t>(root) * gain, numerator, static_cast<uint64_t>(n) * denominator << 25));
}

void Metrology::calibrate(const Calibration& calibration) {
  calibration_ = calibration;
  // mW for each LSB squared of a pair (two V), 16 bits below the point: 0.78125 V * 166.015625 mA / 2 * 65536 = 4250000.
  const uint64_t gains = static_cast<uint64_t>(calibration.voltageGain) * calibration.phaseGain;
  powerScale_ = static_cast<uint32_t>((gains * 4250000ULL) >> 30);
}

int16_t powerFactor(const Measurement& measured) {
  const int32_t apparent = static_cast<int32_t>(scaled(measured.voltageMilliV, measured.phaseMilliA, 1000));
  if (apparent < static_cast<int32_t>(protocol::kCreepMilliW)) return 1000;
  int32_t factor = static_cast<int32_t>(scaled(measured.activeMilliW, 1000, static_cast<uint32_t>(apparent)));
  if (factor > 1000) factor = 1000;
  if (factor < -1000) factor = -1000;
  return static_cast<int16_t>(measured.reactiveMilliVar < 0 ? -factor : factor);
}

static bool isStep(int16_t middle) { return middle >= 0 && middle < 1024; }

bool Metrology::isPossible(const Measurement& measured) {
  if (!isStep(measured.voltageMiddle) || !isStep(measured.phaseMiddle) || !isStep(measured.neutralMiddle)) return false;
  if (measured.voltageMilliV > kVoltageMaxMilliV || measured.phaseMilliA > kCurrentMaxMilliA) return false;
  const uint32_t milliW = static_cast<uint32_t>(measured.activeMilliW < 0 ? -measured.activeMilliW : measured.activeMilliW);
  const uint32_t apparent = static_cast<uint32_t>(static_cast<uint64_t>(measured.voltageMilliV) * measured.phaseMilliA / 1000);
  return milliW <= apparent + apparent / 8 + kNoiseMilliW;
}

Measurement Metrology::measure(const WindowSums& sums) {
  Measurement result{};
  result.powerFactorPermille = 1000;
  const uint16_t n = sums.rounds;
  const uint16_t nv = 2 * n;
  result.voltageMiddle = sums.voltageMiddle;
  result.phaseMiddle = sums.phaseMiddle;
  result.neutralMiddle = sums.neutralMiddle;
  if (n == 0) return result;
  // The mean of a part of a cycle is not the middle.
  if (sums.isWhole || n >= kWindowRoundsMax) {
    result.voltageMiddle += rounded(sums.pairs, nv);
    result.phaseMiddle += rounded(sums.current, n);
    result.neutralMiddle += rounded(sums.neutral, n);
  }

  if (sums.isWhole) {
    // When V passed zero, in 1/256 of 208 us before the sample that told.
    const uint16_t fraction = static_cast<uint16_t>((static_cast<int32_t>(sums.crossingAfter) << 8) /
                                                    (sums.crossingAfter - sums.crossingBefore));
    const uint32_t span = (static_cast<uint32_t>(nv) << 8) + lastFraction_ - fraction;
    // 10^9 / (208 / 256) = 1230769231.
    lastFrequencyMilliHz_ = static_cast<uint32_t>(scaled(1230769231, sums.cycles, span));
    lastFraction_ = fraction;
  } else {
    // In step from here on where a crossing ended the window.
    const int16_t rise = sums.crossingAfter - sums.crossingBefore;
    lastFraction_ = rise > 0 ? static_cast<uint16_t>((static_cast<int32_t>(sums.crossingAfter) << 8) / rise) : 0;
    lastFrequencyMilliHz_ = 0;
  }
  result.frequencyMilliHz = lastFrequencyMilliHz_;
  const uint32_t milliHz = lastFrequencyMilliHz_ == 0 ? 50000 : lastFrequencyMilliHz_;

  // The square of what the noise adds, in the variance's scale of n squared.
  const int64_t noise = static_cast<int64_t>((static_cast<uint32_t>(n) * n >> 8) * calibration_.noise);
  result.voltageMilliV =
      rms(variance(nv, sums.voltageSquares, sums.pairs), nv, 78125, 100, calibration_.voltageGain);
  result.phaseMilliA =
      rms(variance(n, sums.currentSquares, sums.current) - noise, n, 10625, 64, calibration_.phaseGain);
  result.neutralMilliA =
      rms(variance(n, sums.neutralSquares, sums.neutral) - noise, n, 10625, 64, calibration_.neutralGain);

  // The mean of two V 208 us apart is cos(2 pi f 104 us) too small: 1 + x^2/2, 534 ppm at 50 Hz.
  const uint32_t deciHz = milliHz / 100;
  const uint32_t meanPpm = deciHz * deciHz / 1000 * 2135 / 1000;
  const uint64_t n2 = static_cast<uint64_t>(static_cast<uint32_t>(n) * n) << 16;
  const int32_t watts = static_cast<int32_t>(scaled(covariance(n, sums.pairCurrents, sums.pairs, sums.current), powerScale_, n2));
  result.activeMilliW = watts + static_cast<int32_t>(scaled(watts, meanPpm, 1000000));
  // Steps of V have no mean, so no DC of the current gets in. The difference of the two is 2 sin(2 pi f 104 us) times a V that leads by 90 degrees: 1 / (2 pi 104 us) = 1530.336 Hz.
  const int64_t turned = scaled(static_cast<int64_t>(n) * sums.stepCurrents, powerScale_, n2);
  const int32_t vars = static_cast<int32_t>(scaled(-turned, 1530336, milliHz));
  result.reactiveMilliVar = vars + static_cast<int32_t>(scaled(vars, meanPpm / 3, 1000000));

  const int32_t creep = static_cast<int32_t>(protocol::kCreepMilliW);
  if (result.activeMilliW < creep && result.activeMilliW > -creep) result.activeMilliW = 0;
  if (result.reactiveMilliVar < creep && result.reactiveMilliVar > -creep) result.reactiveMilliVar = 0;
  result.powerFactorPermille = powerFactor(result);
  return result;
}
