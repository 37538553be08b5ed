// Constants that stay in flash, and sums of products in as few instructions as the multiplier allows.
#pragma once
#include <avr/pgmspace.h>
#include <stdint.h>

#define FLASH PROGMEM
#define FLASH_TEXT(text) PSTR(text)
inline char flashChar(const char* at) { return static_cast<char>(pgm_read_byte(at)); }
inline uint8_t flashByte(const void* at) { return pgm_read_byte(at); }
inline uint8_t flashLength(const char* text) { return static_cast<uint8_t>(strlen_P(text)); }

/// sum += a * b. In line and without a product of its own: half of what the compiler's routine costs.
inline __attribute__((always_inline)) void addProduct(int32_t& sum, int16_t a, int16_t b) {
  uint8_t zero;
  asm("clr   %[zero]          \n\t"
      "muls  %B[a], %B[b]     \n\t"
      "add   %C[sum], r0      \n\t"
      "adc   %D[sum], r1      \n\t"
      "mul   %A[a], %A[b]     \n\t"
      "add   %A[sum], r0      \n\t"
      "adc   %B[sum], r1      \n\t"
      "adc   %C[sum], %[zero] \n\t"
      "adc   %D[sum], %[zero] \n\t"
      "mulsu %B[a], %A[b]     \n\t"
      "sbc   %D[sum], %[zero] \n\t"
      "add   %B[sum], r0      \n\t"
      "adc   %C[sum], r1      \n\t"
      "adc   %D[sum], %[zero] \n\t"
      "mulsu %B[b], %A[a]     \n\t"
      "sbc   %D[sum], %[zero] \n\t"
      "add   %B[sum], r0      \n\t"
      "adc   %C[sum], r1      \n\t"
      "adc   %D[sum], %[zero] \n\t"
      "clr   r1"
      : [sum] "+r"(sum), [zero] "=&r"(zero)
      : [a] "a"(a), [b] "a"(b));
}

/// sum += a * a, for a from -16,384 to 16,383: twice the product of its halves fits into 16 bits.
inline __attribute__((always_inline)) void addSquare(uint32_t& sum, int16_t a) {
  uint8_t zero;
  asm("clr   %[zero]          \n\t"
      "muls  %B[a], %B[a]     \n\t"
      "add   %C[sum], r0      \n\t"
      "adc   %D[sum], r1      \n\t"
      "mul   %A[a], %A[a]     \n\t"
      "add   %A[sum], r0      \n\t"
      "adc   %B[sum], r1      \n\t"
      "adc   %C[sum], %[zero] \n\t"
      "adc   %D[sum], %[zero] \n\t"
      "mulsu %B[a], %A[a]     \n\t"
      "lsl   r0               \n\t"
      "rol   r1               \n\t"
      "sbc   %D[sum], %[zero] \n\t"
      "add   %B[sum], r0      \n\t"
      "adc   %C[sum], r1      \n\t"
      "adc   %D[sum], %[zero] \n\t"
      "clr   r1"
      : [sum] "+r"(sum), [zero] "=&r"(zero)
      : [a] "a"(a));
}

/// sum += a * a + b * b.
inline __attribute__((always_inline)) void addSquares(uint32_t& sum, int16_t a, int16_t b) {
  uint32_t both = sum;
  addSquare(both, a);
  addSquare(both, b);
  sum = both;
}
