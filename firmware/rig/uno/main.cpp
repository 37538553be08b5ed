// The rig on an ATmega328P at 16 MHz (Arduino Uno), straight on avr-libc. Timer 1 asks for 4,000 samples a second; each
// goes to the MCP4728 as one fast write of three channels while the next is worked out, and all outputs move together
// when the timer pulls LDAC. Interrupts: timer 1, TWI, USART (both ways). Between them the chip sleeps in idle.

#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/power.h>
#include <avr/sleep.h>
#include <avr/wdt.h>

#include "rig-hal.h"
#include "rig.h"

#ifndef METER_FIRMWARE_ID
#define METER_FIRMWARE_ID 0
#endif

extern uint8_t _end;
extern uint8_t __stack;

static uint8_t resetCause __attribute__((section(".noinit")));
constexpr uint8_t kPaint = 0xC5;

// A watchdog reset leaves the watchdog running at 16 ms: off before anything else. Optiboot clears MCUSR and hands it over
// in r2.
extern "C" void keepResetCause() __attribute__((naked, used, section(".init0")));
void keepResetCause() { asm volatile("sts %0, r2" ::"m"(resetCause)); }

extern "C" void stopWatchdog() __attribute__((naked, used, section(".init3")));
void stopWatchdog() {
  const uint8_t own = MCUSR;
  if (own != 0) resetCause = own;
  MCUSR = 0;
  wdt_disable();
  for (uint8_t* at = &_end; at <= &__stack; at++) *at = kPaint;
}

static Rig rig;

// ---- USART ----------------------------------------------------------------------------------------------------------------

constexpr uint8_t kRingBytes = 128;
static uint8_t received[kRingBytes];
static volatile uint8_t receivedEnd = 0;
static volatile uint8_t receivedStart = 0;
static uint8_t sending[kRingBytes];
static volatile uint8_t sendingEnd = 0;
static volatile uint8_t sendingStart = 0;

ISR(USART_RX_vect) {
  const uint8_t byte = UDR0;
  const uint8_t next = (receivedEnd + 1) & (kRingBytes - 1);
  // Full: the byte is lost and the CRC of its message tells.
  if (next == receivedStart) return;
  received[receivedEnd] = byte;
  receivedEnd = next;
}

ISR(USART_UDRE_vect) {
  const uint8_t start = sendingStart;
  UDR0 = sending[start];
  const uint8_t next = (start + 1) & (kRingBytes - 1);
  sendingStart = next;
  if (next == sendingEnd) UCSR0B &= static_cast<uint8_t>(~_BV(UDRIE0));
}

void hal::serialWrite(uint8_t byte) {
  const uint8_t end = sendingEnd;
  const uint8_t next = (end + 1) & (kRingBytes - 1);
  while (next == sendingStart) {
  }
  sending[end] = byte;
  const uint8_t before = SREG;
  cli();
  sendingEnd = next;
  UCSR0B |= _BV(UDRIE0);
  SREG = before;
}

static void startUsart() {
  UBRR0 = 16;  // 117,647 baud, which is what hosts at 115,200 hear from every Uno
  UCSR0A = _BV(U2X0);
  UCSR0C = _BV(UCSZ01) | _BV(UCSZ00);
  UCSR0B = _BV(RXCIE0) | _BV(RXEN0) | _BV(TXEN0);
}

// ---- samples --------------------------------------------------------------------------------------------------------------

constexpr uint8_t kFrameBytes = 2 * kOutputs;
// All references are VDD (5.6.4 of DS22187E): out of the box they are 2.048 V. What was never written has to be written
// again after the converter lost its supply.
constexpr uint8_t kReferencesAreSupply = 0x80;
// 2 ms of a bus that does not move: its pull-ups are on the meter's 5 V, which may be cut.
constexpr uint8_t kStuckSamples = 8;

static uint16_t codes[kOutputs];
static uint8_t frame[kFrameBytes];
static uint8_t frameCount = 0;
static volatile uint8_t frameAt = 0;
static volatile bool isBusBusy = false;
static volatile bool isReferenceSet = false;
static volatile bool wasHeard = false;
static volatile uint8_t samplesLeft = protocol::kSamplesPerSecond / 1000;
static volatile uint8_t millis = 0;
static uint8_t stuckSamples = 0;
static uint16_t lateCount = 0;
static uint32_t unheardCount = 0;

constexpr uint8_t kTwiGo = _BV(TWINT) | _BV(TWEN) | _BV(TWIE);

ISR(TWI_vect) {
  switch (TWSR & 0xF8) {
    case 0x08:  // start sent
    case 0x10:
      TWDR = static_cast<uint8_t>(protocol::kConverterAddress << 1);
      TWCR = kTwiGo;
      return;
    case 0x18:  // address heard
    case 0x28:  // byte heard
      if (frameAt < frameCount) {
        TWDR = frame[frameAt];
        frameAt = frameAt + 1;
        TWCR = kTwiGo;
        return;
      }
      isReferenceSet = true;
      wasHeard = true;
      break;
    default:  // not heard, or the bus was lost
      isReferenceSet = false;
      wasHeard = false;
      unheardCount++;
      break;
  }
  TWCR = _BV(TWINT) | _BV(TWEN) | _BV(TWSTO);
  isBusBusy = false;
}

// What went over the bus since the last tick comes out now, at all outputs; LDAC is low for 250 ns.
static inline void loadOutputs() {
  PORTD &= static_cast<uint8_t>(~_BV(PORTD3));
  asm volatile("nop\n nop");
  PORTD |= _BV(PORTD3);
}

static inline void startFrame() {
  if (isReferenceSet) {
    // Fast write: two bytes an output, from the first on, powered up.
    for (uint8_t output = 0; output < kOutputs; output++) {
      frame[2 * output] = static_cast<uint8_t>(codes[output] >> 8);
      frame[2 * output + 1] = static_cast<uint8_t>(codes[output]);
    }
    frameCount = kFrameBytes;
  } else {
    frame[0] = kReferencesAreSupply;
    frameCount = 1;
  }
  frameAt = 0;
  isBusBusy = true;
  TWCR = kTwiGo | _BV(TWSTA);
}

static inline void giveUpFrame() {
  lateCount++;
  if (++stuckSamples < kStuckSamples) return;
  TWCR = 0;
  isBusBusy = false;
  isReferenceSet = false;
  wasHeard = false;
}

ISR(TIMER1_COMPA_vect) {
  if (isBusBusy) {
    giveUpFrame();
  } else {
    loadOutputs();
    startFrame();
    stuckSamples = 0;
  }
  if (--samplesLeft == 0) {
    samplesLeft = protocol::kSamplesPerSecond / 1000;
    millis++;
  }
  // The bus needs its interrupt while the next sample is worked out, which takes a fifth of the time there is.
  sei();
  rig.synth.next(!(PIND & _BV(PIND2)), codes);
}

static void startSamples() {
  PRR = _BV(PRTIM0) | _BV(PRTIM2) | _BV(PRSPI) | _BV(PRADC);
  for (uint16_t& code : codes) code = protocol::kConverterSteps / 2;
  TWBR = 12;  // 400 kHz
  OCR1A = F_CPU / protocol::kSamplesPerSecond - 1;
  TCCR1B = _BV(WGM12) | _BV(CS10);
  TIMSK1 = _BV(OCIE1A);
}

void hal::holdSamples() { TIMSK1 = 0; }
void hal::letSamples() { TIMSK1 = _BV(OCIE1A); }

uint16_t hal::lateSamples() {
  holdSamples();
  const uint16_t count = lateCount;
  letSamples();
  return count;
}

uint32_t hal::unheardSamples() {
  const uint8_t before = SREG;
  cli();
  const uint32_t count = unheardCount;
  SREG = before;
  return count;
}

// ---- pins -----------------------------------------------------------------------------------------------------------------

void hal::writePin(uint8_t pin, bool isHigh) {
  const uint8_t bit = static_cast<uint8_t>(1 << (pin & 7));
  const uint8_t before = SREG;
  cli();
  if (pin < 8) {
    PORTD = isHigh ? PORTD | bit : PORTD & ~bit;
  } else {
    PORTB = isHigh ? PORTB | bit : PORTB & ~bit;
  }
  SREG = before;
}

// ---- EEPROM ---------------------------------------------------------------------------------------------------------------

uint8_t hal::eepromRead(uint16_t at) {
  EEAR = at;
  EECR |= _BV(EERE);
  return EEDR;
}

void hal::eepromWrite(uint16_t at, uint8_t value) {
  while (EECR & _BV(EEPE)) {
  }
  EEAR = at;
  EEDR = value;
  const uint8_t before = SREG;
  cli();
  EECR = _BV(EEMPE);
  EECR = _BV(EEMPE) | _BV(EEPE);
  SREG = before;
  while (EECR & _BV(EEPE)) {
  }
}

uint16_t hal::stackLowBytes() {
  const uint8_t* at = &_end;
  while (*at == kPaint && at <= &__stack) at++;
  return static_cast<uint16_t>(at - &_end);
}

static void startPins() {
  // LDAC idles high; pull-up on the relay's opto-coupler. The bus has pull-ups of its own, on the meter's supply.
  PORTD = _BV(PORTD2) | _BV(PORTD3);
  DDRD = _BV(DDD1) | _BV(DDD3) | _BV(DDD4) | _BV(DDD5) | _BV(DDD6) | _BV(DDD7);
  DDRB = _BV(DDB0) | _BV(DDB1) | _BV(DDB2) | _BV(DDB5);
}

int main() {
  startPins();
  startUsart();
  ACSR = _BV(ACD);
  startSamples();
  sei();
  rig.start(resetCause & 0x0F, METER_FIRMWARE_ID);
  wdt_enable(WDTO_2S);
  set_sleep_mode(SLEEP_MODE_IDLE);
  uint8_t millisDone = 0;
  for (;;) {
    // An interrupt comes within 250 us: what arrives between this look and the sleep waits no longer.
    sleep_mode();
    rig.setHeard(wasHeard);
    while (millisDone != millis) {
      millisDone++;
      wdt_reset();
      rig.tick(!(PIND & _BV(PIND2)));
    }
    while (receivedStart != receivedEnd) {
      const uint8_t byte = received[receivedStart];
      receivedStart = (receivedStart + 1) & (kRingBytes - 1);
      rig.takeByte(byte);
    }
  }
}
