#include <avr/io.h>

static void put(char c) {
  while (!(UCSR0A & (1 << UDRE0))) {
  }
  UDR0 = c;
}

int main(void) {
  UBRR0 = 16;
  UCSR0A = 1 << U2X0;
  UCSR0B = (1 << TXEN0) | (1 << RXEN0);
  for (const char *text = "hello from an emulated board\n"; *text; text++) put(*text);
  for (;;) {
    if (UCSR0A & (1 << RXC0)) put(UDR0 + 1);
  }
}
