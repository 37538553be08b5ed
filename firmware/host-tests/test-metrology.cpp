// Accuracy over the load table, at 10 bits with 0.5 LSB rms of noise. Limits: IEC 62053-21 class 1, table 5 for balanced
// load: 1.5 % from 0.05 Ib, 1 % from 0.1 Ib (PF 1); 1.5 % at 0.1 Ib, 1 % from 0.2 Ib (PF 0.5 lag, 0.8 lead). Ib = 5 A.
#include <math.h>
#include <stdio.h>

#include "check.h"
#include "host-chip.h"

static double energyMilliWh(const protocol::Held& held) {
  return static_cast<double>(held.importWh) * 1000 + held.importBelowMilliWh + held.importCarryMilliWMs / 3600000.0;
}

struct Errors {
  double powerPercent;
  double energyPercent;
};

static Errors errorsAt(const Wave& wave, double seconds) {
  chip.reset();
  Bench bench;
  bench.wave = wave;
  bench.start();
  bench.command(protocol::kOpRelay, 1);
  bench.run(1);
  const double before = energyMilliWh(bench.held());
  const uint64_t beforeMs = bench.registers().upMs;
  double powerSum = 0;
  int windows = 0;
  for (double done = 0; done < seconds; done += 0.2) {
    bench.run(0.2);
    powerSum += bench.registers().activeMilliW / 1000.0;
    windows++;
  }
  const double trueW = wave.voltageV * wave.phaseA * cos(wave.lagRad);
  // Windows and not the clock bound the energy: at most one of 200 ms more or less at each end.
  (void)beforeMs;
  const double trueMilliWh = trueW * windows * 0.2 / 3.6;
  return {100 * (powerSum / windows / trueW - 1), 100 * ((energyMilliWh(bench.held()) - before) / trueMilliWh - 1)};
}

void testMetrology() {
  const double lags[] = {0, acos(0.8), acos(0.5), -acos(0.5), -acos(0.8)};
  const char* const names[] = {"1", "0.8 lag", "0.5 lag", "0.5 lead", "0.8 lead"};
  const double currents[] = {0.25, 0.5, 1, 5, 10, 20, 40, 60};
  for (const double current : currents) {
    double worst = 0;
    for (int at = 0; at < 5; at++) {
      Wave wave;
      wave.phaseA = current;
      wave.lagRad = lags[at];
      wave.voltageOffsetLsb = 3.3;
      wave.currentOffsetLsb = -4.7;
      const double limit = at == 0 ? (current < 0.5 ? 1.5 : 1) : current < 1 ? 1.5 : 1;
      const Errors errors = errorsAt(wave, 10);
      char sentence[120];
      snprintf(sentence, sizeof sentence, "at %g A and PF %s the power is within class 1 (%g %%)", current, names[at], limit);
      check(fabs(errors.powerPercent) <= limit, sentence);
      if (fabs(errors.powerPercent) > fabs(worst)) worst = errors.powerPercent;
    }
    char text[120];
    snprintf(text, sizeof text, "worst power error at %g A over five power factors, 10 s: %.3f %%", current, worst);
    note(text);
  }
  {
    Wave wave;
    wave.phaseA = 10;
    const Errors errors = errorsAt(wave, 60);
    check(fabs(errors.powerPercent) <= 0.05, "at 230 V and 10 A the power is within 0.05 %");
    char text[120];
    snprintf(text, sizeof text, "230 V, 10 A, PF 1, 60 s: power %.4f %%, energy %.4f %%", errors.powerPercent, errors.energyPercent);
    note(text);
    // The counted span is whole windows: one of 300 more or less at the ends.
    check(fabs(errors.energyPercent) <= 0.4, "the energy of a minute is that of its windows");
  }
  for (const double frequency : {47.0, 50.0, 53.0, 60.0}) {
    for (const double voltage : {184.0, 230.0, 264.0}) {
      Wave wave;
      wave.frequencyHz = frequency;
      wave.voltageV = voltage;
      wave.phaseA = 10;
      wave.lagRad = acos(0.5);
      const Errors errors = errorsAt(wave, 5);
      check(fabs(errors.powerPercent) <= 0.2, "47 to 60 Hz and 184 to 264 V change the power at PF 0.5 by no more than 0.2 %");
    }
  }
  {
    chip.reset();
    Bench bench;
    bench.wave.phaseA = 10;
    bench.wave.lagRad = acos(0.8);
    bench.wave.frequencyHz = 49.7;
    bench.start();
    bench.run(3);
    const protocol::Registers lag = bench.registers();
    check(fabs(lag.voltageMilliV - 230000.0) < 230, "V is within 0.1 %");
    check(fabs(lag.phaseMilliA - 10000.0) < 20 && fabs(lag.neutralMilliA - 10000.0) < 20, "both currents are within 0.2 % at 10 A");
    check(fabs(lag.frequencyMilliHz - 49700.0) <= 10, "the frequency is within 10 mHz");
    check(fabs(lag.reactiveMilliVar - 1380000.0) < 14000, "Q of a lagging load is above zero and within 1 %");
    check(lag.powerFactorPermille >= 795 && lag.powerFactorPermille <= 805, "the power factor of a lagging load is above zero");
    bench.wave.lagRad = -acos(0.8);
    bench.run(3);
    const protocol::Registers lead = bench.registers();
    check(fabs(lead.reactiveMilliVar + 1380000.0) < 14000, "Q of a leading load is below zero and within 1 %");
    check(lead.powerFactorPermille >= -805 && lead.powerFactorPermille <= -795, "the power factor's sign turns where the current leads");
    bench.wave.phaseA = 0.3;
    bench.wave.lagRad = 0;
    bench.run(3);
    double sum = 0;
    for (int at = 0; at < 20; at++) {
      bench.run(0.2);
      sum += bench.registers().phaseMilliA;
    }
    check(fabs(sum / 20 - 300) < 15, "0.3 A are shown within 5 %: the noise is taken off before the root");
  }
  for (double start = 0; start < 2 * M_PI; start += 0.3) {
    chip.reset();
    Bench bench;
    bench.wave.phaseA = 10;
    bench.wave.startRad = start;
    bench.start();
    bench.run(0.25);
    for (int window = 0; window < 6; window++) {
      bench.run(0.2);
      const protocol::Registers registers = bench.registers();
      check(fabs(registers.frequencyMilliHz - 50000.0) <= 15 && fabs(registers.voltageMilliV - 230000.0) < 700,
            "wherever in a cycle the meter starts, its first whole windows are right");
    }
  }
  {
    chip.reset();
    Bench bench;
    bench.wave.voltageV = 264.5;
    bench.start();
    bench.command(protocol::kOpRelay, 1);
    bench.run(600);
    const protocol::Held held = bench.held();
    check(held.importWh == 0 && held.importBelowMilliWh == 0 && held.exportWh == 0 && held.exportBelowMilliWh == 0,
          "ten minutes at 115 % of voltage without load count nothing (IEC 62053-21, 8.3.2)");
    check(chip.rises[protocol::kPinPulseLed] == 0, "without load there is no pulse");
  }
  {
    chip.reset();
    Bench bench;
    bench.wave.phaseA = 0.04;  // 0.004 Ib for Ib = 10 A
    bench.start();
    bench.run(120);
    const protocol::Held held = bench.held();
    check(held.importBelowMilliWh > 200, "at the starting current of 40 mA it counts (IEC 62053-21, 8.3.3)");
  }
  {
    chip.reset();
    Bench bench;
    bench.wave.phaseA = 20;
    bench.wave.lagRad = M_PI;
    bench.start();
    bench.run(20);
    const protocol::Held held = bench.held();
    check(held.importWh == 0 && held.importBelowMilliWh == 0, "power that flows back does not lower or raise the import register");
    const double exported = static_cast<double>(held.exportWh) * 1000 + held.exportBelowMilliWh;
    check(fabs(exported / (4600 * 20 / 3.6) - 1) < 0.02, "power that flows back is counted as export");
    check(bench.registers().activeMilliW < 0, "power that flows back is below zero");
  }
  {
    chip.reset();
    Bench bench;
    bench.wave.phaseA = 1;
    bench.wave.voltageV = 0;
    bench.start();
    bench.run(5);
    const protocol::Held held = bench.held();
    check(held.importWh == 0 && held.importBelowMilliWh == 0, "current without voltage counts nothing");
    check(bench.registers().frequencyMilliHz == 0, "without mains the frequency is 0");
    check(bench.registers().windowCount >= 19, "without mains a window ends after 250 ms");
  }
  {
    chip.reset();
    Bench bench;
    bench.wave.phaseA = 10;
    bench.start();
    bench.run(3600);
    const protocol::Held held = bench.held();
    const double error = 100 * (energyMilliWh(held) / 2300000.0 - 1);
    check(fabs(error) <= 0.05, "an hour at 2.3 kW counts 2.3 kWh within 0.05 %");
    check(abs(chip.rises[protocol::kPinPulseLed] - 3680) <= 3, "1,600 pulses a kWh");
    char text[80];
    snprintf(text, sizeof text, "energy of an hour at 230 V, 10 A: %.4f %%", error);
    note(text);
  }
  {
    EnergyRegister energy{4294966, 999, 0};
    // Beyond 2^32 mWh, where a counter of 32 bits in mWh turns over.
    energy.add(3600000, 9615);
    check(energy.wh == 4294967 && energy.belowMilliWh >= 998, "the register goes on beyond 4,294.967 kWh");
    EnergyRegister exact{0, 0, 0};
    uint64_t added = 0;
    for (int at = 0; at < 45000; at++) added += exact.add(1234567, 1923);
    // 1,234,567 mW over 45,000 * 1,923 conversions of 104 us.
    const uint64_t units = 1234567ULL * 13 * 1923 * 45000;
    check(added == units / 450000000 && exact.carry == units % 450000000 &&
              exact.wh * 1000ULL + exact.belowMilliWh == added,
          "energy is exact to 8 us of a mW, however short the windows are");
  }
  {
    Measurement measured{};
    measured.voltageMilliV = 230000;
    measured.phaseMilliA = 10000;
    measured.activeMilliW = 2300000;
    measured.voltageMiddle = measured.phaseMiddle = measured.neutralMiddle = 512;
    check(Metrology::isPossible(measured), "2,300 W at 230 V and 10 A are possible");
    measured.activeMilliW = -2700000;
    check(!Metrology::isPossible(measured), "2,700 W at 230 V and 10 A are not, whichever way");
    measured.activeMilliW = 0;
    measured.phaseMilliA = 200000;
    check(!Metrology::isPossible(measured), "200 A are beyond the ADC's ends");
    measured.phaseMilliA = 0;
    measured.neutralMiddle = 1024;
    check(!Metrology::isPossible(measured), "nor does a wave lie around what is no step of the ADC");
  }
}
