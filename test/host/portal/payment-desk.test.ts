// Money is taken once: whatever a provider says, however often, and whenever this process dies in between.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import type { JournalEntry } from "../../../sim/contract/input.ts";
import type { Accepted } from "../../../sim/host/live.ts";
import {
  openPaymentDesk,
  type PaymentDesk,
  type PaymentOrder,
  type ProviderCall,
} from "../../../sim/host/portal/payment-desk.ts";
import { temporaryFolder } from "../../support/cli.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());
const ASKED = { supply: "supply-05", amountMinor: 12_345, way: "success", orderedAt: 7 } as const;
let files = 0;

/** A desk over a journal that outlives it, as a process that is started again has it. */
function bench(journal: JournalEntry[] = [], path = join(folder.path, `${++files}.ndjson`)) {
  const asked: PaymentOrder[] = [];
  let isFull = false;
  const open = (): PaymentDesk =>
    openPaymentDesk({
      path,
      provider: { pay: (order) => void asked.push(order), close: () => undefined },
      journalled: [...journal],
      input(raw): Accepted {
        if (isFull) return { ok: false, reason: "the disk is full", isOurs: true };
        const sequence = journal.length + 1;
        const input = raw as {
          kind: "payment";
          target: string;
          amountMinor: number;
          receipt: string;
        };
        journal.push({ sequence, takesEffectAtMs: 0, kind: "input", input });
        return { ok: true, seq: sequence, takesEffectAtMs: 0 };
      },
    });
  return {
    ...{ asked, journal, path, open },
    fill: (full: boolean) => {
      isFull = full;
    },
  };
}

test("an order is on disk before the provider hears of it, and not paid before the provider says so", () => {
  const { asked, journal, path, open } = bench();
  const desk = open();
  const { reference, state } = desk.order(ASKED);
  expect(state).toBe("waiting");
  expect(asked).toMatchObject([{ reference, supply: "supply-05", amountMinor: 12_345 }]);
  expect(readFileSync(path, "utf8")).toContain(reference);
  expect(journal).toEqual([]);
});

test("three calls for one order pay once, and the page can say how often it was called", () => {
  const { journal, open } = bench();
  const desk = open();
  const { reference } = desk.order(ASKED);
  const outcomes = [1, 2, 3].map(() => desk.callBack({ reference, isPaid: true }));
  expect(outcomes).toEqual(["paid", "paid-before", "paid-before"]);
  expect(journal).toHaveLength(1);
  expect(journal[0]).toMatchObject({
    input: { kind: "payment", target: "supply-05", amountMinor: 12_345, receipt: reference },
  });
  expect(desk.ordersOf("supply-05")).toMatchObject([{ reference, state: "paid", callbacks: 3 }]);
  expect(desk.ordersOf("supply-06"), "another customer").toEqual([]);
});

test("a payment that was refused takes nothing; a call about an order that nobody made is unknown", () => {
  const { journal, open } = bench();
  const desk = open();
  const { reference } = desk.order(ASKED);
  expect(desk.callBack({ reference, isPaid: false })).toBe("failed");
  expect(desk.callBack({ reference: "pay-000000000000", isPaid: true })).toBe("unknown");
  expect(journal).toEqual([]);
  expect(desk.ordersOf("supply-05")).toMatchObject([{ state: "failed" }]);
});

test("what cannot be journalled now stays open, and the provider's next call pays it", () => {
  const { journal, open, fill } = bench();
  const desk = open();
  const { reference } = desk.order(ASKED);
  fill(true);
  expect(desk.callBack({ reference, isPaid: true })).toBe("try-again");
  fill(false);
  expect(desk.callBack({ reference, isPaid: true })).toBe("paid");
  expect(journal).toHaveLength(1);
});

test("after a kill between journal and order file the payment is known to be taken", () => {
  const { journal, path, open } = bench();
  const first = open();
  const { reference } = first.order(ASKED);
  const before = readFileSync(path);
  first.callBack({ reference, isPaid: true });
  // The kill came after the journal's line and before the desk's own.
  writeFileSync(path, before);
  const again = open();
  expect(again.ordersOf("supply-05")).toMatchObject([{ state: "paid" }]);
  expect(again.callBack({ reference, isPaid: true })).toBe("paid-before");
  expect(journal).toHaveLength(1);
});

test("an order that was waiting when the process died is asked about again; one that was settled is not", () => {
  const { asked, open } = bench();
  const first = open();
  const waiting = first.order(ASKED);
  const paid = first.order(ASKED);
  const failed = first.order(ASKED);
  first.callBack({ reference: paid.reference, isPaid: true });
  first.callBack({ reference: failed.reference, isPaid: false });
  asked.length = 0;
  open();
  expect(asked.map(({ reference }) => reference)).toEqual([waiting.reference]);
});

test("settled orders are forgotten but for the newest twenty; one that waits never is", () => {
  const { journal, open } = bench();
  const desk = open();
  const waiting = desk.order(ASKED).reference;
  const paid = Array.from({ length: 30 }, () => desk.order(ASKED).reference);
  for (const reference of paid) desk.callBack({ reference, isPaid: true });
  desk.order(ASKED);
  expect(desk.ordersOf("supply-05")).toHaveLength(20);
  expect(desk.callBack({ reference: paid[0]!, isPaid: true }), "it takes nothing").toBe("unknown");
  expect(journal).toHaveLength(30);
  expect(open().ordersOf("supply-05").at(-1)!.reference).toBe(waiting);
});

test("whatever is called, and whenever the process is killed, each order is paid at most once, and once if ever called paid", () => {
  const call = fc.record({ order: fc.nat(3), isPaid: fc.boolean() });
  const step = fc.oneof(call, fc.constant("kill" as const), fc.constant("torn" as const));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const { journal, path, open } = bench();
      let desk = open();
      const orders = [0, 1, 2, 3].map(() => desk.order(ASKED).reference);
      const saidPaid = new Set<string>();
      for (const each of steps) {
        if (each === "kill" || each === "torn") {
          if (each === "torn") writeFileSync(path, '{"kind":"ca', { flag: "a" });
          desk = open();
          continue;
        }
        const reference = orders[each.order]!;
        const said: ProviderCall = { reference, isPaid: each.isPaid };
        desk.callBack(said);
        if (each.isPaid) saidPaid.add(reference);
      }
      const taken = journal.map((entry) =>
        entry.kind === "input" && entry.input.kind === "payment" ? entry.input.receipt : undefined,
      );
      expect(taken.toSorted()).toEqual([...saidPaid].toSorted());
    }),
    { numRuns: 60 },
  );
});

test("a journal from before payments had receipts names them as it did, and none is paid again", () => {
  const { journal, open } = bench();
  const desk = open();
  const { reference } = desk.order(ASKED);
  const input = { kind: "payment", target: "supply-05", amountMinor: 12_345 } as const;
  const command = `supply-05/${reference}`;
  journal.push({ sequence: 1, takesEffectAtMs: 0, kind: "input", input, command });
  expect(open().callBack({ reference, isPaid: true })).toBe("paid-before");
  expect(journal).toHaveLength(1);
});

test("a file of orders that is damaged is a sentence that names its line, and a torn end is nothing", () => {
  const { path, open } = bench();
  const desk = open();
  const { reference } = desk.order(ASKED);
  desk.close();
  const whole = readFileSync(path, "utf8");
  writeFileSync(path, `${whole}{"kind":"ord`);
  const again = open();
  expect(again.ordersOf("supply-05")).toMatchObject([{ reference }]);
  again.close();
  writeFileSync(path, `${whole}{"kind":\n`);
  expect(open).toThrow(/line 2 is damaged; take the line out/);
});
