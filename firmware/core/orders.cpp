// Who may order what: signed messages, tokens and SMS, and the answers that go out.

#include <string.h>

#include "credit.h"
#include "hal.h"
#include "meter.h"
#include "siphash.h"
#include "text.h"
#include "token.h"

using namespace protocol;

namespace {

constexpr uint8_t kMacGroups = 8;
constexpr uint8_t kSignatureGroups = 12;
constexpr uint8_t kCrcGroups = 2;
// No result goes out for what is no message.
constexpr uint8_t kNotIntact = 0xFF;
constexpr uint8_t kWrongTokensMax = 5;
constexpr uint16_t kLockTicks = 60096;     // 10 min
constexpr uint16_t kInjectTicks = 200;     // 2 s
constexpr uint16_t kGainMin = 16384;
constexpr uint16_t kGainMax = 49151;
// Keeps credit and charge far from the end of 64 bits.
constexpr int64_t kCreditMaxMilliMinor = 17179869183LL;

bool isGain(int64_t gain) { return gain >= kGainMin && gain <= kGainMax; }

}  // namespace

// Signed messages end alike: counter, MAC, CRC.
static uint32_t fourGroups(const uint8_t* groups) {
  uint32_t value = 0;
  for (uint8_t at = 4; at-- > 0;) value = value << 7 | groups[at];
  return value;
}

__attribute__((noinline)) uint8_t Meter::checkSignature(const uint8_t* bytes, uint8_t count, uint32_t counter) {
  const uint8_t body = count - kMacGroups - kCrcGroups;
  const uint64_t hash = sipHash(settings_.key, settings_.serial, bytes, body);
  const uint8_t* mac = bytes + body;
  if ((static_cast<uint32_t>(hash) & 0xFFFFFFF) != fourGroups(mac) ||
      (static_cast<uint32_t>(hash >> 28) & 0xFFFFFFF) != fourGroups(mac + 4)) {
    addEvent(kEventMacRefused, bytes[0]);
    return kResultWrongMac;
  }
  if (counter <= account_.lastCounter) return kResultReplayed;
  account_.lastCounter = counter;
  store_.saveAccount();
  return kResultDone;
}

__attribute__((noinline)) uint8_t Meter::takeSigned(const uint8_t* bytes, uint8_t count) {
  // Large enough for any of them; which one it is, the id says.
  union {
    Command command;
    Take take;
    protocol::Display shown;
    Key key;
  } message;
  const uint8_t id = bytes[0];
  const uint8_t* form = id == kCommandId ? kCommandForm : id == kTakeId ? kTakeForm : id == kDisplayId ? kDisplayForm : kKeyForm;
  if (!decodeForm(form, bytes, count, &message)) return kNotIntact;
  touch();
  uint8_t result = checkSignature(bytes, count, fourGroups(bytes + count - kCrcGroups - kSignatureGroups));
  if (result != kResultDone) return result;
  switch (id) {
    case kCommandId: return obey(message.command);
    case kTakeId: return obey(message.take);
    case kDisplayId:
      hasHostText_ = false;
      for (uint8_t at = 0; at < kDisplayCells; at++) {
        const char c = message.shown.text[at];
        // Below 20h are the display's own glyphs, which nobody loaded.
        hostText_[at] = c < ' ' || c > '}' ? '?' : c;
        if (c != ' ') hasHostText_ = true;
      }
      isPageDirty_ = true;
      return kResultDone;
    default: {
      const uint64_t words[4] = {message.key.key0, message.key.key1, message.key.key2, message.key.key3};
      for (uint8_t at = 0; at < 4; at++) memcpy(settings_.key + 4 * at, &words[at], 4);
      store_.saveSettings();
      return kResultDone;
    }
  }
}

// Out of line, so that its messages do not lie on the stack below a signed one.
__attribute__((noinline)) void Meter::takePlain(const uint8_t* bytes, uint8_t count) {
  union {
    Query query;
    Report report;
    Ping ping;
    Events events;
    Terminals terminals;
  } message;
  switch (bytes[0]) {
    case kQueryId:
      if (!decode(bytes, count, message.query)) return;
      if (message.query.what == kHelloId) sendHello();
      if (message.query.what == kRegistersId) sendRegisters();
      if (message.query.what == kHeldId) sendHeld();
      return;
    case kReportId:
      if (decode(bytes, count, message.report)) everyWindows_ = windowsLeft_ = message.report.everyWindows;
      return;
    case kPingId:
      if (decode(bytes, count, message.ping)) Firmata::send(Pong{message.ping.hostMs, upMs_, settings_.serial});
      return;
    case kEventsId:
      if (!decode(bytes, count, message.events)) return;
      for (uint8_t at = 0; at < events_.count(); at++) {
        if (events_.at(at).number >= message.events.fromNumber) sendEvent(events_.at(at));
      }
      return;
    case kTerminalsId:
      if (!decode(bytes, count, message.terminals) || !mayInject_) return;
      injected_ = message.terminals;
      injectTicks_ = kInjectTicks;
      return;
    default: return;
  }
}

__attribute__((noinline)) static void sendResult(const uint8_t* bytes, uint8_t count, uint8_t code, uint32_t lastCounter) {
  Firmata::send(Result{bytes[0], fourGroups(bytes + count - kCrcGroups - kSignatureGroups), code, lastCounter});
}

void Meter::takeSysex(const uint8_t* bytes, uint8_t count) {
  switch (bytes[0]) {
    case kCommandId:
    case kTakeId:
    case kDisplayId:
    case kKeyId: {
      const uint8_t result = takeSigned(bytes, count);
      if (result != kNotIntact) sendResult(bytes, count, result, account_.lastCounter);
      return;
    }
    default: takePlain(bytes, count); return;
  }
}

__attribute__((noinline)) uint8_t Meter::obey(const Command& command) {
  const int64_t argument = command.argument;
  const int64_t second = command.second;
  switch (command.op) {
    case kOpRelay:
      if (argument != 0 && argument != 1) return kResultBadArgument;
      orderRelay(argument == 1);
      return kResultDone;
    case kOpAddCredit:
      addCredit(argument);
      return kResultDone;
    case kOpSetPrice:
      if (argument < 0 || argument > 0xFFFFFFF || second < 0 || second > 0xFFFFFFF) return kResultBadArgument;
      rebase(account_, import_.wh, import_.belowMilliWh);
      account_.priceMilliMinorPerKWh = static_cast<uint32_t>(argument);
      account_.emergencyMinor = static_cast<uint32_t>(second);
      isCreditElsewhere_ = false;
      store_.saveAccount();
      watchCredit();
      return kResultDone;
    case kOpCalibrate: {
      Calibration calibration = settings_.calibration;
      if (argument == 3 ? second < 0 || second > 4096 : !isGain(second)) return kResultBadArgument;
      if (argument == 0) {
        calibration.voltageGain = static_cast<uint16_t>(second);
      } else if (argument == 1) {
        calibration.phaseGain = static_cast<uint16_t>(second);
      } else if (argument == 2) {
        calibration.neutralGain = static_cast<uint16_t>(second);
      } else if (argument == 3) {
        calibration.noise = static_cast<uint16_t>(second);
      } else {
        return kResultBadArgument;
      }
      settings_.calibration = calibration;
      isCalibrationLost_ = false;
      metrology_.calibrate(calibration);
      store_.saveSettings();
      return kResultDone;
    }
    case kOpClearTamper:
      if (argument < 0 || argument > 0x7F) return kResultBadArgument;
      tamperFlags_ &= ~static_cast<uint8_t>(argument);
      addEvent(kEventTamperCleared, argument);
      saveRegisters();
      return kResultDone;
    case kOpSetSerial:
      if (argument < 0 || argument > static_cast<int64_t>(UINT32_MAX)) return kResultBadArgument;
      settings_.serial = static_cast<uint32_t>(argument);
      store_.saveSettings();
      return kResultDone;
    case kOpToken:
      if (argument < 0 || argument > static_cast<int64_t>(UINT32_MAX) || second < 0 ||
          second > static_cast<int64_t>(UINT32_MAX)) {
        return kResultBadArgument;
      }
      return addToken(static_cast<uint64_t>(second) << 32 | static_cast<uint32_t>(argument));
    case kOpWiring:
      if (argument < 0 || argument > 3) return kResultBadArgument;
      settings_.wiring = static_cast<uint8_t>(argument);
      store_.saveSettings();
      if (settings_.wiring & wiring::modem) {
        modem.turnOn(this);
      } else {
        modem.turnOff();
      }
      return kResultDone;
    case kOpInject:
      mayInject_ = argument == 1;
      if (!mayInject_) injectTicks_ = 0;
      return kResultDone;
    case kOpSave:
      saveRegisters();
      return kResultDone;
    default: return kResultUnknown;
  }
}

__attribute__((noinline)) uint8_t Meter::obey(const Take& take) {
  const bool fits = take.importWh <= UINT32_MAX && take.exportWh <= UINT32_MAX && take.importBelowMilliWh < 1000 &&
                    take.exportBelowMilliWh < 1000 && take.importCarryMilliWMs < 3600000UL &&
                    take.exportCarryMilliWMs < 3600000UL && take.relayReasons <= 7 && take.nextEvent > 0;
  if (!fits) return kResultBadArgument;
  const uint32_t before = import_.wh;
  import_ = EnergyRegister{static_cast<uint32_t>(take.importWh), take.importBelowMilliWh,
                           take.importCarryMilliWMs * kCarryPerMilliWMs};
  export_ = EnergyRegister{static_cast<uint32_t>(take.exportWh), take.exportBelowMilliWh,
                           take.exportCarryMilliWMs * kCarryPerMilliWMs};
  account_.priceMilliMinorPerKWh = take.priceMilliMinorPerKWh;
  account_.emergencyMinor = take.emergencyMinor;
  isCreditElsewhere_ = take.priceMilliMinorPerKWh == 0;
  account_.baseMilliMinor = take.creditMilliMinor;
  account_.baseWh = import_.wh;
  account_.baseBelowMilliWh = import_.belowMilliWh;
  account_.chargeCarry = 0;
  level_ = account_.priceMilliMinorPerKWh == 0 ? CreditLevel::well : levelOf(account_, credit());
  tamperFlags_ = take.tamperFlags;
  events_.nextNumber = take.nextEvent;
  account_.eventBlock = 0;  // the next event reserves a block from here
  relayReasons_ = take.relayReasons;
  applyRelay();
  addEvent(kEventRegistersTaken, before);
  store_.saveAccount();
  saveRegisters();
  return kResultDone;
}

void Meter::addCredit(int64_t milliMinor) {
  rebase(account_, import_.wh, import_.belowMilliWh);
  int64_t sum = account_.baseMilliMinor + milliMinor;
  if (sum > kCreditMaxMilliMinor) sum = kCreditMaxMilliMinor;
  if (sum < -kCreditMaxMilliMinor) sum = -kCreditMaxMilliMinor;
  account_.baseMilliMinor = sum;
  addEvent(kEventToppedUp, sum);
  saveRegisters();
  store_.saveAccount();
  watchCredit();
}

uint8_t Meter::addToken(uint64_t token) {
  touch();
  uint8_t result = kResultLocked;
  if (lockTicks_ == 0) {
    const TokenVerdict verdict = takeToken(token, settings_, account_);
    result = verdict.result;
    if (result == kResultDone) {
      wrongTokens_ = 0;
      addCredit(static_cast<int64_t>(verdict.amountHundreds) * 100000);
      return result;
    }
    if (result == kResultWrongToken && ++wrongTokens_ >= kWrongTokensMax) {
      wrongTokens_ = 0;
      lockTicks_ = kLockTicks;
    }
  }
  addEvent(kEventTokenRefused, result);
  return result;
}

// "MV1 " and then a command's bytes, id to CRC, as hexadecimal digits: one codec and one MAC for both ways in.
uint8_t Meter::takeSms(const char* text, char* reply) {
  for (const char* word = FLASH_TEXT("MV1 "); flashChar(word) != 0; word++) {
    if (*text++ != flashChar(word)) return 0;
  }
  uint8_t bytes[kCommandBytes];
  for (uint8_t digit = 0; digit < 2 * kCommandBytes; digit++) {
    uint8_t c = static_cast<uint8_t>(*text++);
    if (c >= '0' && c <= '9') {
      c -= '0';
    } else if (c >= 'a' && c <= 'f') {
      c -= 'a' - 10;
    } else {
      return 0;
    }
    bytes[digit / 2] = static_cast<uint8_t>(bytes[digit / 2] << 4) | c;
  }
  if (*text != 0 || bytes[0] != kCommandId) return 0;
  const uint8_t result = takeSigned(bytes, kCommandBytes);
  if (result == kNotIntact || result == kResultWrongMac) return 0;
  TextWriter out(reply, kSmsTextMax);
  out.flash(FLASH_TEXT("MV1 "));
  out.narrow(fourGroups(bytes + kCommandBytes - kCrcGroups - kSignatureGroups));
  out.flash(FLASH_TEXT(" R"));
  out.narrow(result);
  out.flash(FLASH_TEXT(" I"));
  out.narrow(import_.wh);
  out.character('.');
  out.narrow(import_.belowMilliWh, 3);
  out.flash(FLASH_TEXT(" C"));
  out.signedNumber(credit());
  out.flash(FLASH_TEXT(" S"));
  out.narrow(state());
  return static_cast<uint8_t>(out.next() - reply);
}

void Meter::sendHello() {
  Firmata::send(Hello{kVersion, firmwareId_, settings_.serial, resetCause_, hal::stackLowBytes(), account_.lastCounter, faults(),
             events_.nextNumber});
}

void Meter::sendRegisters() {
  sequence_ = (sequence_ + 1) & 0x3FFF;
  Firmata::send(Registers{sequence_,
                 import_.wh,
                 import_.belowMilliWh,
                 export_.wh,
                 export_.belowMilliWh,
                 measured_.activeMilliW,
                 measured_.reactiveMilliVar,
                 measured_.voltageMilliV,
                 measured_.phaseMilliA,
                 measured_.neutralMilliA,
                 measured_.powerFactorPermille,
                 measured_.frequencyMilliHz,
                 state(),
                 tamperFlags_,
                 credit(),
                 windowCount_,
                 upMs_});
}

void Meter::sendHeld() {
  Firmata::send(Held{import_.wh, import_.belowMilliWh, export_.wh, export_.belowMilliWh, import_.carry / kCarryPerMilliWMs,
            export_.carry / kCarryPerMilliWMs, credit(), account_.priceMilliMinorPerKWh, account_.emergencyMinor,
            relayReasons_, tamperFlags_, events_.nextNumber});
}

void Meter::sendEvent(const LoggedEvent& event) { Firmata::send(Event{event.number, event.code, event.upMs, event.value}); }
