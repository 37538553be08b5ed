// Data addresses, bits and interrupt vectors of the ATmega328P. DS40002061B, chapters 12 (vectors) and 36 (registers).

/** First address of SRAM and the last one. */
export const SRAM_START = 0x100;
export const RAM_END = 0x8ff;
export const DATA_BYTES = RAM_END + 1;

export const PINB = 0x23;
export const PINC = 0x26;
export const PIND = 0x29;
export const TIFR0 = 0x35;
export const TIFR1 = 0x36;
export const TIFR2 = 0x37;
export const PCIFR = 0x3b;
export const EIFR = 0x3c;
export const EIMSK = 0x3d;
export const EECR = 0x3f;
export const EEDR = 0x40;
export const EEARL = 0x41;
export const EEARH = 0x42;
export const GTCCR = 0x43;
export const ACSR = 0x50;
export const SMCR = 0x53;
export const MCUSR = 0x54;
export const MCUCR = 0x55;
export const SPMCSR = 0x57;
export const SPL = 0x5d;
export const SPH = 0x5e;
export const SREG = 0x5f;
export const WDTCSR = 0x60;
export const PCICR = 0x68;
export const EICRA = 0x69;
export const PCMSK0 = 0x6b;
export const TIMSK0 = 0x6e;
export const TIMSK1 = 0x6f;
export const TIMSK2 = 0x70;
export const ADCL = 0x78;
export const ADCH = 0x79;
export const ADCSRA = 0x7a;
export const ADCSRB = 0x7b;
export const ADMUX = 0x7c;
export const TWBR = 0xb8;
export const TWSR = 0xb9;
export const TWAR = 0xba;
export const TWDR = 0xbb;
export const TWCR = 0xbc;
export const TWAMR = 0xbd;
export const UCSR0A = 0xc0;
export const UCSR0B = 0xc1;
export const UCSR0C = 0xc2;
export const UBRR0L = 0xc4;
export const UBRR0H = 0xc5;
export const UDR0 = 0xc6;

/** Interrupts by their number; the vector's word address is twice that. Lower numbers go first. */
export const VECTOR = {
  int0: 1,
  int1: 2,
  pcint0: 3,
  pcint1: 4,
  pcint2: 5,
  watchdog: 6,
  timer2CompareA: 7,
  timer2CompareB: 8,
  timer2Overflow: 9,
  timer1Capture: 10,
  timer1CompareA: 11,
  timer1CompareB: 12,
  timer1Overflow: 13,
  timer0CompareA: 14,
  timer0CompareB: 15,
  timer0Overflow: 16,
  spi: 17,
  usartReceive: 18,
  usartEmpty: 19,
  usartTransmit: 20,
  adc: 21,
  eepromReady: 22,
  comparator: 23,
  twi: 24,
  spm: 25,
} as const;

/** Bits of MCUSR. */
export const RESET_CAUSE = { powerOn: 1, external: 2, brownOut: 4, watchdog: 8 } as const;
export type ResetCause = keyof typeof RESET_CAUSE;
