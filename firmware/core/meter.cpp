#include "meter.h"

#include <string.h>

#include "crc.h"
#include "credit.h"
#include "hal.h"

using namespace protocol;

namespace {

constexpr uint32_t kSaveTicks = 90144;         // 15 min
constexpr uint32_t kSaveMilliWh = 100000;      // 0.1 kWh
constexpr uint16_t kPulseMilliWh = 1000000UL / kPulsesPerKWh;
constexpr uint8_t kPulseTicks = 2;             // 20 ms on, 20 ms off
constexpr uint8_t kBeepTicks = 15;             // 150 ms on, 150 ms off
constexpr uint8_t kBackTicks = 10;             // 100 ms
constexpr uint8_t kFeedbackTicks = 50;         // 500 ms after the relay was ordered
constexpr uint8_t kWrongTicks = 30;            // 300 ms
constexpr uint32_t kLeakMilliA = 300;
constexpr uint8_t kNeutralWindows = 25;        // 5 s
constexpr uint32_t kNeutralFloorMilliA = 200;
constexpr uint32_t kInjectedLiveMilliV = 42000;
constexpr uint8_t kEventBlock = 16;
constexpr uint32_t kRebaseWh = 1000000UL;      // keeps used energy times price below 2^64

constexpr int32_t kTypedPart = 100000000;

int32_t clamped(int64_t value) {
  if (value > INT32_MAX) return INT32_MAX;
  if (value < INT32_MIN) return INT32_MIN;
  return static_cast<int32_t>(value);
}

}  // namespace

uint16_t Meter::sealNow() const { return sealOf(&metrology_, &seal_); }

void Meter::seal() {
  seal_ = sealNow();
  isOpen_ = false;
}

void Meter::touch() {
  if (isOpen_) return;
  // Nobody knows which bit it was: the last save does.
  if (seal_ != sealNow()) hal::restart();
  isOpen_ = true;
}

void Meter::start(uint8_t resetCause, uint32_t firmwareId) {
  isOpen_ = true;
  sampler.start();
  display_.start();
  firmata.start(this);
  isPageDirty_ = true;
  resetCause_ = resetCause;
  firmwareId_ = firmwareId;
  for (uint8_t at = 0; at < sizeof settings_.key; at++) settings_.key[at] = at;  // the public bench key
  settings_.calibration = kDefaultCalibration;
  RegisterSlot slot{};
  store_.recover(slot, account_, settings_);
  // No register, no supply: someone must say that it may be on.
  relayReasons_ = store_.foundRegisters == Found::sound ? slot.relayReasons : relay_reason::company;
  tamperFlags_ = slot.tamperFlags;
  import_ = EnergyRegister{slot.importWh, slot.importBelowMilliWh, 0};
  export_ = EnergyRegister{slot.exportWh, slot.exportBelowMilliWh, 0};
  isRelayClosed_ = relayReasons_ == 0;
  hal::writePin(kPinRelay, isRelayClosed_);
  feedbackTicks_ = kFeedbackTicks;

  isCalibrationLost_ = store_.foundSettings == Found::lost;
  metrology_.calibrate(settings_.calibration);
  level_ = account_.priceMilliMinorPerKWh == 0 ? CreditLevel::well : levelOf(account_, credit());
  events_.nextNumber = account_.eventBlock == 0 ? 1 : account_.eventBlock;
  memset(hostText_, ' ', sizeof hostText_);
  firmata.greet();
  addEvent(kEventStarted, resetCause);
  if (store_.tornSlots > 0) addEvent(kEventStoreFallback, store_.tornSlots);
  if (isCalibrationLost_) addEvent(kEventCalibrationLost, 0);
  sendHello();
  if (settings_.wiring & wiring::modem) modem.turnOn(this);
  seal();
}

RegisterSlot Meter::slotNow() const {
  return RegisterSlot{0, import_.wh, export_.wh, import_.belowMilliWh, export_.belowMilliWh, tamperFlags_, relayReasons_};
}

void Meter::saveRegisters() {
  store_.saveSlot(slotNow());
  savedMilliWh_ = 0;
  saveTicks_ = 0;
}

int64_t Meter::credit() const { return creditAt(account_, import_.wh, import_.belowMilliWh); }

void Meter::addEvent(uint8_t code, int64_t value) {
  touch();
  // A number outside its block was never given: it goes on behind the block.
  const bool isOutside = events_.nextNumber > account_.eventBlock || account_.eventBlock - events_.nextNumber > kEventBlock;
  if (account_.eventBlock != 0 && isOutside) events_.nextNumber = account_.eventBlock;
  const LoggedEvent& event = events_.add(code, clamped(value), upMs_);
  if (events_.nextNumber >= account_.eventBlock) {
    account_.eventBlock = events_.nextNumber + kEventBlock;
    store_.saveAccount();
  }
  sendEvent(event);
  const bool isAlarm = code == kEventPowerFailed || code == kEventPowerBack || code == kEventCoverOpen ||
                       code == kEventMagnet || code == kEventNeutralDiffers || code == kEventRelayWelded ||
                       code == kEventRelayStuck || code == kEventCreditOut;
  if (isAlarm) modem.tellEvent(code, event.value);
  isPageDirty_ = true;
}

void Meter::applyRelay() {
  const bool isClosed = relayReasons_ == 0;
  if (isClosed == isRelayClosed_) return;
  isRelayClosed_ = isClosed;
  hal::writePin(kPinRelay, isClosed);
  feedbackTicks_ = kFeedbackTicks;
  wrongTicks_ = 0;
  isRelayFaulty_ = false;
  addEvent(isClosed ? kEventRelayClosed : kEventRelayOpen, relayReasons_);
  saveRegisters();
}

void Meter::orderRelay(bool isClosed) {
  touch();
  const uint8_t before = relayReasons_;
  relayReasons_ = isClosed ? (relayReasons_ & ~relay_reason::company) : (relayReasons_ | relay_reason::company);
  applyRelay();
  // The company may add its reason to an open relay: that has to survive too.
  if (before != relayReasons_) saveRegisters();
}

void Meter::endSession() {
  everyWindows_ = 0;
  display_.takeBack();
}

const Measurement& Meter::takeWindow(const WindowSums& sums) {
  touch();
  takeMeasurement(metrology_.measure(sums));
  if (injectTicks_ > 0) {
    measured_.voltageMilliV = injected_.voltageMilliV;
    measured_.phaseMilliA = injected_.phaseMilliA;
    measured_.neutralMilliA = injected_.neutralMilliA;
    measured_.activeMilliW = injected_.activeMilliW;
    measured_.reactiveMilliVar = injected_.reactiveMilliVar;
    measured_.frequencyMilliHz = injected_.frequencyMilliHz;
    measured_.powerFactorPermille = powerFactor(measured_);
  }
  countEnergy(Metrology::ticksOf(sums));
  windowCount_ = (windowCount_ + 1) & 0xFFFFFFF;
  hal::writePin(kPinHeartbeat, windowCount_ & 1);
  watchCredit();
  watchNeutral();
  if (everyWindows_ > 0 && --windowsLeft_ == 0) {
    windowsLeft_ = everyWindows_;
    sendRegisters();
  }
  seal();
  return measured_;
}

// What no wave can give comes from a bit that turned: such a window counts like the one before it, a second one as nothing.
void Meter::takeMeasurement(const Measurement& measured) {
  const bool isPossible = Metrology::isPossible(measured);
  if (isPossible) {
    measured_ = measured;
  } else if (isGuessed_) {
    measured_ = Measurement{};
    measured_.voltageMiddle = measured_.phaseMiddle = measured_.neutralMiddle = kMiddleLsb;
  }
  isGuessed_ = !isPossible;
}

void Meter::countEnergy(uint16_t ticks) {
  // A meter that lost its calibration would count wrongly: it counts nothing and says so.
  if (isCalibrationLost_ || measured_.activeMilliW == 0) return;
  const bool isImport = measured_.activeMilliW > 0;
  const uint32_t milliW = static_cast<uint32_t>(isImport ? measured_.activeMilliW : -measured_.activeMilliW);
  const uint32_t added = (isImport ? import_ : export_).add(milliW, ticks);
  savedMilliWh_ += added;
  uint32_t pulse = pulseMilliWh_ + added;
  while (pulse >= kPulseMilliWh) {
    pulse -= kPulseMilliWh;
    if (pulsesDue_ < 255) pulsesDue_++;
  }
  pulseMilliWh_ = static_cast<uint16_t>(pulse);
  if (savedMilliWh_ >= kSaveMilliWh) saveRegisters();
}

void Meter::watchCredit() {
  if (account_.priceMilliMinorPerKWh == 0) {
    if (relayReasons_ & relay_reason::credit) {
      relayReasons_ &= ~relay_reason::credit;
      applyRelay();
      saveRegisters();
    }
    return;
  }
  if (import_.wh - account_.baseWh >= kRebaseWh && import_.wh > account_.baseWh) {
    rebase(account_, import_.wh, import_.belowMilliWh);
    store_.saveAccount();
  }
  const int64_t now = credit();
  const CreditLevel level = levelOf(account_, now);
  if (level > level_ && level == CreditLevel::low) addEvent(kEventCreditLow, now);
  if (level > level_ && level == CreditLevel::emergency) addEvent(kEventCreditEmergency, now);
  level_ = level;
  if (relayReasons_ & relay_reason::credit) {
    // Closes again once all that was borrowed is paid back.
    if (now <= 0) return;
    relayReasons_ &= ~relay_reason::credit;
  } else {
    if (level != CreditLevel::out) return;
    addEvent(kEventCreditOut, now);
    relayReasons_ |= relay_reason::credit;
  }
  applyRelay();
  saveRegisters();
}

void Meter::watchNeutral() {
  const uint32_t phase = measured_.phaseMilliA;
  const uint32_t neutral = measured_.neutralMilliA;
  const uint32_t larger = phase > neutral ? phase : neutral;
  const uint32_t difference = larger - (phase > neutral ? neutral : phase);
  const bool isOff = hasMains_ && difference > kNeutralFloorMilliA + larger / 10;
  if (isOff == isNeutralOff_) {
    neutralWindows_ = 0;
    return;
  }
  if (++neutralWindows_ < kNeutralWindows) return;
  neutralWindows_ = 0;
  isNeutralOff_ = isOff;
  if (isOff) {
    tamperFlags_ |= tamper::neutral;
    saveRegisters();
  }
  addEvent(isOff ? kEventNeutralDiffers : kEventNeutralAgrees,
           isOff ? static_cast<int64_t>(neutral) - static_cast<int64_t>(phase) : 0);
}

void Meter::tick(const Inputs& inputs) {
  inputs_ = inputs;
  upMs_ += kTickMicros / 1000;
  upMicros_ += kTickMicros % 1000;
  if (upMicros_ >= 1000) {
    upMicros_ -= 1000;
    upMs_++;
  }
  if (lockTicks_ > 0) lockTicks_--;
  // Nobody else's numbers without leave.
  if (!mayInject_) injectTicks_ = 0;
  if (injectTicks_ > 0) injectTicks_--;
  firmata.belongTo(this);
  modem.belongTo(this);
  if (++saveTicks_ >= kSaveTicks && savedMilliWh_ > 0) saveRegisters();
  watchMains();
  watchContacts(inputs);
  watchRelay(inputs.loadSideLive);
  blinkAndBeep();
  switch (keypad_.tick(lookAt(inputs.upDown, inputs, kMovedUp), lookAt(inputs.enterDown, inputs, kMovedEnter))) {
    case KeypadAction::none: break;
    case KeypadAction::changed: isPageDirty_ = true; break;
    case KeypadAction::nextPage:
      pageTicks_ = 0;
      page_++;
      isPageDirty_ = true;
      break;
    case KeypadAction::token: takeTyped(); break;
  }
  showPage();
  display_.tick();
  modem.tick();
  firmata.tick();
  if (isOpen_) seal();
}

// Out of line: 64-bit numbers stay off the stack of every tick.
__attribute__((noinline)) void Meter::takeTyped() {
  isPageDirty_ = true;
  if (isCreditElsewhere_) {
    for (uint8_t part = 0; part < 3; part++) {
      addEvent(kEventTyped, part * kTypedPart + keypad_.digits(static_cast<uint8_t>(part * 7), part < 2 ? 7 : 6));
    }
    beepsDue_ = 1;
    return;
  }
  uint64_t token;
  const uint8_t result = keypad_.value(token) ? addToken(token) : kResultWrongToken;
  beepsDue_ = result == kResultDone ? 1 : 3;
}

void Meter::watchMains() {
  const bool isLive = injectTicks_ > 0 ? injected_.voltageMilliV > kInjectedLiveMilliV : sampler.quietRounds < kQuietRounds;
  if (!isLive) {
    backTicks_ = 0;
    if (hasMains_) {
      hasMains_ = false;
      darkTicks_ = 0;
      touch();
      // Before anything else: what the supply still holds goes into this save.
      store_.hurrySlot(slotNow());
      savedMilliWh_ = 0;
      addEvent(kEventPowerFailed, import_.belowMilliWh);
    } else if (darkTicks_ < UINT32_MAX) {
      darkTicks_++;
    }
    return;
  }
  if (hasMains_ || ++backTicks_ < kBackTicks) return;
  hasMains_ = true;
  feedbackTicks_ = kFeedbackTicks;
  if (hadMains_) addEvent(kEventPowerBack, static_cast<int64_t>(darkTicks_) * kTickMicros / 1000);
  hadMains_ = true;
}

void Meter::watchContacts(const Inputs& inputs) {
  if (cover_.take(lookAt(inputs.coverOpen, inputs, kMovedCover))) {
    touch();
    if (cover_.isOn()) tamperFlags_ |= tamper::cover;
    addEvent(cover_.isOn() ? kEventCoverOpen : kEventCoverClosed, 0);
    if (cover_.isOn()) saveRegisters();
  }
  if (magnet_.take(lookAt(inputs.magnetNear, inputs, kMovedMagnet))) {
    touch();
    if (magnet_.isOn()) tamperFlags_ |= tamper::magnet;
    addEvent(magnet_.isOn() ? kEventMagnet : kEventMagnetGone, 0);
    if (magnet_.isOn()) saveRegisters();
  }
}

void Meter::watchRelay(bool isLoadSideLive) {
  isLoadSideLive_ = isLoadSideLive;
  if (feedbackTicks_ > 0) {
    feedbackTicks_--;
    return;
  }
  if (!hasMains_ || injectTicks_ > 0) {
    wrongTicks_ = 0;
    return;
  }
  const bool isSensed = (settings_.wiring & wiring::noLoadSense) == 0;
  const bool flows = measured_.phaseMilliA > kLeakMilliA;
  const bool isWrong = isRelayClosed_ ? isSensed && !isLoadSideLive && !flows : (isSensed && isLoadSideLive) || flows;
  if (!isWrong) {
    wrongTicks_ = 0;
    isRelayFaulty_ = false;
    return;
  }
  if (isRelayFaulty_ || ++wrongTicks_ < kWrongTicks) return;
  isRelayFaulty_ = true;
  addEvent(isRelayClosed_ ? kEventRelayStuck : kEventRelayWelded, measured_.phaseMilliA);
}

void Meter::blinkAndBeep() {
  if (pulseTicks_ > 0) {
    pulseTicks_--;
    if (pulseTicks_ == kPulseTicks) hal::writePin(kPinPulseLed, false);
  } else if (pulsesDue_ > 0) {
    pulsesDue_--;
    pulseTicks_ = 2 * kPulseTicks;
    hal::writePin(kPinPulseLed, true);
  }
  if (beepTicks_ > 0) {
    beepTicks_--;
    if (beepTicks_ == kBeepTicks) hal::writePin(kPinBuzzer, false);
  } else if (beepsDue_ > 0) {
    beepsDue_--;
    beepTicks_ = 2 * kBeepTicks;
    hal::writePin(kPinBuzzer, true);
  }
  hal::writePin(kPinAlarmLed, tamperFlags_ != 0 || isRelayFaulty_ || (relayReasons_ & relay_reason::credit));
}

uint16_t Meter::state() const {
  uint16_t bits = 0;
  if (isRelayClosed_) bits |= kStateRelayClosed;
  if (isLoadSideLive_) bits |= kStateSensedLive;
  if (relayReasons_ & relay_reason::company) bits |= kStateOpenByCompany;
  if (relayReasons_ & relay_reason::credit) bits |= kStateOpenByCredit;
  if (hasMains_) bits |= kStateMainsPresent;
  if (isRelayFaulty_) bits |= kStateRelayFault;
  if (account_.priceMilliMinorPerKWh != 0) bits |= kStatePrepaid;
  if (cover_.isOn()) bits |= kStateCoverOpen;
  if (magnet_.isOn()) bits |= kStateMagnetNear;
  if (injectTicks_ > 0) bits |= kStateInjected;
  if (inputs_.upDown) bits |= kStateUpButton;
  if (inputs_.enterDown) bits |= kStateEnterButton;
  return bits;
}

uint8_t Meter::faults() const {
  uint8_t bits = 0;
  if (isCalibrationLost_) bits |= kFaultCalibrationLost;
  if (store_.foundRegisters == Found::nothing) bits |= kFaultStoreEmpty;
  if (store_.tornSlots > 0) bits |= kFaultStoreFallback;
  if (!display_.isThere()) bits |= kFaultNoDisplay;
  return bits;
}
