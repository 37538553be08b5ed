// Who may order what: MAC, counter, tokens, keys.
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "host-chip.h"

using namespace protocol;

static void testSignatures() {
  chip.reset();
  Bench bench;
  bench.start();
  bench.counter = 5;
  check(bench.command(kOpRelay, 1) == kResultDone, "an order with the right key is obeyed");
  check(chip.pins[kPinRelay], "and done");
  const Command order = {kOpRelay, 0, 0, 6, 0, 0};
  std::vector<uint8_t> bytes = bench.sign(order);
  // All of it but its CRC, which is made anew: only the MAC can tell.
  for (size_t at = 1; at + 2 < bytes.size(); at++) {
    for (uint8_t bit = 0; bit < 7; bit++) {
      std::vector<uint8_t> turned = bytes;
      turned[at] ^= static_cast<uint8_t>(1 << bit);
      Command message{};
      uint8_t again[64];
      const uint8_t count = static_cast<uint8_t>(turned.size());
      memcpy(again, turned.data(), count);
      // The CRC over the changed bytes.
      uint8_t crc = 0;
      for (uint8_t byte = 0; byte < count - 2; byte++) {
        crc ^= again[byte];
        for (int shift = 0; shift < 8; shift++) crc = static_cast<uint8_t>((crc & 0x80) ? (crc << 1) ^ 7 : crc << 1);
      }
      again[count - 2] = crc & 0x7F;
      again[count - 1] = crc >> 7;
      check(decode(again, count, message), "a forger can make the CRC right");
      chip.sent.clear();
      bench.sendSysex(again, count);
      Result result{};
      check(bench.last(result) && result.code == kResultWrongMac && chip.pins[kPinRelay],
            "an order with any one bit changed is refused for its MAC");
    }
  }
  check(bench.hasEvent(kEventMacRefused), "a wrong MAC is an event");
  bench.sendSysex(bytes.data(), static_cast<uint8_t>(bytes.size()));
  check(!chip.pins[kPinRelay], "the order itself is obeyed");
  bench.counter = 7;
  bench.command(kOpRelay, 1);
  chip.sent.clear();
  bench.sendSysex(bytes.data(), static_cast<uint8_t>(bytes.size()));
  Result result{};
  check(bench.last(result) && result.code == kResultReplayed && chip.pins[kPinRelay], "the same order a second time is refused as replayed");
  check(result.lastCounter == 7, "the answer says which counter was the last");
  bench.run(0.3);
  {
    Bench after;
    after.start();
    chip.sent.clear();
    after.sendSysex(bytes.data(), static_cast<uint8_t>(bytes.size()));
    check(after.last(result) && result.code == kResultReplayed, "also after a reset");
  }
  bench.key[3] ^= 1;
  check(bench.command(kOpRelay, 0) == kResultWrongMac, "a wrong key is refused");
  bench.key[3] ^= 1;
  bench.serial = 42;
  check(bench.command(kOpRelay, 0) == kResultWrongMac, "an order for another serial is refused");
  bench.serial = 0;
  bench.counter = 20;
  check(bench.command(kOpSetSerial, 42) == kResultDone, "a serial is set");
  bench.serial = 42;
  check(bench.command(99, 0) == kResultUnknown, "an op that is not there is refused");
  Key key{};
  key.key0 = 0x03020100;
  key.key1 = 0xFFFFFFFF;
  check(bench.order(key) == kResultDone, "a new key is taken");
  check(bench.command(kOpSave, 0) == kResultWrongMac, "the old key is worth nothing then");
  const uint8_t fresh[16] = {0, 1, 2, 3, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0};
  memcpy(bench.key, fresh, 16);
  check(bench.command(kOpSave, 0) == kResultDone, "the new key signs");
}

static void testTokens() {
  chip.reset();
  Bench bench;
  bench.serial = 0;
  bench.start();
  bench.command(kOpSetPrice, 7000, 0);
  const uint64_t first = bench.token(1, 500);
  check(bench.useToken(first) == kResultDone, "a token made for this meter is taken");
  check(bench.held().creditMilliMinor == 500LL * 100 * 1000, "its hundreds are in the credit");
  check(bench.useToken(first) == kResultUsedToken, "a token is good once");
  check(bench.held().creditMilliMinor == 500LL * 100 * 1000, "a used token changes nothing");
  check(bench.useToken(bench.token(10, 1)) == kResultDone, "a later token may come first");
  check(bench.useToken(bench.token(4, 1)) == kResultDone, "an earlier one after it");
  check(bench.useToken(bench.token(4, 1)) == kResultUsedToken, "but not twice");
  check(bench.useToken(bench.token(100, 1)) == kResultDone && bench.useToken(bench.token(84, 1)) == kResultUsedToken &&
            bench.useToken(bench.token(85, 1)) == kResultDone,
        "a token more than 15 below the highest is too old");
  bench.run(0.5);
  {
    Bench after;
    after.counter = 100;
    after.start();
    check(after.useToken(first) == kResultUsedToken && after.useToken(bench.token(100, 1)) == kResultUsedToken,
          "used tokens are known after a reset");
  }
  bench.counter = 200;
  for (int at = 0; at < 4; at++) check(bench.useToken(first ^ (1ULL << (7 * at))) == kResultWrongToken, "a token with one bit changed is refused");
  check(bench.useToken(bench.token(101, 1) ^ 1) == kResultWrongToken, "a fifth wrong token is refused too");
  check(bench.useToken(bench.token(101, 1)) == kResultLocked, "after five wrong tokens the keypad is locked");
  bench.run(601);
  check(bench.useToken(bench.token(101, 1)) == kResultDone, "ten minutes later it is open again");
}

static void press(Bench& bench, bool Inputs::* button, double seconds) {
  bench.inputs.*button = true;
  bench.run(seconds);
  bench.inputs.*button = false;
  bench.run(0.1);
}

static void testKeypad() {
  chip.reset();
  Bench bench;
  bench.start();
  bench.command(kOpSetPrice, 7000, 0);
  const uint64_t token = bench.token(3, 25);
  char digits[21];
  snprintf(digits, sizeof digits, "%020llu", static_cast<unsigned long long>(token));
  press(bench, &Inputs::enterDown, 1.3);
  for (const char* digit = digits; *digit != 0; digit++) {
    for (char up = '0'; up < *digit; up++) press(bench, &Inputs::upDown, 0.08);
    press(bench, &Inputs::enterDown, 0.08);
  }
  check(bench.held().creditMilliMinor == 25LL * 100 * 1000, "a token typed with two buttons is taken");
  bench.run(1);
  check(chip.rises[kPinBuzzer] == 1, "a token that is taken beeps once");
  press(bench, &Inputs::enterDown, 1.3);
  for (int at = 0; at < 20; at++) {
    for (int up = 0; up < 9; up++) press(bench, &Inputs::upDown, 0.08);
    press(bench, &Inputs::enterDown, 0.08);
  }
  bench.run(2);
  check(chip.rises[kPinBuzzer] == 4, "twenty nines are no 64 bits: refused with three beeps");
  {
    // Who took the registers over without a price keeps the credit elsewhere: it is told the digits.
    Take take{};
    take.nextEvent = 50;
    bench.order(take);
    chip.sent.clear();
    press(bench, &Inputs::enterDown, 1.3);
    for (int at = 0; at < 20; at++) {
      for (int up = 0; up < at % 10; up++) press(bench, &Inputs::upDown, 0.08);
      press(bench, &Inputs::enterDown, 0.08);
    }
    bench.run(1);
    // 01234567890123456789: 0123456, 7890123, 456789.
    const int64_t parts[] = {123456, 107890123, 200456789};
    int told = 0;
    for (const auto& bytes : bench.sysexes()) {
      Event event{};
      if (!decode(bytes.data(), static_cast<uint8_t>(bytes.size()), event) || event.code != kEventTyped) continue;
      if (told < 3 && event.value == parts[told]) told++;
    }
    check(told == 3, "where the host keeps the credit, twenty digits are told to it in three parts");
    check(!bench.hasEvent(kEventTokenRefused) && bench.held().creditMilliMinor == 0, "and not judged here");
    check(bench.command(kOpSetPrice, 7000, 0) == kResultDone, "a price of its own makes it judge again");
  }
  chip.sent.clear();
  for (int at = 0; at < 100; at++) {
    bench.inputs.upDown = at & 1;
    bench.inputs.enterDown = !(at & 2);
    bench.run(0.01);
  }
  check(!bench.hasEvent(kEventTokenRefused), "buttons that bounce type nothing");
}

static void testInjection() {
  chip.reset();
  Bench bench;
  bench.wave.voltageV = 0;
  bench.start();
  bench.send(Terminals{230000, 5000, 5000, 1150000, 0, 50000});
  bench.run(1);
  check(bench.registers().activeMilliW == 0, "terminals by wire are not believed unless that was allowed");
  check(bench.command(kOpInject, 1) == kResultDone, "a signed order allows it");
  bench.send(Terminals{230000, 5000, 5000, 1150000, 0, 50000});
  bench.run(1.2);
  const Registers registers = bench.registers();
  check(registers.activeMilliW == 1150000 && registers.voltageMilliV == 230000 && (registers.state & kStateMainsPresent) &&
            (registers.state & kStateInjected),
        "then they stand for the ADC");
  bench.run(3);
  check(bench.registers().activeMilliW == 0, "two seconds after the last the ADC counts again");
}

void testOrders() {
  testSignatures();
  testTokens();
  testKeypad();
  testInjection();
}
