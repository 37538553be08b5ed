// The last events, numbered. Numbers go on after a reset: a block of them is reserved in EEPROM before it is used.
#pragma once
#include <stdint.h>

struct LoggedEvent {
  uint32_t number;
  uint64_t upMs;
  int32_t value;
  uint8_t code;
};

constexpr uint8_t kEventsKept = 8;

class EventRing {
 public:
  const LoggedEvent& add(uint8_t code, int32_t value, uint64_t upMs) {
    LoggedEvent& event = events_[end_];
    event = LoggedEvent{nextNumber, upMs, value, code};
    nextNumber++;
    end_ = static_cast<uint8_t>((end_ + 1) % kEventsKept);
    if (count_ < kEventsKept) count_++;
    return event;
  }
  uint8_t count() const { return count_; }
  /// 0 is the oldest.
  const LoggedEvent& at(uint8_t index) const {
    return events_[(end_ + kEventsKept - count_ + index) % kEventsKept];
  }
  uint32_t nextNumber;  // from 1

 private:
  LoggedEvent events_[kEventsKept];
  uint8_t end_;
  uint8_t count_;
};
