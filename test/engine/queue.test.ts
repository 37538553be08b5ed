import fc from "fast-check";
import { expect, test } from "vitest";
import { compareDue, type DueEvent, enqueue, takeDue } from "../../sim/engine/queue.ts";

const anyEvent: fc.Arbitrary<DueEvent> = fc
  .record({
    dueAt: fc.integer({ min: 0, max: 5 }),
    row: fc.integer({ min: 0, max: 3 }),
    sequence: fc.nat(),
    kind: fc.constantFrom("mast-up", "mast-down", "theft-stop", "theft-start"),
  })
  .map((event) => (event.kind === "theft-start" ? { ...event, share: 0.5 } : event) as DueEvent);

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
  enqueue(queue, { kind: "mast-up", dueAt: 60_001, row: 0, sequence: 1 });
  enqueue(queue, { kind: "mast-down", dueAt: 60_000, row: 0, sequence: 2 });
  expect(takeDue(queue, 60_000).map(({ kind }) => kind)).toEqual(["mast-down"]);
  expect(queue.map(({ kind }) => kind)).toEqual(["mast-up"]);
});

test("at one moment a mast comes back before another goes, and a theft ends before one begins", () => {
  const queue: DueEvent[] = [];
  const kinds = ["theft-start", "theft-stop", "mast-down", "mast-up"] as const;
  kinds.forEach((kind, index) => {
    const head = { dueAt: 0, row: 0, sequence: index };
    enqueue(queue, kind === "theft-start" ? { ...head, kind, share: 1 } : { ...head, kind });
  });
  expect(takeDue(queue, 0).map(({ kind }) => kind)).toEqual([
    "mast-up",
    "mast-down",
    "theft-stop",
    "theft-start",
  ]);
});
