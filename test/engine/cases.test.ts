// Cases in a whole street: a crew is ordered, is on its way, sees what is there, and something follows.

import { describe, expect, test } from "vitest";
import type { Bill } from "../../sim/contract/billing.ts";
import { explainBill } from "../../sim/contract/explain-bill.ts";
import type { TheftCase } from "../../sim/contract/frame.ts";
import type { TwinInput } from "../../sim/contract/input.ts";
import { DAY_MS, HOUR_MS } from "../../sim/core/time.ts";
import { checkInput } from "../../sim/engine/check-input.ts";
import { detectionReport } from "../../sim/engine/score.ts";
import { finalHash } from "../../sim/engine/step.ts";
import { createTwin, type Twin } from "../../sim/engine/world.ts";
import { balanceOf } from "../../sim/utility/billing/ledger.ts";
import { NO_DUNNING_POLICY, NO_THEFT_POLICY } from "../../sim/utility/billing/policy.ts";
import { signal } from "../../sim/utility/detection/signal.ts";
import { journal, runUntil, street } from "../support/street.ts";
import { theftCase } from "../support/theft-case.ts";

const THIEF = "supply-12";
const HONEST = "supply-03";
const thefts = [
  `thefts=[{ target: ${THIEF}, kind: magnet, share: 0.5, from: 1h }]`,
  "outages=[]",
  "powerCuts=[]",
];
const DRIVE = "utility.billing.policy=policies/india-theft-drive.yaml";

/** Events of both sides by kind, in order. */
function events(twin: Twin, untilMs: number, rows: readonly (readonly [number, TwinInput])[] = []) {
  const seen: { readonly at: number; readonly kind: string; readonly supply?: string }[] = [];
  runUntil(twin, untilMs, journal(rows), ({ out }) => {
    for (const { event } of out.events) seen.push(event);
  });
  const of = (supply: string, kinds: readonly string[]) =>
    seen.filter((event) => event.supply === supply && kinds.includes(event.kind));
  return { seen, of };
}

const ABOUT = ["inspection-ordered", "crew-visit", "theft-stop", "inspection-done"];

describe("a crew that a person sends", () => {
  test("is there two working hours later, takes away what it finds, and the case is confirmed", () => {
    const twin = createTwin(street({ set: thefts }));
    // Monday at seven: the crew leaves at nine.
    const { of } = events(twin, DAY_MS, [[7 * HOUR_MS, { kind: "inspect", target: THIEF }]]);
    expect(of(THIEF, ABOUT).map(({ at, kind }) => [at / HOUR_MS, kind])).toEqual([
      [7, "inspection-ordered"],
      [11, "crew-visit"],
      [11, "theft-stop"],
      [11 + 1 / 60, "inspection-done"],
    ]);
    expect(twin.world.plant.theft.installed[11]).toBe(0);
    expect(twin.world.belief.detection.cases).toMatchObject([
      { supply: THIEF, state: "confirmed", technique: "magnet" },
    ]);
    expect(detectionReport(twin.model, twin.world)).toMatchObject({ inspections: 1, cases: 0 });
  });

  test("finds nothing at an honest home, which is cleared", () => {
    const twin = createTwin(street({ set: thefts }));
    events(twin, DAY_MS, [[7 * HOUR_MS, { kind: "inspect", target: HONEST }]]);
    expect(twin.world.belief.detection.cases).toMatchObject([
      { supply: HONEST, state: "cleared", finding: "The crew found nothing." },
    ]);
  });

  test("does not see inside meters from the street, but does see what is tapped off the line", () => {
    const hook = `thefts=[{ target: ${THIEF}, kind: magnet, share: 0.5, from: 1h }, { target: ${HONEST}, kind: hook, powerW: 500, from: 1h }]`;
    const twin = createTwin(street({ set: [hook, "outages=[]"] }));
    const feeder = twin.model.records.feeders[twin.model.records.supplies[2]!.feeder]!.id;
    events(twin, DAY_MS, [[7 * HOUR_MS, { kind: "inspect", target: feeder }]]);
    const cases = twin.world.belief.detection.cases as TheftCase[];
    expect(cases.find(({ supply }) => supply === feeder)).toMatchObject({
      state: "confirmed",
      finding: `The crew found a load tapped off before the meter at ${HONEST} and took it away.`,
    });
    expect(twin.world.plant.theft.installed[2]).toBe(0);
    expect(twin.world.plant.theft.installed[11]).not.toBe(0);
  });

  test("may not be asked for twice, nor for nobody's home", () => {
    const twin = createTwin(street({ set: thefts }));
    expect(checkInput(twin, { kind: "inspect", target: "supply-99" })).toMatchObject({ ok: false });
    events(twin, 8 * HOUR_MS, [[7 * HOUR_MS, { kind: "inspect", target: THIEF }]]);
    expect(checkInput(twin, { kind: "inspect", target: THIEF })).toEqual({
      ok: false,
      reason: `a crew is on its way to ${THIEF} already`,
    });
    expect(checkInput(twin, { kind: "inspect", target: HONEST })).toMatchObject({ ok: true });
  });

  test("makes the same run whatever the parts of the plant", () => {
    const rows = [[7 * HOUR_MS, { kind: "inspect", target: THIEF }]] as const;
    const hashes = [1, 2, 3].map((shards) => {
      const twin = createTwin(street({ set: [...thefts, DRIVE] }), { shards });
      events(twin, 13 * HOUR_MS, rows);
      return finalHash(twin);
    });
    expect(new Set(hashes).size).toBe(1);
  });
});

describe("where the policy switches off", () => {
  /** A case on a home, as if the detectors had just opened it. */
  const accuse = (twin: Twin, supply: string): void => {
    const signals = (["phase-balance", "tamper-event"] as const).map((detector) =>
      signal(detector, 0, 3.5, "", {}),
    );
    twin.world.belief.detection.cases.push(theftCase({ supply, probability: 0.97, signals }));
  };
  const CUT = ["theft-notice", "kept-on", "tripped", "reconnected", "assessed"];

  test("who is honest is told, off from nine, cleared by the crew, and back without owing a coin", () => {
    const twin = createTwin(street({ set: [...thefts, DRIVE] }));
    accuse(twin, HONEST);
    const { of } = events(twin, DAY_MS);
    expect(of(HONEST, CUT).map(({ kind }) => kind)).toEqual([
      "theft-notice",
      "kept-on",
      "tripped",
      "reconnected",
    ]);
    const [, , tripped, back] = of(HONEST, CUT);
    expect(tripped!.at).toBeGreaterThanOrEqual(9 * HOUR_MS);
    expect(back!.at).toBeLessThan(13 * HOUR_MS);
    expect(twin.world.belief.accounts[2]).toMatchObject({ heldForCase: "", state: "active" });
    expect(detectionReport(twin.model, twin.world)).toMatchObject({
      falseAlarms: 1,
      wrongAccusations: 1,
    });
  });

  test("who stole stays off until the assessment is paid", () => {
    // No message tells of a shunt before the first morning's look: the case stands as it is.
    const shunt = `thefts=[{ target: ${THIEF}, share: 0.5, from: 1h }]`;
    const twin = createTwin(street({ set: [...thefts, shunt, DRIVE, "payments.enabled=false"] }));
    accuse(twin, THIEF);
    const pay = { kind: "payment", target: THIEF, amountMinor: 2_000_000 } as const;
    const { of } = events(twin, 2 * DAY_MS, [[30 * HOUR_MS, pay]]);
    const kinds = of(THIEF, CUT).map(({ kind }) => kind);
    expect(kinds).toEqual(["theft-notice", "kept-on", "tripped", "assessed", "reconnected"]);
    expect(of(THIEF, ["reconnected"])[0]!.at).toBeGreaterThan(30 * HOUR_MS);
  });

  test("who stole is assessed by load and days where the policy says how, as a bill with its working", () => {
    const resolved = street({ set: [...thefts, DRIVE, "payments.enabled=false"] });
    const rules = { hoursPerDay: 8, demandFactor: 0.4, days: 365, timesTariff: 2 } as const;
    const { billing } = resolved.records;
    const { policy } = billing!;
    const theft = { ...policy.theft!, assessment: rules };
    const records = { ...resolved.records, billing: { ...billing!, policy: { ...policy, theft } } };
    const twin = createTwin({ ...resolved, records });
    accuse(twin, THIEF);
    const bills: Bill[] = [];
    runUntil(twin, DAY_MS, [], ({ out }) => {
      bills.push(...out.bills);
    });
    const { id, sanctionedW } = records.supplies.find(({ id: supply }) => supply === THIEF)!;
    expect(bills).toHaveLength(1);
    const [bill] = bills as [Bill];
    expect(bill.id).toBe(`${id}/assessment/case-1`);
    expect(bill.basis!.assessedWh).toBe(Math.round(sanctionedW * 365 * 8 * 0.4));
    expect(bill.amountMinor).not.toBe(policy.theft!.assessmentMinor);
    expect(explainBill(bill).isExact).toBe(true);
    const { accounts, ledger } = twin.world.belief;
    expect(balanceOf(ledger, "revenue/assessments")).toBe(-bill.amountMinor);
    expect(accounts[11]!.items.at(-1)).toMatchObject({ label: "Assessment after case-1" });
    expect(accounts[11]!.heldForCase).toBe("");
  });

  test("a trip that waits for an official goes with its case, and nobody is asked about it any more", () => {
    const twin = createTwin(street({ set: [...thefts, DRIVE] }));
    const { policy } = twin.model.records.billing!;
    const dunning = { ...NO_DUNNING_POLICY, twoPersons: { above: 0, approvals: 1 } };
    Object.assign(policy, { dunning });
    twin.world.belief.accounts.forEach((account) => {
      account.items.length = 0;
    });
    accuse(twin, HONEST);
    runUntil(twin, 9.5 * HOUR_MS);
    const desk = twin.world.belief.dunning!;
    expect(desk.waiting).toMatchObject([{ row: 2, by: "theft", batch: "trips-1" }]);
    // The crew comes at noon and finds nothing.
    runUntil(twin, 13 * HOUR_MS);
    expect(twin.world.belief.detection.cases).toMatchObject([{ state: "cleared" }]);
    expect(desk).toMatchObject({ waiting: [], batches: [] });
    const approve = { kind: "approve-trips", by: "Iyer", batch: "trips-1" } as const;
    expect(checkInput(twin, approve)).toMatchObject({ ok: false });
  });

  test("a protected customer stays on, and the case says why", () => {
    const twin = createTwin(
      street({ set: [...thefts, DRIVE, "customers.2.protected=life support"] }),
    );
    accuse(twin, HONEST);
    const { of } = events(twin, 10.5 * HOUR_MS);
    expect(of(HONEST, ["trip-sent", "tripped"])).toEqual([]);
    expect(twin.world.belief.detection.cases).toMatchObject([
      { keptOnBecause: "protected (life support)", switchedOffAt: null },
    ]);
  });

  test("nobody is told, visited or cut off by a policy without a word on theft", () => {
    const twin = createTwin(street({ set: thefts }));
    Object.assign(twin.model.records.billing!.policy, { theft: NO_THEFT_POLICY });
    accuse(twin, HONEST);
    expect(events(twin, DAY_MS).of(HONEST, [...CUT, ...ABOUT, "trip-sent"])).toEqual([]);
  });
});
