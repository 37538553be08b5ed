/* A 16x2 display behind a PCF8574 at 0x27, by the TWI at 100 kHz. */
#include <avr/io.h>
#include <util/delay.h>
#include <util/twi.h>

static void wait(void) {
  while (!(TWCR & (1 << TWINT))) {
  }
}

static void expander(uint8_t byte) {
  TWCR = (1 << TWINT) | (1 << TWSTA) | (1 << TWEN);
  wait();
  TWDR = 0x27 << 1;
  TWCR = (1 << TWINT) | (1 << TWEN);
  wait();
  TWDR = byte;
  TWCR = (1 << TWINT) | (1 << TWEN);
  wait();
  TWCR = (1 << TWINT) | (1 << TWSTO) | (1 << TWEN);
  while (TWCR & (1 << TWSTO)) {
  }
}

static void nibble(uint8_t high, uint8_t rs) {
  uint8_t byte = (high & 0xf0) | 8 | rs;
  expander(byte | 4);
  expander(byte);
}

static void send(uint8_t byte, uint8_t rs) {
  nibble(byte, rs);
  nibble(byte << 4, rs);
  _delay_us(60);
}

static void text(const char *s) {
  while (*s) send(*s++, 1);
}

int main(void) {
  TWBR = 72;
  _delay_ms(50);
  nibble(0x30, 0);
  _delay_ms(5);
  nibble(0x30, 0);
  _delay_us(200);
  nibble(0x30, 0);
  nibble(0x20, 0);
  send(0x28, 0);
  send(0x08, 0);
  send(0x01, 0);
  _delay_ms(2);
  send(0x06, 0);
  send(0x0c, 0);
  text("Use 001234.5 kWh");
  send(0xc0, 0);
  text("V230 I04.31 PF.9");
  for (;;) {
  }
}
