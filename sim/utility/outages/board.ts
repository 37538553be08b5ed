// The outage board: from single signs to where supply has failed. Of last gasps most are lost with the modem's supply, so
// two of one phase at one time are a phase, and gasps of all phases a feeder; readings and first breaths then say who is
// alive. What remains is a home. Sentences say what was heard.

import type { BeliefEvent } from "../../contract/event.ts";
import { MINUTE_MS, type SimMs } from "../../core/time.ts";
import { TRANSFORMER_ELEMENTS } from "../history.ts";
import type { Records } from "../records.ts";
import { type OpenOutage, OUTAGES_MAX, type OutageState } from "../state.ts";
import { sentenceOfGroup, sentenceOfHome, sentenceOfSilence } from "./sentences.ts";

/** Last gasps of one fault are said and arrive within this; before it is over nobody decides how large it is. */
const HOLD_MS = 2 * MINUTE_MS;
/** Share of last gasps that arrive, as the company has learned it. */
const GASP_ARRIVES_SHARE = 0.2;
/** A phase without any gasp is taken for out with the others where that happens by chance more often than this. */
const CHANCE_MIN = 0.1;
/** From this share of its homes on that have shown life, a group is coming back. */
const BACK_SHARE = 0.5;
/** Once it is, the others have so long until each is an outage of its own. */
const RETURN_MS = 45 * MINUTE_MS;
/** A home that says nothing for this many intervals is silent; it is out where that lasts while the others are heard. */
const SILENT_INTERVALS = 3;
const QUIET_MS = 60 * MINUTE_MS;
/** A reading that is not there so long after its interval is missing. */
const LATE_MS = 10 * MINUTE_MS;
/** So many of its feeder's others: with less it is the mobile network. */
const HEARD_SHARE = 0.9;

/** Something that is out now. */
export interface Found {
  readonly where: string;
  readonly since: SimMs;
  readonly rows: readonly number[];
  readonly sentence: string;
}

export type BoardRecords = Pick<Records, "supplies" | "feeders" | "intervalMs" | "calendar">;

/** Once a minute: what is out now, against what was. Returns what there is to tell. */
export function lookAtOutages(
  records: BoardRecords,
  state: OutageState,
  now: SimMs,
): readonly BeliefEvent[] {
  if (isAllWell(records, state, now)) return [];
  const membersOf: number[][] = records.feeders.map(() => []);
  records.supplies.forEach(({ feeder }, row) => void membersOf[feeder]!.push(row));
  const found = membersOf.flatMap((members, feeder) =>
    lookAtFeeder(records, state, feeder, members, now),
  );
  if (found.length === 0 && state.open.length === 0) return [];
  const events: BeliefEvent[] = [];
  const covered = new Set(found.flatMap(({ rows }) => rows));
  const before = [...state.open];
  state.open.length = 0;
  for (const outage of before) {
    const still = found.find(({ where }) => where === outage.where);
    if (still !== undefined) state.open.push({ ...outage, sentence: still.sentence });
    else if (!outage.rows.some((row) => covered.has(row))) events.push(over(outage, now));
    // Else it has grown into a larger one, or the rest of it goes on as smaller ones.
  }
  for (const { where, since, rows, sentence } of found) {
    if (before.some((outage) => outage.where === where)) continue;
    if (state.open.length >= OUTAGES_MAX) break;
    const id = `outage-${state.next++}`;
    state.open.push({ id, where, since, rows: [...rows], sentence, firstBackAt: null });
    const homes = rows.length;
    events.push({ kind: "outage-suspected", at: now, outageId: id, where, homes, sentence });
  }
  state.isOut.fill(0);
  for (const { rows, since } of state.open) {
    for (const row of rows) if (state.aliveAt[row]! <= since) state.isOut[row] = 1;
  }
  return events;
}

/** Most minutes: nobody gasped, nothing fell away, nobody is silent, nothing is on the board. */
function isAllWell({ intervalMs }: BoardRecords, state: OutageState, now: SimMs): boolean {
  const { gaspAt, heardAt, quietSince, fellFromA, isOut } = state;
  let isWell = state.open.length === 0;
  for (let row = 0; row < isOut.length; row++) {
    if (gaspAt[row]! >= 0) isWell = false;
    if (now - heardAt[row]! > SILENT_INTERVALS * intervalMs) isWell = false;
    else quietSince[row] = -1;
  }
  for (let at = 0; at < fellFromA.length; at++) if (fellFromA[at]! > 0) isWell = false;
  return isWell;
}

const over = ({ id: outageId, where, since }: OpenOutage, now: SimMs): BeliefEvent => ({
  kind: "outage-over",
  at: now,
  outageId,
  where,
  lastedMs: Math.max(0, now - since),
});

function lookAtFeeder(
  records: BoardRecords,
  state: OutageState,
  feeder: number,
  members: readonly number[],
  now: SimMs,
): readonly Found[] {
  const { supplies, feeders } = records;
  const { id } = feeders[feeder]!;
  const quiet = quietHomes(records, state, members, now);
  const hasFallen = (phase: number): boolean =>
    state.fellFromA[TRANSFORMER_ELEMENTS * feeder + phase - 1]! > 0;
  const hasGasp = members.some((row) => state.gaspAt[row]! >= 0);
  const isOpenHere = state.open.some(({ rows }) => members.includes(rows[0]!));
  if (!hasGasp && quiet.length === 0 && !isOpenHere && ![1, 2, 3].some(hasFallen)) return [];

  const ofPhase = [1, 2, 3].map((phase) => members.filter((row) => supplies[row]!.phase === phase));
  const phases = [1, 2, 3].filter((phase) => ofPhase[phase - 1]!.length > 0);
  const whole = { where: id, rows: members };
  if (
    isStillOut(state, whole, now) ||
    isWholeOut(state, members, phases, ofPhase, supplies.length + feeder, now)
  ) {
    return [groupOf(records, state, { ...whole, feeder, phase: null })];
  }
  const found: Found[] = [];
  const lateMs = records.intervalMs + LATE_MS;
  for (const phase of phases) {
    const group = { where: `${id}/L${phase}`, rows: ofPhase[phase - 1]! };
    const gasps = gaspsTogether(state, group.rows, now);
    const unheard = group.rows.filter((row) => now - state.heardAt[row]! > lateMs).length;
    const isQuiet = unheard >= HEARD_SHARE * group.rows.length;
    const isNew = gasps >= 2 || (hasFallen(phase) && (gasps >= 1 || isQuiet));
    const isGroup = group.rows.length > 1 && !isRefuted(state, group.rows);
    if (isStillOut(state, group, now) || (isGroup && isNew)) {
      found.push(groupOf(records, state, { ...group, feeder, phase }));
    }
  }
  const covered = new Set(found.flatMap(({ rows }) => rows));
  for (const row of members) {
    if (covered.has(row)) continue;
    const { id: where } = supplies[row]!;
    const since = state.gaspAt[row]!;
    if (since >= 0 && now - state.gaspHeardAt[row]! >= HOLD_MS) {
      found.push({ where, since, rows: [row], sentence: sentenceOfHome(records, since) });
    } else if (quiet.includes(row) && since < 0) {
      const heardAt = state.heardAt[row]!;
      const sentence = sentenceOfSilence(records, heardAt, members.length - 1);
      found.push({ where, since: heardAt, rows: [row], sentence });
    }
  }
  return found;
}

/** Homes that have been silent for long while almost all others of their feeder were heard. */
function quietHomes(
  { intervalMs }: BoardRecords,
  state: OutageState,
  members: readonly number[],
  now: SimMs,
): readonly number[] {
  const isHeard = (row: number): boolean => now - state.heardAt[row]! <= 2 * intervalMs;
  const heard = members.filter(isHeard).length;
  const areOthersHeard = members.length > 2 && heard >= HEARD_SHARE * (members.length - 1);
  return members.filter((row) => {
    const isSilent = now - state.heardAt[row]! > SILENT_INTERVALS * intervalMs;
    if (!isSilent || !areOthersHeard) state.quietSince[row] = -1;
    else if (state.quietSince[row]! < 0) state.quietSince[row] = now;
    return state.quietSince[row]! >= 0 && now - state.quietSince[row]! >= QUIET_MS;
  });
}

/** Half of these homes have shown life after the last gasp of any: what failed is smaller. */
function isRefuted({ gaspAt, aliveAt }: OutageState, rows: readonly number[]): boolean {
  const lastGaspAt = Math.max(...rows.map((row) => gaspAt[row]!));
  const alive = rows.filter((row) => lastGaspAt >= 0 && aliveAt[row]! > lastGaspAt).length;
  return alive >= BACK_SHARE * rows.length;
}

/** The most gasps of these homes that were said at about one time; none while the first was only just heard. */
function gaspsTogether(state: OutageState, rows: readonly number[], now: SimMs): number {
  const ready = rows.filter((row) => state.gaspAt[row]! >= 0);
  if (!ready.some((row) => now - state.gaspHeardAt[row]! >= HOLD_MS)) return 0;
  let most = 0;
  for (const row of ready) {
    const from = state.gaspAt[row]!;
    const together = ready.filter((other) => Math.abs(state.gaspAt[other]! - from) <= HOLD_MS);
    most = Math.max(most, together.length);
  }
  return most;
}

/** The transformer's own meter gasped with one home or more; or homes of every phase that would be heard did. */
function isWholeOut(
  state: OutageState,
  members: readonly number[],
  phases: readonly number[],
  ofPhase: readonly (readonly number[])[],
  meter: number,
  now: SimMs,
): boolean {
  if (isRefuted(state, members)) return false;
  const gasps = gaspsTogether(state, members, now);
  if (state.gaspAt[meter]! >= 0 && gasps >= 1 && members.length > 1) return true;
  if (gasps < 3) return false;
  const silentPhases = phases.filter(
    (phase) => gaspsTogether(state, ofPhase[phase - 1]!, now) === 0,
  );
  if (phases.length - silentPhases.length < Math.min(2, phases.length)) return false;
  return silentPhases.every((phase) => {
    const chance = ofPhase[phase - 1]!.reduce((product) => product * (1 - GASP_ARRIVES_SHARE), 1);
    return chance > CHANCE_MIN;
  });
}

/** Whether a phase or a feeder that is on the board stays there: its homes need time to come back. */
function isStillOut(
  state: OutageState,
  { where, rows }: { readonly where: string; readonly rows: readonly number[] },
  now: SimMs,
): boolean {
  const open = state.open.find((outage) => outage.where === where);
  if (open === undefined) return false;
  const back = rows.filter((row) => state.aliveAt[row]! > open.since).length;
  if (back < BACK_SHARE * rows.length) return true;
  open.firstBackAt ??= now;
  const isAnyGone = rows.some((row) => state.gaspAt[row]! >= 0);
  return isAnyGone && now - open.firstBackAt < RETURN_MS;
}

function groupOf(
  records: BoardRecords,
  state: OutageState,
  group: {
    readonly where: string;
    readonly rows: readonly number[];
    readonly feeder: number;
    readonly phase: number | null;
  },
): Found {
  const { where, rows } = group;
  const open = state.open.find((outage) => outage.where === where);
  const gasps = rows.map((row) => state.gaspAt[row]!).filter((at) => at >= 0);
  const heard = rows.map((row) => state.heardAt[row]!);
  const since = open?.since ?? (gasps.length > 0 ? Math.min(...gasps) : Math.max(...heard));
  // A group that is coming back keeps the sentence that it was told with.
  const sentence =
    open !== undefined && (open.firstBackAt !== null || gasps.length === 0)
      ? open.sentence
      : sentenceOfGroup(records, state, group, gasps.length, since);
  return { where, since, rows, sentence };
}
