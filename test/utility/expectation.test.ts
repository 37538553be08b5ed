// The daily balance on readings made by hand: a small street of which the whole truth is known.

import { describe, expect, test } from "vitest";
import { DAY_MS, HOUR_MS } from "../../sim/core/time.ts";
import { BIG, company, smallHomes, THREE_A_PHASE } from "../support/company.ts";

describe("a home that hides 60 % of its current", () => {
  test("is named on two mornings before it is a case, and is a case once", () => {
    const { balance, detection } = company({ loads: THREE_A_PHASE, hidden: { 4: 0.6 } });
    expect(balance(1), "fewer than 96 intervals").toEqual([]);
    expect(balance(2)).toEqual([]);
    expect([...detection.namedDays]).toEqual([0, 0, 0, 0, 1, 0, 0, 0, 0]);
    expect(balance(3)).toMatchObject([
      { kind: "case-opened", supply: "supply-h5", caseId: "case-1", at: 3 * DAY_MS + 5 * HOUR_MS },
    ]);
    expect(balance(4)).toEqual([]);
    expect(detection.cases).toHaveLength(1);
    expect(detection.cases[0]).toMatchObject({ hiddenShare: expect.closeTo(0.6, 1) });
    expect(detection.cases[0]!.evidence).toMatch(/^On L2 .* as if 60 % of its current flowed/);
  });

  test("is named although of a neighbour only every other reading arrives", () => {
    const { balance, detection } = company({
      loads: THREE_A_PHASE,
      hidden: { 4: 0.6 },
      arrives: (row, interval) => row !== 3 || interval % 2 === 0,
    });
    balance(2);
    expect(balance(3)).toMatchObject([{ kind: "case-opened", supply: "supply-h5" }]);
    expect(detection.cases[0]).toMatchObject({ hiddenShare: expect.closeTo(0.6, 1) });
  });

  test("begins anew after a morning that did not name it", () => {
    const [silentFrom, silentUntil] = [2 * 48 + 10, 4 * 48 + 10];
    const { balance, detection } = company({
      loads: THREE_A_PHASE,
      hidden: { 4: 0.6 },
      // For two days the transformer's meter is not heard of.
      arrives: (row, interval) => row !== 9 || interval <= silentFrom || interval > silentUntil,
    });
    const named = [2, 4, 7, 8].map((day) => {
      const cases = balance(day).length;
      return { days: detection.namedDays[4], cases };
    });
    expect(named).toEqual([
      { days: 1, cases: 0 },
      { days: 0, cases: 0 },
      { days: 1, cases: 0 },
      { days: 2, cases: 1 },
    ]);
  });

  test("and uses just what a neighbour uses is not told from it", () => {
    const both = { hidden: { 4: 0.6 }, alike: { 3: 4 } };
    const { balance, detection } = company({ loads: THREE_A_PHASE, ...both });
    for (const day of [2, 3, 4]) expect(balance(day)).toEqual([]);
    expect(detection.unexplainedWh, "although much is missing").toBeGreaterThan(5_000);
  });
});

describe("an honest street", () => {
  test("leaves nothing unexplained, and the losses are what cable and meters make of it", () => {
    const { balance, detection, countedWh, phaseWh } = company({ loads: THREE_A_PHASE });
    expect(balance(2)).toEqual([]);
    const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
    // Registers are whole Wh: 12 of them, each off by less than one at either end.
    const lostWh = sum(phaseWh) - sum(countedWh);
    expect(Math.abs(detection.expectedLossesWh! - lostWh)).toBeLessThan(12);
    expect(Math.abs(detection.unexplainedWh!)).toBeLessThan(12);
    expect(lostWh).toBeGreaterThan(50);
  });

  test("is balanced once a day, from five in the morning on", () => {
    const { balance, detection } = company({ loads: THREE_A_PHASE });
    balance(2, 5 * HOUR_MS - 60_000);
    expect(detection.unexplainedWh).toBeNull();
    balance(2, 5 * HOUR_MS);
    const first = detection.unexplainedWh;
    expect(first).not.toBeNull();
    balance(2, 9 * HOUR_MS);
    expect(detection.unexplainedWh).toBe(first);
  });
});

describe("a three-phase customer", () => {
  const loads = [BIG, ...smallHomes([1, 1, 2, 2, 3, 3])];

  test("is expected a third on each phase, and leaves nothing unexplained", () => {
    const { balance, detection } = company({ loads });
    for (const day of [2, 3]) expect(balance(day)).toEqual([]);
    expect(Math.abs(detection.unexplainedWh!)).toBeLessThan(10); // as above, 10 registers
  });

  test("who hides half of the current is named, and not a neighbour", () => {
    const { balance, detection } = company({ loads, hidden: { 0: 0.5 } });
    balance(2);
    expect(balance(3)).toMatchObject([{ kind: "case-opened", supply: "supply-big" }]);
    expect(detection.cases).toHaveLength(1);
    expect(detection.cases[0]).toMatchObject({ hiddenShare: expect.closeTo(0.5, 1) });
  });

  test("who hides half of the current does not make a case of a neighbour who lives alike", () => {
    const { balance } = company({ loads, hidden: { 0: 0.5 }, alike: { 3: 0 } });
    balance(2);
    expect(balance(3)).toMatchObject([{ supply: "supply-big" }]);
  });

  test("between three phases is shared alike", () => {
    const delta = BIG.replace("Phases=3", "Phases=3 Conn=delta");
    const { balance, detection } = company({
      loads: [delta, ...loads.slice(1)],
      hidden: { 0: 0.5 },
    });
    balance(2);
    expect(balance(3)).toMatchObject([{ kind: "case-opened", supply: "supply-big" }]);
    expect(detection.cases[0]).toMatchObject({ hiddenShare: expect.closeTo(0.5, 1) });
  });
});
