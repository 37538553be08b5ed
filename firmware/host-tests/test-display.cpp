// The bytes to the expander, read as an HD44780 reads them.
#include <string.h>

#include "check.h"
#include "host-chip.h"

using namespace protocol;

/// Takes nibbles at the falling edge of E; 4 bits after the function set. Enough of an HD44780 for two lines of 16.
class Screen {
 public:
  void takeAll() {
    for (const uint8_t byte : chip.twi) take(byte);
    chip.twi.clear();
  }
  std::string line(int row) const { return std::string(memory_ + 0x40 * row, 16); }
  bool isOn = false;

 private:
  void take(uint8_t byte) {
    if ((last_ & 4) && !(byte & 4)) nibble(last_ >> 4, last_ & 1);
    last_ = byte;
  }
  void nibble(uint8_t value, bool isData) {
    if (!isFourBit_) {
      if (value == 2) isFourBit_ = true;
      return;
    }
    if (!hasHigh_) {
      high_ = static_cast<uint8_t>(value << 4);
      hasHigh_ = true;
      return;
    }
    hasHigh_ = false;
    const uint8_t whole = high_ | value;
    if (isData) {
      memory_[at_ & 0x7F] = static_cast<char>(whole);
      at_++;
    } else if (whole & 0x80) {
      at_ = whole & 0x7F;
    } else if (whole == 0x01) {
      memset(memory_, ' ', sizeof memory_);
      at_ = 0;
    } else if ((whole & 0xF8) == 0x08) {
      isOn = whole & 4;
    }
  }
  char memory_[0x80] = {0};
  uint8_t at_ = 0;
  uint8_t last_ = 0;
  uint8_t high_ = 0;
  bool hasHigh_ = false;
  bool isFourBit_ = false;
};

static bool shows(Bench& bench, Screen& screen, const std::string& first, const std::string& second, double seconds = 16) {
  for (double done = 0; done < seconds; done += 0.5) {
    bench.run(0.5);
    screen.takeAll();
    if (screen.line(0) == first && screen.line(1) == second) return true;
  }
  return false;
}

void testDisplay() {
  chip.reset();
  Bench bench;
  Screen screen;
  bench.wave.phaseA = 4.31;
  bench.isLoadBehindRelay = true;
  bench.start();
  Take take{};
  take.importWh = 1234567;
  take.exportWh = 89;
  take.nextEvent = 1;
  bench.order(take);
  bench.run(0.5);
  screen.takeAll();
  check(screen.isOn, "the display is on within half a second");
  check(shows(bench, screen, "Use 001234.5 kWh", "V230 I04.3 PF1.0"), "the first page shows register, V, I and power factor");
  check(shows(bench, screen, "Power  00991 W  ", "Freq   50.00 Hz ") || shows(bench, screen, "Power  00990 W  ", "Freq   50.00 Hz "),
        "the second page shows power and frequency");
  check(shows(bench, screen, "Exp 000000.0 kWh", "No. 0000000000  "), "the third page shows export and serial");
  bench.command(kOpSetPrice, 7000, 100);
  bench.command(kOpAddCredit, 12345678);
  check(shows(bench, screen, "Bal 123.45      ", "Left 1763 kWh   ") || shows(bench, screen, "Bal 123.44      ", "Left 1763 kWh   "),
        "a prepaid meter shows what is left");
  bench.command(kOpAddCredit, -12445678);
  check(shows(bench, screen, "CREDIT          ", "SUPPLY OFF  PAY "), "a meter out of credit says how to get supply back");
  bench.inputs.coverOpen = true;
  check(shows(bench, screen, "TAMPER 1        ", "SUPPLY OFF  PAY "), "tamper is shown");
  protocol::Display text{};
  memcpy(text.text, "PAY NOW  TRIP 2dRs 1244.65      ", 32);
  check(bench.order(text) == kResultDone, "a text is taken");
  check(shows(bench, screen, "PAY NOW  TRIP 2d", "Rs 1244.65      ", 1), "and stands on the display");
  memset(text.text, ' ', 32);
  bench.order(text);
  check(!shows(bench, screen, "PAY NOW  TRIP 2d", "Rs 1244.65      ", 1), "blanks bring the own pages back");
  bench.inputs.enterDown = true;
  bench.run(1.2);
  bench.inputs.enterDown = false;
  bench.run(0.1);
  screen.takeAll();
  check(screen.line(0) == "TOKEN 0........." && screen.line(1) == "      ..........", "a token being typed is shown");

  chip.isDisplayThere = false;
  Bench bare;
  chip.reset();
  chip.isDisplayThere = false;
  bare.start();
  bare.run(5);
  chip.sent.clear();
  bare.send(Query{kHelloId});
  Hello hello{};
  check(bare.last(hello) && (hello.faults & kFaultNoDisplay), "a missing display is told and stops nothing");
  Screen late;
  chip.isDisplayThere = true;
  bare.run(5);
  late.takeAll();
  check(late.isOn, "a display that is plugged in later wakes up");
}
