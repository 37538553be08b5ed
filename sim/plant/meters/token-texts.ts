// What a meter's display says about a token: two lines of sixteen characters.

import { plainMoneyText } from "../../contract/bill-form.ts";
import type { TokenResult, TokenState } from "../../contract/meter-device.ts";
import { meterNumberOf } from "../../contract/token-key.ts";
import type { MeterState } from "../state.ts";
import type { MeterModel } from "./model.ts";
import { registerMilliWh } from "./registers.ts";

export const REFUSAL_TEXTS: Readonly<Record<Exclude<TokenResult, "accepted">, string>> = {
  rejected: "REJECT\nwrong token",
  used: "USED\ntoken was taken",
  old: "OLD\ntoken too old",
  overflow: "OVERFLOW\ntoo much credit",
  "key-expired": "KEY EXPIRED\nask for new key",
  locked: "LOCKED\ntry again later",
  "wrong-kind": "REJECT\nnot for my kind",
  "half-a-key": "1 OF 2\nenter other half",
};

/** Accepted, and what it gave. */
export const acceptText = (amountMinor: number, currency: string): string =>
  amountMinor === 0 ? "ACCEPT\n" : `ACCEPT\n+${plainMoneyText(amountMinor, currency)} ${currency}`;

type Look = (seen: {
  readonly model: MeterModel;
  readonly state: MeterState;
  readonly tokens: TokenState;
  readonly row: number;
}) => string;

/** Tests of class 1 by their bit; 0 is all of them, and shows who the meter is. [Numbers are ours but for the first.] */
const TESTS: readonly Look[] = [
  ({ state, row }) => meterNumberOf(state.serials[row]!),
  ({ state, row }) => (state.relayOpen[row] === 1 ? "RELAY OPEN" : "RELAY CLOSED"),
  () => "8888888888888888",
  ({ model, state, row }) => `${Math.floor(registerMilliWh(model, state, row) / 1e6)} kWh`,
  ({ tokens }) => `KEY ${tokens.revision} TYPE ${tokens.keyType}`,
  ({ tokens }) => `TARIFF ${String(tokens.tariffIndex).padStart(2, "0")}`,
  ({ state, row }) => `LIMIT ${state.limit.limitW[row]!} W`,
  ({ state, row }) => `TAMPER ${state.tamperFlags[row]!}`,
];

/** What the first test that is asked for shows; a test that the meter does not know shows nothing. */
export function testText(
  model: MeterModel,
  state: MeterState,
  tokens: TokenState,
  row: number,
  tests: number,
): string {
  const number = TESTS.findIndex((_, bit) => ((BigInt(tests) >> BigInt(bit)) & 1n) === 1n);
  if (number < 0) return "TEST\nunknown";
  return `TEST ${number}\n${TESTS[number]!({ model, state, tokens, row })}`;
}
