// Days on end for the core on a PC: every window and every tick of them, with a house's load, sun, outages, orders, tampering
// and turned EEPROM bits. Windows are taken once at each load by the sampler from waves, conversion by conversion, and then
// handed over again and again: that is all that is skipped.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vector>

#include "check.h"
#include "host-chip.h"

using namespace protocol;

namespace {

constexpr double kConversionS = 104e-6;
constexpr double kRoundS = 4 * kConversionS;
constexpr double kDayS = 86400;
constexpr uint32_t kStartWh = 4294900;  // passes 2^32 mWh on the first day
constexpr int kWindowsKept = 40;
// What is counted between two saves, and a window.
constexpr double kLostMaxWh = 101.5;
constexpr double kErrorMaxPercent = 0.2;
// Of a cell, by the data sheet, and how long a meter is used.
constexpr double kCellWrites = 100000;
constexpr double kLifeDays = 30 * 365;
constexpr int kStepsPerTick = 3;  // a byte takes 3.4 ms

struct Load {
  double voltageV;
  double currentA;
  double lagDeg;
  double powerW() const { return voltageV * currentA * cos(lagDeg * M_PI / 180); }
};

// By the hour: night, morning, sun that the roof gives back, evening. Some 10 kWh a day, and 4 back.
Load loadAt(int hour) {
  if (hour < 6) return {240, 0.4, 20};
  if (hour < 9) return {225, 4, 10};
  if (hour < 16) return {245, 2.5, 180};
  if (hour < 22) return {218, 5, 5};
  return {235, 1, 0};
}

/// Windows at one load, as the sampler makes them.
struct Windows {
  std::vector<WindowSums> sums;
  double powerW = 0;
};

uint16_t sampleOf(double lsb, Chance& chance) {
  return static_cast<uint16_t>(floor(512 + lsb + 0.5 * chance.normal()));
}

Windows windowsOf(const Load& load, Chance& chance) {
  Windows windows;
  windows.powerW = load.powerW();
  Sampler sampler{};
  sampler.start();
  const double voltLsb = load.voltageV * sqrt(2.0) / 0.78125;
  const double ampLsb = load.currentA * sqrt(2.0) / 0.166015625;
  const double turn = 2 * M_PI * 50 * kConversionS;
  const double lag = load.lagDeg * M_PI / 180;
  bool isFirst = true;
  for (double angle = 0; windows.sums.size() < kWindowsKept; angle = fmod(angle + 4 * turn, 2 * M_PI)) {
    const Round round = {sampleOf(voltLsb * sin(angle), chance), sampleOf(ampLsb * sin(angle + turn - lag), chance),
                         sampleOf(voltLsb * sin(angle + 2 * turn), chance),
                         sampleOf(ampLsb * sin(angle + 3 * turn - lag), chance)};
    if (!sampler.takeRound(round)) continue;
    if (!isFirst) windows.sums.push_back(sampler.finished);
    isFirst = false;
  }
  return windows;
}

WindowSums windowWithoutMains() {
  WindowSums sums{};
  sums.rounds = kWindowRoundsMax;
  sums.voltageMiddle = sums.phaseMiddle = sums.neutralMiddle = kMiddleLsb;
  return sums;
}

struct House {
  Bench* bench = nullptr;
  Chance chance{4711};
  double trueImportWh = 0;
  double trueExportWh = 0;
  double lostWh = 0;
  double lostMaxWh = 0;
  double gainedMaxWh = 0;
  int cuts = 0;
  int flips = 0;
  int days = 0;
  uint64_t windows = 0;
  double roundsOver = 0;
  uint32_t counter = 1;

  void start() {
    delete bench;
    bench = new Bench();
    bench->counter = counter;
    bench->start();
  }

  /// One window with its ticks.
  void pass(const WindowSums& sums, double powerW) {
    Meter& meter = bench->meter;
    meter.takeWindow(sums);
    const bool isLive = powerW != 0;
    const bool isClosed = chip.pins[kPinRelay];
    bench->inputs.loadSideLive = isClosed && isLive;
    for (roundsOver += sums.rounds; roundsOver >= kTickRounds; roundsOver -= kTickRounds) {
      meter.sampler.quietRounds = isLive ? 0 : 255;
      meter.tick(bench->inputs);
      for (int step = 0; step < kStepsPerTick; step++) meter.step();
    }
    const double wh = powerW * sums.rounds * kRoundS / 3600;
    (wh > 0 ? trueImportWh : trueExportWh) += fabs(wh);
    windows++;
    chip.sent.clear();
    chip.twi.clear();
    chip.modemOut.clear();
  }

  void run(const Windows& load, double seconds) {
    double left = seconds;
    for (size_t at = 0; left > 0; at = (at + 1) % load.sums.size()) {
      pass(load.sums[at], load.powerW);
      left -= load.sums[at].rounds * kRoundS;
    }
  }

  double importWh() { return bench->held().importWh + bench->held().importBelowMilliWh / 1000.0; }

  /// The mains fail, the supply holds for so long after it; then an hour of nothing.
  void cut(double holdS) {
    const double before = importWh();
    const WindowSums dark = windowWithoutMains();
    for (double left = holdS; left > 0; left -= dark.rounds * kRoundS) pass(dark, 0);
    counter = bench->counter;
    memset(chip.pins, 0, sizeof chip.pins);
    start();
    const double lost = before - importWh();
    lostWh += lost;
    if (lost > lostMaxWh) lostMaxWh = lost;
    if (-lost > gainedMaxWh) gainedMaxWh = -lost;
    if (holdS > 0) check(lost == 0, "a power cut that the supply outlives by 250 ms loses nothing");
    cuts++;
  }
};

void day(House& house, const std::vector<Windows>& hours) {
  const int number = ++house.days;
  const double cutAtS = house.chance.share() * 3600;
  for (int hour = 0; hour < 24; hour++) {
    const Windows& load = hours[static_cast<size_t>(hour)];
    if (hour == 3) house.cut(0.25);
    // Every third day all goes at once, somewhere in the evening.
    const bool isAbrupt = hour == 19 && number % 3 == 0;
    if (isAbrupt) {
      house.run(load, cutAtS);
      house.cut(0);
      house.run(load, 3600 - cutAtS);
    } else {
      house.run(load, 3600);
    }
    if (hour == 10) check(house.bench->command(kOpAddCredit, 500000) == kResultDone, "an order a day is obeyed");
    if (hour == 11 && number % 7 == 0) {
      house.bench->inputs.coverOpen = true;
      house.run(load, 60);
      house.bench->inputs.coverOpen = false;
      house.run(load, 60);
      check(house.bench->registers().tamperFlags != 0, "a cover that is opened once a week is noticed");
      check(house.bench->command(kOpClearTamper, 127) == kResultDone, "and cleared");
    }
    if (hour == 12 && number % 5 == 0) {
      // Any cell of the ring; the night's restart finds it.
      const uint32_t at = kEepromRingAt + house.chance.next() % (kEepromSlotCount * kEepromSlotBytes);
      chip.eeprom[at] ^= static_cast<uint8_t>(1 << (house.chance.next() & 7));
      house.flips++;
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int days = argc > 1 ? atoi(argv[1]) : 30;
  chip.reset();
  House house;
  std::vector<Windows> hours;
  for (int hour = 0; hour < 24; hour++) hours.push_back(windowsOf(loadAt(hour), house.chance));
  house.start();
  house.bench->command(kOpRelay, 1);
  Take take{};
  take.importWh = kStartWh;
  take.priceMilliMinorPerKWh = 6000;
  take.creditMilliMinor = 100000000;
  take.nextEvent = 1;
  check(house.bench->order(take) == kResultDone, "the registers are taken");
  while (house.days < days) day(house, hours);

  const double importWh = house.importWh() - kStartWh + house.lostWh;
  const Held held = house.bench->held();
  const double exportWh = held.exportWh + held.exportBelowMilliWh / 1000.0;
  const double importError = 100 * (importWh / house.trueImportWh - 1);
  const double exportError = 100 * (exportWh / house.trueExportWh - 1);
  uint32_t wearMax = 0;
  for (const uint32_t wear : chip.wear) wearMax = wear > wearMax ? wear : wearMax;
  check(fabs(importError) <= kErrorMaxPercent, "import is what flowed within 0.2 %, with what cuts took put back");
  check(fabs(exportError) <= kErrorMaxPercent, "export is what flowed within 0.2 %");
  check(house.lostMaxWh <= kLostMaxWh, "no cut takes more than what is counted between two saves");
  check(house.gainedMaxWh == 0, "no register is higher after a cut than before it");
  check(wearMax * kLifeDays / house.days <= kCellWrites, "no cell of EEPROM is written more than 100,000 times in thirty years");
  check(chip.restarts == 0, "no seal is broken by anything that the meter does itself");
  check(house.bench->registers().tamperFlags == 0, "no suspicion is left that nobody gave cause for");
  check(chip.pins[kPinRelay], "the supply is on");

  char text[240];
  snprintf(text, sizeof text, "%d days: %.0f windows, %d power cuts, %d turned bits of EEPROM", house.days,
           static_cast<double>(house.windows), house.cuts, house.flips);
  note(text);
  snprintf(text, sizeof text, "import %.3f kWh, error %.4f %%; export %.3f kWh, error %.4f %%", importWh / 1000, importError,
           exportWh / 1000, exportError);
  note(text);
  snprintf(text, sizeof text, "cuts took %.1f Wh in all, %.1f Wh at most; the cell written most was written %u times: 100,000 are %.0f years",
           house.lostWh, house.lostMaxWh, wearMax, kCellWrites / wearMax * house.days / 365);
  note(text);
  delete house.bench;
  return reportChecks();
}
