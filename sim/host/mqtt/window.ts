// A broker's window on a live run: what the company knows goes out, commands come in through the journal, and
// nothing that a broker does reaches the run by another way.

import type { JournalEntry } from "../../contract/input.ts";
import type { Follower } from "../../engine/showing/follower.ts";
import type { StoredReading } from "../../engine/world.ts";
import type { LiveRun } from "../live.ts";
import { beliefEvents, createAnnouncements } from "./announcements.ts";
import type { CarriedCommand } from "./carrier.ts";
import { type CommandAnswer, createCommandDesk } from "./command-desk.ts";
import {
  createOutboundQueue,
  type OutboundMessage,
  WAITING_MESSAGES_MAX,
} from "./outbound-queue.ts";
import { createTellOnce } from "./told-once.ts";
import { createTopics } from "./topics.ts";
import { type LinkEvents, openWorkerLink, type WorkerLink } from "./worker-link.ts";
import type { BrokerPlace } from "./worker-messages.ts";

/** When the run ends, what waits for a broker that is there is given this long. */
const LAST_MESSAGES_WALL_MAX_MS = 10_000;

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
  /** Hears what commands are answered at once. */
  readonly answered: (answers: readonly CommandAnswer[]) => void;
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
  const { run, runId, earlier, tell } = options;
  const { twin } = run.session;
  const { name: street } = twin.model.resolved;
  const { clock } = twin.world.engine;
  const topics = createTopics(street);
  const announcements = createAnnouncements(twin, runId, topics);
  const queue = createOutboundQueue();
  const desk = createCommandDesk({ input: (raw, command) => run.input(raw, command) });
  const tellOnce = createTellOnce(tell, () => performance.now());
  /** What the steps since the last showing made; it must be durable before anybody hears of it. */
  const unshown: OutboundMessage[] = [];
  let link: WorkerLink | undefined;
  let isUp = false;
  let isAwayTold = false;
  let isOverflowTold = false;
  let drained: (() => void) | undefined;

  const put = (messages: readonly OutboundMessage[]): void => {
    for (const message of messages) queue.put(message);
    if (queue.dropped === 0 || isOverflowTold) return;
    isOverflowTold = true;
    run.note({ kind: "broker-overflow", at: clock.nowMs, waitingMax: WAITING_MESSAGES_MAX });
    tell(`MQTT: more than ${WAITING_MESSAGES_MAX} messages wait; the oldest are dropped`);
  };
  const pump = (): void => {
    if (!isUp || link === undefined) return;
    const { first, messages } = queue.take();
    if (messages.length > 0) link.send(first, messages);
  };
  const isPending = (supply: string, kind: string): boolean => {
    const row = twin.model.rowOfSupply.get(supply);
    return twin.world.belief.commands.some(
      (each) => each.row === row && each.order.action === kind,
    );
  };
  const obey = (command: CarriedCommand): void => {
    const target = topics.commandTarget(command.topic);
    // An empty message is how somebody clears a retained one.
    // An empty retained message takes back a retained one; it is no command.
    if (target === undefined || (command.payload === "" && command.isRetained)) return;
    const { payload, isRetained } = command;
    // What is accepted is durable already: the journal has it.
    const answers = desk.take({ target, payload, isRetained });
    options.answered(answers);
    put(announcements.ofAnswers(answers));
    pump();
  };
  const follower: Follower = {
    stepped(startMs) {
      const events = beliefEvents(twin);
      const answers = desk.stepped({ startMs, endMs: clock.nowMs, events, isPending });
      unshown.push(
        ...announcements.ofReadings(twin.out.readings),
        ...announcements.ofEvents(events),
        ...announcements.ofAnswers(answers),
      );
    },
    shown() {
      put(unshown);
      unshown.length = 0;
      put(announcements.ofStatuses());
      pump();
    },
  };
  const events: LinkEvents = {
    up() {
      isUp = true;
      queue.rewind();
      if (isAwayTold) {
        const { waiting } = queue;
        run.note({ kind: "broker-back", at: clock.nowMs, waiting });
        tell(`the MQTT broker is there; ${waiting} message(s) waited for it`);
      }
      isAwayTold = false;
      // It may have forgotten what it retained.
      announcements.forgetStatuses();
      if (run.publish()) follower.shown();
      else pump();
    },
    down(reason) {
      isUp = false;
      if (isAwayTold) return;
      isAwayTold = true;
      run.note({ kind: "broker-away", at: clock.nowMs, reason });
      tell(
        `the MQTT broker is away (${reason}); up to ${WAITING_MESSAGES_MAX} messages wait for it`,
      );
    },
    acknowledged(through) {
      queue.acknowledge(through);
      if (queue.dropped === 0) isOverflowTold = false;
      if (queue.waiting === 0) drained?.();
      pump();
    },
    command: oneATurn(obey),
    misbehaved: tellOnce,
  };
  desk.remember(earlier.journalled, { endMs: clock.nowMs, isPending });
  unshown.push(...announcements.ofReadings(earlier.readings));
  const opened = await openWorkerLink({ street, place: options.place }, events);
  link = opened;
  run.followers.add(follower);
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
      if (queue.waiting > 0) tell(`${queue.waiting} MQTT message(s) were not delivered`);
      await opened.close();
    },
  };
}

/** Hands over one command a turn of the event loop: the run takes its steps in between. */
function oneATurn(obey: (command: CarriedCommand) => void): LinkEvents["command"] {
  const waiting: { readonly command: CarriedCommand; readonly taken: () => void }[] = [];
  const next = (): void => {
    const { command, taken } = waiting[0]!;
    obey(command);
    taken();
    waiting.shift();
    if (waiting.length > 0) setImmediate(next);
  };
  return (command, taken) => {
    waiting.push({ command, taken });
    if (waiting.length === 1) setImmediate(next);
  };
}
