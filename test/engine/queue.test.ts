import fc from "fast-check";
import { expect, test } from "vitest";
import { OUTAGE_KINDS } from "../../sim/contract/outage.ts";
import { compareDue, type DueEvent, enqueue, takeDue } from "../../sim/engine/queue.ts";

const anyEvent: fc.Arbitrary<DueEvent> = fc
  .record({
    dueAt: fc.integer({ min: 0, max: 5 }),
    row: fc.integer({ min: 0, max: 3 }),
    sequence: fc.nat(),
    of: fc.constantFrom(...OUTAGE_KINDS),
    kind: fc.constantFrom("outage-end", "outage-start", "theft-stop", "theft-start"),
  })
  .map((event) => (event.kind.startsWith("theft") ? { ...event, plan: 0 } : event) as DueEvent);

test("events leave the queue by due time, then rank, row and sequence, however they came", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(anyEvent, { selector: ({ sequence }) => sequence, maxLength: 12 }),
      (events) => {
        const queue: DueEvent[] = [];
        for (const event of events) enqueue(queue, event);
        const taken = takeDue(queue, 5);
        expect(taken).toEqual([...events].sort(compareDue));
        expect(queue).toEqual([]);
      },
    ),
  );
});

test("what is not yet due stays", () => {
  const queue: DueEvent[] = [];
  enqueue(queue, { kind: "outage-end", of: "mast", dueAt: 60_001, row: 0, sequence: 1 });
  enqueue(queue, { kind: "outage-start", of: "mast", dueAt: 60_000, row: 0, sequence: 2 });
  expect(takeDue(queue, 60_000).map(({ kind }) => kind)).toEqual(["outage-start"]);
  expect(queue.map(({ kind }) => kind)).toEqual(["outage-end"]);
});

test("at one moment a mast comes back before another goes, and a theft ends before one begins", () => {
  const queue: DueEvent[] = [];
  const head = { dueAt: 0, row: 0 };
  enqueue(queue, { ...head, sequence: 0, kind: "theft-start", plan: 0 });
  enqueue(queue, { ...head, sequence: 1, kind: "theft-stop", plan: 0 });
  enqueue(queue, { ...head, sequence: 2, kind: "outage-start", of: "mast" });
  enqueue(queue, { ...head, sequence: 3, kind: "outage-end", of: "mast" });
  expect(takeDue(queue, 0).map(({ kind }) => kind)).toEqual([
    "outage-end",
    "outage-start",
    "theft-stop",
    "theft-start",
  ]);
});
