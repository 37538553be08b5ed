/* The rig's firmware in libsimavr, with a converter that acknowledges. Arguments: hex file, milliseconds to run. Bytes from
   standard input reach the USART from 50 ms on. Prints "L" and the cycle when LDAC falls, "F" and its bytes in hexadecimal
   for each frame that the converter got. */
#include <simavr/avr_ioport.h>
#include <simavr/avr_twi.h>
#include <simavr/avr_uart.h>
#include <simavr/sim_avr.h>
#include <simavr/sim_hex.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONVERTER 0x60
#define LDAC 3
#define CYCLES_PER_BYTE 1500
static avr_t *avr;
static avr_irq_t *answer;
static int selected, count;
static uint8_t frame[16];

static void on_bus(struct avr_irq_t *irq, uint32_t value, void *param) {
  avr_twi_msg_irq_t message = {.u.v = value};
  uint8_t what = message.u.twi.msg;
  if (what & TWI_COND_STOP) {
    if (count) printf("F");
    for (int at = 0; at < count; at++) printf(" %02x", frame[at]);
    if (count) printf("\n");
    selected = count = 0;
  }
  if (what & TWI_COND_START) {
    count = 0;
    selected = message.u.twi.addr >> 1 == CONVERTER ? message.u.twi.addr : 0;
    if (selected) avr_raise_irq(answer, avr_twi_irq_msg(TWI_COND_ACK, selected, 1));
  }
  if (selected && (what & TWI_COND_WRITE)) {
    avr_raise_irq(answer, avr_twi_irq_msg(TWI_COND_ACK, selected, 1));
    if (count < 16) frame[count++] = message.u.twi.data;
  }
}

static void on_load(struct avr_irq_t *irq, uint32_t value, void *param) {
  if (!value) printf("L %llu\n", (unsigned long long)avr->cycle);
}

static void no_sleep(avr_t *of, avr_cycle_count_t cycles) {}

int main(int argc, char **argv) {
  uint32_t size, base, flags = 0;
  if (argc < 3) return 1;
  uint8_t *program = read_ihex_file(argv[1], &size, &base);
  avr = avr_make_mcu_by_name("atmega328p");
  if (!avr || !program) return 1;
  avr_init(avr);
  avr->log = LOG_NONE;
  avr->frequency = 16000000;
  avr->sleep = no_sleep;
  memcpy(avr->flash + base, program, size);
  avr->codeend = avr->flashend;
  avr->pc = base;
  avr_ioctl(avr, AVR_IOCTL_UART_GET_FLAGS('0'), &flags);
  flags &= ~(AVR_UART_FLAG_STDIO | AVR_UART_FLAG_POLL_SLEEP);
  avr_ioctl(avr, AVR_IOCTL_UART_SET_FLAGS('0'), &flags);
  answer = avr_io_getirq(avr, AVR_IOCTL_TWI_GETIRQ(0), TWI_IRQ_INPUT);
  avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_TWI_GETIRQ(0), TWI_IRQ_OUTPUT), on_bus, 0);
  avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ('D'), LDAC), on_load, 0);
  avr_irq_t *line = avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_INPUT);
  uint8_t bytes[256];
  size_t waiting = fread(bytes, 1, sizeof bytes, stdin), sent = 0;
  avr_cycle_count_t due = 50 * 16000;
  avr_cycle_count_t until = atol(argv[2]) * 16000;
  while (avr->cycle < until) {
    if (sent < waiting && avr->cycle >= due) {
      avr_raise_irq(line, bytes[sent++]);
      due += CYCLES_PER_BYTE;
    }
    int state = avr_run(avr);
    if (state == cpu_Done || state == cpu_Crashed) return 2;
  }
  return 0;
}
