// Two buttons type a token: holding Enter begins and gives up, Up raises the digit, Enter takes it. Looked at every 10 ms.
#pragma once
#include <stdint.h>

#include "contact.h"

constexpr uint8_t kTokenDigits = 20;

enum class KeypadAction : uint8_t { none, nextPage, changed, token };

class Keypad {
 public:
  KeypadAction tick(Look up, Look enter);
  bool isTyping() const { return isTyping_; }
  /// 20 characters: digits taken, the one that is open, then dots.
  void text(char* characters) const;
  /// Some of the twenty digits as a number; at most nine.
  uint32_t digits(uint8_t from, uint8_t count) const;
  /// False where 20 digits are above 2^64 - 1.
  bool value(uint64_t& token) const;

 private:
  Contact up_;
  Contact enter_;
  uint8_t digits_[kTokenDigits];
  uint8_t count_;
  uint8_t open_;
  uint16_t heldTicks_;
  uint16_t idleTicks_;
  bool isTyping_;
};
