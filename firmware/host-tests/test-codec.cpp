// Messages, hashes and tokens against the vectors that TypeScript made.
#include <string.h>

#include "check.h"
#include "crc.h"
#include "host-chip.h"
#include "protocol.h"
#include "siphash.h"
#include "token.h"

template <typename Message>
static bool encodes(const Message& message, const uint8_t* bytes, size_t count) {
  uint8_t mine[64];
  const uint8_t length = encode(message, mine);
  return length == count && memcmp(mine, bytes, count) == 0;
}

#include "../golden/vectors.h"

void testCodec() {
  checkGoldenMessages();
  const uint8_t key[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  for (const GoldenHash& golden : kGoldenHashes) {
    uint8_t bytes[64];
    for (int at = 0; at < golden.length; at++) bytes[at] = static_cast<uint8_t>(at);
    check(sipHash(key, 0x03020100, bytes + 4, static_cast<uint8_t>(golden.length - 4)) == golden.hash, "SipHash gives the same as in TypeScript");
  }
  // From the paper's appendix: key 00 to 0F, message 00 to 0E.
  uint8_t paper[15];
  for (uint8_t at = 0; at < 15; at++) paper[at] = at;
  check(sipHash(key, 0x03020100, paper + 4, 11) == 0xa129ca6149be45e5ULL, "SipHash gives its paper's test value");

  const uint8_t digits[9] = {'1', '2', '3', '4', '5', '6', '7', '8', '9'};
  uint8_t crc8 = 0;
  uint16_t crc16 = 0;
  for (const uint8_t digit : digits) {
    crc8 = crc8Add(crc8, digit);
    crc16 = crc16Add(crc16, digit);
  }
  check(crc8 == 0xF4, "CRC-8 gives F4 over 123456789");
  check(crc16 == 0x31C3, "CRC-16 gives 31C3 over 123456789");

  for (const GoldenToken& golden : kGoldenTokens) {
    Settings settings{};
    memcpy(settings.key, key, 16);
    settings.serial = golden.serial;
    Account account{};
    const TokenVerdict verdict = takeToken(golden.token, settings, account);
    check(verdict.result == protocol::kResultDone && verdict.amountHundreds == golden.amountHundreds &&
              account.tokenHighest == golden.number,
          "a token made in TypeScript is taken");
  }

  uint8_t bytes[64];
  const uint8_t count = encode(protocol::Ping{123456}, bytes);
  protocol::Ping ping{};
  for (uint8_t at = 0; at < count; at++) {
    for (uint8_t bit = 0; bit < 8; bit++) {
      bytes[at] ^= static_cast<uint8_t>(1 << bit);
      check(!protocol::decode(bytes, count, ping), "a message with one bit turned is refused, whichever bit it is");
      bytes[at] ^= static_cast<uint8_t>(1 << bit);
    }
  }
  check(!protocol::decode(bytes, count - 1, ping), "a message that is too short is refused");
}
