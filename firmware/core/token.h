// Credit tokens: 64 bits typed as 20 digits. Number (12 bits), amount in hundreds of the smallest coin (20), MAC (32).
#pragma once
#include <stdint.h>

#include "store.h"

struct TokenVerdict {
  uint8_t result;  // a protocol result: done, used-token, wrong-token
  uint32_t amountHundreds;
};

/// Judges a token and, where it is good, marks its number as used. One number far above the highest moves the window of 16.
TokenVerdict takeToken(uint64_t token, const Settings& settings, Account& account);
