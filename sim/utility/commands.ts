// Commands to meters: sent over the same air as readings, repeated until acknowledged, given up when they expire.

import type { BeliefEvent } from "../contract/event.ts";
import type { CommandAck, CommandAction, MeterCommand } from "../contract/reading.ts";
import type { SimMs } from "../core/time.ts";
import type { CommandRules } from "./records.ts";
import type { CommandCounts, PendingCommand } from "./state.ts";

const RETRY_DOUBLINGS_MAX = 4;

export interface CommandDesk {
  readonly commands: PendingCommand[];
  readonly commandCounts: CommandCounts;
}

export interface Order {
  readonly row: number;
  readonly supply: string;
  readonly action: CommandAction;
  readonly text: string;
  readonly reason: string;
}

/** Puts an order on the desk; an equal one that still waits is left alone. Returns its id. */
export function order(desk: CommandDesk, rules: CommandRules, what: Order, at: SimMs): string {
  const waiting = desk.commands.find(
    ({ row, action }) => row === what.row && action === what.action,
  );
  if (waiting !== undefined) return waiting.id;
  const id = `${what.supply}/${what.action}/${desk.commandCounts.next++}`;
  desk.commands.push({
    id,
    row: what.row,
    action: what.action,
    text: what.text,
    reason: what.reason,
    issuedAt: at,
    expiresAt: at + rules.expireMs,
    attempts: 0,
    nextTryAt: at,
  });
  return id;
}

/** Takes an order off the desk, sent or not. */
export function withdraw(desk: CommandDesk, row: number, action: CommandAction): boolean {
  const index = desk.commands.findIndex(
    (command) => command.row === row && command.action === action,
  );
  if (index < 0) return false;
  desk.commands.splice(index, 1);
  return true;
}

/** Finds and removes the order that a meter has answered; undefined for one withdrawn or answered before. */
export function acknowledge(desk: CommandDesk, ack: CommandAck): PendingCommand | undefined {
  const index = desk.commands.findIndex(({ id }) => id === ack.commandId);
  if (index < 0) return undefined;
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
    if (command.expiresAt <= now) {
      expired.push(command);
      desk.commandCounts.expired++;
      events.push({ kind: "command-expired", at: now, supply, action: command.action });
      continue;
    }
    if (command.nextTryAt > now) continue;
    const { id, action, text, issuedAt, expiresAt } = command;
    sending.push({
      row: command.row,
      at: command.nextTryAt,
      message: { kind: "command", id, supply, action, text, issuedAt, expiresAt },
    });
    if (command.attempts === 0) desk.commandCounts.sent++;
    else {
      desk.commandCounts.retried++;
      const attempt = command.attempts + 1;
      events.push({ kind: "command-retried", at: now, supply, action, attempt });
    }
    command.nextTryAt += rules.retryMs * (1 << Math.min(command.attempts, RETRY_DOUBLINGS_MAX));
    command.attempts++;
  }
  for (const gone of expired) desk.commands.splice(desk.commands.indexOf(gone), 1);
  return { sending, expired };
}
