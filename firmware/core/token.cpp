#include "token.h"

#include "protocol.h"
#include "siphash.h"

TokenVerdict takeToken(uint64_t token, const Settings& settings, Account& account) {
  const uint32_t content = static_cast<uint32_t>(token >> 32);
  // After the serial stands 54h, which is no message's id: a token's MAC is never a command's.
  uint8_t bytes[5] = {0x54};
  for (uint8_t at = 0; at < 4; at++) bytes[1 + at] = static_cast<uint8_t>(content >> (8 * at));
  const uint32_t mac = static_cast<uint32_t>(sipHash(settings.key, settings.serial, bytes, sizeof bytes));
  if (mac != static_cast<uint32_t>(token)) return {protocol::kResultWrongToken, 0};

  const uint16_t number = static_cast<uint16_t>(content >> 20);
  const uint32_t amountHundreds = content & 0xFFFFF;
  if (account.tokenMask == 0 || number > account.tokenHighest) {
    const uint16_t ahead = number - account.tokenHighest;
    account.tokenMask = (account.tokenMask == 0 || ahead > 15) ? 1 : static_cast<uint16_t>(account.tokenMask << ahead) | 1;
    account.tokenHighest = number;
    return {protocol::kResultDone, amountHundreds};
  }
  const uint16_t behind = account.tokenHighest - number;
  if (behind > 15 || ((account.tokenMask >> behind) & 1)) return {protocol::kResultUsedToken, 0};
  account.tokenMask |= static_cast<uint16_t>(1u << behind);
  return {protocol::kResultDone, amountHundreds};
}
