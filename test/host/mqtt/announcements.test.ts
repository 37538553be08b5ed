import { expect, test } from "vitest";
import { DAY_MS, HOUR_MS } from "../../../sim/core/time.ts";
import { createTwin, type StoredReading } from "../../../sim/engine/world.ts";
import { beliefEvents, createAnnouncements } from "../../../sim/host/mqtt/announcements.ts";
import type { OutboundMessage } from "../../../sim/host/mqtt/outbound-queue.ts";
import { createTopics } from "../../../sim/host/mqtt/topics.ts";
import { runUntil, street } from "../../support/street.ts";

const topics = createTopics("three-lanes");
const twin = () => createTwin(street({ stepMs: 60_000 }));
const reading = (sequence: number): StoredReading => ({
  ...{ supply: "supply-01", sequence, measuredAt: 0, receivedAt: 900_250 },
  ...{ importWh: 17, voltageV: 230.5 },
});
const body = ({ payload }: OutboundMessage): Record<string, unknown> => JSON.parse(payload);

test("a reading carries its units and both times; a late one is told, but the newest stays retained", () => {
  const announcements = createAnnouncements(twin(), "run-1", topics);
  const messages = announcements.ofReadings([reading(1), reading(3), reading(2), reading(3)]);
  expect(messages.map(({ isRetained }) => isRetained)).toEqual([true, true, false, true]);
  expect(messages[0]?.topic).toBe("meterville/three-lanes/supply-01/reading");
  expect(body(messages[0]!)).toMatchObject({
    ...{ runId: "run-1", supply: "supply-01", sequence: 1, importWh: 17, voltageV: 230.5 },
    measuredAtMs: 0,
    measuredAt: expect.stringMatching(/T00:00:00\+/),
    receivedAtMs: 900_250,
    receivedAt: expect.stringMatching(/T00:15:00\.250\+/),
  });
});

test("a week's events and readings go out as the company knows them, and no truth does", () => {
  const run = twin();
  const announcements = createAnnouncements(run, "run-1", topics);
  const messages: OutboundMessage[] = [];
  const known = { events: 0, readings: 0 };
  runUntil(run, 7 * DAY_MS, [], ({ out }) => {
    const events = beliefEvents(run);
    known.events += out.events.filter(({ side }) => side === "belief").length;
    known.readings += out.readings.length;
    messages.push(...announcements.ofEvents(events), ...announcements.ofReadings(out.readings));
  });
  expect(known.events).toBeGreaterThan(20);
  expect(messages).toHaveLength(known.events + known.readings);
  const sides = new Set(messages.map(({ topic }) => topic.split("/").at(-1)));
  expect(sides).toEqual(new Set(["event", "reading"]));
  // A mast fails on the fourth day of the scenario; the company only notices what is late.
  expect(messages.filter(({ payload }) => /"kind":"(mast|theft|relay)/.test(payload))).toEqual([]);
  const event = messages.find(({ topic }) => topic.endsWith("/event"))!;
  expect(body(event)).toMatchObject({
    atMs: expect.any(Number),
    at: expect.stringMatching(/^2026-/),
    text: expect.any(String),
  });
});

test("a status goes out once, again when it changes, and again when a broker may have forgotten it", () => {
  const run = runUntil(twin(), HOUR_MS);
  const announcements = createAnnouncements(run, "run-1", topics);
  const supplies = run.model.resolved.layout.supplies.length;
  expect(announcements.ofStatuses()).toHaveLength(supplies);
  expect(announcements.ofStatuses()).toHaveLength(0);
  runUntil(run, HOUR_MS + 60_000);
  const changed = announcements.ofStatuses().map((message) => body(message));
  expect(changed.length).toBeLessThan(supplies);
  expect(changed.map(({ atMs }) => atMs)).toEqual(changed.map(() => HOUR_MS + 60_000));
  announcements.forgetStatuses();
  expect(announcements.ofStatuses()).toHaveLength(supplies);
});
