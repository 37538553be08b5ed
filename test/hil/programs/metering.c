/* A meter in small: free-running ADC at /128 over three channels, sums in the interrupt, idle sleep, a line a window. */
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>
#include <stdint.h>

#define WINDOW 3204 /* conversions: 1068 a channel, a third of a second */

static volatile uint8_t ready;
static volatile int32_t sum_v, sum_i, sum_n;
static volatile int32_t kept_v, kept_i, kept_n, kept_p;
static volatile uint32_t kept_vv, kept_ii;
static int32_t sum_p;
static uint32_t sum_vv, sum_ii;
static int16_t last_v;
static uint8_t channel;
static uint16_t count;
static int16_t offset[3] = {512, 512, 512};

ISR(ADC_vect) {
  /* The conversion that runs now has the channel that ADMUX holds; the one read is the one before it. */
  uint8_t now = channel;
  uint8_t next = now + 2;
  if (next >= 3) next -= 3;
  ADMUX = (1 << REFS0) | next;
  int16_t value = ADC - offset[now];
  if (now == 0) {
    last_v = value;
    sum_v += value;
    sum_vv += (int32_t)value * value;
  } else if (now == 1) {
    sum_i += value;
    sum_ii += (int32_t)value * value;
    sum_p += (int32_t)value * last_v;
  } else {
    sum_n += (int32_t)value * value;
  }
  channel = now == 2 ? 0 : now + 1;
  if (++count == WINDOW) {
    count = 0;
    kept_v = sum_v;
    kept_i = sum_i;
    kept_n = sum_n;
    kept_p = sum_p;
    kept_vv = sum_vv;
    kept_ii = sum_ii;
    sum_v = sum_i = sum_n = sum_p = 0;
    sum_vv = sum_ii = 0;
    ready = 1;
  }
}

static char ring[128];
static volatile uint8_t head, tail;

ISR(USART_UDRE_vect) {
  if (head == tail) UCSR0B &= ~(1 << UDRIE0);
  else {
    UDR0 = ring[tail];
    tail = (tail + 1) & 127;
  }
}

static void put(char c) {
  uint8_t next = (head + 1) & 127;
  while (next == tail) sleep_mode();
  ring[head] = c;
  head = next;
  UCSR0B |= 1 << UDRIE0;
}

static void number(int32_t value) {
  char digits[11];
  uint8_t n = 0;
  uint32_t rest = value < 0 ? -value : value;
  if (value < 0) put('-');
  do {
    digits[n++] = '0' + rest % 10;
    rest /= 10;
  } while (rest);
  while (n) put(digits[--n]);
  put(' ');
}

int main(void) {
  DDRB = 1 << 5;
  UBRR0 = 16;
  UCSR0A = 1 << U2X0;
  UCSR0B = (1 << TXEN0) | (1 << RXEN0);
  ADMUX = 1 << REFS0;
  DIDR0 = 0x3f;
  ADCSRA = (1 << ADEN) | (1 << ADSC) | (1 << ADATE) | (1 << ADIE) | 7;
  for (volatile uint8_t wait = 0; wait < 40; wait++) {
  }
  ADMUX = (1 << REFS0) | 1;
  set_sleep_mode(SLEEP_MODE_IDLE);
  sei();
  for (;;) {
    sleep_mode();
    if (!ready) continue;
    ready = 0;
    PINB = 1 << 5;
    cli();
    int32_t v = kept_v, i = kept_i, n = kept_n, p = kept_p;
    uint32_t vv = kept_vv, ii = kept_ii;
    sei();
    number(v);
    number(i);
    number(vv / (WINDOW / 3));
    number(ii / (WINDOW / 3));
    number(n / (WINDOW / 3));
    number(p / (WINDOW / 3));
    put('\n');
  }
}
