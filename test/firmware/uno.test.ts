// The committed hex on an emulated chip: that what the host checks prove of the core reaches the pins.

import { EventEmitter } from "node:events";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { hexFile, METER } from "../../firmware/build.ts";
import { BOARD_FIRMWARE, BOARD_PROTOCOL_VERSION } from "../../sim/contract/board-protocol.ts";
import { UnoBoard } from "./uno-board.ts";

const HEX = readFileSync(hexFile(METER), "utf8");
const HELLO = 0x07;
const HELD = 0x0b;
const { Firmata } = createRequire(import.meta.url)("firmata-io");

test("it is ready for firmata-io within 40 ms and names pins, version and firmware", () => {
  const board = new UnoBoard(HEX);
  const line = Object.assign(new EventEmitter(), {
    write(bytes: Iterable<number>, done?: () => void) {
      board.write(bytes);
      done?.();
    },
  });
  board.onByte = (byte) => line.emit("data", Buffer.from([byte]));
  const io = new Firmata(line, { reportVersionTimeout: 600_000 });
  line.emit("open");
  board.run(40);
  expect(io.isReady).toBe(true);
  expect(io.version).toEqual({ major: 2, minor: 5 });
  expect(io.firmware).toEqual({
    name: BOARD_FIRMWARE.name,
    version: { major: BOARD_FIRMWARE.major, minor: BOARD_FIRMWARE.minor },
  });
  expect(io.analogPins).toEqual([14, 15, 16]);
  expect(board.isRelayClosed).toBe(false);
  io.digitalWrite(4, 1);
  board.run(5);
  expect(board.isRelayClosed).toBe(true);
});

test("it says hello after reset and answers a ping", () => {
  const board = new UnoBoard(HEX);
  board.run(20);
  expect(board.last("hello")).toMatchObject({ protocol: BOARD_PROTOCOL_VERSION, serial: 0 });
  board.send({ kind: "ping", hostMs: 2 ** 34 + 5 });
  board.run(10);
  expect(board.last("pong").hostMs).toBe(2 ** 34 + 5);
});

test("V, I, P, Q and frequency come through the ADC's free-running channels within 0.2 %", () => {
  const board = new UnoBoard(HEX);
  Object.assign(board.mains, { currentA: 10, lagRad: Math.acos(0.5) });
  board.run(600);
  board.send({ kind: "report", everyWindows: 1 });
  board.run(2_000);
  const all = board.heard.filter((message) => message.kind === "registers");
  expect(all.length).toBeGreaterThanOrEqual(9);
  const mean = (of: (one: (typeof all)[number]) => number): number =>
    all.reduce((sum, one) => sum + of(one), 0) / all.length;
  expect(Math.abs(mean((one) => one.voltageMilliV) / 230_000 - 1)).toBeLessThan(0.002);
  expect(Math.abs(mean((one) => one.phaseMilliA) / 10_000 - 1)).toBeLessThan(0.002);
  expect(Math.abs(mean((one) => one.neutralMilliA) / 10_000 - 1)).toBeLessThan(0.002);
  expect(Math.abs(mean((one) => one.activeMilliW) / 1_150_000 - 1)).toBeLessThan(0.002);
  expect(Math.abs(mean((one) => one.reactiveMilliVar) / 1_991_858 - 1)).toBeLessThan(0.005);
  expect(Math.abs(mean((one) => one.frequencyMilliHz) - 50_000)).toBeLessThan(10);
});

test("it sleeps at least three quarters of the time", () => {
  const board = new UnoBoard(HEX);
  board.mains.currentA = 10;
  board.run(500);
  const before = { cycles: board.cpu.cycles, asleep: board.asleepCycles };
  board.run(1_000);
  const share = (board.asleepCycles - before.asleep) / (board.cpu.cycles - before.cycles);
  expect(share).toBeGreaterThan(0.75);
});

test("200 bytes of stack stay untouched through orders, a forgery, a hand-over, a token and reports", () => {
  const board = new UnoBoard(HEX);
  board.mains.currentA = 10;
  board.run(300);
  board.order({ kind: "command", op: 1, argument: 1, second: 0 });
  board.run(50);
  board.send({
    kind: "command",
    op: 1,
    argument: 0,
    second: 0,
    counter: 99,
    macLow: 1,
    macHigh: 2,
  });
  board.run(50);
  board.order({
    kind: "take",
    importWh: 4_294_967,
    importBelowMilliWh: 290,
    exportWh: 7,
    exportBelowMilliWh: 999,
    importCarryMilliWMs: 0,
    exportCarryMilliWMs: 0,
    creditMilliMinor: -5,
    priceMilliMinorPerKWh: 7_000,
    emergencyMinor: 100,
    relayReasons: 0,
    tamperFlags: 0,
    nextEvent: 9,
  });
  board.run(100);
  board.order({ kind: "command", op: 7, argument: 1_234_567, second: 77 });
  board.run(50);
  board.order({ kind: "display", text: "PAY NOW  TRIP 2d".padEnd(32) });
  board.send({ kind: "report", everyWindows: 1 });
  board.run(700);
  board.send({ kind: "query", what: HELLO });
  board.run(20);
  expect(board.last("hello").lastCounter).toBe(4);
  expect(board.last("hello").stackLowBytes).toBeGreaterThanOrEqual(200);
  // And nothing was written over: measured values are still what they should be.
  expect(Math.abs(board.last("registers").voltageMilliV / 230_000 - 1)).toBeLessThan(0.005);
});

test("100 ms of hold-up save every mWh, and relay, counter and register come back", () => {
  const board = new UnoBoard(HEX);
  board.mains.currentA = 20;
  board.run(100);
  board.order({ kind: "command", op: 1, argument: 1, second: 0 });
  board.run(2_047);
  const writes = board.eepromWrites;
  board.mains.voltageV = 0;
  board.mains.currentA = 0;
  board.run(100);
  expect(board.eepromWrites).toBeGreaterThan(writes);
  const saved = board.eeprom.slice();
  board.send({ kind: "query", what: HELD });
  board.run(20);
  const before = board.last("held");
  expect(before.importWh).toBeGreaterThanOrEqual(2);

  const again = new UnoBoard(HEX, saved, 2);
  again.run(50);
  again.send({ kind: "query", what: HELD });
  again.run(20);
  expect(again.last("held")).toMatchObject({
    importWh: before.importWh,
    importBelowMilliWh: before.importBelowMilliWh,
    relayReasons: 0,
  });
  expect(again.isRelayClosed).toBe(true);
  expect(again.last("hello").lastCounter).toBe(1);
});
