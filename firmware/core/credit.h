// Prepaid credit: a function of the import register alone, so that a register restored after a power cut brings the right
// credit with it. Thousandths of the smallest coin.
#pragma once
#include <stdint.h>

#include "store.h"

enum class CreditLevel : uint8_t { well, low, emergency, out };

/// What is left at this register. The register below the base (a slot was lost): what was charged stays charged.
int64_t creditAt(const Account& account, uint32_t importWh, uint16_t importBelowMilliWh);
/// Moves the base to this register; nothing is charged or given by it.
void rebase(Account& account, uint32_t importWh, uint16_t importBelowMilliWh);
/// Low: less than 10 kWh are left.
CreditLevel levelOf(const Account& account, int64_t creditMilliMinor);
