// Constants lie in memory like everything else, and the compiler multiplies.
#pragma once
#include <stdint.h>
#include <string.h>

#define FLASH
#define FLASH_TEXT(text) (text)
inline char flashChar(const char* at) { return *at; }
inline uint8_t flashByte(const void* at) { return *static_cast<const uint8_t*>(at); }
inline uint8_t flashLength(const char* text) { return static_cast<uint8_t>(strlen(text)); }

inline void addProduct(int32_t& sum, int16_t a, int16_t b) { sum += static_cast<int32_t>(a) * b; }
inline void addSquare(uint32_t& sum, int16_t a) { sum += static_cast<uint32_t>(static_cast<int32_t>(a) * a); }
inline void addSquares(uint32_t& sum, int16_t a, int16_t b) {
  addSquare(sum, a);
  addSquare(sum, b);
}
