// SipHash-2-4 (Aumasson and Bernstein 2012): the MAC of commands and tokens.
#pragma once
#include <stdint.h>

/// Over the four bytes of `serial`, the lowest first, and then `bytes`; all together below 256.
uint64_t sipHash(const uint8_t key[16], uint32_t serial, const uint8_t* bytes, uint8_t count);
