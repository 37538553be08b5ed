// What every store must do, whichever database holds it.

import { expect, test } from "vitest";
import type { AuditEntry } from "../../sim/contract/audit.ts";
import type { Bill, Posting } from "../../sim/contract/billing.ts";
import { minor } from "../../sim/core/money.ts";
import { StorageError } from "../../sim/host/storage-error.ts";
import { openStore, type Store } from "../../sim/host/store.ts";

/** A new, empty place for a store, and other hands on it. */
export interface StorePlaceInTest {
  readonly url: string;
  /** Runs statements beside the store. */
  execute(sql: string): void;
  /** Takes a lock that no writer gets by; returns what lets it go. */
  lock(): () => void;
}

export const RUN = { runId: "run-1", scenario: "first-street", seed: 1 };

export const posting = (sequence: number, rest: Partial<Posting> = {}): Posting => ({
  version: 1,
  sequence,
  at: sequence * 1000,
  eventId: `event-${sequence}`,
  debit: "bank",
  credit: "receivable/supply-01",
  amountMinor: minor(500),
  reason: "payment",
  ...rest,
});

export const bill = (id: string, issuedAt: number, supply = "supply-01"): Bill => ({
  id,
  supply,
  issuedAt,
  dueAt: issuedAt + 1,
  fromMs: 0,
  toMs: issuedAt,
  startWh: 0,
  endWh: 1000,
  energyWh: 1000,
  isEstimated: false,
  tariff: "t",
  lines: [],
  amountMinor: minor(325),
});

export const reading = (supply: string, sequence: number, receivedAt: number) => ({
  ...{ supply, sequence, measuredAt: sequence * 1000, receivedAt, importWh: 17, voltageV: 231.73 },
});

export const step = (record: Partial<Parameters<Store["append"]>[0]>) => ({
  ...{ postings: [], bills: [], readings: [], ...record },
});

/** The sentences that a kind of store is held to; each gets a place of its own. */
export function describeStore(newPlace: () => StorePlaceInTest): void {
  const opened = (url: string, runId = RUN.runId): Store => openStore(url, { ...RUN, runId });
  const withStore = (look: (store: Store, place: StorePlaceInTest) => void) => () => {
    const place = newPlace();
    const store = opened(place.url);
    try {
      look(store, place);
    } finally {
      store.close();
    }
  };

  test("postings add up by account, and survive closing", () => {
    const { url } = newPlace();
    const store = opened(url);
    store.append(step({ postings: [posting(1), posting(2, { amountMinor: minor(250) })] }), 1000);
    store.close();
    const again = opened(url);
    expect(again.balanceMinor("bank")).toBe(750);
    expect(again.balanceMinor("receivable/supply-01")).toBe(-750);
    expect(again.balanceMinor("nobody")).toBe(0);
    expect(again.trialBalance()).toEqual({ postings: 2, accounts: 2, balanceMinor: 0 });
    expect(again.postingCount()).toBe(2);
    expect(again.lastSequence()).toBe(2);
    again.close();
  });

  test(
    "amounts and times up to 2⁵³ and voltages to their last bit come back as they were",
    withStore((store) => {
      const most = Number.MAX_SAFE_INTEGER;
      const large = posting(1, { at: most, amountMinor: minor(most) });
      const fine = { ...reading("supply-01", 1, 5), voltageV: 0.1 + 0.2, importWh: most };
      store.append(step({ postings: [large], readings: [fine] }), 1000);
      store.append(step({ postings: [large], readings: [fine] }), 1000);
      expect(store.postingsOf("bank", { limit: 1 })).toEqual([large]);
      expect(store.newestReadings(1)).toEqual([fine]);
    }),
  );

  test(
    "a posting that is there already is skipped; a different one under its number is our fault",
    withStore((store) => {
      store.append(step({ postings: [posting(1)] }), 1000);
      store.append(step({ postings: [posting(1), posting(2)] }), 1000);
      expect(store.postingCount()).toBe(2);
      const other = [posting(3), posting(1, { amountMinor: minor(501) })];
      const wrong = () => store.append(step({ postings: other }), 2000);
      expect(wrong).toThrow(/posting 1 of run run-1 is kept as \[1,.*500.*now it is \[1,.*501/);
      expect(wrong).not.toThrow(StorageError);
      expect(store.postingCount(), "all of a step or nothing").toBe(2);
      expect(store.markedMs()).toBe(1000);
    }),
  );

  test(
    "one event posts once: under another number it is our fault, and names both",
    withStore((store) => {
      store.append(step({ postings: [posting(1)] }), 1000);
      const again = [posting(2), posting(3, { eventId: "event-1" })];
      expect(() => store.append(step({ postings: again }), 2000)).toThrow(
        /posting 3 of run run-1 is kept as \[1,.*event-1.*now it is \[3,.*event-1/,
      );
      expect(store.postingsAfter(0, 9), "nothing of a step that was refused").toEqual([posting(1)]);
    }),
  );

  test(
    "a bill or reading that is there already is skipped; a different one under its name is our fault",
    withStore((store) => {
      const records = step({ bills: [bill("bill-1", 5)], readings: [reading("supply-01", 4, 9)] });
      store.append(records, 1000);
      store.append(records, 2000);
      expect(store.billsOf("supply-01")).toHaveLength(1);
      const dearer = { ...bill("bill-1", 5), amountMinor: minor(10) };
      expect(() => store.append({ ...records, bills: [dearer] }, 3000)).toThrow(
        /bill bill-1 of run/,
      );
      const higher = { ...reading("supply-01", 4, 9), importWh: 18 };
      expect(() => store.append({ ...records, readings: [higher] }, 3000)).toThrow(
        /reading 4 of supply-01 of run run-1 is kept as .*17.*now it is .*18/,
      );
      expect(store.markedMs(), "nothing of a step that was refused").toBe(2000);
    }),
  );

  test(
    "a bill that an older version kept, with fewer fields, is the same bill; with another amount it is refused",
    withStore((store) => {
      const now: Bill = { ...bill("bill-1", 5), exports: [], currency: "INR" };
      const { exports: _, ...older } = now;
      store.append(step({ bills: [older] }), 1000);
      store.append(step({ bills: [now] }), 2000);
      expect(store.billById("bill-1"), "what was kept stays").toEqual(older);
      expect(() => store.append(step({ bills: [{ ...now, currency: "GBP" }] }), 3000)).toThrow(
        /is kept as .*go on with the version of Meterville that kept it, or start the run/,
      );
      const { currency: __, ...fewer } = older;
      expect(() => store.append(step({ bills: [fewer] }), 3000), "a younger version's").toThrow(
        /is kept as/,
      );
      expect(store.markedMs()).toBe(2000);
    }),
  );

  test(
    "a step of many records is kept whole, and once",
    withStore((store) => {
      const sequences = Array.from({ length: 1_234 }, (_, at) => at + 1);
      const records = step({
        postings: sequences.map((sequence) => posting(sequence)),
        readings: sequences.map((sequence) => reading("supply-01", sequence, sequence)),
        bills: sequences.map((at) => bill(`bill-${at}`, at)),
      });
      store.append({ ...records, postings: records.postings.slice(0, 700) }, 1000);
      store.append(records, 1000);
      expect(store.postingCount()).toBe(1_234);
      expect(store.newestReadings(2_000)).toEqual(records.readings);
      expect(store.billsOf("supply-01")).toEqual(records.bills);
    }),
  );

  test("how far a run may have been seen only grows, and survives closing", () => {
    const { url } = newPlace();
    const store = opened(url);
    expect(store.markedMs()).toBe(0);
    store.mark(60_000);
    store.append(step({ postings: [posting(1)] }), 120_000);
    store.mark(90_000);
    store.close();
    const again = opened(url);
    expect(again.markedMs()).toBe(120_000);
    expect(again.append(step({}), 150_000), "a step without records is no write").toBe(false);
    expect(again.markedMs()).toBe(120_000);
    again.close();
  });

  test(
    "a store that another program has locked takes nothing, says so, and takes the same step later",
    withStore((store, place) => {
      const unlock = place.lock();
      const records = step({ postings: [posting(1)] });
      try {
        expect(() => store.append(records, 1000)).toThrow(StorageError);
        expect(() => store.mark(1000)).toThrow(/is locked by another program; stop that/);
      } finally {
        unlock();
      }
      store.append(records, 1000);
      expect(store.postingCount()).toBe(1);
    }),
  );

  test("runs in one store do not see each other, and may number alike", () => {
    const { url } = newPlace();
    const entry: AuditEntry = {
      ...{ atWallMs: 1, atSimMs: 1, who: "asha", role: "official", act: "search", target: "" },
      ...{ outcome: "done", detail: "" },
    };
    const all = step({
      postings: [posting(1)],
      bills: [bill("bill-1", 5)],
      readings: [reading("supply-01", 1, 5)],
    });
    const first = opened(url);
    first.append(all, 1000);
    first.audit(entry);
    first.close();
    const second = opened(url, "run-2");
    expect(second.postingCount()).toBe(0);
    expect(second.markedMs()).toBe(0);
    expect(second.balanceMinor("bank")).toBe(0);
    expect(second.billsOf("supply-01")).toEqual([]);
    expect(second.billById("bill-1")).toBeUndefined();
    expect(second.newestReadings(9)).toEqual([]);
    expect(second.registersOf("supply-01", 0)).toEqual([]);
    expect(second.postingsOf("bank", { limit: 9 })).toEqual([]);
    expect(second.postingsAfter(0, 9)).toEqual([]);
    expect(second.trialBalance()).toEqual({ postings: 0, accounts: 0, balanceMinor: 0 });
    expect(second.auditOf({ limit: 9 })).toEqual([]);
    second.append(all, 1000);
    expect(second.postingCount()).toBe(1);
    second.close();
  });

  describePages(withStore);

  test("a store of a later version is refused with what to do, and left as it is", () => {
    const place = newPlace();
    opened(place.url).close();
    place.execute("update meta set value = '3' where key = 'version'");
    const open = () => opened(place.url);
    expect(open).toThrow(/a store of version 3, this program writes version 2; take the program/);
    expect(open, "and again").toThrow(/a store of version 3/);
  });
}

/** What the pages of one account ask. */
function describePages(withStore: (look: (store: Store) => void) => () => void): void {
  test(
    "the readings that arrived last come back as they were, oldest first",
    withStore((store) => {
      const late = reading("supply-01", 1, 9_000);
      const readings = [reading("supply-01", 2, 3_000), reading("supply-02", 1, 4_000), late];
      store.append(step({ readings }), 10_000);
      expect(store.newestReadings(2)).toEqual([reading("supply-02", 1, 4_000), late]);
      expect(store.newestReadings(100)).toEqual(readings);
    }),
  );

  test(
    "a supply's readings come in the order of measuring, within a range, page by page",
    withStore((store) => {
      const readings = [4, 2, 3, 1].map((sequence) => reading("supply-01", sequence, 9_000));
      store.append(step({ readings: [...readings, reading("supply-02", 1, 9_000)] }), 10_000);
      const measured = (fromMs: number, untilMs: number, limit: number) =>
        store
          .readingsOf("supply-01", { fromMs, untilMs, limit })
          .map(({ measuredAt }) => measuredAt);
      expect(measured(0, 9_999, 10)).toEqual([1_000, 2_000, 3_000, 4_000]);
      expect(measured(2_000, 4_000, 10)).toEqual([2_000, 3_000]);
      expect(measured(1_001, 9_999, 1)).toEqual([2_000]);
      expect(store.registersOf("supply-01", 3_000)).toEqual([
        { measuredAt: 3_000, importWh: 17 },
        { measuredAt: 4_000, importWh: 17 },
      ]);
      const some = store.registersAt("supply-01", [4_000, 2_000, 2_500]);
      expect(some.map(({ measuredAt }) => measuredAt).sort((a, b) => a - b)).toEqual([
        2_000, 4_000,
      ]);
      expect(store.registersAt("supply-01", [])).toEqual([]);
      const span = (supply: string, untilMs: number) => store.registerSpan(supply, untilMs);
      expect(span("supply-01", 3_999)).toEqual({ count: 3, oldestMs: 1_000, newestMs: 3_000 });
      expect(span("supply-03", 9_999)).toEqual({ count: 0, oldestMs: null, newestMs: null });
    }),
  );

  test(
    "all postings come in their order, page by page",
    withStore((store) => {
      const postings = [1, 2, 3].map((sequence) => posting(sequence));
      store.append(step({ postings }), 1000);
      expect(store.postingsAfter(0, 2)).toEqual(postings.slice(0, 2));
      expect(store.postingsAfter(2, 2)).toEqual(postings.slice(2));
    }),
  );

  test(
    "bills come back as they were: all of them oldest first, and page by page newest first",
    withStore((store) => {
      // Two of one moment: a page must not lose the second.
      const bills = [bill("c", 20), bill("b", 10), bill("a", 10), bill("z", 5, "supply-02")];
      store.append(step({ bills }), 1000);
      expect(store.billsOf("supply-01").map(({ id }) => id)).toEqual(["a", "b", "c"]);
      expect(store.billsOf("supply-03")).toEqual([]);
      expect(store.billById("b")).toEqual(bill("b", 10));
      const first = store.billPage("supply-01", { limit: 2 });
      expect(first.map(({ id }) => id)).toEqual(["c", "b"]);
      const second = store.billPage("supply-01", { limit: 2, before: first[1]! });
      expect(second).toEqual([bill("a", 10)]);
    }),
  );

  test(
    "an account's postings come newest first from both sides, page by page, without a gap",
    withStore((store) => {
      const sides = (sequence: number): Partial<Posting> =>
        sequence % 3 === 0
          ? { debit: "receivable/supply-01", credit: "revenue/energy" }
          : sequence % 3 === 1
            ? {}
            : { credit: "receivable/supply-02" };
      const postings = Array.from({ length: 30 }, (_, at) => posting(at + 1, sides(at + 1)));
      store.append(step({ postings }), 1000);
      const own = postings
        .filter((each) => [each.debit, each.credit].includes("receivable/supply-01"))
        .reverse();
      const pages: Posting[] = [];
      for (;;) {
        const last = pages.at(-1)?.sequence;
        const before = last === undefined ? {} : { beforeSequence: last };
        const page = store.postingsOf("receivable/supply-01", { limit: 7, ...before });
        if (page.length === 0) break;
        pages.push(...page);
      }
      expect(pages).toEqual(own);
    }),
  );

  test(
    "the audit log comes back newest first, by target and by who, page by page",
    withStore((store) => {
      const entry = (who: string, target: string, act: string): AuditEntry => ({
        ...{ atWallMs: 1_790_000_000_123, atSimMs: 60_000, who, role: "official", act, target },
        ...{ outcome: "done", detail: "" },
      });
      const acts = [
        entry("asha", "supply-01", "hold-debt"),
        entry("ravi", "supply-01", "approve-disconnection"),
        entry("asha", "supply-02", "search"),
        entry("asha", "supply-01", "release-debt"),
      ];
      const ids = acts.map((act) => store.audit(act));
      expect(store.auditOf({ limit: 10 })).toEqual(
        acts.map((act, at) => ({ id: ids[at], ...act })).reverse(),
      );
      const actsOf = (query: Parameters<typeof store.auditOf>[0]) =>
        store.auditOf(query).map(({ act }) => act);
      const page = { target: "supply-01", limit: 2 };
      expect(actsOf(page)).toEqual(["release-debt", "approve-disconnection"]);
      expect(actsOf({ ...page, beforeId: ids[1]! })).toEqual(["hold-debt"]);
      expect(actsOf({ who: "asha", target: "supply-02", limit: 10 })).toEqual(["search"]);
    }),
  );

  test(
    "whatever anybody sends as a name can be written and found in the audit log",
    withStore((store) => {
      const who = "a\u0000b\ud800'; drop table audit; --";
      store.audit({
        ...{ atWallMs: 1, atSimMs: 1, who, role: "nobody", act: "sign-in", target: "" },
        ...{ outcome: "refused", detail: "😀" },
      });
      const [found] = store.auditOf({ who, limit: 1 });
      expect(found).toMatchObject({ who: "a\ufffdb\ufffd'; drop table audit; --", detail: "😀" });
    }),
  );
}
