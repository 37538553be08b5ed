/* One instruction a record, executed by libsimavr. Reads records from standard input, writes results to standard output.
   In:  8 bytes of code, 32 registers, sreg, sp (2), pc in words (2).
   Out: 32 registers, sreg, sp (2), pc in words (2), cycles, FNV-1a over SRAM and three general-purpose I/O bytes (4). */
#include <simavr/sim_avr.h>
#include <simavr/sim_core.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

int main(void) {
  avr_t *avr = avr_make_mcu_by_name("atmega328p");
  if (!avr) return 1;
  avr_init(avr);
  avr->log = LOG_NONE;
  avr->frequency = 16000000;
  for (int at = 0; at < 0x8000; at++) avr->flash[at] = at * 29 + 7;
  uint8_t in[45], out[42];
  while (fread(in, sizeof in, 1, stdin) == 1) {
    uint16_t pc = in[43] | in[44] << 8;
    memcpy(avr->flash + pc * 2, in, 8);
    memcpy(avr->data, in + 8, 32);
    for (int bit = 0; bit < 8; bit++) avr->sreg[bit] = in[40] >> bit & 1;
    avr->data[R_SREG] = in[40];
    avr->data[R_SPL] = in[41];
    avr->data[R_SPH] = in[42];
    for (int at = 0x100; at < 0x900; at++) avr->data[at] = at * 37 + 11;
    avr->data[0x3e] = 0x5a;
    avr->data[0x4a] = 0xa5;
    avr->data[0x4b] = 0x3c;
    avr->interrupt_state = 0;
    avr->state = cpu_Running;
    avr->codeend = avr->flashend;
    avr->pc = pc * 2;
    avr->cycle = 1000;
    avr_flashaddr_t next = avr_run_one(avr);
    memcpy(out, avr->data, 32);
    out[32] = 0;
    for (int bit = 0; bit < 8; bit++) out[32] |= (avr->sreg[bit] & 1) << bit;
    out[33] = avr->data[R_SPL];
    out[34] = avr->data[R_SPH];
    out[35] = next >> 1;
    out[36] = next >> 9;
    out[37] = avr->cycle - 1000;
    uint32_t hash = 2166136261u;
    for (int at = 0x100; at < 0x900; at++) hash = (hash ^ avr->data[at]) * 16777619u;
    hash = (hash ^ avr->data[0x3e]) * 16777619u;
    hash = (hash ^ avr->data[0x4a]) * 16777619u;
    hash = (hash ^ avr->data[0x4b]) * 16777619u;
    memcpy(out + 38, &hash, 4);
    fwrite(out, sizeof out, 1, stdout);
  }
  return 0;
}
