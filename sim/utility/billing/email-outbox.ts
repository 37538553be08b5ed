// E-mails of the company: a bounded list that a mail server empties. They leave the world as events; whoever runs a
// real server sends them from there.

import type { Letter } from "../../contract/billing.ts";
import type { BeliefEvent } from "../../contract/event.ts";
import type { SimMs } from "../../core/time.ts";
import { type DunningState, EMAILS_MAX } from "../state.ts";

/** What a mail server takes in a minute. */
export const EMAILS_PER_MINUTE = 60;

/** Puts a letter that goes by e-mail into the outbox; a customer without an address gets it in the other ways alone. */
export function writeEmail(
  { emails }: DunningState,
  { kind, supply, at, owedMinor, by }: Letter,
  to: string | undefined,
  events: BeliefEvent[],
): void {
  if (by?.includes("email") !== true || to === undefined) return;
  if (emails.length >= EMAILS_MAX) {
    events.push({ kind: "email-dropped", at, supply, letter: kind });
    return;
  }
  emails.push({ supply, to, letter: kind, at, owedMinor });
}

/** Once a minute: the oldest leave. */
export function sendEmails({ emails }: DunningState, now: SimMs, events: BeliefEvent[]): void {
  for (const { supply, to, letter, owedMinor } of emails.splice(0, EMAILS_PER_MINUTE)) {
    events.push({ kind: "email", at: now, supply, to, letter, owedMinor });
  }
}
