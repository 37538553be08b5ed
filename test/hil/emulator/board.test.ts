import { beforeAll, describe, expect, test } from "vitest";
import { Board, type BoardOptions, CYCLES_PER_MS } from "../../../hil/emulator/board.ts";
import { createImage, type Image } from "../../../hil/emulator/image.ts";
import { WiringError } from "../../../hil/emulator/wiring.ts";
import { compileProgram, missingCompiler } from "./avr-program.ts";
import { METERING_WIRING, STEADY } from "./metering-board.ts";

const images = new Map<string, Image>();
const missing = missingCompiler();

beforeAll(() => {
  if (missing !== undefined) return;
  for (const name of ["hello", "metering", "timers", "storing", "display"]) {
    images.set(name, createImage(compileProgram(name)));
  }
});

function board(name: string, options: Partial<BoardOptions> = {}): Board {
  return new Board(images.get(name)!, { wiring: {}, seed: 1, startUpMs: 0, ...options });
}

const textOf = (target: Board): { text: string } => {
  const seen = { text: "" };
  target.onBytes = (bytes) => {
    seen.text += String.fromCharCode(...bytes);
  };
  return seen;
};

describe.for([["compiled"], ["interpreted"]] as const)("a board with a %s core", ([core]) => {
  test("runs a program that talks on its serial line", (context) => {
    context.skip(missing !== undefined, missing ?? "");
    const target = board("hello", { core });
    const seen = textOf(target);
    target.powerOn();
    target.runFor(10);
    expect(target.write(new TextEncoder().encode("HAL"))).toBe(true);
    target.runFor(2);
    expect(seen.text).toBe("hello from an emulated board\nIBM");
  });

  test("stops at the cycle it is asked for, and is not put out by the size of the steps", (context) => {
    context.skip(missing !== undefined, missing ?? "");
    const [whole, sliced] = [board("metering", { core }), board("metering", { core })];
    for (const each of [whole, sliced]) {
      each.powerOn();
      each.setPhasors(STEADY);
    }
    whole.runFor(300);
    for (let ms = 0; ms < 300; ms++) sliced.runFor(1);
    expect(whole.cycle - 300 * CYCLES_PER_MS).toBeLessThan(5);
    expect(sliced.digest()).toBe(whole.digest());
  });
});

describe("a board", () => {
  test("is held for its start-up time after power comes", (context) => {
    context.skip(missing !== undefined, missing ?? "");
    const target = board("hello", { startUpMs: 66 });
    const seen = textOf(target);
    target.runFor(100);
    target.powerOn();
    target.runFor(66);
    expect([seen.text, target.isRunning]).toEqual(["", true]);
    target.runFor(1);
    expect(seen.text.slice(0, 3)).toBe("hel");
  });

  test("gives one digest for one seed and another for another", (context) => {
    context.skip(missing !== undefined, missing ?? "");
    const digests = [1, 1, 2].map((seed) => {
      const target = board("metering", { wiring: METERING_WIRING, seed });
      target.powerOn();
      target.setPhasors(STEADY);
      target.runFor(500);
      return target.digest();
    });
    expect(digests[1]).toBe(digests[0]);
    expect(digests[2]).not.toBe(digests[0]);
  });

  test("shares its compiled program with other boards of one image, and nothing else", (context) => {
    context.skip(missing !== undefined, missing ?? "");
    const image = createImage(compileProgram("metering"));
    const [first, second] = [1, 1].map(
      (seed) => new Board(image, { wiring: METERING_WIRING, seed }),
    );
    const alone = board("metering", { wiring: METERING_WIRING, startUpMs: 66 });
    for (const each of [first!, second!, alone]) {
      each.powerOn();
      each.setPhasors(STEADY);
    }
    first!.runFor(400);
    const blocksOfFirst = image.compiled!.blockCount;
    expect(blocksOfFirst).toBeGreaterThan(10);
    second!.runFor(400);
    alone.runFor(400);
    expect(second!.digest()).toBe(first!.digest());
    expect(alone.digest()).toBe(first!.digest());
    expect(image.compiled!.blockCount).toBeLessThan(blocksOfFirst * 1.5);
  });

  test("measures what the phasors say, within the steps of its ADC", (context) => {
    context.skip(missing !== undefined, missing ?? "");
    const target = board("metering", { wiring: METERING_WIRING });
    const seen = textOf(target);
    target.powerOn();
    target.setPhasors(STEADY);
    target.runFor(3000);
    const rows = seen.text
      .trim()
      .split("\n")
      .map((line) => line.trim().split(" ").map(Number));
    const [, , voltsSquared, ampsSquared, neutralSquared] = rows.at(-2)!;
    // In ADC steps: 230 V · 5 mV/V and 10 A · 25 mV/A over 5000/1024 mV.
    // The program's window is 16.66 mains cycles, so its means are good to a hundredth.
    const stepsPerMillivolt = 1024 / 5000;
    const share = (squared: number, millivolts: number): number =>
      Math.sqrt(squared) / (millivolts * stepsPerMillivolt);
    expect(Math.abs(share(voltsSquared!, 230 * 5) - 1)).toBeLessThan(0.01);
    expect(Math.abs(share(ampsSquared!, 10 * 25) - 1)).toBeLessThan(0.01);
    expect(Math.abs(share(neutralSquared!, 10 * 25) - 1)).toBeLessThan(0.01);
  });

  test("counts timer matches, overflows and edges to the cycle", (context) => {
    context.skip(missing !== undefined, missing ?? "");
    const target = board("timers");
    target.powerOn();
    target.setPin("D2", 1);
    target.runUntil(2_499 + 60);
    const { cpu } = target.chip;
    expect(cpu.data[0x3e]).toBe(1);
    target.runUntil(2_500 * 100 + 60);
    expect(cpu.data[0x3e]).toBe(100);
    // Timer 0 at /64: an overflow each 16,384 cycles.
    expect(cpu.data[0x4a]).toBe(Math.floor((2_500 * 100) / 16_384));
    for (const level of [0, 1, 0, 1] as const) {
      target.setPin("D2", level);
      target.runFor(0.125);
    }
    expect(cpu.data[0x4b]).toBe(2);
    // Asleep between interrupts: a few instructions an interrupt, not thousands.
    expect(cpu.interpretedCount).toBeLessThan(4000);
  });

  test("shows on its display what the program wrote through the expander, at the bus's speed", (context) => {
    context.skip(missing !== undefined, missing ?? "");
    const wiring = { screen: { is: "display", i2c: 0x27, columns: 16, rows: 2 } } as const;
    const target = board("display", { wiring });
    const screen = target.parts.displays.get("screen")!;
    target.powerOn();
    target.runFor(60);
    expect(screen.lines()).toEqual([" ".repeat(16), " ".repeat(16)]);
    target.runFor(200);
    expect(screen.lines()).toEqual(["Use 001234.5 kWh", "V230 I04.31 PF.9"]);
    expect(screen.isBacklit).toBe(true);
    expect([...target.chip.twi.unanswered]).toEqual([]);
    target.powerOff();
    expect(screen.lines()[0]).toBe(" ".repeat(16));
  });

  test("names an address on the bus that no part answers", (context) => {
    context.skip(missing !== undefined, missing ?? "");
    const target = board("display");
    target.powerOn();
    target.runFor(60);
    expect([...target.chip.twi.unanswered]).toEqual([0x27]);
  });

  test("keeps its EEPROM through a power cut, with at most the byte at hand torn", (context) => {
    context.skip(missing !== undefined, missing ?? "");
    let tornCount = 0;
    for (let cut = 0; cut < 40; cut++) {
      const target = board("storing");
      let finished = 0;
      target.onByte = (byte) => {
        if (byte < 0xc0) finished = byte;
      };
      target.powerOn();
      target.setSupplyAt((120 + cut * 1.37) * CYCLES_PER_MS, 0);
      target.runFor(200);
      const bytes = [...target.eeprom().subarray(0, 16)];
      const known = bytes.filter((byte) => byte === finished || byte === finished + 1);
      expect(known.length).toBeGreaterThanOrEqual(15);
      tornCount += target.chip.eeprom.tornCount;
    }
    expect(tornCount).toBeGreaterThan(30);
  });

  test("counts the wear of each byte and takes 3.4 ms for it", (context) => {
    context.skip(missing !== undefined, missing ?? "");
    const target = board("storing");
    const storedAt: number[] = [];
    target.chip.eeprom.onStored = (_address, _value, cycle) => storedAt.push(cycle);
    target.powerOn();
    target.runFor(340);
    expect(target.chip.eeprom.writeCount).toBe(storedAt.length);
    expect(storedAt.length).toBeGreaterThanOrEqual(98);
    expect([...target.chip.eeprom.wear.subarray(0, 2)]).toEqual([7, 7]);
    expect(target.chip.eeprom.wear[16]).toBe(0);
    const gaps = storedAt.slice(1).map((cycle, at) => (cycle - storedAt[at]!) / CYCLES_PER_MS);
    for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(3.4);
    expect(Math.min(...gaps)).toBeLessThan(3.41);
  });

  test("tells its program why it starts: power, brown-out, reset line, watchdog", (context) => {
    context.skip(missing !== undefined, missing ?? "");
    const target = board("storing");
    const causes: number[] = [];
    target.onByte = (byte) => {
      if (byte >= 0xc0) causes.push(byte & 15);
    };
    target.powerOn();
    target.runFor(5);
    target.setSupply(2.5);
    target.runFor(5);
    target.setSupply(5);
    target.runFor(5);
    target.pressReset();
    target.runFor(5);
    target.powerOff();
    target.runFor(5);
    target.powerOn();
    // 99 blocks of 16 bytes, then the watchdog of 16 ms bites.
    target.runFor(99 * 16 * 3.5);
    expect(causes).toEqual([1, 4, 2, 1, 8]);
  });

  test("lets the program feel where its relay stands, when the contact has moved and when it is welded", (context) => {
    context.skip(missing !== undefined, missing ?? "");
    const relay = { is: "relay", pin: "D4", closes: "high", sensePin: "A3" } as const;
    const target = board("hello", { wiring: { breaker: { ...relay, senseClosed: "low" } } });
    const sensed = (): number => target.chip.ports.level({ port: 1, bit: 3 });
    target.powerOn();
    target.runFor(1);
    target.chip.cpu.writeIo(0x2a, 0x10, 0xff);
    target.chip.cpu.writeIo(0x2b, 0x10, 0xff);
    target.runFor(7);
    expect(sensed()).toBe(1);
    target.runFor(2);
    expect(sensed()).toBe(0);
    target.chip.cpu.writeIo(0x2b, 0, 0xff);
    target.runFor(10);
    expect(sensed()).toBe(1);
    target.parts.relays.get("breaker")!.stick(true);
    expect(sensed()).toBe(0);
  });

  test("refuses a wiring with a pin or a relay that is not there", () => {
    const image = images.get("hello")!;
    const wire = (wiring: BoardOptions["wiring"]) => () => new Board(image, { wiring, seed: 1 });
    expect(wire({ lamp: { is: "led", pin: "D14" } })).toThrow(WiringError);
    expect(wire({ lamp: { is: "led", pin: "D14" } })).toThrow("there is no pin D14");
    const sensor = { is: "current", pin: "A1", millivoltsPerUnit: 25, through: "breaker" } as const;
    expect(wire({ sensor })).toThrow("sensor flows through breaker, which is no relay");
  });
});
