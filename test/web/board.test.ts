import { expect, test } from "vitest";
import { BOARD_SCALE } from "../../sim/contract/board-protocol.ts";
import type { BoardFace, BoardView, TruthSupplyColumns } from "../../sim/contract/frame.ts";
import {
  BLINK_MS_MIN,
  blinkMs,
  boardOf,
  connectionSentence,
  firmwareText,
  latencyText,
  numberText,
  PULSES_PER_KWH,
  portText,
  pressHindrance,
  pulsesPerMinute,
  pulseText,
} from "../../web/player/board.ts";

const ID = "supply-05";

const truth = (rest: Partial<TruthSupplyColumns>): TruthSupplyColumns =>
  ({
    ...{ activePowerW: [1_000], unmeteredW: [0], relayOpen: [0], tamperFlags: [0] },
    ...{ displayText: ["  4900.95 kWh\n1.8.0"], device: ["/dev/ttyACM0"], boards: [] },
    ...rest,
  }) as unknown as TruthSupplyColumns;

const face = (rest: Partial<BoardFace> = {}): BoardFace => ({
  ...{ supply: ID, isSilent: false, displayText: "Use", faults: [] },
  ...{ leds: { pulse: true, alarm: false }, ...rest },
});

const view = (rest: Partial<BoardView> = {}): BoardView => ({
  ...{ supply: ID, device: "/dev/ttyACM0", serial: 7, firmwareId: 0xbeef, state: "in" },
  ...{
    isOnWall: true,
    canPress: false,
    reason: null,
    relay: "closed",
    displayText: "Use",
    leds: null,
    faults: [],
  },
  ...{ steps: 90, missed: 1, roundTripMedianMs: 3.14, roundTripP99Ms: 12.4 },
  ...{ jitterMedianMs: 1, jitterP99Ms: 4, doubt: null, ...rest },
});

const board = (columns: Partial<TruthSupplyColumns>, views: readonly BoardView[] | null = null) =>
  boardOf(truth(columns), { row: 0, supply: ID }, views);

test.for([
  { who: "no device", columns: { device: [""] }, views: null, is: "none" },
  { who: "a device before its first answer", columns: {}, views: null, is: "opening" },
  { who: "one that answered", columns: { boards: [face()] }, views: null, is: "connected" },
  {
    who: "a silent one without figures",
    columns: { boards: [face({ isSilent: true })] },
    views: null,
    is: "lost",
  },
  {
    who: "a silent one that is looked for",
    columns: { boards: [face({ isSilent: true })] },
    views: [view({ state: "lost", reason: "/dev/ttyACM0: the board is gone" })],
    is: "coming back",
  },
  {
    who: "one that the simulated meter stands in for",
    columns: { device: [""] },
    views: [view({ state: "away" })],
    is: "coming back",
  },
  {
    who: "a neighbour's",
    columns: { device: [""] },
    views: [view({ supply: "supply-06", state: "away" })],
    is: "none",
  },
] as const)("the connection of $who is: $is", ({ columns, views, is }) => {
  expect(board(columns, views).connection).toBe(is);
});

test("a board that is away has its name, and the page says why it is not there", () => {
  const away = board({ device: [""] }, [view({ state: "away", reason: "unplugged" })]);
  expect(away.device).toBe("/dev/ttyACM0");
  expect(connectionSentence(away)).toBe(
    "The simulated meter stands in while /dev/ttyACM0 is looked for. unplugged.",
  );
});

test("a button that cannot be pressed says why", () => {
  expect(pressHindrance(board({ device: [""] }))).toMatch(/^The simulated meter has no buttons/);
  expect(pressHindrance(board({ boards: [face({ isSilent: true })] }))).toMatch(/not answer/);
  expect(pressHindrance(board({ boards: [face()] }, [view()]))).toMatch(/press them by hand/);
  const rigged = view({ canPress: true, device: "/dev/ttyACM0+rig=/dev/ttyACM1" });
  expect(pressHindrance(board({ boards: [face()] }, [rigged]))).toBe("");
  const emulated = view({ isOnWall: false, canPress: true, device: "emulated" });
  expect(pressHindrance(board({ device: ["emulated"], boards: [face()] }, [emulated]))).toBe("");
  expect(pressHindrance(board({ device: ["emulated"], boards: [face()] }))).toBe("");
});

test("the LED flashes as often as the firmware does, drawn at most three times a second", () => {
  expect(PULSES_PER_KWH).toBe(BOARD_SCALE.pulsesPerKWh);
  // 1 kW for an hour is 1,600 flashes: 26.67 a minute, one each 2.25 s.
  expect(pulsesPerMinute(1_000)).toBeCloseTo(26.667, 3);
  expect(blinkMs(1_000)).toBe(2_250);
  expect(blinkMs(20_000)).toBe(BLINK_MS_MIN);
  expect(blinkMs(BOARD_SCALE.creepMilliW / 1000 - 0.1)).toBeNull();
  expect([pulseText(0), pulseText(45), pulseText(2_000)]).toEqual([
    "dark: nothing is counted",
    "1.2 a minute",
    "53 a minute",
  ]);
});

test("what flows around the meter, or not at all, is not flashed", () => {
  expect(board({ unmeteredW: [600] }).measuredW).toBe(400);
  expect(board({ relayOpen: [1] }).measuredW).toBe(0);
});

test("the display is two lines of sixteen characters, whatever came", () => {
  const { displayLines } = board({ displayText: ["one line that is much too long"] });
  expect(displayLines).toEqual(["one line that is", " ".repeat(16)]);
});

test("port, number, firmware and latency are written for people", () => {
  expect(portText("tcp://bench:3030")).toBe("tcp://bench:3030");
  expect(portText("emulated")).toBe("none: emulated in this program");
  expect([numberText(view()), firmwareText(view())]).toEqual(["7", "0000beef"]);
  expect(numberText(view({ serial: 0 }))).toBe("none given");
  expect(firmwareText(view({ isOnWall: false }))).toBe("the one that ships");
  expect(latencyText(view())).toBe("3.1 ms · 12 ms");
  expect(latencyText(view({ roundTripMedianMs: null, roundTripP99Ms: null }))).toBe("– · –");
});
