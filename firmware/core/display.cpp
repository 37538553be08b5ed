#include "display.h"

#include <string.h>

#include "hal.h"

namespace {

// Bits of the PCF8574 beside the four of data.
constexpr uint8_t kData = 0x01;
constexpr uint8_t kEnable = 0x04;
constexpr uint8_t kBacklight = 0x08;

uint8_t putNibble(uint8_t* bytes, uint8_t nibble, uint8_t flags) {
  const uint8_t byte = static_cast<uint8_t>((nibble & 0xF0) | flags | kBacklight);
  bytes[0] = byte | kEnable;
  bytes[1] = byte;
  return 2;
}

uint8_t putByte(uint8_t* bytes, uint8_t value, uint8_t flags) {
  putNibble(bytes, value, flags);
  return 2 + putNibble(bytes + 2, static_cast<uint8_t>(value << 4), flags);
}

constexpr uint8_t kAwake = 5;
constexpr uint8_t kRetryTicks = 250;  // 2.5 s
// A bus that answers sends its 33 bytes in 3 ms.
constexpr uint8_t kBusyTicksMax = 4;

}  // namespace

void Display::start() {
  memset(text, ' ', sizeof text);
  waitTicks_ = 5;
}

void Display::takeBack() {
  if (!isLent_) return;
  isLent_ = false;
  startStep_ = 0;
}

// Each step is a tick apart, which is longer than any wait of the data sheet's wake-up (4.1 ms, 100 us, 1.52 ms for clear).
void Display::sendStart() {
  uint8_t bytes[12];
  uint8_t count = 0;
  switch (startStep_) {
    case 0:
    case 1:
    case 2: count = putNibble(bytes, 0x30, 0); break;
    case 3:
      count = putNibble(bytes, 0x20, 0);
      count += putByte(bytes + count, 0x28, 0);
      count += putByte(bytes + count, 0x08, 0);
      break;
    default:
      count = putByte(bytes, 0x01, 0);
      break;
  }
  startStep_++;
  hal::twiSend(kDisplayAddress, bytes, count);
}

bool Display::sendChanges() {
  uint8_t cell = cell_;
  while (cell < kDisplayCells && text[cell] == shown_[cell]) cell++;
  cell_ = cell;
  if (cell == kDisplayCells) return false;
  uint8_t bytes[hal::kTwiBytesMax];
  uint8_t count = putByte(bytes, static_cast<uint8_t>(0x80 | (cell < 16 ? cell : 0x40 + cell - 16)), 0);
  // One run within one line: the address counter does not go from the first line to the second.
  const uint8_t end = cell < 16 ? 16 : kDisplayCells;
  while (cell < end && text[cell] != shown_[cell] && count + 4 <= hal::kTwiBytesMax) {
    shown_[cell] = text[cell];
    count += putByte(bytes + count, static_cast<uint8_t>(text[cell]), kData);
    cell++;
  }
  hal::twiSend(kDisplayAddress, bytes, count);
  return true;
}

void Display::tick() {
  if (!hal::twiIsIdle()) {
    if (++busyTicks_ < kBusyTicksMax) return;
    hal::twiSend(0, nullptr, 0);  // gives the bus up
  }
  busyTicks_ = 0;
  if (isLent_) return;
  if (waitTicks_ > 0) {
    waitTicks_--;
    return;
  }
  if (startStep_ > 0 && !hal::twiWasHeard()) {
    isThere_ = false;
    startStep_ = 0;
    waitTicks_ = kRetryTicks;
    return;
  }
  if (startStep_ < kAwake) {
    sendStart();
    return;
  }
  if (startStep_ == kAwake) {
    uint8_t bytes[8];
    uint8_t count = putByte(bytes, 0x06, 0);
    count += putByte(bytes + count, 0x0C, 0);
    memset(shown_, ' ', sizeof shown_);
    look();
    startStep_++;
    isThere_ = true;
    hal::twiSend(kDisplayAddress, bytes, count);
    return;
  }
  sendChanges();
}
