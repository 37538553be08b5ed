// A 16x2 HD44780 behind a PCF8574: wakes it up, and sends only the characters that changed. Knows no page.
#pragma once
#include <stdint.h>

constexpr uint8_t kDisplayAddress = 0x27;
constexpr uint8_t kDisplayCells = 32;

class Display {
 public:
  void start();
  /// Two lines of 16, without a zero at the end. What the display should show.
  char text[kDisplayCells];
  /// `text` was written anew.
  void look() { cell_ = 0; }
  /// Every 10 ms.
  void tick();
  bool isThere() const { return isThere_; }
  /// The host writes to it itself from now on, until `takeBack`.
  void lend() { isLent_ = true; }
  void takeBack();

 private:
  void sendStart();
  bool sendChanges();
  char shown_[kDisplayCells];
  uint8_t cell_;  // those before it show what they should
  uint8_t startStep_;
  uint8_t waitTicks_;
  uint8_t busyTicks_;
  bool isThere_;
  bool isLent_;
};
