#include "credit.h"

namespace {

constexpr uint32_t kMilliWhPerKWh = 1000000UL;

// What the energy since the base costs, in millionths of a thousandth.
__attribute__((noinline)) uint64_t costSinceBase(const Account& account, uint32_t importWh, uint16_t importBelowMilliWh) {
  const int32_t below = static_cast<int32_t>(importBelowMilliWh) - account.baseBelowMilliWh;
  const int64_t used = static_cast<int64_t>(importWh) * 1000 - static_cast<int64_t>(account.baseWh) * 1000 + below;
  return (used > 0 ? static_cast<uint64_t>(used) * account.priceMilliMinorPerKWh : 0) + account.chargeCarry;
}

}  // namespace

int64_t creditAt(const Account& account, uint32_t importWh, uint16_t importBelowMilliWh) {
  return account.baseMilliMinor - static_cast<int64_t>(costSinceBase(account, importWh, importBelowMilliWh) / kMilliWhPerKWh);
}

void rebase(Account& account, uint32_t importWh, uint16_t importBelowMilliWh) {
  const uint64_t cost = costSinceBase(account, importWh, importBelowMilliWh);
  const uint64_t charge = cost / kMilliWhPerKWh;
  account.baseMilliMinor -= static_cast<int64_t>(charge);
  account.chargeCarry = static_cast<uint32_t>(cost - charge * kMilliWhPerKWh);
  account.baseWh = importWh;
  account.baseBelowMilliWh = importBelowMilliWh;
}

CreditLevel levelOf(const Account& account, int64_t creditMilliMinor) {
  if (creditMilliMinor <= -1000 * static_cast<int64_t>(account.emergencyMinor)) return CreditLevel::out;
  if (creditMilliMinor < 0) return CreditLevel::emergency;
  if (creditMilliMinor < 10 * static_cast<int64_t>(account.priceMilliMinorPerKWh)) return CreditLevel::low;
  return CreditLevel::well;
}
