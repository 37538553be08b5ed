/* Writes 16 bytes of EEPROM over and over: block n holds n in every byte. Tells each finished block on the USART. */
#include <avr/eeprom.h>
#include <avr/io.h>
#include <avr/wdt.h>

uint8_t cause __attribute__((section(".noinit")));

static void put(uint8_t c) {
  while (!(UCSR0A & (1 << UDRE0))) {
  }
  UDR0 = c;
}

int main(void) {
  cause = MCUSR;
  MCUSR = 0;
  wdt_disable();
  UBRR0 = 16;
  UCSR0A = 1 << U2X0;
  UCSR0B = 1 << TXEN0;
  put(0xc0 | cause);
  for (uint8_t n = 1; n < 100; n++) {
    for (uint8_t at = 0; at < 16; at++) eeprom_write_byte((uint8_t *)(uint16_t)at, n);
    eeprom_busy_wait();
    put(n);
  }
  wdt_enable(WDTO_15MS);
  for (;;) {
  }
}
