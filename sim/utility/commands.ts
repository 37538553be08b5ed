// Commands to meters: sent over the same air as readings, repeated until acknowledged, given up when they expire.

import type { BeliefEvent } from "../contract/event.ts";
import type { CommandAck, CommandAction, CommandOrder, MeterCommand } from "../contract/reading.ts";
import { DAY_MS, type SimMs } from "../core/time.ts";
import type { CommandRules } from "./records.ts";
import { COMMANDS_MAX, type CommandCounts, type PendingCommand } from "./state.ts";

const RETRY_DOUBLINGS_MAX = 4;

export interface CommandDesk {
  readonly commands: PendingCommand[];
  readonly commandCounts: CommandCounts;
}

export interface Order {
  readonly row: number;
  readonly supply: string;
  readonly order: CommandOrder;
  /** Shown on the meter's display. */
  readonly text: string;
  readonly reason: string;
  /** When it is void, if that is before it expires anyway. */
  readonly expiresAt?: SimMs | undefined;
}

const tokenOf = (what: CommandOrder): string | undefined =>
  what.action === "top-up" || what.action === "take-token" ? what.token : undefined;

/** Two tokens are two orders; of every other action one waits for a meter. */
function isSame(waiting: PendingCommand, { row, order: what }: Order): boolean {
  const { order: known } = waiting;
  if (waiting.row !== row || known.action !== what.action) return false;
  return tokenOf(known) === tokenOf(what);
}

/** Terms and money are never given up: the same order goes out until the meter has answered it. */
const isForGood = ({ action }: CommandOrder): boolean =>
  action === "set-prepaid" ||
  action === "set-postpaid" ||
  action === "top-up" ||
  action === "take-token";
const FOR_GOOD_MS = 3_650 * DAY_MS;

/** What goes out first. Supply and money come before words; the rest has no claim to the last quarter of the desk. */
const RANK: Readonly<Record<CommandAction, number>> = {
  reconnect: 0,
  "take-token": 1,
  "top-up": 1,
  trip: 2,
  "set-prepaid": 3,
  "set-postpaid": 4,
  notice: 5,
  reminder: 6,
  "set-limit": 7,
  "set-clock": 8,
  "read-profile": 9,
};
const URGENT_RANK_MAX = RANK["set-postpaid"];

/**
 * Puts an order on the desk, in the order of ranks; an equal one that still waits is left alone. Returns its id;
 * undefined where the desk is full, which is an event.
 */
export function order(
  desk: CommandDesk,
  rules: CommandRules,
  what: Order,
  at: SimMs,
  events: BeliefEvent[],
): string | undefined {
  const waiting = desk.commands.find((command) => isSame(command, what));
  if (waiting !== undefined) return waiting.id;
  const { action } = what.order;
  const rank = RANK[action];
  const room = rank <= URGENT_RANK_MAX ? COMMANDS_MAX : (COMMANDS_MAX * 3) / 4;
  if (desk.commands.length >= room) {
    events.push({ kind: "command-dropped", at, supply: what.supply, action });
    return undefined;
  }
  const id = `${what.supply}/${action}/${desk.commandCounts.next++}`;
  let place = desk.commands.length;
  while (place > 0 && RANK[desk.commands[place - 1]!.order.action] > rank) place--;
  desk.commands.splice(place, 0, {
    id,
    row: what.row,
    order: what.order,
    text: what.text,
    reason: what.reason,
    issuedAt: at,
    expiresAt: Math.min(
      what.expiresAt ?? Number.MAX_SAFE_INTEGER,
      at + (isForGood(what.order) ? FOR_GOOD_MS : rules.expireMs),
    ),
    attempts: 0,
    nextTryAt: at,
  });
  return id;
}

/** Takes an order off the desk, sent or not; undefined where there is none. A copy of it may be under way. */
export function withdraw(
  desk: CommandDesk,
  row: number,
  action: CommandAction,
): PendingCommand | undefined {
  const index = desk.commands.findIndex(
    (command) => command.row === row && command.order.action === action,
  );
  if (index < 0) return undefined;
  return desk.commands.splice(index, 1)[0];
}

/** Finds and removes the order that a meter has answered; undefined for one withdrawn or answered before. */
export function acknowledge(desk: CommandDesk, ack: CommandAck): PendingCommand | undefined {
  const index = desk.commands.findIndex(({ id }) => id === ack.commandId);
  if (index < 0) return undefined;
  desk.commandCounts.acknowledged++;
  return desk.commands.splice(index, 1)[0];
}

/** The meter has been heard just now, so it can be reached: what waits for it longer than a first retry goes out. */
export function hurry(desk: CommandDesk, rules: CommandRules, row: number, at: SimMs): void {
  for (const command of desk.commands) {
    const isPatient = command.nextTryAt > at + rules.retryMs;
    if (command.row === row && command.attempts > 0 && isPatient) command.nextTryAt = at;
  }
}

/**
 * Finds and removes an order that a meter has not answered but shows to have obeyed: its reading, taken after the
 * order was given, has the relay where the order wants it.
 */
export function acknowledgeByReading(
  desk: CommandDesk,
  row: number,
  action: "trip" | "reconnect",
  measuredAt: SimMs,
): PendingCommand | undefined {
  const index = desk.commands.findIndex(
    (command) =>
      command.row === row && command.order.action === action && command.issuedAt < measuredAt,
  );
  if (index < 0 || desk.commands[index]!.attempts === 0) return undefined;
  desk.commandCounts.acknowledged++;
  return desk.commands.splice(index, 1)[0];
}

export interface Sending {
  readonly row: number;
  readonly at: SimMs;
  readonly message: MeterCommand;
}

/** What goes out up to `now`, and what expires. */
export function sendDue(
  desk: CommandDesk,
  rules: CommandRules,
  supplyOf: (row: number) => string,
  now: SimMs,
  events: BeliefEvent[],
): { readonly sending: readonly Sending[]; readonly expired: readonly PendingCommand[] } {
  const sending: Sending[] = [];
  const expired: PendingCommand[] = [];
  for (const command of desk.commands) {
    const supply = supplyOf(command.row);
    const { action } = command.order;
    if (command.expiresAt <= now) {
      expired.push(command);
      desk.commandCounts.expired++;
      events.push({ kind: "command-expired", at: now, supply, action });
      continue;
    }
    if (command.nextTryAt > now) continue;
    const { id, text, issuedAt, expiresAt, nextTryAt } = command;
    const head = { kind: "command", id, supply, text, issuedAt, expiresAt } as const;
    // Each copy of a clock's order has its own time.
    const what = action === "set-clock" ? { ...command.order, clockMs: nextTryAt } : command.order;
    sending.push({
      row: command.row,
      at: nextTryAt,
      message: { ...head, ...what } as MeterCommand,
    });
    if (command.attempts === 0) desk.commandCounts.sent++;
    else {
      desk.commandCounts.retried++;
      const attempt = command.attempts + 1;
      events.push({ kind: "command-retried", at: now, supply, action, attempt });
    }
    const gapMs = rules.retryMs * (1 << Math.min(command.attempts, RETRY_DOUBLINGS_MAX));
    const isPromised = action === "reconnect" && rules.reconnectGapMaxMs !== undefined;
    const waitMs = isPromised ? Math.min(gapMs, rules.reconnectGapMaxMs) : gapMs;
    // Tries that a long step has passed over are made up for by this one.
    command.nextTryAt = (nextTryAt + waitMs > now ? nextTryAt : now) + waitMs;
    command.attempts++;
  }
  for (const gone of expired) desk.commands.splice(desk.commands.indexOf(gone), 1);
  return { sending, expired };
}
