// The whole meter: what is measured becomes registers, credit, relay, events, pages; orders come by sysex, SMS and buttons.
#pragma once
#include <stdint.h>

#include "contact.h"
#include "credit.h"
#include "display.h"
#include "event-ring.h"
#include "firmata.h"
#include "keypad.h"
#include "metrology.h"
#include "modem.h"
#include "protocol.h"
#include "store.h"

/// What stands at the pins, looked at every tick.
struct Inputs {
  bool coverOpen;
  bool magnetNear;
  bool upDown;
  bool enterDown;
  bool loadSideLive;  // at any moment since the last tick: an AC opto-coupler pulses
  uint8_t moved;      // contacts that changed sides since the last tick, bits of Moved
};

enum Moved : uint8_t { kMovedEnter = 0x01, kMovedMagnet = 0x02, kMovedCover = 0x04, kMovedUp = 0x80 };

inline Look lookAt(bool isOn, const Inputs& inputs, Moved which) { return {isOn, (inputs.moved & which) != 0}; }

/// Ticks are 24 rounds of four conversions: 9.984 ms.
constexpr uint8_t kTickRounds = 24;
constexpr uint16_t kTickMicros = kTickRounds * kRoundMicros;

// Made of zeros: as a static object it costs no start code, elsewhere write `Meter meter{};`.
class Meter {
 public:
  /// Relay first, then everything else. `firmwareId` goes into hello.
  void start(uint8_t resetCause, uint32_t firmwareId);
  /// Belongs to the ADC's interrupt.
  Sampler sampler;
  /// Once a window; tells where the waves' middles are.
  const Measurement& takeWindow(const WindowSums& sums);
  void tick(const Inputs& inputs);
  /// Whether `step` has something to do.
  bool isBusy() const { return store_.isBusy() || !modem.isSilent(); }
  /// What may take a moment: EEPROM, modem. Call after each interrupt while busy.
  void step() {
    if (store_.isBusy()) {
      // What is copied into EEPROM must be what was meant.
      if (store_.isBeginning()) touch();
      store_.step();
    }
    if (!modem.isSilent()) modem.step();
  }

  /// From Firmata: a user sysex, id to CRC.
  void takeSysex(const uint8_t* bytes, uint8_t count);
  /// From Firmata's pin messages, which nobody signs: the bench's own line.
  void orderRelay(bool isClosed);
  void endSession();
  void lendDisplay() { display_.lend(); }
  /// From the modem: text with a zero at its end. Returns how many characters the answer has; 0: none is due.
  uint8_t takeSms(const char* text, char* answer);

  Firmata firmata;
  Modem modem;

 private:
  // meter.cpp
  /// Before anything under the seal changes, or is saved: restarts where a bit has turned by itself.
  void touch();
  void seal();
  uint16_t sealNow() const;
  void takeMeasurement(const Measurement& measured);
  void countEnergy(uint16_t ticks);
  void watchCredit();
  void watchNeutral();
  void watchMains();
  void watchRelay(bool isLoadSideLive);
  void watchContacts(const Inputs& inputs);
  void blinkAndBeep();
  void takeTyped();
  void addEvent(uint8_t code, int64_t value);
  void applyRelay();
  void saveRegisters();
  RegisterSlot slotNow() const;
  int64_t credit() const;
  uint16_t state() const;
  uint8_t faults() const;
  // orders.cpp
  void takePlain(const uint8_t* bytes, uint8_t count);
  uint8_t takeSigned(const uint8_t* bytes, uint8_t count);
  uint8_t checkSignature(const uint8_t* bytes, uint8_t count, uint32_t counter);
  uint8_t obey(const protocol::Command& command);
  uint8_t obey(const protocol::Take& take);
  uint8_t addToken(uint64_t token);
  void addCredit(int64_t milliMinor);
  void sendHello();
  void sendRegisters();
  void sendHeld();
  void sendEvent(const LoggedEvent& event);
  // pages.cpp
  void showPage();

  // What stays until somebody changes it, under one seal that is looked at every window.
  Metrology metrology_;
  Settings settings_;
  Account account_;
  EnergyRegister import_;
  EnergyRegister export_;
  uint8_t relayReasons_;
  uint8_t tamperFlags_;
  bool isRelayClosed_;
  bool hasHostText_;
  bool mayInject_;
  // Registers were taken over without a price: who gave them counts the credit, and judges what is typed.
  bool isCreditElsewhere_;
  bool isCalibrationLost_;
  uint16_t seal_;

  Measurement measured_;
  Store store_;
  EventRing events_;
  Display display_;
  Keypad keypad_;
  uint64_t upMs_;
  uint32_t firmwareId_;
  uint32_t windowCount_;
  uint32_t savedMilliWh_;  // counted since the last save
  uint32_t darkTicks_;
  uint16_t upMicros_;
  uint16_t sequence_;
  uint16_t pulseMilliWh_;
  uint16_t lockTicks_;
  uint16_t pageTicks_;
  uint32_t saveTicks_;
  uint16_t injectTicks_;
  protocol::Terminals injected_;
  char hostText_[kDisplayCells];
  uint8_t resetCause_;
  uint8_t everyWindows_;
  uint8_t windowsLeft_;
  uint8_t pulsesDue_;
  uint8_t pulseTicks_;
  uint8_t beepsDue_;
  uint8_t beepTicks_;
  uint8_t feedbackTicks_;
  uint8_t wrongTicks_;
  uint8_t neutralWindows_;
  uint8_t backTicks_;
  uint8_t wrongTokens_;
  uint8_t page_;
  uint8_t refreshTicks_;
  Contact cover_;
  Contact magnet_;
  CreditLevel level_;
  bool isOpen_;  // between touch and seal
  bool isGuessed_;
  bool isRelayFaulty_;
  bool isNeutralOff_;
  bool hasMains_;
  bool hadMains_;
  bool isLoadSideLive_;
  bool isPageDirty_;
  Inputs inputs_;
};

namespace relay_reason {
constexpr uint8_t company = 1;
constexpr uint8_t credit = 2;
}  // namespace relay_reason

namespace tamper {
constexpr uint8_t cover = 1;
constexpr uint8_t magnet = 4;
constexpr uint8_t neutral = 8;
}  // namespace tamper

namespace wiring {
constexpr uint8_t modem = 1;
constexpr uint8_t noLoadSense = 2;
}  // namespace wiring
