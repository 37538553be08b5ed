// A switch with its bounce taken out, looked at every 10 ms.
#pragma once
#include <stdint.h>

constexpr uint8_t kDebounceTicks = 5;  // 50 ms

class Contact {
 public:
  /// True where the contact has just changed, that is: stood on its new side for kDebounceTicks looks in a row.
  bool take(bool isOn) {
    if (isOn == isOn_) {
      looks_ = 0;
      return false;
    }
    if (++looks_ < kDebounceTicks) return false;
    looks_ = 0;
    isOn_ = isOn;
    return true;
  }
  bool isOn() const { return isOn_; }

 private:
  bool isOn_;
  uint8_t looks_;
};
