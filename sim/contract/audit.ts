// Who did what with which outcome: one line of the log that a company must be able to show.

import type { SimMs } from "../core/time.ts";

/** `failed`: it was allowed and did not come about. */
export const AUDIT_OUTCOMES = ["done", "refused", "failed"] as const;
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

/** One act of a person or a program, as it is written. */
export interface AuditEntry {
  /** Wall time, milliseconds since 1970 UTC. */
  readonly atWallMs: number;
  readonly atSimMs: SimMs;
  /** Name of the account that signed in; what is known of anybody else, such as `nobody`. */
  readonly who: string;
  /** `customer`, `official`, `administrator`… at that moment. */
  readonly role: string;
  /** What was wanted, a verb in kebab-case: `sign-in`, `pay`, `approve-disconnection`. */
  readonly act: string;
  /** What it was wanted of: a supply, a bill, a tariff; empty where there is no such thing. */
  readonly target: string;
  readonly outcome: AuditOutcome;
  /** A sentence for people, without secrets; may be empty. */
  readonly detail: string;
}

/** One that was written; numbers grow in the order of writing. */
export interface AuditRecord extends AuditEntry {
  readonly id: number;
}
