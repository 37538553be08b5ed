// Which messages a twin's step and state make: topics and payloads, and what of it is retained.

import type { BeliefEvent } from "../../contract/event.ts";
import type { StoredReading, Twin } from "../../engine/world.ts";
import type { CommandAnswer } from "./command-desk.ts";
import type { OutboundMessage } from "./outbound-queue.ts";
import { answerPayload, eventPayload, readingPayload, statusesOf } from "./payloads.ts";
import type { Topics } from "./topics.ts";

export interface Announcements {
  ofReadings(readings: readonly StoredReading[]): readonly OutboundMessage[];
  ofEvents(events: readonly BeliefEvent[]): readonly OutboundMessage[];
  ofAnswers(answers: readonly CommandAnswer[]): readonly OutboundMessage[];
  /** The status of every supply point that has another one than when this was called last. */
  ofStatuses(): readonly OutboundMessage[];
  /** All statuses are new again. */
  forgetStatuses(): void;
}

export function createAnnouncements(twin: Twin, runId: string, topics: Topics): Announcements {
  const { calendar } = twin.model.resolved;
  /** By supply point, the last reading's sequence as the company knows it. */
  const newest = new Map(
    twin.model.meters.ids.map((id, row) => [id, twin.world.belief.headend.lastSequence[row]!]),
  );
  const shownState = new Map<string, string>();
  return {
    ofReadings(readings) {
      return readings.map((reading) => {
        const { supply, sequence } = reading;
        // The retained reading is the newest one; a late one before it is told and not kept.
        const isRetained = sequence >= (newest.get(supply) ?? 0);
        if (isRetained) newest.set(supply, sequence);
        const payload = readingPayload(calendar, runId, reading);
        return { topic: topics.reading(supply), payload, isRetained };
      });
    },
    ofEvents(events) {
      return events.map((event) => {
        const supply = "supply" in event ? event.supply : null;
        const payload = eventPayload(calendar, runId, event);
        return { topic: topics.event(supply), payload, isRetained: false };
      });
    },
    ofAnswers(answers) {
      return answers.map((answer) => {
        const payload = answerPayload(calendar, runId, answer);
        return { topic: topics.answer(answer.supply, answer.id), payload, isRetained: false };
      });
    },
    ofStatuses() {
      const changed = statusesOf(twin, runId).filter(
        ({ supply, state }) => shownState.get(supply) !== state,
      );
      for (const { supply, state } of changed) shownState.set(supply, state);
      return changed.map(({ supply, payload }) => ({
        topic: topics.status(supply),
        payload,
        isRetained: true,
      }));
    },
    forgetStatuses() {
      shownState.clear();
    },
  };
}

/** The events of the last step that the company knows of. */
export function beliefEvents({ out }: Twin): readonly BeliefEvent[] {
  return out.events.flatMap((each) => (each.side === "belief" ? [each.event] : []));
}
