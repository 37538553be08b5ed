#include "siphash.h"

namespace {

struct State {
  uint64_t v[4];
};

uint64_t rotated(uint64_t value, uint8_t bits) { return (value << bits) | (value >> (64 - bits)); }

void addRotate(State& s, uint8_t to, uint8_t from, uint8_t bits) {
  s.v[to] += s.v[from];
  s.v[from] = rotated(s.v[from], bits) ^ s.v[to];
}

void mix(State& s, uint8_t rounds) {
  while (rounds-- > 0) {
    addRotate(s, 0, 1, 13);
    s.v[0] = rotated(s.v[0], 32);
    addRotate(s, 2, 3, 16);
    addRotate(s, 0, 3, 21);
    addRotate(s, 2, 1, 17);
    s.v[2] = rotated(s.v[2], 32);
  }
}

__attribute__((noinline)) uint64_t word(const uint8_t* bytes, uint8_t count) {
  uint64_t value = 0;
  while (count-- > 0) value = (value << 8) | bytes[count];
  return value;
}

}  // namespace

uint64_t sipHash(const uint8_t key[16], uint32_t serial, const uint8_t* bytes, uint8_t count) {
  const uint64_t k0 = word(key, 8);
  const uint64_t k1 = word(key + 8, 8);
  State s = {{k0 ^ 0x736f6d6570736575ULL, k1 ^ 0x646f72616e646f6dULL, k0 ^ 0x6c7967656e657261ULL,
              k1 ^ 0x7465646279746573ULL}};
  const uint8_t total = count + 4;
  // Each block is the half word left over from before and what comes after it.
  uint64_t block = serial;
  uint8_t have = 4;
  for (;;) {
    const uint8_t take = count < 8 - have ? count : 8 - have;
    block |= word(bytes, take) << (8 * have);
    bytes += take;
    count -= take;
    const bool isLast = have + take < 8;
    if (isLast) block |= static_cast<uint64_t>(total) << 56;
    s.v[3] ^= block;
    mix(s, 2);
    s.v[0] ^= block;
    if (isLast) break;
    block = 0;
    have = 0;
  }
  s.v[2] ^= 0xFF;
  mix(s, 4);
  return s.v[0] ^ s.v[1] ^ s.v[2] ^ s.v[3];
}
