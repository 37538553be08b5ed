// A switch with its bounce taken out, looked at every 10 ms. What bounces in step with the looks would seem to stand
// still, so each is told whether the contact has moved since the one before.
#pragma once
#include <stdint.h>

constexpr uint8_t kDebounceTicks = 5;  // 50 ms

struct Look {
  bool isOn;
  bool hasMoved;
};

class Contact {
 public:
  /// True where the contact has just changed, that is: stood on its new side for kDebounceTicks looks in a row.
  bool take(Look look) {
    if (look.isOn == isOn_ || look.hasMoved) {
      looks_ = 0;
      return false;
    }
    if (++looks_ < kDebounceTicks) return false;
    looks_ = 0;
    isOn_ = look.isOn;
    return true;
  }
  bool isOn() const { return isOn_; }

 private:
  bool isOn_;
  uint8_t looks_;
};
