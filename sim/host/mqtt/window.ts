// A broker's window on a live run: what the company knows goes out, commands come in through the journal, and
// nothing that a broker does reaches the run by another way.

import type { BeliefEvent } from "../../contract/event.ts";
import type { JournalEntry } from "../../contract/input.ts";
import type { SimMs } from "../../core/time.ts";
import type { StoredReading } from "../../engine/world.ts";
import type { LiveRun } from "../live.ts";
import type { CarriedCommand } from "./carrier.ts";
import { type CommandAnswer, createCommandDesk } from "./command-desk.ts";
import {
  createOutboundQueue,
  type OutboundMessage,
  WAITING_MESSAGES_MAX,
} from "./outbound-queue.ts";
import { answerPayload, eventPayload, readingPayload, statusesOf } from "./payloads.ts";
import { createTellOnce } from "./told-once.ts";
import { createTopics } from "./topics.ts";
import { openWorkerLink, type WorkerLink } from "./worker-link.ts";
import type { BrokerPlace } from "./worker-messages.ts";

/** When the run ends, what waits for a broker that is there is given this long. */
const LAST_MESSAGES_WALL_MAX_MS = 2_000;

/** What the window needs of a live run. */
export type WindowedRun = Pick<LiveRun, "followers" | "input" | "note" | "publish"> & {
  readonly session: Pick<LiveRun["session"], "twin">;
};

export interface WindowOptions {
  readonly run: WindowedRun;
  readonly runId: string;
  readonly place: BrokerPlace;
  /** What an earlier process of this run has left; empty in a new run. */
  readonly earlier: EarlierProcess;
  /** One line for the terminal. */
  readonly tell: (line: string) => void;
}

export interface EarlierProcess {
  /** Its journal, whose commands are not executed again. */
  readonly journalled: readonly JournalEntry[];
  /** The last readings that it stored: it may have been killed before a broker had them. */
  readonly readings: readonly StoredReading[];
}

export interface BrokerWindow {
  /** Port of the embedded broker; null with somebody else's. */
  readonly port: number | null;
  /** Sends what waits, says `offline` and ends. The run has ended before. */
  close(): Promise<void>;
}

/** Opens the window before the run begins. Throws CallerError where the embedded broker gets no port. */
export async function openWindow(options: WindowOptions): Promise<BrokerWindow> {
  const { run, runId } = options;
  const { twin } = run.session;
  const { calendar, name: street } = twin.model.resolved;
  const topics = createTopics(street);
  const queue = createOutboundQueue();
  const desk = createCommandDesk({ input: (raw, command) => run.input(raw, command) });
  const tellOnce = createTellOnce(options.tell, () => performance.now());
  /** By supply point, the last reading's sequence as the company knows it. */
  const newest = new Map(
    twin.model.meters.ids.map((id, row) => [id, twin.world.belief.headend.lastSequence[row]!]),
  );
  const shownState = new Map<string, string>();
  /** What the steps since the last showing made; it must be durable before anybody hears of it. */
  const unshown: OutboundMessage[] = [];
  const commands: { command: CarriedCommand; taken: () => void }[] = [];
  let link: WorkerLink | undefined;
  let isUp = false;
  let isAwayTold = false;
  let isOverflowTold = false;
  let drained: (() => void) | undefined;

  const now = (): SimMs => twin.world.engine.clock.nowMs;
  const put = (message: OutboundMessage): void => {
    queue.put(message);
    if (queue.dropped === 0 || isOverflowTold) return;
    isOverflowTold = true;
    run.note({ kind: "broker-overflow", at: now(), waitingMax: WAITING_MESSAGES_MAX });
    options.tell(`MQTT: more than ${WAITING_MESSAGES_MAX} messages wait; the oldest are dropped`);
  };
  const pump = (): void => {
    if (!isUp || link === undefined) return;
    const { first, messages } = queue.take();
    if (messages.length > 0) link.send(first, messages);
  };
  const answerMessage = (answer: CommandAnswer): OutboundMessage => ({
    topic: topics.answer(answer.supply, answer.id),
    payload: answerPayload(calendar, runId, answer),
    isRetained: false,
  });
  const noteReadings = (readings: readonly StoredReading[]): void => {
    for (const reading of readings) {
      const { supply, sequence } = reading;
      // The retained reading is the newest one; a late one before it is told and not kept.
      const isNewest = sequence >= (newest.get(supply) ?? 0);
      if (isNewest) newest.set(supply, sequence);
      const payload = readingPayload(calendar, runId, reading);
      unshown.push({ topic: topics.reading(supply), payload, isRetained: isNewest });
    }
  };
  const noteEvents = (): readonly BeliefEvent[] => {
    const events: BeliefEvent[] = [];
    for (const { side, event } of twin.out.events) {
      if (side !== "belief") continue;
      events.push(event);
      const payload = eventPayload(calendar, runId, event);
      unshown.push({ topic: topics.event(supplyOf(event)), payload, isRetained: false });
    }
    return events;
  };
  const publishStatuses = (): void => {
    for (const { supply, state, payload } of statusesOf(twin, runId)) {
      if (shownState.get(supply) === state) continue;
      shownState.set(supply, state);
      put({ topic: topics.status(supply), payload, isRetained: true });
    }
  };
  const isPending = (supply: string, kind: string): boolean => {
    const row = twin.model.rowOfSupply.get(supply);
    return twin.world.belief.commands.some((each) => each.row === row && each.action === kind);
  };
  desk.remember(options.earlier.journalled, { endMs: now(), isPending });
  noteReadings(options.earlier.readings);
  /** One command a turn of the event loop: the run takes its steps in between. */
  const takeCommand = (): void => {
    const [next] = commands;
    if (next === undefined) return;
    const { command, taken } = next;
    const target = topics.commandTarget(command.topic);
    // An empty message is how somebody clears a retained one.
    if (target !== undefined && command.payload !== "") {
      const { payload, isRetained } = command;
      // What is accepted is durable already: the journal has it.
      for (const answer of desk.take({ target, payload, isRetained })) put(answerMessage(answer));
      pump();
    }
    taken();
    commands.shift();
    if (commands.length > 0) setImmediate(takeCommand);
  };
  const follower = {
    stepped(startMs: SimMs): void {
      noteReadings(twin.out.readings);
      const events = noteEvents();
      const answers = desk.stepped({ startMs, endMs: now(), events, isPending });
      unshown.push(...answers.map(answerMessage));
    },
    shown(): void {
      for (const message of unshown) put(message);
      unshown.length = 0;
      publishStatuses();
      pump();
    },
  };

  link = await openWorkerLink(
    { street, place: options.place },
    {
      up() {
        isUp = true;
        queue.rewind();
        if (isAwayTold) {
          const { waiting } = queue;
          run.note({ kind: "broker-back", at: now(), waiting });
          options.tell(`the MQTT broker is there; ${waiting} message(s) waited for it`);
        }
        isAwayTold = false;
        // It may have forgotten what it retained.
        shownState.clear();
        if (run.publish()) follower.shown();
        else pump();
      },
      down(reason) {
        isUp = false;
        if (isAwayTold) return;
        isAwayTold = true;
        run.note({ kind: "broker-away", at: now(), reason });
        options.tell(
          `the MQTT broker is away (${reason}); up to ${WAITING_MESSAGES_MAX} messages wait for it`,
        );
      },
      acknowledged(through) {
        queue.acknowledge(through);
        if (queue.dropped === 0) isOverflowTold = false;
        if (queue.waiting === 0) drained?.();
        pump();
      },
      command(command, taken) {
        commands.push({ command, taken });
        if (commands.length === 1) setImmediate(takeCommand);
      },
      misbehaved(what, who, text) {
        tellOnce(what, who, text);
      },
    },
  );
  run.followers.add(follower);
  const opened = link;
  return {
    port: opened.port,
    async close() {
      run.followers.delete(follower);
      if (run.publish()) follower.shown();
      if (isUp && queue.waiting > 0) {
        await new Promise<void>((resolve) => {
          drained = resolve;
          setTimeout(resolve, LAST_MESSAGES_WALL_MAX_MS).unref();
        });
      }
      if (queue.waiting > 0) options.tell(`${queue.waiting} MQTT message(s) were not delivered`);
      await opened.close();
    },
  };
}

const supplyOf = (event: BeliefEvent): string | null => ("supply" in event ? event.supply : null);
