// Orders to meters over an air that fails: by hand and by the ladder, in time, too late, and taken back.

import { describe, expect, test } from "vitest";
import type { JournalEntry } from "../../sim/contract/input.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../sim/core/time.ts";
import { createTwin, type Twin } from "../../sim/engine/world.ts";
import { journal, runUntil, street } from "../support/street.ts";

const SUPPLY = "supply-05";
const ROW = 4;
/** No neighbour takes over where it is down. */
const ONE_MAST = "air.masts=[{ id: mast-1, x: -18, y: 46 }]";

interface Course {
  readonly twin: Twin;
  /** Kinds of the events about the home, in their order. */
  readonly kinds: readonly string[];
}

function course(
  untilMs: number,
  entries: readonly JournalEntry[],
  set: readonly string[] = [],
  home = SUPPLY,
): Course {
  const kinds: string[] = [];
  const twin = runUntil(
    createTwin(street({ set: [ONE_MAST, ...set] })),
    untilMs,
    entries,
    ({ out }) => {
      for (const { event } of out.events) {
        if (event.kind === "meter-event" || event.kind === "reading-late") continue;
        if ("supply" in event && event.supply === home) kinds.push(event.kind);
      }
    },
  );
  return { twin, kinds };
}

describe("an order by hand", () => {
  test("takes back the opposite one that still waits", () => {
    const { twin, kinds } = course(
      3 * HOUR_MS,
      journal([
        [0, { kind: "mast-down" }],
        [MINUTE_MS, { kind: "trip", target: SUPPLY }],
        [HOUR_MS, { kind: "reconnect", target: SUPPLY }],
        [HOUR_MS + MINUTE_MS, { kind: "mast-up" }],
      ]),
    );
    expect(kinds).not.toContain("relay");
    expect(twin.world.belief.commandCounts.acknowledged).toBe(1);
    expect(twin.world.belief.accounts[ROW]).toMatchObject({ state: "due", heldByHand: false });
  });

  test("to trip holds although nothing is owed, until somebody orders the contrary", () => {
    const { twin, kinds } = course(
      4 * HOUR_MS,
      journal([
        [MINUTE_MS, { kind: "trip", target: SUPPLY }],
        [3 * HOUR_MS, { kind: "reconnect", target: SUPPLY }],
      ]),
    );
    expect(kinds.filter((kind) => kind !== "relay")).toEqual([
      "trip-sent",
      "tripped",
      "text-received",
      "reconnect-sent",
      "reconnected",
      "text-received",
    ]);
    expect(twin.world.plant.meters.relayOpen[ROW]).toBe(0);
    expect(twin.world.belief.accounts[ROW]!.heldByHand).toBe(false);
  });

  test("to trip that is paid before it arrives is cancelled, and a reconnection makes sure", () => {
    const { twin, kinds } = course(
      3 * HOUR_MS,
      journal([
        [0, { kind: "mast-down" }],
        [MINUTE_MS, { kind: "trip", target: SUPPLY }],
        [HOUR_MS, { kind: "payment", target: SUPPLY, amountMinor: 61_250 }],
        [HOUR_MS + MINUTE_MS, { kind: "mast-up" }],
      ]),
    );
    expect(kinds).toContain("trip-cancelled");
    expect(kinds).not.toContain("relay");
    expect(twin.world.belief.billing.trips).toBe(0);
    expect(twin.world.belief.commands).toEqual([]);
  });

  test("is known to the company as soon as the meter has answered, and not before", () => {
    const entries = journal([[MINUTE_MS, { kind: "trip", target: SUPPLY }]]);
    const stateAt = (atMs: number): [relay: number, state: string] => {
      const { twin } = course(atMs, entries);
      const { headend, accounts } = twin.world.belief;
      return [headend.relay[ROW]!, accounts[ROW]!.state];
    };
    expect(stateAt(2 * MINUTE_MS)).toEqual([2, "tripping"]);
    expect(stateAt(10 * MINUTE_MS)).toEqual([1, "tripped"]);
  });
});

describe("in steps of half an hour an order", () => {
  const stepMs = 30 * MINUTE_MS;

  test("is obeyed at the end of the step in which it lands, and told to the company in the next one", () => {
    const moves: [at: number, kind: string][] = [];
    const twin = createTwin(street({ stepMs, set: [ONE_MAST, "air.lossShare=0"] }));
    const entries = journal([
      [HOUR_MS, { kind: "trip", target: SUPPLY }],
      [5 * HOUR_MS, { kind: "reconnect", target: SUPPLY }],
    ]);
    runUntil(twin, 8 * HOUR_MS, entries, ({ out }) => {
      for (const { event } of out.events) {
        const isOfHome = "supply" in event && event.supply === SUPPLY;
        if (!isOfHome || !["relay", "tripped", "reconnected"].includes(event.kind)) continue;
        moves.push([twin.world.engine.clock.nowMs, event.kind]);
      }
    });
    // It leaves at the end of the step in which it is given, and lands within the next one.
    expect(moves).toEqual([
      [HOUR_MS + 2 * stepMs, "relay"],
      [HOUR_MS + 3 * stepMs, "tripped"],
      [5 * HOUR_MS + 2 * stepMs, "relay"],
      [5 * HOUR_MS + 3 * stepMs, "reconnected"],
    ]);
  });

  test("sets a clock to the time that it is when the step ends", () => {
    const set = ["meters.clockDriftPpm=100", "outages=[]", "thefts=[]", "utility.detection=false"];
    const twin = createTwin(street({ stepMs, set }));
    runUntil(twin, 40 * DAY_MS);
    const { clock } = twin.world.plant.meters;
    const offsMs = [...clock.offsetMs].filter((_, row) => clock.setAt[row]! > 0);
    expect(offsMs.length).toBeGreaterThan(3);
    // What the order took through the air, and a minute that an SMS takes at times.
    for (const offMs of offsMs) expect(Math.abs(offMs)).toBeLessThan(MINUTE_MS);
  });

  test("that nobody answers goes out once a step and falls behind by none", () => {
    const twin = createTwin(street({ stepMs, set: [ONE_MAST, "outages=[]"] }));
    const entries = journal([
      [0, { kind: "mast-down" }],
      [HOUR_MS, { kind: "trip", target: SUPPLY }],
    ]);
    runUntil(twin, 10 * HOUR_MS, entries);
    const [waiting] = twin.world.belief.commands;
    expect(waiting!.order.action).toBe("trip");
    expect(waiting!.nextTryAt).toBeGreaterThan(10 * HOUR_MS);
  });
});

describe("an order that nobody answers", () => {
  const SHORT = ["utility.commandExpire=1h", "outages=[]"];

  test("to trip expires, and the home stays supplied", () => {
    const { twin, kinds } = course(
      4 * HOUR_MS,
      journal([
        [0, { kind: "mast-down" }],
        [MINUTE_MS, { kind: "trip", target: SUPPLY }],
        [3 * HOUR_MS, { kind: "mast-up" }],
      ]),
      SHORT,
    );
    expect(kinds).toContain("command-expired");
    expect(twin.world.plant.meters.relayOpen[ROW]).toBe(0);
    expect(twin.world.belief.accounts[ROW]!.state).toBe("due");
    expect(twin.world.belief.commandCounts).toMatchObject({ sent: 1, acknowledged: 0, expired: 1 });
  });

  test("to reconnect is given again once nothing is owed", () => {
    const { twin, kinds } = course(
      6 * HOUR_MS,
      journal([
        [MINUTE_MS, { kind: "trip", target: SUPPLY }],
        [HOUR_MS, { kind: "mast-down" }],
        [HOUR_MS, { kind: "payment", target: SUPPLY, amountMinor: 500_000 }],
        [4 * HOUR_MS, { kind: "mast-up" }],
      ]),
      SHORT,
    );
    expect(kinds.filter((kind) => kind === "reconnect-sent").length).toBeGreaterThan(1);
    expect(kinds.slice(-2)).toEqual(["reconnected", "text-received"]);
    expect(twin.world.plant.meters.relayOpen[ROW]).toBe(0);
  });

  test("of notice is given again: no clear day begins before one was shown", () => {
    // Supply 18's bill was due on the 5th; ten days later, at the end of the fourth day, the mast is down.
    const { twin, kinds } = course(
      5 * DAY_MS,
      journal([
        [3 * DAY_MS + 23 * HOUR_MS, { kind: "mast-down" }],
        [4 * DAY_MS + 3 * HOUR_MS, { kind: "mast-up" }],
      ]),
      SHORT,
      "supply-18",
    );
    const ladder = kinds.filter((kind) => kind.startsWith("notice") || kind === "command-expired");
    expect(ladder.slice(0, 3)).toEqual(["notice", "command-expired", "notice"]);
    expect(ladder.at(-1)).toBe("notice-served");
    expect(twin.world.belief.accounts[17]!.noticeServedAt).toBeGreaterThan(
      4 * DAY_MS + 3 * HOUR_MS,
    );
  });
});
