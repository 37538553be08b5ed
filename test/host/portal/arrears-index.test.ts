// The kept order of who is in arrears against the accounts themselves, after every step of a month in which people pay,
// dispute, agree on instalments, are written off and move out. And finding customers against looking at them all.

import fc from "fast-check";
import { expect, test } from "vitest";
import type { TwinInput } from "../../../sim/contract/input.ts";
import { DAY_MS, HOUR_MS } from "../../../sim/core/time.ts";
import { createFeed, stepByJournal } from "../../../sim/engine/journal-feed.ts";
import { createTwin, type Twin } from "../../../sim/engine/world.ts";
import { createArrearsIndex } from "../../../sim/host/portal/arrears-index.ts";
import { createSupplySearch, FOUND_MAX } from "../../../sim/host/portal/supply-search.ts";
import { arrearsMinor } from "../../../sim/utility/billing/accounts.ts";
import { journal, street } from "../../support/street.ts";

const HALF_HOUR_MS = HOUR_MS / 2;

/** Every account looked at, as a page would without an index. */
function allArrears({ world }: Twin) {
  const { nowMs } = world.engine.clock;
  const rows = world.belief.accounts
    .map((account, row) => ({ row, minor: arrearsMinor(account, nowMs) }))
    .filter(({ minor }) => minor > 0)
    .sort((a, b) => b.minor - a.minor || a.row - b.row);
  return {
    rows: rows.map(({ row }) => row),
    count: rows.length,
    sumMinor: rows.reduce((sum, { minor }) => sum + minor, 0),
  };
}

/** What people do on a day, by its number: every kind of act that changes what is past due, on ever other homes. */
function actOf(day: number, target: string): TwinInput {
  const acts: readonly TwinInput[] = [
    { kind: "payment", target, amountMinor: 20_000 },
    { kind: "dispute-open", target, reason: "too much" },
    { kind: "instalments", target, months: 3 },
    { kind: "write-off", target, amountMinor: 100, reason: "gone" },
    { kind: "dispute-close", target, upheld: day % 2 === 0 },
    { kind: "payment", target, amountMinor: 500_000 },
    { kind: "refund", target },
    { kind: "move-out", target },
    { kind: "trip", target },
  ];
  return acts[day % acts.length]!;
}

test("after every step the order, the count and the sum are those of the accounts", () => {
  const twin = createTwin(street({ stepMs: HALF_HOUR_MS }));
  const index = createArrearsIndex(twin);
  const debtors = allArrears(twin).rows;
  const homes = [...debtors, ...twin.world.belief.accounts.keys()];
  const supplyOf = (at: number): string =>
    twin.model.records.supplies[homes[at % homes.length]!]!.id;
  // The bills of January are due on the 35th day.
  const days = 37;
  const acts = Array.from({ length: days * 6 }, (_, nth): [number, TwinInput] => [
    nth * 4 * HOUR_MS,
    actOf(nth + Math.floor(nth / 9), supplyOf(nth)),
  ]);
  const feed = createFeed(journal(acts));
  const seen = new Set<string>();
  let asked = 0;
  while (twin.world.engine.clock.nowMs < days * DAY_MS) {
    const { nowMs, step } = twin.world.engine.clock;
    stepByJournal(twin, feed);
    index.stepped(nowMs);
    // Not always, so that what several steps have changed is also taken in at once.
    if (step % 7 === 3) continue;
    const { rows, count, sumMinor } = allArrears(twin);
    expect(index.page(0, 1000)).toEqual(rows);
    expect(index.totals()).toEqual({ count, sumMinor });
    expect(index.page(1, 2)).toEqual(rows.slice(1, 3));
    seen.add(rows.join());
    asked++;
  }
  expect(asked).toBeGreaterThan(1_000);
  expect(seen.size, "the order has changed often").toBeGreaterThan(10);
});

const letters = fc.stringMatching(/^[a-c A-C]{0,6}$/);
const home = fc.record({ id: letters, address: letters, customer: letters, serial: letters });

test("a word finds whoever has it in address, name, meter or supply point, and nobody else", () => {
  fc.assert(
    fc.property(fc.array(home, { maxLength: 40 }), letters, (homes, word) => {
      const wanted = word.trim().toLowerCase();
      const rows = homes.flatMap((each, row) =>
        Object.values(each).some((text) => text.toLowerCase().includes(wanted)) ? [row] : [],
      );
      expect(createSupplySearch(homes)(word)).toEqual({ rows, isMore: false });
    }),
    { numRuns: 500 },
  );
});

test("of a word that fits nearly everybody no more are counted than a page can use, and that is said", () => {
  const homes = Array.from({ length: FOUND_MAX + 500 }, (_, nth) => ({
    ...{ id: `supply-${nth}`, address: `${nth} Lime Road`, customer: "Rao", serial: `M-${nth}` },
  }));
  const find = createSupplySearch(homes);
  expect(find("lime r")).toMatchObject({ isMore: true });
  expect(find("lime r").rows).toHaveLength(FOUND_MAX);
  expect(find("supply-1499")).toEqual({ rows: [1499], isMore: false });
  expect(find("M-14").rows).toHaveLength(1 + 10 + 100);
});
