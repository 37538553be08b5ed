// Orders that reach a meter: each is obeyed once, every delivery is answered, an expired one is neither.

import type { TokenResult } from "../../contract/meter-device.ts";
import type {
  CommandAck,
  CommandResult,
  MeterCommand,
  RefusalReason,
} from "../../contract/reading.ts";
import { INTERVAL, PROFILE_PART_MAX } from "../../contract/reading.ts";
import { digitsOf } from "../../contract/token.ts";
import { unreachable } from "../../core/assert.ts";
import { DAY_MS, type SimMs } from "../../core/time.ts";
import { intervalAt, ownTime, setOwnTime } from "./clock.ts";
import { endInterval } from "./intervals.ts";
import { isLimitValid, setLimit } from "./limit.ts";
import { profileEntries } from "./logs.ts";
import { type MeterScene, tell } from "./outgoing.ts";
import {
  addCredit,
  areTermsValid,
  endPrepaid,
  followTerms,
  isAmount,
  settleCredit,
  startPrepaid,
  takeToken,
} from "./prepaid.ts";
import { registerMilliWh } from "./registers.ts";
import { holdRelay } from "./relay.ts";
import { closeForCompany, noteTripOrder, receiveToken } from "./tokens.ts";

/** How many commands a meter remembers, so that a repeated one is answered and not obeyed again. */
export const COMMANDS_REMEMBERED_MAX = 16;
/** A clock is set within ten years of the start, or somebody is mistaken. */
const CLOCK_MAX_MS = 3652 * DAY_MS;
const TOKEN_LENGTH_MAX = 64;

type Outcome = Pick<CommandAck, "result" | "reason">;
const DONE: Outcome = { result: "done", reason: null };
const refused = (reason: RefusalReason): Outcome => ({ result: "refused", reason });

/** What the company is told of a token that it sent. One that can never be taken any more is dead. */
const TOKEN_OUTCOMES: Readonly<Record<TokenResult, Outcome>> = {
  accepted: DONE,
  "half-a-key": DONE,
  used: { result: "used-token", reason: null },
  old: refused("dead-token"),
  "key-expired": refused("dead-token"),
  rejected: refused("bad-token"),
  locked: refused("bad-token"),
  "wrong-kind": refused("bad-token"),
  overflow: refused("credit-full"),
};

/** Obeys a command once, answers every delivery of it; an expired one is neither obeyed nor answered. */
export function obey(scene: MeterScene, row: number, command: MeterCommand, at: SimMs): void {
  const { model, state, sent } = scene;
  const { clock } = state;
  if (command.expiresAt < ownTime(model, clock, row, at) && clock.isInvalid[row] === 0) return;
  const obeyed = state.obeyed[row]!;
  const before = obeyed.find(({ id }) => id === command.id);
  let outcome: { readonly result: CommandResult; readonly reason: RefusalReason | null };
  if (before !== undefined) outcome = { result: before.result, reason: before.reason };
  else {
    outcome = execute(scene, row, command, at);
    obeyed.push({ id: command.id, ...outcome });
    if (obeyed.length > COMMANDS_REMEMBERED_MAX) obeyed.shift();
    if (outcome.result === "done") showText(scene, row, command);
  }
  sent.push({
    row,
    message: {
      kind: "command-ack",
      supply: model.ids[row]!,
      commandId: command.id,
      doneAt: ownTime(model, clock, row, at),
      relay: state.relayOpen[row] === 1 ? "open" : "closed",
      ...outcome,
    },
    sentAt: at,
  });
  // A copy asks again, so the profile is sent again: it may be the answer that was lost.
  if (command.action === "read-profile") sendProfile(scene, row, command);
}

function showText({ state }: MeterScene, row: number, { action, text }: MeterCommand): void {
  if (action !== "reconnect" && text !== "") state.notices[row] = text;
}

function execute(scene: MeterScene, row: number, command: MeterCommand, at: SimMs): Outcome {
  switch (command.action) {
    case "trip":
      noteTripOrder(scene, row, command.issuedAt);
      holdRelay(scene, row, "company", "open", at);
      return DONE;
    case "reconnect":
      closeForCompany(scene, row, at);
      return DONE;
    case "reminder":
    case "notice":
    case "read-profile":
      return DONE;
    case "set-clock":
      return setClock(scene, row, command.clockMs, at);
    case "set-prepaid":
      return setPrepaid(scene, row, command, at);
    case "set-postpaid":
      return setPostpaid(scene, row, at);
    case "top-up":
      return topUp(scene, row, command, at);
    case "take-token":
      return digitsOf(command.token) === command.token
        ? TOKEN_OUTCOMES[receiveToken(scene, row, command.token, at).result]
        : refused("bad-token");
    case "set-limit":
      return changeLimit(scene, row, command, at);
    default:
      return unreachable(command);
  }
}

/** Forward over a boundary: the running interval ends here and says so. Backward: none ends a second time. */
function setClock(scene: MeterScene, row: number, clockMs: SimMs, at: SimMs): Outcome {
  const { model, state } = scene;
  const { clock, prepaid } = state;
  if (!Number.isSafeInteger(clockMs) || clockMs < 0 || clockMs > CLOCK_MAX_MS) {
    return refused("bad-clock");
  }
  const byMs = clockMs - ownTime(model, clock, row, at);
  clock.intervalFlags[row] = clock.intervalFlags[row]! | INTERVAL.clockSet;
  const next = clock.lastInterval[row]! + 1;
  setOwnTime(clock, row, at, clockMs);
  clock.isInvalid[row] = 0;
  if (prepaid.isPrepaid[row] === 1) {
    followTerms(model, prepaid, row, clockMs);
    settleCredit(scene, row, at);
  }
  const now = intervalAt(model, clockMs);
  if (now >= next) {
    endInterval(scene, row, next, 0, scene.step.at);
    clock.lastInterval[row] = now;
    clock.intervalFlags[row] = INTERVAL.clockSet;
  }
  tell(scene, row, at, "clock-set", byMs);
  return DONE;
}

function setPrepaid(
  scene: MeterScene,
  row: number,
  { terms, openingCreditMinor }: Extract<MeterCommand, { action: "set-prepaid" }>,
  at: SimMs,
): Outcome {
  const { model, state } = scene;
  if (!areTermsValid(terms)) return refused("bad-terms");
  if (!isAmount(openingCreditMinor)) return refused("bad-amount");
  const ownMs = ownTime(model, state.clock, row, at);
  const now = { ownMs, registerMilliWh: registerMilliWh(model, state, row) };
  startPrepaid(model, state.prepaid, row, terms, now);
  addCredit(state.prepaid, row, openingCreditMinor);
  tell(scene, row, at, "prepaid-set", state.prepaid.creditMilliMinor[row]!);
  settleCredit(scene, row, at);
  return DONE;
}

function setPostpaid(scene: MeterScene, row: number, at: SimMs): Outcome {
  const { prepaid } = scene.state;
  if (prepaid.isPrepaid[row] === 0) return DONE;
  endPrepaid(prepaid, row);
  tell(scene, row, at, "postpaid-set");
  settleCredit(scene, row, at);
  return DONE;
}

function topUp(
  scene: MeterScene,
  row: number,
  { token, amountMinor }: Extract<MeterCommand, { action: "top-up" }>,
  at: SimMs,
): Outcome {
  const { prepaid } = scene.state;
  if (prepaid.isPrepaid[row] === 0) return refused("not-prepaid");
  if (!isAmount(amountMinor) || amountMinor === 0) return refused("bad-amount");
  if (digitsOf(token) === token) return TOKEN_OUTCOMES[receiveToken(scene, row, token, at).result];
  const key = token.slice(0, TOKEN_LENGTH_MAX);
  if (!takeToken(prepaid, row, key)) return { result: "used-token", reason: null };
  addCredit(prepaid, row, amountMinor);
  tell(scene, row, at, "topped-up", prepaid.creditMilliMinor[row]!);
  settleCredit(scene, row, at);
  return DONE;
}

function changeLimit(
  scene: MeterScene,
  row: number,
  command: Extract<MeterCommand, { action: "set-limit" }>,
  at: SimMs,
): Outcome {
  const { limitW, afterMs, recloseAfterMs, recloseTriesMax } = command;
  const { limit } = scene.state;
  const terms = limitW === null ? null : { limitW, afterMs, recloseAfterMs, recloseTriesMax };
  if (terms !== null && !isLimitValid(terms)) return refused("bad-limit");
  setLimit(limit, row, terms);
  tell(scene, row, at, terms === null ? "limit-removed" : "limit-set", limitW);
  holdRelay(scene, row, "limit", "closed", at);
  return DONE;
}

function sendProfile(
  { model, state, logs, step, sent }: MeterScene,
  row: number,
  { id, fromMs, toMs }: Extract<MeterCommand, { action: "read-profile" }>,
): void {
  const { intervalMs } = model;
  const span = {
    first: Math.floor(fromMs / intervalMs) + 1,
    last: Math.floor(toMs / intervalMs),
    countMax: PROFILE_PART_MAX + 1,
  };
  const entries = profileEntries(logs, row, intervalMs, span);
  sent.push({
    row,
    message: {
      kind: "profile",
      supply: model.ids[row]!,
      serial: state.serials[row]!,
      commandId: id,
      entries: entries.slice(0, PROFILE_PART_MAX),
      isComplete: entries.length <= PROFILE_PART_MAX,
    },
    sentAt: step.at,
  });
}
