// The meter as a whole: power failure, relay and its feedback, credit, tamper, pulses.
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "host-chip.h"

using namespace protocol;

namespace {

void testPowerFail() {
  chip.reset();
  uint64_t before = 0;
  {
    Bench bench;
    bench.wave.phaseA = 20;
    bench.stepsPerConversion = 1;
    bench.start();
    bench.command(kOpRelay, 1);
    bench.run(30);
    chip.sent.clear();
    bench.wave.voltageV = 0;
    bench.wave.phaseA = 0;
    const int writes = chip.eepromWrites;
    bench.run(0.04);
    check(bench.hasEvent(kEventPowerFailed), "40 ms after the mains are gone the meter knows it");
    check(chip.eepromWrites > writes, "and has begun to save");
    bench.run(0.4);
    const Held held = bench.held();
    before = held.importWh * 1000 + held.importBelowMilliWh;
  }
  Bench after;
  after.start();
  const Held held = after.held();
  const uint64_t now = held.importWh * 1000 + held.importBelowMilliWh;
  check(now == before, "a power failure loses no mWh, though it comes in the middle of a window");
  check(now > 38000, "the register is there after it");
  check(chip.pins[kPinRelay], "the relay is again what it was: closed");

  chip.reset();
  {
    Bench bench;
    bench.wave.phaseA = 20;
    bench.start();
    bench.run(1);
    check(!bench.hasEvent(kEventPowerFailed), "a start is no power failure");
    bench.wave.voltageV = 0;
    bench.run(3);
    chip.sent.clear();
    bench.wave.voltageV = 230;
    bench.run(1);
    check(bench.eventCount(kEventPowerBack) == 1, "the return of the mains is told once");
    for (const auto& bytes : bench.sysexes()) {
      Event event{};
      if (decode(bytes.data(), static_cast<uint8_t>(bytes.size()), event) && event.code == kEventPowerBack) {
        check(event.value > 2900 && event.value < 3100, "the return says for how long it was dark");
      }
    }
    const int failed = bench.eventCount(kEventPowerFailed);
    bench.wave.voltageV = 230;
    bench.run(0.1);
    check(failed == 0 && bench.eventCount(kEventPowerFailed) == 0, "mains that stay are no failure");
  }
}

void testRelay() {
  chip.reset();
  Bench bench;
  bench.start();
  check(!chip.pins[kPinRelay], "a meter that was never used starts with the relay open");
  bench.run(1);
  check(bench.command(kOpRelay, 1) == kResultDone && chip.pins[kPinRelay], "a signed order closes it");
  chip.sent.clear();
  bench.wave.phaseA = 5;
  bench.run(2);
  check((bench.registers().state & (kStateRelayClosed | kStateSensedLive | kStateRelayFault)) == (kStateRelayClosed | kStateSensedLive),
        "closed, and live behind it: no fault");
  check(bench.command(kOpRelay, 0) == kResultDone && !chip.pins[kPinRelay], "a signed order opens it");
  bench.wave.phaseA = 5;
  bench.isLoadSideSound = false;
  bench.inputs.loadSideLive = true;
  chip.sent.clear();
  bench.run(0.4);
  check(!bench.hasEvent(kEventRelayWelded), "a relay has half a second to open");
  bench.run(1);
  check(bench.eventCount(kEventRelayWelded) == 1, "a load side that stays live after an opening is told as welded, once");
  check(bench.registers().state & kStateRelayFault, "the fault is in the state");
  check(chip.pins[kPinAlarmLed], "the alarm LED is on with it");
  bench.wave.phaseA = 0;
  bench.inputs.loadSideLive = false;
  bench.run(1);
  check(!(bench.registers().state & kStateRelayFault), "the fault goes when the load side is dead");
  bench.command(kOpRelay, 1);
  chip.sent.clear();
  bench.run(1.5);
  check(bench.eventCount(kEventRelayStuck) == 1, "a load side that stays dead after a closing is told as stuck, once");
  bench.command(kOpRelay, 0);
  bench.run(1);
  Bench again;
  again.start();
  check(!chip.pins[kPinRelay], "a tripped relay is still open after a reset");
}

void testCredit() {
  chip.reset();
  Bench bench;
  bench.start();
  bench.command(kOpRelay, 1);
  bench.run(0.5);
  bench.isLoadBehindRelay = true;
  // 10.00 a kWh, so 10 kWh are 100.00; 0.05 of credit are 5 Wh; emergency credit 0.02.
  check(bench.command(kOpSetPrice, 1000000, 2) == kResultDone, "a price makes the meter prepaid");
  check(bench.command(kOpAddCredit, 5000) == kResultDone, "credit is added");
  check(bench.registers().state & kStatePrepaid, "the state says prepaid");
  check(chip.pins[kPinRelay], "with credit the relay stays closed");
  const Held start = bench.held();
  check(start.creditMilliMinor == 5000, "the credit is what was given");
  bench.wave.phaseA = 20;
  chip.sent.clear();
  bench.run(4.5);
  check(bench.hasEvent(kEventCreditEmergency) && chip.pins[kPinRelay], "below zero the meter tells and lives on emergency credit");
  bench.run(2.5);
  const Held held = bench.held();
  const int64_t used = static_cast<int64_t>(held.importWh * 1000 + held.importBelowMilliWh) -
                       static_cast<int64_t>(start.importWh * 1000 + start.importBelowMilliWh);
  check(held.creditMilliMinor == 5000 - used, "each mWh costs a thousandth at a million a kWh");
  check(!chip.pins[kPinRelay] && (held.relayReasons & 2), "at the end of the emergency credit the relay opens");
  check(held.creditMilliMinor <= -2000 && held.creditMilliMinor > -2400, "it overshoots by no more than a window");
  bench.wave.phaseA = 0;
  bench.run(1);
  bench.command(kOpAddCredit, 1000);
  check(!chip.pins[kPinRelay], "a top-up that does not pay back all leaves it open");
  bench.command(kOpAddCredit, 2000);
  check(chip.pins[kPinRelay], "with everything paid back it closes");
  const int64_t credit = bench.held().creditMilliMinor;
  bench.run(1);
  {
    Bench after;
    after.start();
    check(after.held().creditMilliMinor == credit, "the credit survives a reset");
    check(after.held().priceMilliMinorPerKWh == 1000000 && after.held().emergencyMinor == 2, "so do price and emergency credit");
  }
  bench.command(kOpSetPrice, 0, 0);
  bench.wave.phaseA = 20;
  bench.run(5);
  check(bench.held().creditMilliMinor == credit, "a postpaid meter leaves the credit alone");

  Account account{};
  account.priceMilliMinorPerKWh = 268435455;
  account.baseMilliMinor = 1000;
  rebase(account, 3, 333);
  const int64_t inOne = creditAt(account, 123, 456);
  for (uint32_t wh = 4; wh <= 123; wh++) rebase(account, wh, 1);
  check(creditAt(account, 123, 456) == inOne, "charging in many steps costs as much as in one");
  account = Account{};
  account.priceMilliMinorPerKWh = 7000;
  account.baseWh = 500;
  check(creditAt(account, 400, 0) == 0, "a register below the base gives nothing back");
  account.baseWh = 0;
  check(creditAt(account, 4000000, 0) == -4000LL * 7000, "credit is exact beyond 4,294 kWh after the base");
}

void testTamper() {
  chip.reset();
  Bench bench;
  bench.start();
  bench.run(1);
  chip.sent.clear();
  for (int at = 0; at < 20; at++) {
    bench.inputs.coverOpen = at & 1;
    bench.run(0.02);
  }
  check(!bench.hasEvent(kEventCoverOpen), "a contact that chatters every 20 ms is no open cover");
  bench.inputs.coverOpen = true;
  bench.inputs.moved = kMovedCover;
  bench.run(0.5);
  check(!bench.hasEvent(kEventCoverOpen), "one that chatters in step with the looks seems open and is not");
  bench.inputs.moved = kMovedMagnet;
  bench.run(0.1);
  check(bench.eventCount(kEventCoverOpen) == 1, "an open cover is told once, whatever else moves");
  bench.inputs.moved = 0;
  bench.run(1);
  check(bench.eventCount(kEventCoverOpen) == 1, "and not again while it stays open");
  check(bench.registers().tamperFlags == 1, "the flag is latched");
  bench.inputs.coverOpen = false;
  bench.run(0.1);
  check(bench.registers().tamperFlags == 1, "a closed cover does not clear the flag");
  bench.inputs.magnetNear = true;
  bench.run(0.1);
  check(bench.registers().tamperFlags == 5, "a magnet adds its flag");
  bench.inputs.magnetNear = false;
  bench.run(0.2);
  {
    Bench after;
    after.start();
    check(after.registers().tamperFlags == 5, "flags survive a reset");
  }
  check(bench.command(kOpClearTamper, 1) == kResultDone && bench.registers().tamperFlags == 4, "a signed order clears the flags that it names");
  bench.wave.phaseA = 4;
  bench.wave.neutralA = 10;
  chip.sent.clear();
  bench.run(3);
  check(!bench.hasEvent(kEventNeutralDiffers), "a neutral that differs for 3 s is not told yet");
  bench.run(4);
  check(bench.eventCount(kEventNeutralDiffers) == 1 && (bench.registers().tamperFlags & 8), "a neutral that carries more than the phase for 5 s is tamper");
  bench.wave.neutralA = -1;
  bench.run(7);
  check(bench.hasEvent(kEventNeutralAgrees), "its end is told too");
}

void testRollOver() {
  chip.reset();
  Bench bench;
  bench.start();
  Take take{};
  take.importWh = 4294967;
  take.importBelowMilliWh = 290;
  take.importCarryMilliWMs = 1234567;
  take.exportWh = 4294967295;
  take.exportBelowMilliWh = 998;
  take.creditMilliMinor = -123456789;
  take.priceMilliMinorPerKWh = 0;
  take.relayReasons = 0;
  take.tamperFlags = 4;
  take.nextEvent = 77;
  check(bench.order(take) == kResultDone, "registers are handed over");
  Held held = bench.held();
  check(held.importWh == 4294967 && held.importBelowMilliWh == 290 && held.importCarryMilliWMs == 1234567 &&
            held.exportWh == 4294967295ULL && held.exportBelowMilliWh == 998 && held.creditMilliMinor == -123456789 &&
            held.tamperFlags == 4 && held.nextEvent >= 78,
        "and handed back exactly, to the mW ms");
  check(chip.pins[kPinRelay], "the relay follows the reasons that were handed over");
  bench.wave.phaseA = 20;
  bench.run(10);
  held = bench.held();
  const uint64_t milliWh = held.importWh * 1000 + held.importBelowMilliWh;
  check(milliWh > 4294967296ULL + 11000, "the register counts on beyond 2^32 mWh");
  take.importWh = 1ULL << 33;
  check(bench.order(take) == kResultBadArgument, "a register above 4,294,967,295 Wh is refused");
  take.importWh = 1;
  take.importBelowMilliWh = 1000;
  check(bench.order(take) == kResultBadArgument, "1,000 mWh below a Wh are refused");
  check(bench.held().importWh >= 4294967, "a refused hand-over changes nothing");
}

void testCalibration() {
  chip.reset();
  {
    Bench bench;
    bench.wave.phaseA = 10;
    bench.start();
    check(bench.command(kOpCalibrate, 1, 36045) == kResultDone, "a gain is set");
    bench.run(2);
    const Registers registers = bench.registers();
    check(registers.phaseMilliA > 10980 && registers.phaseMilliA < 11020, "a gain of 1.1 shows 10 % more current");
    check(registers.activeMilliW > 2527000 && registers.activeMilliW < 2533000, "and 10 % more power");
    check(bench.command(kOpCalibrate, 0, 65536) == kResultBadArgument, "a gain of 2 is refused");
    check(bench.command(kOpCalibrate, 9, 32768) == kResultBadArgument, "a channel that is not there is refused");
    bench.run(0.2);
  }
  {
    Bench after;
    after.wave.phaseA = 10;
    after.start();
    after.counter = 10;
    after.run(2);
    check(after.registers().phaseMilliA > 10980, "a gain survives a reset");
  }
  for (int at = 0; at < 80; at++) chip.eeprom[at] ^= 0x11;
  {
    Bench lost;
    lost.wave.phaseA = 10;
    lost.start();
    check(lost.hasEvent(kEventCalibrationLost), "settings that are broken in both copies are told");
    lost.run(5);
    check(lost.held().importWh == 0 && lost.held().importBelowMilliWh == 0, "without calibration no energy is counted");
  }
}

// Wherever in the meter the import register's value stands.
void testTurnedBits() {
  const uint8_t pattern[] = {0x78, 0x56, 0x34, 0x12};
  chip.reset();
  Bench bench;
  bench.start();
  Take take{};
  take.importWh = 0x12345678;
  take.nextEvent = 1;
  bench.order(take);
  bench.run(0.5);
  int restarts = 0;
  for (size_t at = 0; at + sizeof pattern <= sizeof(Meter); at++) {
    uint8_t* bytes = reinterpret_cast<uint8_t*>(&bench.meter) + at;
    if (memcmp(bytes, pattern, sizeof pattern) != 0) continue;
    for (uint8_t bit = 0; bit < 8; bit++) {
      chip.restarts = 0;
      bytes[1] ^= static_cast<uint8_t>(1 << bit);
      bench.run(0.3);
      restarts += chip.restarts > 0;
      check(chip.restarts > 0 || bench.held().importWh == 0x12345678,
            "a register in which a bit turned is not gone on with");
      bytes[1] ^= static_cast<uint8_t>(1 << bit);
      bench.run(0.3);
    }
  }
  // It stands in the register, and in the account as what credit is reckoned from.
  check(restarts == 16, "each bit that turns in a register or an account starts the meter anew within a window");
}

}  // namespace

void testMeter() {
  testTurnedBits();
  testPowerFail();
  testRelay();
  testCredit();
  testTamper();
  testRollOver();
  testCalibration();
}
