import fc from "fast-check";
import { expect, test } from "vitest";
import type { StreetStore } from "../../web/player/store.ts";
import { alongConductor, CONDUCTOR, CONDUCTOR_M } from "../../web/scene/inside-place.ts";
import { FLOW_MARKS_MAX, flowOf, insideOf } from "../../web/scene/inside-state.ts";

const truthSupply = {
  ...{ relayOpen: [0], importWh: [1_250], voltageV: [230], displayText: ["one\ntwo"] },
  ...{ activePowerW: [4_600], unmeteredW: [2_300] },
};
const beliefSupply = {
  ...{ importWh: [1_000], relayOpen: [null], activePowerW: [460], voltageV: [230] },
  receivedAt: [1_000_000],
};
const truthStreet = { flights: [{ row: 0, mast: 0, isUp: true, kind: "reading" }] };
const store = (more: object): StreetStore =>
  ({
    truthSupply,
    beliefSupply,
    truthStreet,
    simMs: 1_010_000,
    view: "truth",
    ...more,
  }) as unknown as StreetStore;

test("through the sensor goes what is metered, not what is led around it", () => {
  expect(insideOf(store({}), 0)).toEqual({
    ...{ lines: ["one", "two"], relay: "closed", throughA: 10, isSending: true },
    // 1,600 pulses a kWh.
    pulses: 2_000,
  });
  const open = store({ truthSupply: { ...truthSupply, relayOpen: [1] } });
  expect(insideOf(open, 0)).toMatchObject({ relay: "open", throughA: 0 });
});

test("the company's inside is made of its readings alone, whatever the truth is", () => {
  const known = store({ view: "company" });
  expect(insideOf(known, 0)).toEqual({
    ...{ lines: ["last reading", "1.000 kWh"], relay: "unknown", throughA: 2, isSending: true },
    pulses: null,
  });
  const other = {
    truthSupply: { ...truthSupply, relayOpen: [1], importWh: [9] },
    truthStreet: null,
  };
  expect(insideOf(store({ view: "company", ...other }), 0)).toEqual(insideOf(known, 0));
  expect(insideOf(store({ view: "company", simMs: 2_000_000 }), 0)?.isSending).toBe(false);
  expect(insideOf(store({ view: "company", beliefSupply: null }), 0)).toBeNull();
});

test("more current is never fewer marks nor slower ones, and none is none", () => {
  expect(flowOf(null).marks).toBe(0);
  expect(flowOf(0).marks).toBe(0);
  const amperes = fc.double({ min: 0.02, max: 200, noNaN: true });
  fc.assert(
    fc.property(amperes, amperes, (a, b) => {
      const [less, more] = [flowOf(Math.min(a, b)), flowOf(Math.max(a, b))];
      expect(less.marks).toBeGreaterThan(0);
      expect(more.marks).toBeLessThanOrEqual(FLOW_MARKS_MAX);
      expect(more.marks).toBeGreaterThanOrEqual(less.marks);
      expect(more.speedMS).toBeGreaterThanOrEqual(less.speedMS);
    }),
  );
});

test("a mark goes from one end of the conductor to the other and begins again", () => {
  expect(alongConductor(0)).toEqual(CONDUCTOR[0]);
  expect(alongConductor(CONDUCTOR_M + 0.5)).toEqual(alongConductor(0.5));
  const [x, y] = alongConductor(CONDUCTOR_M - 1e-9);
  expect([x, y].map((at) => Math.round(at * 1e3))).toEqual(
    CONDUCTOR.at(-1)!.map((at) => Math.round(at * 1e3)),
  );
});
