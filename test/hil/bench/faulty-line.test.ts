import { expect, test } from "vitest";
import { FaultyLine } from "../../../hil/bench/faulty-line.ts";
import type { LockedPort } from "../../../hil/board/port.ts";

/** A line to a board that keeps what reaches it. */
function line(): { readonly it: FaultyLine; readonly arrived: number[] } {
  const arrived: number[] = [];
  const port: LockedPort = {
    name: "memory",
    time: "locked",
    open: async () => undefined,
    write: (bytes) => arrived.push(...bytes),
    run: () => undefined,
    close: async () => undefined,
  };
  return { it: new FaultyLine(port), arrived };
}
const write = (it: FaultyLine, ...bytes: number[]): void => it.write(Uint8Array.from(bytes));

test.each([
  ["dropped", [0xf0, 2, 0xf7]],
  ["twice", [0xf0, 1, 0xf7, 0xf0, 1, 0xf7, 0xf0, 2, 0xf7]],
  ["halved", [0xf0, 0xf0, 2, 0xf7]],
  ["late", [0xf0, 2, 0xf7, 0xf0, 1, 0xf7]],
] as const)("the next message is %s, and the one after it is not", (fate, expected) => {
  const { it, arrived } = line();
  it.expect("board", fate, 1);
  write(it, 0xf0, 1);
  write(it, 0xf7, 0xf0, 2, 0xf7);
  expect(arrived).toEqual(expected);
});

test("noise loses and changes the same bytes each time, about as many as it should, and then none", () => {
  const bytes = Array.from({ length: 10_000 }, (_, at) => at & 0x7f);
  const [one, other] = [line(), line()];
  for (const { it } of [one, other]) {
    it.disturb("board", { lostShare: 0.01, flippedShare: 0, seed: 3 });
    write(it, ...bytes);
  }
  expect(one.arrived).toEqual(other.arrived);
  expect(10_000 - one.arrived.length).toBeGreaterThan(60);
  expect(10_000 - one.arrived.length).toBeLessThan(140);
  one.it.disturb("board", undefined);
  one.arrived.length = 0;
  write(one.it, ...bytes);
  expect(one.arrived).toEqual(bytes);
});
