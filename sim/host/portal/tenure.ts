// Since when whoever lives at a supply point has lived there: what was before is another customer's.

import { simOfLocal } from "../../core/calendar.ts";
import type { SimMs } from "../../core/time.ts";
import { customerNumber } from "../../utility/billing/moving-in.ts";
import type { Served } from "../server.ts";

export interface Tenure {
  /** Of the customers who have lived there in turn; the first is 1. */
  readonly number: number;
  /** Missing: the name in the records. */
  readonly name?: string;
  /** From when on messages, payments and what a display said are this customer's. */
  readonly sinceMs: SimMs;
  /** From when on readings are: the midnight of the opening register. */
  readonly readingsFromMs: SimMs;
}

const FIRST: Tenure = { number: 1, sinceMs: 0, readingsFromMs: 0 };

export function tenureOf({ run }: Pick<Served, "run">, row: number): Tenure {
  const { model, world } = run.session.twin;
  const account = world.belief.accounts[row];
  if (account?.holder === undefined) return FIRST;
  const { name, since, day } = account.holder;
  const readingsFromMs = simOfLocal(model.records.calendar, day, 0);
  return { number: customerNumber(account), name, sinceMs: since, readingsFromMs };
}

/** Under what a customer's consents are kept: who moves in has not said anything yet. */
export const consentKey = (supply: string, { number }: Tenure): string =>
  number === 1 ? supply : `${supply}/${number}`;
