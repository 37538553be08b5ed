/* Timers, external interrupts and sleep: what the tests of the peripherals ask of a program. */
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>

/* GPIOR0 counts CTC matches of timer 1, GPIOR1 overflows of timer 0, GPIOR2 edges of INT0. */
ISR(TIMER1_COMPA_vect) { GPIOR0++; }
ISR(TIMER0_OVF_vect) { GPIOR1++; }
ISR(INT0_vect) { GPIOR2++; }

int main(void) {
  PORTD = 1 << 2;
  OCR1A = 2499;
  TCCR1B = (1 << WGM12) | (1 << CS10);
  TIMSK1 = 1 << OCIE1A;
  TCCR0B = (1 << CS01) | (1 << CS00);
  TIMSK0 = 1 << TOIE0;
  EICRA = 1 << ISC01;
  EIMSK = 1 << INT0;
  set_sleep_mode(SLEEP_MODE_IDLE);
  sei();
  for (;;) sleep_mode();
}
