// The core and single peripherals, with programs of a few words written by hand. Table and section numbers: DS40002061B.

import { describe, expect, test } from "vitest";
import { Chip } from "../../../hil/emulator/chip.ts";
import { attachCompiler } from "../../../hil/emulator/compile.ts";
import { imageOfFlash } from "../../../hil/emulator/image.ts";
import { CharacterDisplay, expanderFor } from "../../../hil/emulator/parts/character-display.ts";
import { Relay } from "../../../hil/emulator/parts/relay.ts";
import { follow } from "./lockstep.ts";

const NOP = 0x0000;
const SEI = 0x9478;
const SLEEP = 0x9588;
const RETI = 0x9518;
const RJMP_SELF = 0xcfff;

/** A chip whose flash holds `words` from word address 0x40 on, where the program counter stands, and `vectors`. */
function chipWith(
  words: readonly number[],
  vectors: Readonly<Record<number, readonly number[]>> = {},
): Chip {
  const flash = new Uint8Array(0x8000);
  const put = (pc: number, code: readonly number[]): void => {
    code.forEach((word, at) => {
      flash[(pc + at) * 2] = word & 0xff;
      flash[(pc + at) * 2 + 1] = word >> 8;
    });
  };
  put(0x40, words);
  for (const [vector, code] of Object.entries(vectors)) put(Number(vector) * 2, code);
  const chip = new Chip(imageOfFlash(flash));
  chip.reset("powerOn");
  chip.cpu.pc = 0x40;
  return chip;
}

const ldi = (register: number, value: number): number =>
  0xe000 | ((value & 0xf0) << 4) | ((register - 16) << 4) | (value & 15);
const sts = (address: number, register: number): number[] => [0x9200 | (register << 4), address];
const set = (address: number, value: number): number[] => [ldi(16, value), ...sts(address, 16)];

describe("an interrupt", () => {
  test("takes four cycles, and lets the instruction after SEI go first", () => {
    // Timer 0 compare flag is up already; INT0 falls before SEI.
    const chip = chipWith([SEI, NOP, NOP], { 1: [RETI] });
    chip.cpu.data[0x69] = 2;
    chip.cpu.writeIo(0x3d, 1, 0xff);
    chip.ports.setDrive({ port: 2, bit: 2 }, 1);
    chip.ports.setDrive({ port: 2, bit: 2 }, 0);
    const trace: [number, number][] = [];
    for (let step = 0; step < 5; step++) {
      chip.cpu.step();
      trace.push([chip.cpu.pc, chip.cpu.cycle]);
    }
    // sei, the nop after it, four cycles into vector 1, reti, the next nop.
    expect(trace).toEqual([
      [0x41, 1],
      [0x42, 2],
      [0x02, 6],
      [0x42, 10],
      [0x43, 11],
    ]);
  });

  test("takes four cycles more out of sleep, which begins with the interrupt's flag clear (7.7.1)", () => {
    const chip = chipWith([...set(0x53, 1), ...set(0x6e, 1), ...set(0x45, 1), SEI, SLEEP, NOP], {
      16: [RETI],
    });
    const { cpu } = chip;
    while (cpu.interruptCount === 0) cpu.step();
    // Timer 0 counts cycles since TCCR0B was written, in the store's first cycle (7); it overflows 256 later.
    expect(cpu.cycle).toBe(7 + 256 + 4 + 4);
    expect(cpu.isAsleep).toBe(false);
  });

  test("with a lower number goes first", () => {
    const chip = chipWith([SEI, NOP, NOP], { 1: [RJMP_SELF], 2: [RJMP_SELF] });
    chip.cpu.data[0x69] = 0x0a;
    chip.cpu.writeIo(0x3d, 3, 0xff);
    for (const bit of [3, 2]) {
      chip.ports.setDrive({ port: 2, bit }, 1);
      chip.ports.setDrive({ port: 2, bit }, 0);
    }
    chip.cpu.runUntil(20);
    expect(chip.cpu.pc).toBe(2);
  });
});

describe("the ADC", () => {
  const START = 0xe7;
  function conversions(
    control: number,
    cycles: number,
    mux = 0x40,
  ): { at: number; channel: number }[] {
    const chip = chipWith([...set(0x7c, mux), ...set(0x7a, control), RJMP_SELF]);
    const seen: { at: number; channel: number }[] = [];
    chip.adc.source = (channel, cycle) => {
      seen.push({ at: cycle, channel });
      return 2.5;
    };
    chip.cpu.runUntil(cycles);
    return seen;
  }

  test("samples 13.5 clocks into its first conversion of 25 and 1.5 into each further one of 13 (table 24-1)", () => {
    const seen = conversions(START, 128 * 70);
    const start = 4 + 128;
    expect(seen.map(({ at }) => at - start)).toEqual([
      13.5 * 128,
      (25 + 1.5) * 128,
      (25 + 13 + 1.5) * 128,
      (25 + 26 + 1.5) * 128,
    ]);
  });

  test("in free running takes the channel that ADMUX had when the conversion began (24.5)", () => {
    // Channel 1 is written while the first conversion runs, channel 2 just after the second began.
    const chip = chipWith([RJMP_SELF]);
    const seen: number[] = [];
    chip.adc.source = (channel) => {
      seen.push(channel);
      return 0;
    };
    const write = (address: number, value: number): void => chip.cpu.writeIo(address, value, 0xff);
    write(0x7c, 0x40);
    write(0x7a, START);
    chip.cpu.runUntil(128 * 10);
    write(0x7c, 0x41);
    chip.cpu.runUntil(128 * 27);
    write(0x7c, 0x42);
    chip.cpu.runUntil(128 * 60);
    expect(seen).toEqual([0, 1, 2]);
  });

  test("keeps a result whose low byte was read until its high byte is read too", () => {
    const chip = chipWith([RJMP_SELF]);
    let volts = 5 * (0x155 / 1024);
    chip.adc.source = () => volts;
    chip.cpu.writeIo(0x7c, 0x40, 0xff);
    chip.cpu.writeIo(0x7a, START, 0xff);
    chip.cpu.runUntil(128 * 30);
    expect(chip.cpu.read(0x78)).toBe(0x55);
    volts = 0;
    chip.cpu.runUntil(128 * 60);
    expect(chip.cpu.read(0x79)).toBe(1);
    chip.cpu.runUntil(128 * 80);
    expect([chip.cpu.read(0x78), chip.cpu.read(0x79)]).toEqual([0, 0]);
  });

  test("started by a timer's overflow converts at that rate", () => {
    const chip = chipWith([RJMP_SELF]);
    const seen: number[] = [];
    chip.adc.source = (_channel, cycle) => {
      seen.push(cycle);
      return 0;
    };
    const write = (address: number, value: number): void => chip.cpu.writeIo(address, value, 0xff);
    write(0x7b, 4);
    write(0x7a, 0xa4);
    write(0x45, 2);
    for (let cycle = 0; cycle < 20_000; cycle += 500) {
      chip.cpu.runUntil(cycle);
      write(0x35, 1);
    }
    expect(seen.length).toBeGreaterThan(5);
    const gaps = seen.slice(2).map((cycle, at) => cycle - seen[at + 1]!);
    expect(new Set(gaps)).toEqual(new Set([2048]));
  });
});

describe("the USART", () => {
  function talking(): { chip: Chip; sent: [number, number][] } {
    const chip = chipWith([RJMP_SELF]);
    const sent: [number, number][] = [];
    chip.usart.onByte = (byte, cycle) => sent.push([byte, cycle]);
    chip.cpu.writeIo(0xc4, 16, 0xff);
    chip.cpu.writeIo(0xc0, 2, 0xff);
    chip.cpu.writeIo(0xc1, 0x18, 0xff);
    return { chip, sent };
  }
  const FRAME = 10 * 17 * 8;

  test("takes a second byte at once and sends it right behind the first", () => {
    const { chip, sent } = talking();
    chip.cpu.writeIo(0xc6, 1, 0xff);
    expect(chip.cpu.read(0xc0) & 0x20).toBe(0x20);
    chip.cpu.writeIo(0xc6, 2, 0xff);
    expect(chip.cpu.read(0xc0) & 0x20).toBe(0);
    chip.cpu.writeIo(0xc6, 3, 0xff);
    chip.cpu.runUntil(FRAME * 3);
    expect(sent).toEqual([
      [1, FRAME],
      [2, FRAME * 2],
    ]);
    expect(chip.cpu.read(0xc0) & 0x60).toBe(0x60);
  });

  test("ignores what is written while its transmitter is off, and stays ready", () => {
    const { chip, sent } = talking();
    chip.cpu.writeIo(0xc1, 0, 0xff);
    chip.cpu.writeIo(0xc6, 1, 0xff);
    chip.cpu.runUntil(FRAME * 2);
    expect([sent, chip.cpu.read(0xc0) & 0x20]).toEqual([[], 0x20]);
  });

  test("keeps three received bytes and says that it lost the rest", () => {
    const { chip } = talking();
    chip.usart.receive(Uint8Array.of(1, 2, 3, 4, 5));
    chip.cpu.runUntil(FRAME * 6);
    const seen: [number, number][] = [];
    while ((chip.cpu.read(0xc0) & 0x80) !== 0) {
      seen.push([chip.cpu.read(0xc0) & 0x08, chip.cpu.read(0xc6)]);
    }
    expect(seen).toEqual([
      [0, 1],
      [0, 2],
      [8, 5],
    ]);
    expect(chip.usart.overrunCount).toBe(2);
  });

  test("flags a frame error where the other side's rate is too far off", () => {
    const { chip } = talking();
    chip.usart.lineBitCycles = 17 * 8 * 1.1;
    chip.usart.receive(Uint8Array.of(0x55));
    chip.cpu.runUntil(FRAME * 2);
    expect(chip.cpu.read(0xc0) & 0x10).toBe(0x10);
  });
});

describe("pins", () => {
  const D2 = { port: 2, bit: 2 };

  test("read high with their pull-up and low without, and follow who drives them", () => {
    const chip = chipWith([RJMP_SELF]);
    expect(chip.cpu.read(0x29) & 4).toBe(0);
    chip.cpu.writeIo(0x2b, 4, 0xff);
    expect(chip.cpu.read(0x29) & 4).toBe(4);
    chip.ports.setDrive(D2, 0);
    expect(chip.cpu.read(0x29) & 4).toBe(0);
    chip.ports.setDrive(D2, null);
    chip.cpu.writeIo(0x55, 0x10, 0xff);
    expect(chip.cpu.read(0x29) & 4).toBe(0);
  });

  test("are toggled by a one in PIN, and by sbi only the one bit", () => {
    const chip = chipWith([0x9a1d, RJMP_SELF]);
    chip.cpu.writeIo(0x24, 0xff, 0xff);
    chip.cpu.writeIo(0x25, 0x0f, 0xff);
    chip.cpu.writeIo(0x23, 0x11, 0xff);
    expect(chip.cpu.read(0x25)).toBe(0x1e);
    chip.cpu.runUntil(2);
    expect(chip.cpu.read(0x25)).toBe(0x3e);
  });

  test("raise a pin-change interrupt only where they are masked in", () => {
    const chip = chipWith([RJMP_SELF]);
    chip.cpu.writeIo(0x68, 4, 0xff);
    chip.ports.setDrive(D2, 1);
    expect(chip.cpu.pending).toBe(0);
    chip.cpu.writeIo(0x6d, 4, 0xff);
    chip.ports.setDrive(D2, 0);
    expect(chip.cpu.pending).toBe(1 << 5);
  });
});

describe("the watchdog", () => {
  test("resets after its time, and cannot be switched off without the timed sequence", () => {
    const chip = chipWith([RJMP_SELF]);
    const resets: number[] = [];
    chip.onReset = (cause, cycle) => {
      if (cause === "watchdog") resets.push(cycle);
    };
    chip.cpu.writeIo(0x60, 0x18, 0xff);
    chip.cpu.writeIo(0x60, 0x08, 0xff);
    chip.cpu.runUntil(100);
    chip.cpu.writeIo(0x60, 0, 0xff);
    chip.cpu.runUntil(300_000);
    // 2,048 cycles of 128 kHz are 256,000 of 16 MHz.
    expect(resets[0]).toBeGreaterThanOrEqual(256_000);
    expect(resets[0]).toBeLessThan(256_010);
    expect(chip.cpu.data[0x54]! & 8).toBe(8);
  });

  test("asks first and resets then, in its mode of both", () => {
    const chip = chipWith([SEI, RJMP_SELF], { 6: [RETI] });
    const resets: number[] = [];
    chip.onReset = (_cause, cycle) => resets.push(cycle);
    chip.cpu.writeIo(0x60, 0x18, 0xff);
    chip.cpu.writeIo(0x60, 0x48, 0xff);
    chip.cpu.runUntil(300_000);
    expect([chip.cpu.interruptCount, resets.length]).toEqual([1, 0]);
    chip.cpu.runUntil(520_000);
    expect(resets.length).toBe(1);
  });
});

describe("timer 1", () => {
  function timer1(chip: Chip, control: readonly [number, number], top: number): void {
    const write = (address: number, value: number): void => chip.cpu.writeIo(address, value, 0xff);
    write(0x89, top >> 8);
    write(0x88, top & 0xff);
    write(0x80, control[0]);
    write(0x81, control[1]);
  }
  function count(chip: Chip): number {
    const low = chip.cpu.read(0x84);
    return low | (chip.cpu.read(0x85) << 8);
  }

  test.each([
    ["normal", [0x00, 0x01], 70_000, 70_000 - 65_536, 0x01],
    ["CTC", [0x00, 0x09], 2_600, 2_600 - 1_000, 0x02],
    ["fast PWM to OCR1A", [0x03, 0x19], 1_500, 500, 0x03],
    ["phase-correct PWM to OCR1A", [0x03, 0x11], 1_500, 2 * 999 - 1_500, 0x02],
  ] as const)(
    "counts in its %s mode and raises its flags",
    (_mode, control, cycles, expected, flags) => {
      const chip = chipWith([RJMP_SELF]);
      timer1(chip, control, 999);
      chip.cpu.runUntil(cycles);
      const late = chip.cpu.cycle - cycles;
      const shift = control[1] === 0x11 ? -late : late;
      expect(count(chip) % 1000).toBe((expected + shift) % 1000);
      expect(chip.cpu.read(0x36) & flags).toBe(flags);
    },
  );

  test("stamps the level of its capture pin", () => {
    const chip = chipWith([RJMP_SELF]);
    timer1(chip, [0, 0x41], 0);
    chip.cpu.runUntil(500);
    chip.ports.setDrive({ port: 0, bit: 0 }, 1);
    const stamp = chip.cpu.read(0x86) | (chip.cpu.read(0x87) << 8);
    expect(stamp).toBe(chip.cpu.cycle);
    expect(chip.cpu.read(0x36) & 0x20).toBe(0x20);
  });
});

describe("the analog comparator", () => {
  test("flags the edge that it was told to wait for", () => {
    const chip = chipWith([RJMP_SELF]);
    let volts = 2;
    chip.comparator.ain1Volts = () => volts;
    chip.cpu.writeIo(0x50, 0x4b, 0xff);
    expect(chip.cpu.pending).toBe(0);
    volts = 0.9;
    chip.comparator.update();
    expect(chip.cpu.pending).toBe(1 << 23);
    expect(chip.cpu.read(0x50) & 0x20).toBe(0x20);
  });
});

describe("a program that does what it should not", () => {
  test.each([
    ["writes its flash", [0x95e8], "spm"],
    ["runs into a word that is no instruction", [0xff0f], "invalid-instruction"],
    ["reads beyond SRAM", [0x9100, 0x0900], "data-address"],
  ] as const)("%s, and is told with its place", (_what, words, kind) => {
    const chip = chipWith([...words, RJMP_SELF]);
    chip.cpu.runUntil(10);
    expect(chip.cpu.faults.map((fault) => [fault.kind, fault.pc])).toEqual([[kind, 0x40]]);
  });

  test("grows its stack into its static data, and is told", () => {
    // rcall to itself.
    const chip = chipWith([0xdfff]);
    chip.cpu.staticEnd = 0x400;
    attachCompiler(chip.cpu, 1);
    chip.cpu.runUntil(4000);
    expect(chip.cpu.faults[0]).toMatchObject({ kind: "stack-overflow", pc: 0x40 });
    expect(chip.cpu.spMin).toBeLessThan(0x400);
  });

  test("pops before it pushes below a stack that was moved by hand, and both cores note how low it went", () => {
    // ldi, out SPL; out SPH; pop; push; self.
    const words = [ldi(16, 0x80), ldi(17, 3), 0xbf0d, 0xbf1e, 0x912f, 0x932f, RJMP_SELF];
    const [compiled, interpreted] = [chipWith(words), chipWith(words)];
    attachCompiler(compiled.cpu, 1);
    for (const { cpu } of [compiled, interpreted]) {
      cpu.pc = 0x3f;
      cpu.runUntil(30);
      expect(cpu.spMin).toBe(0x380);
    }
    follow(compiled.cpu, interpreted.cpu, 0x3f);
  });

  test("changes its return address on the stack, and comes back where that says", () => {
    // rcall f; nop; self. f: pop, pop, push 0x50, push 0; ret.
    const words = [
      0xd003,
      NOP,
      RJMP_SELF,
      NOP,
      0x910f,
      0x911f,
      ldi(16, 0x50),
      ldi(17, 0),
      0x930f,
      0x931f,
      0x9508,
    ];
    const [compiled, interpreted] = [chipWith(words), chipWith(words)];
    attachCompiler(compiled.cpu, 1);
    for (const { cpu } of [compiled, interpreted]) {
      cpu.pc = 0x3f;
      cpu.runUntil(30);
    }
    expect(compiled.cpu.pc).toBeGreaterThanOrEqual(0x50);
    follow(compiled.cpu, interpreted.cpu, 0x3f);
  });
});

describe("parts", () => {
  test("a relay conducts its operating time after its coil, and a welded one always", () => {
    const relay = new Relay({ closes: "high", isLatching: false, operateCycles: 100 });
    relay.drive("high", 1000);
    expect([relay.isClosed(1099), relay.isClosed(1100)]).toEqual([false, true]);
    relay.drive("low", 2000);
    expect([relay.isClosed(2099), relay.isClosed(2100)]).toEqual([true, false]);
    relay.stick(true);
    expect(relay.isClosed(3000)).toBe(true);
  });

  test("a latching relay stays where the last pulse put it", () => {
    const relay = new Relay({ closes: "high", isLatching: true, operateCycles: 10 });
    relay.drive("high", 0);
    relay.drive("low", 50);
    expect(relay.isClosed(100)).toBe(true);
    relay.driveReset("high", 200);
    relay.driveReset("low", 250);
    expect(relay.isClosed(300)).toBe(false);
  });

  test("a display keeps rows, cursor and own characters as its data sheet says", () => {
    const display = new CharacterDisplay({ columns: 16, rows: 2 });
    const expander = expanderFor(display);
    const nibble = (value: number, rs: number): void => {
      expander.write((value << 4) | 4 | rs, 0);
      expander.write((value << 4) | rs, 0);
    };
    const send = (byte: number, rs: number): void => {
      nibble(byte >> 4, rs);
      nibble(byte & 15, rs);
    };
    for (const value of [3, 3, 3, 2]) nibble(value, 0);
    for (const byte of [0x28, 0x01, 0x06, 0x0c, 0x40]) send(byte, 0);
    for (let row = 0; row < 8; row++) send(0x11 + row, 1);
    send(0x80 | 0x26, 0);
    for (const letter of "ABCD") send(letter.charCodeAt(0), 1);
    send(0x83, 0);
    send(0, 1);
    // Past 0x27 the address goes on in the second row.
    expect(display.lines()).toEqual(["   \u2588            ", "CD              "]);
    expect([...display.glyph(0)]).toEqual([0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18]);
  });
});
