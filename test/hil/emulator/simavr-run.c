/* A whole firmware in libsimavr, with the same waves at the ADC as the emulated board: a measure of native speed.
   Arguments: hex file, seconds to warm up, seconds to run, the voltage's channel of three (the others carry currents), mV
   at the pin for each volt and for each ampere. Prints CPU seconds of the run, bytes sent and their sum. */
#include <math.h>
#include <simavr/avr_adc.h>
#include <simavr/avr_uart.h>
#include <simavr/sim_avr.h>
#include <simavr/sim_hex.h>
#include <simavr/sim_irq.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define POINTS 4096
#define EICRA_ADDRESS 0x69
static double sine[POINTS + 1];
static unsigned long bytes, sum;
static avr_irq_t *inputs[8];
static uint32_t voltage_channel;
static double mv_per_volt, mv_per_ampere;

static void on_byte(struct avr_irq_t *irq, uint32_t value, void *param) {
  bytes++;
  sum += value;
}

static double noise(uint32_t channel, uint64_t cycle) {
  uint32_t h = 1 ^ (channel + 1) * 0x9e3779b1u;
  h = (h ^ (uint32_t)cycle) * 0x85ebca6bu;
  h = (h ^ (h >> 13)) * 0xc2b2ae35u;
  h = (h ^ (h >> 16)) * 0x27d4eb2fu;
  h ^= h >> 15;
  int total = (h & 255) + (h >> 8 & 255) + (h >> 16 & 255) + (h >> 24);
  return (total - 510) / 147.8;
}

static void on_conversion(struct avr_irq_t *irq, uint32_t value, void *param) {
  avr_t *avr = param;
  union {
    avr_adc_mux_t mux;
    uint32_t v;
  } each = {.v = value};
  uint32_t channel = each.mux.src;
  if (channel > 2) return;
  int is_current = channel != voltage_channel;
  double turns = avr->cycle * (50.0 / 16e6) - (is_current ? 0.5 / (2 * M_PI) : 0);
  double at = (turns - floor(turns)) * POINTS;
  int index = at;
  double wave = sine[index] + (sine[index + 1] - sine[index]) * (at - index);
  double amplitude = M_SQRT2 * (is_current ? 10 * mv_per_ampere : 230 * mv_per_volt);
  double millivolts = 2500 + amplitude * wave + 2.44 * noise(channel, avr->cycle);
  avr_raise_irq(inputs[channel], millivolts);
}

static void no_sleep(avr_t *avr, avr_cycle_count_t cycles) {}

static void run(avr_t *avr, double seconds) {
  avr_cycle_count_t until = avr->cycle + (avr_cycle_count_t)(seconds * 16e6);
  while (avr->cycle < until) {
    int state = avr_run(avr);
    if (state == cpu_Done || state == cpu_Crashed) exit(2);
  }
}

int main(int count, char **arguments) {
  if (count != 7) return 1;
  voltage_channel = atoi(arguments[4]);
  mv_per_volt = atof(arguments[5]);
  mv_per_ampere = atof(arguments[6]);
  for (int at = 0; at <= POINTS; at++) sine[at] = sin(at * 2 * M_PI / POINTS);
  avr_t *avr = avr_make_mcu_by_name("atmega328p");
  if (!avr) return 1;
  avr_init(avr);
  avr->log = LOG_NONE;
  avr->frequency = 16000000;
  avr->vcc = avr->avcc = avr->aref = 5000;
  avr->sleep = no_sleep;
  uint32_t size, start;
  uint8_t *code = read_ihex_file(arguments[1], &size, &start);
  if (!code) return 1;
  avr_loadcode(avr, code, size, start);
  avr->codeend = avr->flashend;
  uint32_t flags = 0;
  avr_ioctl(avr, AVR_IOCTL_UART_GET_FLAGS('0'), &flags);
  flags &= ~(AVR_UART_FLAG_STDIO | AVR_UART_FLAG_POLL_SLEEP);
  avr_ioctl(avr, AVR_IOCTL_UART_SET_FLAGS('0'), &flags);
  avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUTPUT), on_byte, NULL);
  for (int channel = 0; channel < 8; channel++) {
    inputs[channel] = avr_io_getirq(avr, AVR_IOCTL_ADC_GETIRQ, ADC_IRQ_ADC0 + channel);
  }
  avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_ADC_GETIRQ, ADC_IRQ_OUT_TRIGGER), on_conversion, avr);
  /* simavr looks each cycle at a low pin of INT0 and INT1 while their sense bits say "low level", also where the interrupt
     is off, and so never sleeps longer than a cycle: rising edges from here on. No program here uses these interrupts. */
  avr->data[EICRA_ADDRESS] = 0x0f;
  run(avr, atof(arguments[2]));
  clock_t from = clock();
  run(avr, atof(arguments[3]));
  printf("%.6f %lu %lu\n", (double)(clock() - from) / CLOCKS_PER_SEC, bytes, sum);
  return 0;
}
