// The pages of the 16x2 display: what the meter shows by itself, what the host wrote, and the token being typed.

#include <string.h>

#include "meter.h"
#include "text.h"

using namespace protocol;

namespace {

constexpr uint16_t kPageTicks = 300;    // 3 s
constexpr uint8_t kRefreshTicks = 100;  // 1 s

enum : uint8_t { kEnergyPage, kPowerPage, kExportPage, kCreditPage, kWarningPage, kPageCount };

// kWh with one digit behind the point, cut and not rounded, as a register shows it.
void putKWh(TextWriter& line, uint32_t wh) {
  line.narrow(wh / 1000, 6);
  line.character('.');
  line.character(static_cast<char>('0' + wh / 100 % 10));
  line.flash(FLASH_TEXT(" kWh"));
}

void putHundredths(TextWriter& line, int64_t value) {
  if (value < 0) line.character('-');
  const uint64_t size = static_cast<uint64_t>(value < 0 ? -value : value);
  line.number(size / 100);
  line.character('.');
  line.narrow(static_cast<uint32_t>(size % 100), 2);
}

}  // namespace

void Meter::showPage() {
  if (++pageTicks_ >= kPageTicks) {
    pageTicks_ = 0;
    page_++;
    isPageDirty_ = true;
  }
  if (++refreshTicks_ >= kRefreshTicks) isPageDirty_ = true;
  if (!isPageDirty_) return;
  isPageDirty_ = false;
  refreshTicks_ = 0;
  display_.look();

  TextWriter first(display_.text, 16);
  TextWriter second(display_.text + 16, 16);
  if (keypad_.isTyping()) {
    char digits[kTokenDigits];
    keypad_.text(digits);
    first.flash(FLASH_TEXT("TOKEN "));
    for (uint8_t at = 0; at < 10; at++) first.character(digits[at]);
    second.flash(FLASH_TEXT("      "));
    for (uint8_t at = 10; at < kTokenDigits; at++) second.character(digits[at]);
    return;
  }
  if (hasHostText_) {
    memcpy(display_.text, hostText_, sizeof hostText_);
    return;
  }
  const bool isPrepaid = account_.priceMilliMinorPerKWh != 0;
  const bool isWarning = tamperFlags_ != 0 || relayReasons_ != 0 || isRelayFaulty_ || isCalibrationLost_ ||
                         store_.foundRegisters == Found::lost || (isPrepaid && level_ != CreditLevel::well);
  if (page_ == kCreditPage && !isPrepaid) page_++;
  if (page_ == kWarningPage && !isWarning) page_++;
  if (page_ >= kPageCount) page_ = kEnergyPage;
  switch (page_) {
    case kEnergyPage: {
      first.flash(FLASH_TEXT("Use "));
      putKWh(first, import_.wh);
      const uint32_t volts = (measured_.voltageMilliV + 500) / 1000;
      const uint32_t deciAmps = (measured_.phaseMilliA + 50) / 100;
      const int16_t factor = measured_.powerFactorPermille < 0 ? -measured_.powerFactorPermille : measured_.powerFactorPermille;
      second.character('V');
      second.narrow(volts, 3);
      second.flash(FLASH_TEXT(" I"));
      second.narrow(deciAmps / 10, 2);
      second.character('.');
      second.narrow(deciAmps % 10);
      second.flash(FLASH_TEXT(" PF"));
      if (factor >= 995) {
        second.flash(FLASH_TEXT("1.0"));
      } else {
        second.character('.');
        second.narrow(static_cast<uint32_t>((factor + 5) / 10), 2);
      }
      break;
    }
    case kPowerPage: {
      const int32_t watts = measured_.activeMilliW / 1000;
      first.flash(watts < 0 ? FLASH_TEXT("Power -") : FLASH_TEXT("Power  "));
      first.narrow(static_cast<uint32_t>(watts < 0 ? -watts : watts), 5);
      first.flash(FLASH_TEXT(" W"));
      const uint32_t centiHz = (measured_.frequencyMilliHz + 5) / 10;
      second.flash(FLASH_TEXT("Freq   "));
      second.narrow(centiHz / 100, 2);
      second.character('.');
      second.narrow(centiHz % 100, 2);
      second.flash(FLASH_TEXT(" Hz"));
      break;
    }
    case kExportPage:
      first.flash(FLASH_TEXT("Exp "));
      putKWh(first, export_.wh);
      second.flash(FLASH_TEXT("No. "));
      second.narrow(settings_.serial, 10);
      break;
    case kCreditPage: {
      const int64_t now = credit();
      first.flash(FLASH_TEXT("Bal "));
      putHundredths(first, now / 1000);
      second.flash(FLASH_TEXT("Left "));
      second.number(now > 0 ? static_cast<uint64_t>(now) / account_.priceMilliMinorPerKWh : 0);
      second.flash(FLASH_TEXT(" kWh"));
      break;
    }
    default:
      if (isCalibrationLost_) {
        first.flash(FLASH_TEXT("E-CAL"));
      } else if (store_.foundRegisters == Found::lost) {
        first.flash(FLASH_TEXT("E-MEM"));
      } else if (isRelayFaulty_) {
        first.flash(FLASH_TEXT("RELAY FAULT"));
      } else if (tamperFlags_ != 0) {
        first.flash(FLASH_TEXT("TAMPER "));
        first.narrow(tamperFlags_);
      } else {
        first.flash(FLASH_TEXT("CREDIT"));
      }
      if (relayReasons_ & relay_reason::credit) {
        second.flash(FLASH_TEXT("SUPPLY OFF  PAY"));
      } else if (relayReasons_ != 0) {
        second.flash(FLASH_TEXT("SUPPLY OFF"));
      } else if (isPrepaid && level_ != CreditLevel::well) {
        second.flash(FLASH_TEXT("LOW    PAY NOW"));
      }
      break;
  }
  first.fill();
  second.fill();
}
