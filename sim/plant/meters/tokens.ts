// Prepayment tokens as a meter takes them, typed at its keypad or over the air: judged by its own key and memory alone,
// so that they work while no network does. What was taken and what it gave are changed together, between two steps.

import type { TokenResult, TokenState } from "../../contract/meter-device.ts";
import { decodeToken, type KeyToken, type Token, type TokenStamp } from "../../contract/token.ts";
import { deriveKey, factoryProfile, tokenMinute } from "../../contract/token-key.ts";
import { MINUTE_MS, type SimMs } from "../../core/time.ts";
import type { MeterState } from "../state.ts";
import { forgetTries, setLimit } from "./limit.ts";
import type { MeterModel } from "./model.ts";
import { type MeterScene, tell } from "./outgoing.ts";
import { addCredit, CREDIT_MAX_MINOR, rememberToken, settleCredit } from "./prepaid.ts";
import { holdRelay } from "./relay.ts";
import { acceptText, REFUSAL_TEXTS, testText } from "./token-texts.ts";

/** Stamps of tokens that a meter remembers; payment meters after IEC 62055-41 keep at least as many. */
export const STAMPS_REMEMBERED_MAX = 50;
/** Wrong tokens in a row before the keypad is locked; then for a minute, two, four, to an hour. */
export const WRONG_BEFORE_LOCK = 3;
const LOCK_FIRST_MS = MINUTE_MS;
const LOCK_DOUBLINGS_MAX = 6;
export const LOCK_MAX_MS = 60 * MINUTE_MS;
/** Both halves of a new key within so long. */
export const KEY_HALVES_MAX_MS = 30 * MINUTE_MS;
/** How long the result stays on the display. */
export const RESULT_SHOWN_MS = MINUTE_MS;
/** Results of one moment that are kept: nobody types faster. */
export const RESULTS_MAX = 16;
const KEY_EXPIRY_NEVER = 255;
/** A limit that came by token: a minute above it opens, five minutes later it closes, three times. */
const TOKEN_LIMIT = {
  afterMs: MINUTE_MS,
  recloseAfterMs: 5 * MINUTE_MS,
  recloseTriesMax: 3,
} as const;

export interface TokenOutcome {
  readonly result: TokenResult;
  /** What was added to the credit. */
  readonly amountMinor: number;
  /** What a test shows. */
  readonly text?: string;
}

const refusal = (result: TokenResult): TokenOutcome => ({ result, amountMinor: 0 });
const taken = (amountMinor = 0): TokenOutcome => ({ result: "accepted", amountMinor });

/** The memory of a meter that has never seen a token: the factory's key. */
function freshTokens({ calendar }: MeterModel, serial: string): TokenState {
  const profile = factoryProfile(serial, calendar.startEpochMs);
  return {
    ...deriveKey(profile),
    keyType: profile.keyType,
    revision: profile.revision,
    tariffIndex: profile.tariffIndex,
    expiry: KEY_EXPIRY_NEVER,
    seen: [],
    forgotten: -1,
    half: null,
    wrong: 0,
    lockedUntil: -1,
    shown: null,
  };
}

/** What a meter knows of tokens now; made at the first one. */
export function tokensOf(model: MeterModel, state: MeterState, row: number): TokenState {
  return state.tokens[row] ?? freshTokens(model, state.serials[row]!);
}

/** A token is typed at the keypad: twenty digits, checked by whoever brings them. */
export function typeToken(scene: MeterScene, row: number, digits: string, at: SimMs): TokenOutcome {
  const { model, state } = scene;
  const before = tokensOf(model, state, row);
  if (before.lockedUntil > at) return show(scene, row, refusal("locked"), at);
  const outcome = judge(scene, row, digits, at);
  const now = tokensOf(model, state, row);
  if (outcome.result === "rejected") {
    const wrong = before.wrong + 1;
    const over = wrong - WRONG_BEFORE_LOCK;
    const lockMs = Math.min(
      LOCK_MAX_MS,
      LOCK_FIRST_MS * (1 << Math.max(0, Math.min(over, LOCK_DOUBLINGS_MAX))),
    );
    const lockedUntil = over >= 0 ? at + lockMs : -1;
    state.tokens[row] = { ...now, wrong, lockedUntil };
    tell(scene, row, at, "token-refused", wrong);
    if (over >= 0) tell(scene, row, at, "token-locked", lockMs);
  } else if (outcome.result === "accepted") {
    state.tokens[row] = { ...now, wrong: 0, lockedUntil: -1 };
  }
  return show(scene, row, outcome, at);
}

/** A token comes over the air: the company has signed for it, so that a wrong one locks no keypad. */
export function receiveToken(
  scene: MeterScene,
  row: number,
  digits: string,
  at: SimMs,
): TokenOutcome {
  return judge(scene, row, digits, at);
}

function show(scene: MeterScene, row: number, outcome: TokenOutcome, at: SimMs): TokenOutcome {
  const { model, state } = scene;
  const now = tokensOf(model, state, row);
  const { result, amountMinor } = outcome;
  const currency = state.prepaid.terms[row]?.currency ?? "";
  const kept = now.shown?.at === at ? now.shown.results.slice(1 - RESULTS_MAX) : [];
  const answer = result === "accepted" ? acceptText(amountMinor, currency) : REFUSAL_TEXTS[result];
  const text = outcome.text ?? answer;
  state.tokens[row] = { ...now, shown: { text, at, results: [...kept, result] } };
  return outcome;
}

/** The order of IEC 62055-41: class 1 at once; then key and check; then expiry; then used or old; then what it says. */
function judge(scene: MeterScene, row: number, digits: string, at: SimMs): TokenOutcome {
  const { model, state } = scene;
  const tokens = tokensOf(model, state, row);
  const token = decodeToken(digits, tokens);
  if (token === undefined) return refusal("rejected");
  if (token.kind === "test") {
    return { ...taken(), text: testText(model, state, tokens, row, token.tests) };
  }
  if (token.kind === "key-first" || token.kind === "key-second") {
    return takeKeyHalf(scene, row, token, at);
  }
  const seen = lookUp(tokens, token);
  if (seen !== "new") return refusal(seen);
  const outcome = act(scene, row, token, at);
  if (outcome.result !== "accepted") return outcome;
  state.tokens[row] = remember(tokensOf(model, state, row), token);
  if (token.kind === "credit") {
    rememberToken(state.prepaid, row, digits);
    tell(scene, row, at, "topped-up", state.prepaid.creditMilliMinor[row]!);
    settleCredit(scene, row, at);
  }
  return outcome;
}

/** One number for a stamp: later ones are larger. */
const stampOf = ({ minute, random }: TokenStamp): number => minute * 16 + random;

function lookUp(tokens: TokenState, token: TokenStamp): "new" | "used" | "old" | "key-expired" {
  if (token.minute >> 16 > tokens.expiry) return "key-expired";
  const stamp = stampOf(token);
  if (tokens.seen.includes(stamp)) return "used";
  return stamp <= tokens.forgotten ? "old" : "new";
}

/** Whatever is older than the oldest that is remembered is refused from then on. */
function remember(tokens: TokenState, token: TokenStamp): TokenState {
  const seen = [...tokens.seen, stampOf(token)].sort((a, b) => a - b);
  if (seen.length <= STAMPS_REMEMBERED_MAX) return { ...tokens, seen };
  const [forgotten, ...rest] = seen;
  return { ...tokens, seen: rest, forgotten: forgotten! };
}

/** As an order to reconnect does. */
export function closeForCompany(scene: MeterScene, row: number, at: SimMs): void {
  forgetTries(scene.state.limit, row);
  holdRelay(scene, row, "limit", "closed", at);
  holdRelay(scene, row, "company", "closed", at);
  scene.state.notices[row] = "";
}

type StampedToken = Exclude<Token, KeyToken | { readonly kind: "test" }>;

function act(scene: MeterScene, row: number, token: StampedToken, at: SimMs): TokenOutcome {
  const { state } = scene;
  const { prepaid, limit } = state;
  switch (token.kind) {
    case "credit": {
      // A meter that counts money knows no price that would turn units into it.
      if (prepaid.isPrepaid[row] === 0 || token.unit !== "coins") return refusal("wrong-kind");
      const creditMinor = prepaid.creditMilliMinor[row]! / 1000 + token.amount;
      if (token.amount === 0) return refusal("wrong-kind");
      if (creditMinor > CREDIT_MAX_MINOR) return refusal("overflow");
      addCredit(prepaid, row, token.amount);
      return taken(token.amount);
    }
    case "power-limit": {
      const { limitW } = token;
      setLimit(limit, row, limitW === 0 ? null : { limitW, ...TOKEN_LIMIT });
      tell(scene, row, at, limitW === 0 ? "limit-removed" : "limit-set", limitW || null);
      holdRelay(scene, row, "limit", "closed", at);
      return taken();
    }
    case "clear-credit": {
      if (prepaid.isPrepaid[row] === 0 || token.register !== 0) return refusal("wrong-kind");
      const cleared = Math.max(0, prepaid.creditMilliMinor[row]!);
      prepaid.creditMilliMinor[row] = prepaid.creditMilliMinor[row]! - cleared;
      tell(scene, row, at, "credit-cleared", cleared);
      settleCredit(scene, row, at);
      return taken();
    }
    case "reconnect": {
      if (isBeforeTrip(scene.model, tokensOf(scene.model, state, row), token)) {
        return refusal("old");
      }
      closeForCompany(scene, row, at);
      return { ...taken(), text: "ACCEPT\nSUPPLY ON" };
    }
    case "clear-tamper":
      state.tamperFlags[row] = 0;
      state.tamperTold[row] = 0;
      tell(scene, row, at, "tamper-cleared");
      return taken();
  }
}

/** A token from before the trip is good for the one before it; minutes are of the base date of the key's revision. */
function isBeforeTrip({ calendar }: MeterModel, tokens: TokenState, token: TokenStamp): boolean {
  if (tokens.tripOrderedAt === undefined) return false;
  const ordered = tokenMinute(tokens.revision - 1, calendar.startEpochMs + tokens.tripOrderedAt);
  return ordered === undefined || token.minute < ordered;
}

/** The meter obeys the company and opens: from now on only younger tokens close it. */
export function noteTripOrder(
  { model, state }: MeterScene,
  row: number,
  tripOrderedAt: SimMs,
): void {
  state.tokens[row] = { ...tokensOf(model, state, row), tripOrderedAt };
}

/** The first half waits for the other one; the old key holds until both are there. Their order is free. */
function takeKeyHalf(scene: MeterScene, row: number, token: KeyToken, at: SimMs): TokenOutcome {
  const { model, state } = scene;
  const tokens = tokensOf(model, state, row);
  const waiting =
    tokens.half !== null && at - tokens.half.at <= KEY_HALVES_MAX_MS ? tokens.half.token : null;
  const halves = waiting === null ? [token] : [waiting, token];
  const first = halves.find((half) => half.kind === "key-first");
  const second = halves.find((half) => half.kind === "key-second");
  if (first === undefined || second === undefined) {
    state.tokens[row] = { ...tokens, half: { token, at } };
    return refusal("half-a-key");
  }
  const memory = first.rollsOver ? { seen: [], forgotten: -1 } : {};
  state.tokens[row] = {
    ...tokens,
    ...memory,
    high: first.keyHigh,
    low: second.keyLow,
    keyType: first.keyType,
    revision: first.revision,
    tariffIndex: second.tariffIndex,
    expiry: first.expiryHigh * 16 + second.expiryLow,
    half: null,
  };
  tell(scene, row, at, "key-changed", first.revision);
  return taken();
}

/** Whether what a board says of its tokens can be kept. */
export function areTokensWellFormed(tokens: TokenState | undefined): boolean {
  if (tokens === undefined) return true;
  const isWord = (value: number): boolean =>
    Number.isInteger(value) && value >= 0 && value <= 0xffffffff;
  const { high, low, seen, shown, half } = tokens ?? {};
  return (
    isWord(high) &&
    isWord(low) &&
    Array.isArray(seen) &&
    seen.length <= STAMPS_REMEMBERED_MAX &&
    seen.every(isWord) &&
    [tokens.forgotten, tokens.wrong, tokens.lockedUntil].every(Number.isFinite) &&
    [tokens.keyType, tokens.revision, tokens.tariffIndex, tokens.expiry].every(isWord) &&
    (half === null || typeof half?.token?.kind === "string") &&
    (shown === null || (typeof shown?.text === "string" && Array.isArray(shown.results)))
  );
}
