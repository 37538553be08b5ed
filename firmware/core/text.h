// Numbers and words into a bounded buffer of characters: no printf, no float.
#pragma once
#include <stdint.h>

#include "platform.h"

class TextWriter {
 public:
  TextWriter(char* characters, uint8_t size) : next_(characters), end_(characters + size) {}
  void character(char c) {
    if (next_ < end_) *next_++ = c;
  }
  void flash(const char* text) {
    for (char c; (c = flashChar(text)) != 0; text++) character(c);
  }
  void number(uint64_t value, uint8_t digits = 1, char pad = '0') {
    char reversed[20];
    uint8_t count = 0;
    do {
      reversed[count++] = static_cast<char>('0' + value % 10);
      value /= 10;
    } while (value != 0 && count < sizeof reversed);
    for (uint8_t at = count; at < digits; at++) character(pad);
    while (count > 0) character(reversed[--count]);
  }
  void narrow(uint32_t value, uint8_t digits = 1, char pad = '0') {
    char reversed[10];
    uint8_t count = 0;
    do {
      reversed[count++] = static_cast<char>('0' + value % 10);
      value /= 10;
    } while (value != 0);
    for (uint8_t at = count; at < digits; at++) character(pad);
    while (count > 0) character(reversed[--count]);
  }
  void signedNumber(int64_t value) {
    if (value < 0) character('-');
    number(static_cast<uint64_t>(value < 0 ? -value : value));
  }
  /// Blanks up to the end.
  void fill() {
    while (next_ < end_) *next_++ = ' ';
  }
  char* next() const { return next_; }

 private:
  char* next_;
  char* end_;
};
