// The meter on an ATmega328P at 16 MHz (Arduino Uno), straight on avr-libc. All timers are off: time is the count of ADC
// conversions, 104 us each. Interrupts: ADC, USART (both ways), TWI. Between them the chip sleeps in idle.

#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/power.h>
#include <avr/sleep.h>
#include <avr/wdt.h>
#include <string.h>

#include "hal.h"
#include "meter.h"

#ifndef METER_FIRMWARE_ID
#define METER_FIRMWARE_ID 0
#endif

extern uint8_t _end;
extern uint8_t __stack;

// ---- before main -------------------------------------------------------------------------------------------------------

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

static Meter meter;

// ---- what woke the main loop ----------------------------------------------------------------------------------------------

constexpr uint8_t kWokeTick = 1;
constexpr uint8_t kWokeWindow = 2;
constexpr uint8_t kWokeSerial = 4;
constexpr uint8_t kWokeModem = 8;
static volatile uint8_t woke = 0;

// ---- USART ----------------------------------------------------------------------------------------------------------------

constexpr uint8_t kReceiveBytes = 128;
constexpr uint8_t kSendBytes = 128;
static uint8_t received[kReceiveBytes];
static volatile uint8_t receivedEnd = 0;
static uint8_t receivedStart = 0;
static uint8_t sending[kSendBytes];
static volatile uint8_t sendingEnd = 0;
static volatile uint8_t sendingStart = 0;

ISR(USART_RX_vect) {
  const uint8_t byte = UDR0;
  const uint8_t next = (receivedEnd + 1) & (kReceiveBytes - 1);
  // Full: the byte is lost and the CRC of its message tells.
  if (next != receivedStart) {
    received[receivedEnd] = byte;
    receivedEnd = next;
  }
  woke |= kWokeSerial;
}

ISR(USART_UDRE_vect) {
  const uint8_t start = sendingStart;
  UDR0 = sending[start];
  const uint8_t next = (start + 1) & (kSendBytes - 1);
  sendingStart = next;
  if (next == sendingEnd) UCSR0B &= static_cast<uint8_t>(~_BV(UDRIE0));
}

void hal::serialWrite(uint8_t byte) {
  const uint8_t end = sendingEnd;
  const uint8_t next = (end + 1) & (kSendBytes - 1);
  while (next == sendingStart) {
  }
  sending[end] = byte;
  const uint8_t before = SREG;
  cli();
  sendingEnd = next;
  UCSR0B |= _BV(UDRIE0);
  SREG = before;
}

// ---- ADC, ticks and the modem's line ----------------------------------------------------------------------------------

constexpr uint8_t kReference = _BV(REFS0);

// One round of conversions: where each goes and, eight bytes on, which channel is set while it is being read. By then the
// next conversion is running, so the channel is for the one after it.
struct Slots {
  Round values;
  uint8_t channelAfter[7];  // the odd ones are not used
};
// Within 256 bytes of one high byte, so that the interrupt moves the low one alone; that byte is in GPIOR1.
static volatile Slots slots __attribute__((aligned(16)));
// The modem's received line at the last eight conversions is in GPIOR2, the newest lowest.
static uint8_t roundsLeft = kTickRounds;

// The modem's line runs on the ADC's rhythm: four conversions a bit are 2,404 baud. 9,600 would need one conversion a bit,
// which sends well but cannot find the middle of a received bit without a timer.
static uint16_t modemOutBits = 0;  // the next bit lowest
static volatile bool isModemOutFree = true;
static uint8_t modemInLeft = 0;
static uint8_t modemInBit = 0;  // 0: waiting for a start bit
static uint8_t modemInByte = 0;
constexpr uint8_t kModemBytes = 16;
static uint8_t modemReceived[kModemBytes];
static volatile uint8_t modemReceivedEnd = 0;
static uint8_t modemReceivedStart = 0;

static void __attribute__((noinline)) moveModemOut() {
  if (modemOutBits == 0) {
    isModemOutFree = true;
    return;
  }
  if (modemOutBits & 1) {
    PORTB |= _BV(PORTB3);
  } else {
    PORTB &= static_cast<uint8_t>(~_BV(PORTB3));
  }
  modemOutBits >>= 1;
}

static void __attribute__((noinline)) moveModemIn(uint8_t levels) {
  for (uint8_t bit = 0x08; bit != 0; bit >>= 1) {
    const bool isHigh = levels & bit;
    if (modemInBit == 0) {
      // Seen 0 to 1/4 bit after its edge; 5/4 bit from here is between 5/4 and 6/4 of a bit: inside bit 0.
      if (!isHigh) {
        modemInBit = 1;
        modemInLeft = 5;
      }
      continue;
    }
    if (--modemInLeft != 0) continue;
    modemInLeft = 4;
    if (modemInBit <= 8) {
      modemInByte = static_cast<uint8_t>(modemInByte >> 1) | (isHigh ? 0x80 : 0);
      modemInBit++;
      continue;
    }
    modemInBit = 0;
    if (!isHigh) continue;  // no stop bit: noise
    const uint8_t next = (modemReceivedEnd + 1) & (kModemBytes - 1);
    if (next == modemReceivedStart) continue;
    modemReceived[modemReceivedEnd] = modemInByte;
    modemReceivedEnd = next;
    woke |= kWokeModem;
  }
}

// Three of four conversions only store their value: as few registers as can be, because this runs 9,615 times a second. The
// fourth goes on to the round's work, which is a handler of its own under the name of a vector that nothing else uses.
#define NAME_OF(vector) NAME_OF_IT(vector)
#define NAME_OF_IT(vector) #vector
ISR(ADC_vect, ISR_NAKED) {
  asm volatile(
      "push r24                      \n\t"
      "in   r24, __SREG__            \n\t"
      "push r24                      \n\t"
      "push r30                      \n\t"
      "push r31                      \n\t"
      "in   r30, %[slot]             \n\t"
      "ldi  r31, hi8(%[slots])       \n\t"
      "ldd  r24, Z+8                 \n\t"
      "sts  %[admux], r24            \n\t"
      "lds  r24, %[adcl]             \n\t"
      "st   Z+, r24                  \n\t"
      "lds  r24, %[adch]             \n\t"
      "st   Z+, r24                  \n\t"
      "in   r24, %[levels]           \n\t"
      "lsl  r24                      \n\t"
      "sbic %[pinb], 2               \n\t"
      "inc  r24                      \n\t"
      "out  %[levels], r24           \n\t"
      "cpi  r30, lo8(%[slots] + 8)   \n\t"
      "breq 1f                       \n\t"
      "out  %[slot], r30             \n\t"
      "pop  r31                      \n\t"
      "pop  r30                      \n\t"
      "pop  r24                      \n\t"
      "out  __SREG__, r24            \n\t"
      "pop  r24                      \n\t"
      "reti                          \n"
      "1:                            \n\t"
      "ldi  r30, lo8(%[slots])       \n\t"
      "out  %[slot], r30             \n\t"
      "pop  r31                      \n\t"
      "pop  r30                      \n\t"
      "pop  r24                      \n\t"
      "out  __SREG__, r24            \n\t"
      "pop  r24                      \n\t"
      "jmp  " NAME_OF(SPM_READY_vect) "\n"
      :
      : [admux] "n"(_SFR_MEM_ADDR(ADMUX)), [adcl] "n"(_SFR_MEM_ADDR(ADCL)), [adch] "n"(_SFR_MEM_ADDR(ADCH)),
        [pinb] "I"(_SFR_IO_ADDR(PINB)), [slot] "I"(_SFR_IO_ADDR(GPIOR1)), [levels] "I"(_SFR_IO_ADDR(GPIOR2)),
        [slots] "i"(&slots));
}

static volatile bool wasLoadSideLive = false;
// The contacts' pins at the last round, and which have moved since the last tick: D2 and D7, D8 and D9.
static uint8_t contactPins = 0;
static volatile uint8_t movedPins = 0;
static_assert(kMovedCover == _BV(PIND2) && kMovedUp == _BV(PIND7) && kMovedEnter == _BV(PINB0) && kMovedMagnet == _BV(PINB1),
              "the bits of Moved are the pins");

ISR(SPM_READY_vect) {
  if (meter.sampler.takeRound(slots.values)) woke |= kWokeWindow;
  if (!(PINC & _BV(PINC3))) wasLoadSideLive = true;
  const uint8_t pins = (PIND & (kMovedCover | kMovedUp)) | (PINB & (kMovedEnter | kMovedMagnet));
  movedPins |= pins ^ contactPins;
  contactPins = pins;
  if (--roundsLeft == 0) {
    roundsLeft = kTickRounds;
    woke |= kWokeTick;
  }
  const uint8_t levels = GPIOR2 & 0x0F;
  if (levels != 0x0F || modemInBit != 0) moveModemIn(levels);
  if (!isModemOutFree) moveModemOut();
}

uint16_t hal::lastSample(uint8_t channel) {
  const uint8_t before = SREG;
  cli();
  const uint16_t value = channel == 0 ? slots.values.phase : channel == 1 ? slots.values.voltageAfter : slots.values.neutral;
  SREG = before;
  return value;
}

bool hal::modemWrite(uint8_t byte) {
  if (!isModemOutFree) return false;
  modemOutBits = static_cast<uint16_t>((0x100 | byte) << 1);
  isModemOutFree = false;
  return true;
}

// Said again every tick: a turned bit would measure another channel for ever.
static void setChannels() {
  slots.channelAfter[0] = kReference | 1;
  slots.channelAfter[2] = kReference | 2;
  slots.channelAfter[4] = kReference | 1;
  slots.channelAfter[6] = kReference | 0;
}

static void startAdc() {
  GPIOR1 = static_cast<uint8_t>(reinterpret_cast<uintptr_t>(&slots));
  GPIOR2 = 0xFF;
  setChannels();
  ADMUX = kReference | 1;
  DIDR0 = _BV(ADC0D) | _BV(ADC1D) | _BV(ADC2D);
  ADCSRB = 0;
  ADCSRA = _BV(ADEN) | _BV(ADSC) | _BV(ADATE) | _BV(ADIE) | _BV(ADPS2) | _BV(ADPS1) | _BV(ADPS0);
  // The channel of the first conversion is taken within one ADC clock of 128 cycles; the next one's may be set after it.
  for (uint8_t loops = 0; loops < 100; loops++) asm volatile("nop\n nop");
  ADMUX = kReference | 0;
}

void hal::restart() {
  cli();
  wdt_enable(WDTO_15MS);
  for (;;) {
  }
}

// ---- TWI --------------------------------------------------------------------------------------------------------------

static uint8_t twiBytes[hal::kTwiBytesMax];
static uint8_t twiAddress = 0;
static uint8_t twiCount = 0;
static uint8_t twiAt = 0;
static volatile bool isTwiBusy = false;
static volatile bool isTwiHeard = false;

constexpr uint8_t kTwiGo = _BV(TWINT) | _BV(TWEN) | _BV(TWIE);

ISR(TWI_vect) {
  switch (TWSR & 0xF8) {
    case 0x08:  // start sent
    case 0x10:
      TWDR = static_cast<uint8_t>(twiAddress << 1);
      TWCR = kTwiGo;
      return;
    case 0x18:  // address heard
    case 0x28:  // byte heard
      if (twiAt < twiCount) {
        TWDR = twiBytes[twiAt++];
        TWCR = kTwiGo;
        return;
      }
      isTwiHeard = true;
      break;
    default:  // not heard, or the bus was lost
      isTwiHeard = false;
      break;
  }
  TWCR = _BV(TWINT) | _BV(TWEN) | _BV(TWSTO);
  isTwiBusy = false;
}

bool hal::twiIsIdle() { return !isTwiBusy; }
bool hal::twiWasHeard() { return isTwiHeard; }

void hal::twiSend(uint8_t address, const uint8_t* bytes, uint8_t count) {
  if (count == 0) {
    TWCR = 0;
    isTwiBusy = false;
    isTwiHeard = false;
    return;
  }
  memcpy(twiBytes, bytes, count);
  twiAddress = address;
  twiCount = count;
  twiAt = 0;
  isTwiBusy = true;
  isTwiHeard = false;
  TWCR = kTwiGo | _BV(TWSTA);
}

// ---- EEPROM -----------------------------------------------------------------------------------------------------------

uint8_t hal::eepromRead(uint16_t at) {
  EEAR = at;
  EECR |= _BV(EERE);
  return EEDR;
}

bool hal::eepromIsReady() { return (EECR & _BV(EEPE)) == 0; }

void hal::eepromWrite(uint16_t at, uint8_t value) {
  EEAR = at;
  EEDR = value;
  const uint8_t before = SREG;
  cli();
  EECR = _BV(EEMPE);
  EECR = _BV(EEMPE) | _BV(EEPE);
  SREG = before;
}

// ---- pins -------------------------------------------------------------------------------------------------------------

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

uint8_t hal::portLevels(uint8_t port) { return port == 0 ? PIND : port == 1 ? PINB : PINC; }

uint16_t hal::stackLowBytes() {
  const uint8_t* at = &_end;
  while (*at == kPaint && at <= &__stack) at++;
  return static_cast<uint16_t>(at - &_end);
}

static void startPins() {
  // Pull-ups on D2, D7, D8, D9, D10 (modem's TXD), A3, A4, A5; D11 idles high.
  PORTD = _BV(PORTD2) | _BV(PORTD7);
  DDRD = _BV(DDD1) | _BV(DDD3) | _BV(DDD4) | _BV(DDD5) | _BV(DDD6);
  PORTB = _BV(PORTB0) | _BV(PORTB1) | _BV(PORTB2) | _BV(PORTB3);
  DDRB = _BV(DDB3) | _BV(DDB4) | _BV(DDB5);
  PORTC = _BV(PORTC3) | _BV(PORTC4) | _BV(PORTC5);
}

static void startUsart() {
  UBRR0 = 16;  // 117,647 baud, which is what hosts at 115,200 hear from every Uno
  UCSR0A = _BV(U2X0);
  UCSR0C = _BV(UCSZ01) | _BV(UCSZ00);
  UCSR0B = _BV(RXCIE0) | _BV(RXEN0) | _BV(TXEN0);
}

static Inputs inputsNow() {
  Inputs inputs;
  inputs.coverOpen = PIND & _BV(PIND2);
  inputs.upDown = !(PIND & _BV(PIND7));
  inputs.enterDown = !(PINB & _BV(PINB0));
  inputs.magnetNear = !(PINB & _BV(PINB1));
  inputs.loadSideLive = wasLoadSideLive;
  wasLoadSideLive = false;
  cli();
  inputs.moved = movedPins;
  movedPins = 0;
  sei();
  return inputs;
}

// `finished` is not touched again for 180 ms at least, save once an outage: the rest until the first zero crossing may be
// shorter, and is still longer than this takes. Out of line: its frame must not lie in main's for good.
static void __attribute__((noinline)) takeWindow() {
  const Measurement& measured = meter.takeWindow(meter.sampler.finished);
  cli();
  meter.sampler.nextVoltageMiddle = measured.voltageMiddle;
  meter.sampler.nextPhaseMiddle = measured.phaseMiddle;
  meter.sampler.nextNeutralMiddle = measured.neutralMiddle;
  sei();
}

// Why the chip woke; 0: it did, and the meter has something to go on with. One instruction runs after sei: no interrupt
// fits between it and the sleep.
static uint8_t waitForWork() {
  const bool isBusy = meter.isBusy();
  do {
    cli();
    const uint8_t why = woke;
    if (why != 0) {
      woke = 0;
      sei();
      return why;
    }
    sei();
    sleep_cpu();
  } while (!isBusy);
  return 0;
}

int main() {
  startPins();
  startUsart();
  ACSR = _BV(ACD);
  // Timers, SPI: not used, so not clocked.
  PRR = _BV(PRTIM0) | _BV(PRTIM1) | _BV(PRTIM2) | _BV(PRSPI);
  TWBR = 72;  // 100 kHz
  sei();
  meter.start(resetCause & 0x0F, METER_FIRMWARE_ID);
  startAdc();
  wdt_enable(WDTO_2S);
  set_sleep_mode(SLEEP_MODE_IDLE);
  sleep_enable();
  for (;;) {
    const uint8_t why = waitForWork();
    if (why & kWokeWindow) takeWindow();
    if (why & kWokeTick) {
      wdt_reset();
      setChannels();
      meter.tick(inputsNow());
    }
    // At most one ring a turn, so that ticks are never starved.
    for (uint8_t left = kReceiveBytes; left > 0 && receivedStart != receivedEnd; left--) {
      const uint8_t byte = received[receivedStart];
      receivedStart = (receivedStart + 1) & (kReceiveBytes - 1);
      meter.firmata.takeByte(byte);
    }
    while (modemReceivedStart != modemReceivedEnd) {
      const uint8_t byte = modemReceived[modemReceivedStart];
      modemReceivedStart = (modemReceivedStart + 1) & (kModemBytes - 1);
      meter.modem.takeByte(byte);
    }
    meter.step();
  }
}
