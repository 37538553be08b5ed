#include "keypad.h"

constexpr uint16_t kHoldTicks = 100;    // 1 s
constexpr uint16_t kGiveUpTicks = 6000;  // 1 min

KeypadAction Keypad::tick(Look up, Look enter) {
  const bool upChanged = up_.take(up);
  const bool enterChanged = enter_.take(enter);
  const bool upPressed = upChanged && up_.isOn();
  const bool enterReleased = enterChanged && !enter_.isOn();
  if (upChanged || enterChanged) {
    idleTicks_ = 0;
  } else if (isTyping_ && ++idleTicks_ >= kGiveUpTicks) {
    isTyping_ = false;
    return KeypadAction::changed;
  }
  // A hold counts once, at its first second; the release after it is no press.
  if (enter_.isOn()) {
    if (heldTicks_ < kHoldTicks && ++heldTicks_ == kHoldTicks) {
      isTyping_ = !isTyping_;
      count_ = 0;
      open_ = 0;
      return KeypadAction::changed;
    }
  }
  const bool wasHold = heldTicks_ >= kHoldTicks;
  if (!enter_.isOn()) heldTicks_ = 0;
  if (!isTyping_) return upPressed ? KeypadAction::nextPage : KeypadAction::none;
  if (upPressed) {
    open_ = open_ == 9 ? 0 : open_ + 1;
    return KeypadAction::changed;
  }
  if (!enterReleased || wasHold) return KeypadAction::none;
  digits_[count_++] = open_;
  open_ = 0;
  if (count_ < kTokenDigits) return KeypadAction::changed;
  isTyping_ = false;
  return KeypadAction::token;
}

void Keypad::text(char* characters) const {
  for (uint8_t at = 0; at < kTokenDigits; at++) {
    characters[at] = static_cast<char>(at < count_ ? '0' + digits_[at] : at == count_ ? '0' + open_ : '.');
  }
}

uint32_t Keypad::digits(uint8_t from, uint8_t count) const {
  uint32_t value = 0;
  for (uint8_t at = from; at < from + count; at++) value = value * 10 + digits_[at];
  return value;
}

bool Keypad::value(uint64_t& token) const {
  token = 0;
  for (uint8_t at = 0; at < kTokenDigits; at++) {
    if (token > (UINT64_MAX - digits_[at]) / 10) return false;
    token = token * 10 + digits_[at];
  }
  return true;
}
