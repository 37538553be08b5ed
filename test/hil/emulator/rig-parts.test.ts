// The parts between an emulated rig and its meter, each by its data sheet.

import { expect, test } from "vitest";
import { Mcp4728 } from "../../../hil/emulator/parts/mcp4728.ts";
import { RcFilter } from "../../../hil/emulator/parts/rc-filter.ts";

/** A converter at 5 V, and the last volts of its outputs. */
function converter() {
  let supplyVolts = 5;
  const volts = [0, 0, 0, 0];
  const chip = new Mcp4728(() => supplyVolts);
  chip.onMoved = (output, to) => {
    volts[output] = to;
  };
  const send = (...bytes: number[]): boolean[] => {
    const heard = [chip.start(false), ...bytes.map((byte) => chip.write(byte, 0))];
    chip.stop();
    return heard;
  };
  const pulse = (): void => {
    chip.setLoad(0, 0);
    chip.setLoad(1, 0);
  };
  const supply = (to: number): void => {
    supplyVolts = to;
    chip.feelSupply(0);
  };
  return { chip, volts, send, pulse, supply };
}

// DS22187E, 5.6.1: two bytes an output, C2 = C1 = 0, power-down bits, then the 12 bits of the code.
const FAST_WRITE = [0x08, 0x00, 0x04, 0x00, 0x0f, 0xff];
const REFERENCES_ARE_SUPPLY = 0x80;

test("out of the box its outputs go up to 2.048 V, not to the supply", () => {
  const { volts, send, pulse } = converter();
  send(...FAST_WRITE);
  pulse();
  expect(volts).toEqual([1.024, 0.512, expect.closeTo(2.0475, 4), 0]);
});

test("against the supply half the steps are half the supply", () => {
  const { volts, send, pulse } = converter();
  send(REFERENCES_ARE_SUPPLY);
  send(...FAST_WRITE);
  pulse();
  expect(volts).toEqual([2.5, 1.25, expect.closeTo(4.9988, 4), 0]);
});

test("nothing moves before LDAC falls, and while it is low everything does", () => {
  const { chip, volts, send } = converter();
  send(REFERENCES_ARE_SUPPLY);
  send(...FAST_WRITE);
  expect(volts).toEqual([0, 0, 0, 0]);
  chip.setLoad(0, 0);
  expect(volts[0]).toBe(2.5);
  send(0x04, 0x00);
  expect(volts[0]).toBe(1.25);
});

test("without its supply it acknowledges nothing, and with it again it has forgotten its references", () => {
  const { volts, send, pulse, supply } = converter();
  send(REFERENCES_ARE_SUPPLY);
  supply(0);
  expect(send(0x08, 0x00)).toEqual([false, false, false]);
  supply(5);
  expect(send(0x08, 0x00)).toEqual([true, true, true]);
  pulse();
  expect(volts[0]).toBe(1.024);
});

test("after one time constant a filter is at 1 - 1/e of a step, and it knows where it was before", () => {
  const filter = new RcFilter(1_600);
  filter.step(1, 10_000);
  filter.step(0, 11_600);
  expect(filter.volts(10_000)).toBe(0);
  expect(filter.volts(11_600)).toBeCloseTo(1 - Math.exp(-1), 12);
  expect(filter.volts(13_200)).toBeCloseTo((1 - Math.exp(-1)) * Math.exp(-1), 12);
  expect(filter.volts(10_800)).toBeCloseTo(1 - Math.exp(-0.5), 12);
});
