// What nobody at the server asked for and was refused stands in the audit log, once the run may be shown, and a flood does not.

import { expect, test } from "vitest";
import type { AuditEntry } from "../../sim/contract/audit.ts";
import type { BeliefEvent } from "../../sim/contract/event.ts";
import type { Twin } from "../../sim/engine/world.ts";
import { createRefusals, REFUSALS_A_MINUTE } from "../../sim/host/refusals.ts";

function bench() {
  const lines: AuditEntry[] = [];
  const out = { events: [] as { side: "belief"; event: BeliefEvent }[] };
  const twin = { out, world: { engine: { clock: { nowMs: 42 } } } } as unknown as Twin;
  let wallMs = 1_000_000;
  const refusals = createRefusals({
    ...{ twin, wallNow: () => wallMs },
    append: (entry) => void lines.push(entry),
  });
  return {
    ...{ lines, refusals },
    step(...events: BeliefEvent[]) {
      out.events = events.map((event) => ({ side: "belief", event }));
      refusals.stepped(0);
    },
    wait: (forMs: number) => {
      wallMs += forMs;
    },
  };
}

const AT = { at: 40, supply: "supply-05" } as const;
const reading = { ...AT, kind: "reading-refused", sequence: 7, rule: "register-falls" } as const;
const answer = (error: string) => ({
  ...{ supply: "supply-05", id: "x1", body: { ok: false, error } },
});

test("a reading that cannot be true, a wrong token, a payment that comes twice and an act too late each have a line", () => {
  const { lines, refusals, step } = bench();
  step(
    reading,
    { ...AT, kind: "meter-event", code: "token-refused", measuredAt: 39, value: null },
    { ...AT, kind: "payment-repeated", receipt: "r-1", amountMinor: 500 },
    { ...AT, kind: "act-refused", act: "write-off", reason: "nothing is owed" },
    { ...AT, kind: "payment", amountMinor: 500 },
  );
  expect(lines, "not before it may be shown").toEqual([]);
  refusals.shown();
  refusals.shown();
  const common = { atSimMs: 42, role: "program", target: "supply-05", outcome: "refused" };
  expect(lines).toMatchObject([
    { ...common, who: "head-end", act: "reading" },
    { ...common, who: "meter", act: "enter-token" },
    { ...common, who: "company", act: "payment" },
    { ...common, who: "company", act: "write-off" },
  ]);
  for (const { detail } of lines) expect(detail).toContain("supply-05: ");
});

test("a command of a broker that was refused has its reason there; one that was accepted has the journal", () => {
  const { lines, refusals } = bench();
  refusals.answered([answer("no such home"), { supply: null, id: "x2", body: { ok: true } }]);
  expect(lines).toMatchObject([
    { who: "MQTT", act: "command", target: "supply-05", detail: "no such home (command x1)" },
  ]);
});

test("of a flood a minute has so many lines, and the next one says how many are left out", () => {
  const { lines, refusals, step, wait } = bench();
  for (let nth = 0; nth < REFUSALS_A_MINUTE + 500; nth++) refusals.answered([answer("no")]);
  expect(lines).toHaveLength(REFUSALS_A_MINUTE);
  wait(60_000);
  step(reading);
  refusals.shown();
  expect(lines.slice(REFUSALS_A_MINUTE)).toMatchObject([
    { act: "refusals", detail: "500 more refusals of one minute are not listed" },
    { act: "reading" },
  ]);
});
