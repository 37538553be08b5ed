// Events: what happened, for logs, timelines and tests. Each belongs to one side of the wall.

import { unreachable } from "../core/assert.ts";
import { formatDuration, type SimMs } from "../core/time.ts";
import { type AccountEvent, accountHeadline, isAccountEvent } from "./account-event.ts";
import type { Letter, TellWay, TextedLetter } from "./billing.ts";
import type { InspectionFinding } from "./inspection.ts";
import type { TokenResult } from "./meter-device.ts";
import type { OutageKind } from "./outage.ts";
import type { MeterEventCode, ReadingRule, SupplyPointId } from "./reading.ts";
import { type CaseState, TECHNIQUE_NAMES, type TheftKind } from "./theft.ts";

interface At {
  readonly at: SimMs;
}
interface AtSupply extends At {
  readonly supply: SupplyPointId;
}

interface TransformerHeat extends At {
  readonly feeder: string;
  readonly hotSpotC: number;
  readonly topOilC: number;
  /** Of the most loaded phase. */
  readonly loadingShare: number;
}

/** What physically happens; only sessions that may see the truth get it. */
export type TruthEvent =
  /** `share` of a hook is null, `powerW` of all others. */
  | (AtSupply & {
      readonly kind: "theft-start";
      readonly theft: TheftKind;
      readonly share: number | null;
      readonly powerW: number | null;
    })
  | (AtSupply & { readonly kind: "theft-stop"; readonly theft: TheftKind })
  | (At & { readonly kind: "mast-down"; readonly mast: string })
  | (At & { readonly kind: "mast-up"; readonly mast: string })
  /** `mast` is null where all masts share what is out. */
  | (At & {
      readonly kind: "outage-start" | "outage-end";
      readonly of: Exclude<OutageKind, "mast">;
      readonly mast: string | null;
    })
  /** `target`: a supply point or a feeder. */
  | (At & { readonly kind: "power-cut"; readonly target: string })
  | (At & { readonly kind: "power-restored"; readonly target: string })
  | (AtSupply & { readonly kind: "relay"; readonly position: "open" | "closed" })
  | (AtSupply & { readonly kind: "readings-dropped"; readonly count: number })
  | (AtSupply & { readonly kind: "message-dropped"; readonly message: string })
  | (AtSupply & { readonly kind: "payment-made"; readonly amountMinor: number })
  | (AtSupply & { readonly kind: "text-received"; readonly letter: TextedLetter })
  /** `supply`: where a crew looked, a feeder's id where it walked along the lines. */
  | (AtSupply & { readonly kind: "crew-visit"; readonly found: readonly InspectionFinding[] })
  | (AtSupply & { readonly kind: "meter-exchanged"; readonly serial: string })
  | (AtSupply & { readonly kind: "device-swapped-in"; readonly device: string })
  | (AtSupply & { readonly kind: "device-swapped-out" })
  | (AtSupply & { readonly kind: "device-lost"; readonly policy: string; readonly reason?: string })
  | (AtSupply & { readonly kind: "device-back" })
  | (AtSupply & { readonly kind: "button-pressed"; readonly button: string })
  /** Somebody typed a token; null: the meter was dark, or its board silent. */
  | (AtSupply & { readonly kind: "token-typed"; readonly result: TokenResult | null })
  | (At & {
      readonly kind: "step-failed";
      readonly feeder: string;
      readonly bus: string;
      readonly mismatchPu: number;
    })
  /** `target`: a supply point, or `FEEDER/L2`; `branch`: the cable or transformer that it stands in, empty for none. */
  | (At & {
      readonly kind: "fuse-blown";
      readonly target: string;
      readonly fuse: FuseName;
      readonly branch: string;
      readonly phase: 1 | 2 | 3;
      readonly ratingA: number;
      readonly currentA: number;
      readonly cause: "overload" | "short-circuit";
      /** That lose a phase by it. */
      readonly homes: number;
    })
  | (At & {
      readonly kind: "fuse-replaced";
      readonly target: string;
      readonly fuse: FuseName;
      readonly branch: string;
      readonly phase: 1 | 2 | 3;
      readonly homes: number;
    })
  /** `clearedMs`: after how long a fuse had melted; null where none did and it burned itself free. */
  | (At & {
      readonly kind: "short-circuit";
      readonly target: string;
      readonly phase: 1 | 2 | 3;
      readonly currentA: number;
      readonly clearedMs: number | null;
    })
  | (TransformerHeat & { readonly kind: "transformer-overload" })
  | (TransformerHeat & { readonly kind: "transformer-cooled" })
  /** Of a feeder, by the means of ten minutes: how many homes are outside, and the one that is farthest. */
  | (At & {
      readonly kind: "voltage-outside";
      readonly feeder: string;
      readonly side: "low" | "high";
      readonly homes: number;
      readonly supply: SupplyPointId;
      readonly voltageV: number;
    })
  | (At & {
      readonly kind: "voltage-within";
      readonly feeder: string;
      readonly side: "low" | "high";
    })
  | (At & { readonly kind: "step-set"; readonly stepMs: number });

/** Where a fuse stands: in a home's own cable, in one that leaves the transformer, at the transformer's secondary. */
export type FuseName = "service" | "feeder" | "transformer";

/** What the company came to know or did. `at` is when the company acted, not when it was measured. */
export type BeliefEvent =
  | (AtSupply & { readonly kind: "reading-late"; readonly lateMs: number })
  | (AtSupply & {
      readonly kind: "reading-refused";
      readonly sequence: number;
      readonly rule: ReadingRule;
    })
  | (AtSupply & { readonly kind: "gap-estimated"; readonly intervals: number })
  /** What a meter told of itself. `measuredAt` is on the meter's own clock. */
  | (AtSupply & {
      readonly kind: "meter-event";
      readonly code: MeterEventCode;
      readonly measuredAt: SimMs;
      readonly value: number | null;
    })
  | (AtSupply & { readonly kind: "bill"; readonly billId: string; readonly amountMinor: number })
  | (AtSupply & {
      readonly kind: "bill-corrected";
      readonly billId: string;
      readonly amountMinor: number;
    })
  | (AtSupply & { readonly kind: "bill-held"; readonly months: number })
  | (AtSupply & { readonly kind: "reminder"; readonly arrearsMinor: number })
  | (AtSupply & { readonly kind: "warning"; readonly arrearsMinor: number })
  | (AtSupply & { readonly kind: "notice"; readonly arrearsMinor: number })
  /** `servedAt`: when the meter showed it, by its own clock. */
  | (AtSupply & { readonly kind: "notice-served"; readonly servedAt?: SimMs })
  | (AtSupply & {
      readonly kind: "protected";
      readonly arrearsMinor: number;
      readonly reason: string;
    })
  | (AtSupply & {
      readonly kind: "dispute-opened";
      readonly amountMinor: number;
      readonly reason: string;
    })
  | (AtSupply & {
      readonly kind: "dispute-closed";
      readonly amountMinor: number;
      readonly upheld: boolean;
    })
  | (AtSupply & {
      readonly kind: "token-sent";
      readonly token: string;
      readonly amountMinor: number;
    })
  | (AtSupply & { readonly kind: "token-taken"; readonly token: string })
  /** Both halves of a meter's next key are on their way. */
  | (AtSupply & { readonly kind: "key-renewed" })
  /** The order to reconnect does not get through; the customer may type a token that does the same. */
  | (AtSupply & { readonly kind: "reconnect-token" })
  | (AtSupply & {
      readonly kind: "command-refused";
      readonly action: string;
      readonly reason: string;
    })
  | (AtSupply & { readonly kind: "low-credit"; readonly creditMinor: number })
  | (AtSupply & { readonly kind: "no-credit"; readonly creditMinor: number })
  | (AtSupply & { readonly kind: "emergency-credit"; readonly creditMinor: number })
  /** No more than `percent` of the last recharge is left. */
  | (AtSupply & {
      readonly kind: "share-left";
      readonly creditMinor: number;
      readonly percent: number;
      readonly rechargeMinor: number;
    })
  /** At the pace of late the credit lasts for no more whole days than this. */
  | (AtSupply & {
      readonly kind: "few-days-left";
      readonly creditMinor: number;
      readonly days: number;
    })
  | (AtSupply & { readonly kind: "credit-restored"; readonly creditMinor: number })
  | (AtSupply & { readonly kind: "clock-off"; readonly offMs: number })
  /** `by`: `ladder`, `theft`, `official` or `official/NAME`; `batch`: what it was approved with, empty for none. */
  | (AtSupply & {
      readonly kind: "trip-sent";
      readonly reason: string;
      readonly by?: string;
      readonly batch?: string;
    })
  /** It waits for another day, or in a batch for a second official. */
  | (AtSupply & {
      readonly kind: "trip-held";
      readonly by: string;
      readonly batch: string;
      readonly reason: string;
    })
  /** `missing`: approvals that are still wanted. */
  | (At & {
      readonly kind: "trips-approved";
      readonly batch: string;
      readonly by: string;
      readonly trips: number;
      readonly missing: number;
    })
  | (At & {
      readonly kind: "trips-refused";
      readonly batch: string;
      readonly by: string;
      readonly trips: number;
    })
  | (AtSupply & {
      readonly kind: "email";
      readonly to: string;
      readonly letter: Letter["kind"];
      readonly owedMinor: number;
    })
  | (AtSupply & { readonly kind: "email-dropped"; readonly letter: Letter["kind"] })
  | (AtSupply & { readonly kind: "trip-cancelled" })
  /** `openedAt`: by the meter's own clock. */
  | (AtSupply & { readonly kind: "tripped"; readonly openedAt?: SimMs })
  | (AtSupply & { readonly kind: "payment"; readonly amountMinor: number })
  | (AtSupply & {
      readonly kind: "reconnect-sent";
      readonly reason: string;
      readonly by?: string;
    })
  | (AtSupply & { readonly kind: "reconnected" })
  | (AtSupply & {
      readonly kind: "command-retried";
      readonly action: string;
      readonly attempt: number;
    })
  | (AtSupply & { readonly kind: "command-expired"; readonly action: string })
  | (AtSupply & { readonly kind: "command-dropped"; readonly action: string })
  /** `where`: a supply point, `FEEDER/L2` or a feeder. */
  | (At & {
      readonly kind: "outage-suspected";
      readonly outageId: string;
      readonly where: string;
      readonly homes: number;
      readonly sentence: string;
    })
  | (At & {
      readonly kind: "outage-over";
      readonly outageId: string;
      readonly where: string;
      readonly lastedMs: number;
    })
  | (AtSupply & {
      readonly kind: "case-opened";
      readonly caseId: string;
      readonly evidence: string;
    })
  /** What speaks for the case has changed by more than a little. */
  | (AtSupply & {
      readonly kind: "case-updated";
      readonly caseId: string;
      readonly probability: number;
    })
  | (AtSupply & {
      readonly kind: "case-state";
      readonly caseId: string;
      readonly state: CaseState;
      readonly reason: string;
    })
  | (AtSupply & {
      readonly kind: "inspection-ordered";
      readonly caseId: string;
      readonly visitAt: SimMs;
      readonly reason: string;
    })
  | (AtSupply & {
      readonly kind: "inspection-done";
      readonly caseId: string;
      readonly finding: string;
    })
  | (AtSupply & {
      readonly kind: "theft-notice";
      readonly caseId: string;
      readonly ways: readonly TellWay[];
    })
  | (AtSupply & {
      readonly kind: "kept-on";
      readonly caseId: string;
      readonly reason: string;
    })
  | (AtSupply & { readonly kind: "assessed"; readonly amountMinor: number })
  | AccountEvent;

/** What the host noticed, for those who watch: shown and nothing else, in no world, recording or hash. */
export type HostEvent =
  | (At & { readonly kind: "broker-away"; readonly reason: string })
  | (At & { readonly kind: "broker-back"; readonly waiting: number })
  | (At & { readonly kind: "broker-overflow"; readonly waitingMax: number });

/** What goes out on `belief/event`. */
export type KnownEvent = BeliefEvent | HostEvent;

export type TwinEvent =
  | { readonly side: "truth"; readonly sequence: number; readonly event: TruthEvent }
  | { readonly side: "belief"; readonly sequence: number; readonly event: BeliefEvent };

const REFUSALS: Readonly<Record<ReadingRule, string>> = {
  malformed: "it is no reading",
  "wrong-serial": "another meter is on file here",
  "from-the-future": "it says that it was taken later than it arrived",
  "too-old": "it is older than what is kept",
  "implausible-voltage": "no supply has such a voltage",
  "interval-conflict": "that interval was read already",
  "sequence-conflict": "its number belongs to another reading",
  "register-falls": "a register never falls",
  "jump-above-load": "the supply's load cannot use so much",
};

/** What a meter says with each of its events. */
const METER_EVENT_SENTENCES: Readonly<Record<MeterEventCode, string>> = {
  "last-gasp": "the supply is gone (last gasp)",
  "first-breath": "the supply is back (first breath)",
  "cover-open": "the cover was opened",
  magnet: "there is a magnet",
  "magnet-gone": "the magnet is gone",
  "neutral-missing": "the neutral carries less than the phase",
  "neutral-restored": "the neutral carries what the phase does again",
  "load-voltage": "there is voltage behind its open relay",
  "load-voltage-gone": "there is no voltage behind its open relay any more",
  "over-limit-open": "the load is above its limit, the relay opened",
  "over-limit-closed": "the relay closed again after the load was above its limit",
  "over-limit-lockout": "the load is above its limit again and again, the relay stays open",
  "limit-set": "a load limit is set",
  "limit-removed": "the load limit is removed",
  "prepaid-set": "it counts prepaid credit now",
  "postpaid-set": "it is postpaid now",
  "topped-up": "a top-up was accepted",
  "credit-low": "the credit is low",
  "credit-emergency": "the emergency credit is in use",
  "credit-out": "the credit is used up, the supply is off",
  "credit-overshoot": "the credit went below its limit before the relay opened",
  "clock-set": "the clock was set",
  "clock-invalid": "the clock has lost the time",
  "relay-open": "the relay is open",
  "relay-closed": "the relay is closed",
  "voltage-high": "the voltage is too high",
  "voltage-high-over": "the voltage is no longer too high",
  "voltage-low": "the voltage is too low",
  "voltage-low-over": "the voltage is no longer too low",
  "token-refused": "a wrong token was typed",
  "token-locked": "too many wrong tokens were typed, its keypad is locked",
  "key-changed": "it has a new key for tokens",
  "credit-cleared": "its credit was cleared by a token",
  "tamper-cleared": "its suspicions were cleared by a token",
};

const TOKEN_SENTENCES: Readonly<Record<TokenResult, string>> = {
  accepted: "accepts it",
  "half-a-key": "waits for the other half of a new key",
  rejected: "rejects it",
  used: "has it already",
  old: "finds it too old",
  overflow: "has no room for so much credit",
  "key-expired": "finds its key expired",
  locked: "is locked after too many wrong ones",
  "wrong-kind": "is not of the kind that it is for",
};

const OUTAGE_NAMES: Readonly<Record<Exclude<OutageKind, "mast">, string>> = {
  backhaul: "the line behind the mast",
  core: "the mobile network's core",
  sms: "the SMS centre",
  data: "packet data",
};

const TEXT_SENTENCES: Readonly<Record<TextedLetter, string>> = {
  reminder: "a bill is overdue",
  warning: "a notice of disconnection follows unless the debt is paid",
  notice: "the supply will be disconnected unless the debt is paid",
  disconnected: "the supply is disconnected",
  reconnected: "the supply is back",
  "low-credit": "little credit is left",
  "no-credit": "the credit is used up",
  "emergency-credit": "the emergency credit is in use",
  "share-left": "little of the last recharge is left",
  "few-days-left": "the credit lasts for a few days only",
  token: "a token for the meter",
  "theft-notice": "the company looks into energy that is missing",
  "theft-confirmed": "a crew found that current flows past the meter",
  "theft-cleared": "the company found nothing and says sorry",
};

const THEFT_NAMES: Readonly<Record<TheftKind, string>> = {
  "partial-bypass": "bypass",
  hook: "hook before the meter",
  "missing-neutral": "return through the earth",
  magnet: "magnet",
  "relay-bypass": "bridge over the relay",
};

function theftSentence({
  theft,
  share,
  powerW,
}: Pick<Extract<TruthEvent, { kind: "theft-start" }>, "theft" | "share" | "powerW">): string {
  const percent = `${Math.round((share ?? 0) * 100)} %`;
  switch (theft) {
    case "partial-bypass":
      return `${percent} of the current now flows around the meter`;
    case "hook":
      return `a load of ${Math.round(powerW ?? 0)} W now hangs on the cable before the meter`;
    case "missing-neutral":
      return `${percent} of the current now returns through the earth`;
    case "magnet":
      return `a magnet lies at the meter, which sees ${percent} less`;
    case "relay-bypass":
      return "a bridge now leads over the meter's open relay";
  }
}

const FUSE_NAMES: Readonly<Record<FuseName, string>> = {
  service: "service fuse",
  feeder: "feeder fuse",
  transformer: "transformer's fuse",
};

const homesText = (count: number): string => `${count} ${count === 1 ? "home" : "homes"}`;

const ofMast = (mast: string | null): string => (mast === null ? "" : ` ${mast}`);

/** One English sentence for a log line; money in whole coins, since the log knows no currency. */
export function headline(event: TruthEvent | KnownEvent): string {
  if (isAccountEvent(event)) return accountHeadline(event);
  switch (event.kind) {
    case "theft-start":
      return `${event.supply}: ${theftSentence(event)}`;
    case "theft-stop":
      return `${event.supply}: the ${THEFT_NAMES[event.theft]} is gone`;
    case "mast-down":
      return `${event.mast} is down`;
    case "mast-up":
      return `${event.mast} is back`;
    case "outage-start":
      return `${OUTAGE_NAMES[event.of]}${ofMast(event.mast)} is out`;
    case "outage-end":
      return `${OUTAGE_NAMES[event.of]}${ofMast(event.mast)} is back`;
    case "power-cut":
      return `${event.target} has lost its supply`;
    case "power-restored":
      return `${event.target} is supplied again`;
    case "relay":
      return `${event.supply}: the relay is ${event.position}`;
    case "readings-dropped":
      return `${event.supply}: its outbox overflowed, ${event.count} reading(s) dropped`;
    case "message-dropped":
      return `${event.supply}: its outbox overflowed, a ${event.message} dropped`;
    case "payment-made":
      return `${event.supply}: the customer pays ${event.amountMinor}`;
    case "text-received":
      return `${event.supply}: the customer's phone shows an SMS: ${TEXT_SENTENCES[event.letter]}`;
    case "crew-visit": {
      const found = event.found.map(
        ({ supply, technique }) => `${TECHNIQUE_NAMES[technique]} at ${supply}`,
      );
      return `${event.supply}: a crew looks and finds ${found.length === 0 ? "nothing" : found.join(", ")}`;
    }
    case "meter-exchanged":
      return `${event.supply}: another meter hangs here now, ${event.serial}`;
    case "device-swapped-in":
      return `${event.supply}: the simulated meter is replaced by ${event.device}`;
    case "device-swapped-out":
      return `${event.supply}: the simulated meter is back`;
    case "device-lost":
      return `${event.supply}: the board does not answer; policy ${event.policy}${event.reason === undefined ? "" : `: ${event.reason}`}`;
    case "device-back":
      return `${event.supply}: the board answers again`;
    case "button-pressed":
      return `${event.supply}: somebody presses ${event.button} on the meter`;
    case "token-typed":
      return `${event.supply}: a token is typed at the meter, which ${event.result === null ? "shows nothing" : TOKEN_SENTENCES[event.result]}`;
    case "step-failed":
      return `${event.feeder}: the power flow did not converge; worst at ${event.bus}, off by ${event.mismatchPu} pu`;
    case "fuse-blown":
      return `${event.target}: the ${FUSE_NAMES[event.fuse]} of ${event.ratingA} A on L${event.phase} has blown at ${Math.round(event.currentA)} A; ${homesText(event.homes)} without this phase`;
    case "fuse-replaced":
      return `${event.target}: a new ${FUSE_NAMES[event.fuse]} is in on L${event.phase}; ${homesText(event.homes)} supplied again`;
    case "short-circuit":
      return `${event.target}: a short circuit on L${event.phase} draws ${(event.currentA / 1000).toFixed(2)} kA${event.clearedMs === null ? "; no fuse sees it, it burns itself free" : `, off after ${Math.ceil(event.clearedMs)} ms`}`;
    case "transformer-overload":
      return `${event.feeder}: the transformer is overloaded, ${Math.round(100 * event.loadingShare)} % and ${Math.round(event.hotSpotC)} °C at its hottest spot`;
    case "transformer-cooled":
      return `${event.feeder}: the transformer has cooled to ${Math.round(event.hotSpotC)} °C at its hottest spot`;
    case "voltage-outside":
      return `${event.feeder}: the voltage is too ${event.side} at ${homesText(event.homes)}, ${event.voltageV} V at ${event.supply}`;
    case "voltage-within":
      return `${event.feeder}: no home has too ${event.side} a voltage any more`;
    case "step-set":
      return `the step is now ${formatDuration(event.stepMs)}`;
    case "reading-late":
      return `${event.supply}: a reading arrived ${formatDuration(Math.round(event.lateMs / 1000) * 1000)} late`;
    case "reading-refused":
      return `${event.supply}: reading ${event.sequence} is kept apart: ${REFUSALS[event.rule]}`;
    case "meter-event":
      return `${event.supply}: its meter says: ${METER_EVENT_SENTENCES[event.code]}`;
    case "gap-estimated":
      return `${event.supply}: ${event.intervals} missing interval(s) estimated`;
    case "bill":
      return `${event.supply}: bill ${event.billId} over ${event.amountMinor}`;
    case "bill-corrected":
      return `${event.supply}: bill ${event.billId} corrects earlier estimates by ${event.amountMinor}`;
    case "bill-held":
      return `${event.supply}: no bill on one more estimate; the meter must be read (${event.months} months open)`;
    case "reminder":
      return `${event.supply}: reminded of ${event.arrearsMinor}`;
    case "warning":
      return `${event.supply}: warned of a notice over ${event.arrearsMinor}`;
    case "notice":
      return `${event.supply}: notice of disconnection over ${event.arrearsMinor}`;
    case "notice-served":
      return `${event.supply}: the notice is served`;
    case "protected":
      return `${event.supply}: never cut off for its arrears of ${event.arrearsMinor} (${event.reason})`;
    case "dispute-opened":
      return `${event.supply}: ${event.amountMinor} disputed (${event.reason})`;
    case "dispute-closed":
      return event.upheld
        ? `${event.supply}: dispute upheld, ${event.amountMinor} given back`
        : `${event.supply}: dispute not upheld, ${event.amountMinor} owed again`;
    case "token-sent":
      return `${event.supply}: token ${event.token} sent, worth ${event.amountMinor}`;
    case "token-taken":
      return `${event.supply}: its meter counts token ${event.token}`;
    case "key-renewed":
      return `${event.supply}: a new key for its tokens is sent`;
    case "reconnect-token":
      return `${event.supply}: its meter cannot be reached; the customer gets a token that reconnects it`;
    case "command-refused":
      return `${event.supply}: its meter refuses ${event.action}: ${event.reason}`;
    case "low-credit":
      return `${event.supply}: credit is low, ${event.creditMinor}`;
    case "no-credit":
      return `${event.supply}: off for want of credit, ${event.creditMinor}`;
    case "emergency-credit":
      return `${event.supply}: lives on the emergency credit, ${event.creditMinor}`;
    case "share-left":
      return `${event.supply}: ${event.creditMinor} is left of the last recharge of ${event.rechargeMinor}, no more than ${event.percent} %`;
    case "few-days-left":
      return `${event.supply}: credit of ${event.creditMinor} lasts for ${event.days} day(s) or less`;
    case "credit-restored":
      return `${event.supply}: supplied again, credit ${event.creditMinor}`;
    case "clock-off":
      return `${event.supply}: its clock is off by about ${formatDuration(Math.round(event.offMs / 1000) * 1000)}`;
    case "trip-sent":
      return `${event.supply}: trip sent (${event.reason})`;
    case "trip-held":
      return `${event.supply}: trip waits ${event.batch === "" ? "for another day" : `in ${event.batch} for a second official`} (${event.reason})`;
    case "trips-approved":
      return `${event.batch}: ${event.trips} trip(s) approved by ${event.by}${event.missing === 0 ? "" : `; ${event.missing} approval(s) missing`}`;
    case "trips-refused":
      return `${event.batch}: ${event.trips} trip(s) refused by ${event.by}`;
    case "email":
      return `${event.supply}: e-mail (${event.letter}) to ${event.to}`;
    case "email-dropped":
      return `${event.supply}: no room in the outbox for an e-mail (${event.letter})`;
    case "trip-cancelled":
      return `${event.supply}: trip cancelled, the debt is paid`;
    case "tripped":
      return `${event.supply}: tripped, as its meter says`;
    case "payment":
      return `${event.supply}: ${event.amountMinor} received`;
    case "reconnect-sent":
      return `${event.supply}: reconnect sent (${event.reason})`;
    case "reconnected":
      return `${event.supply}: reconnected, as its meter says`;
    case "command-retried":
      return `${event.supply}: ${event.action} sent again, attempt ${event.attempt}`;
    case "command-expired":
      return `${event.supply}: ${event.action} expired without an answer`;
    case "command-dropped":
      return `${event.supply}: no room on the desk for ${event.action}`;
    case "outage-suspected":
      return `${event.where}: supply has failed. ${event.sentence}`;
    case "outage-over":
      return `${event.where}: supply is back after ${formatDuration(Math.round(event.lastedMs / 1000) * 1000)}`;
    case "case-opened":
      return `${event.supply}: case ${event.caseId} opened. ${event.evidence}`;
    case "case-updated":
      return `${event.supply}: case ${event.caseId} stands at ${Math.round(event.probability * 100)} %`;
    case "case-state":
      return `${event.supply}: case ${event.caseId} is ${event.state}: ${event.reason}`;
    case "inspection-ordered":
      return `${event.supply}: a crew is sent for ${event.caseId} (${event.reason})`;
    case "inspection-done":
      return `${event.supply}: the crew's report for ${event.caseId}: ${event.finding}`;
    case "theft-notice":
      return `${event.supply}: told of ${event.caseId} by ${event.ways.join(", ")}`;
    case "kept-on":
      return `${event.supply}: stays on in spite of ${event.caseId}: ${event.reason}`;
    case "assessed":
      return `${event.supply}: ${event.amountMinor} assessed for what was stolen`;
    case "broker-away":
      return `the MQTT broker is away (${event.reason}); messages wait for it`;
    case "broker-back":
      return `the MQTT broker is there; ${event.waiting} message(s) waited for it`;
    case "broker-overflow":
      return `more than ${event.waitingMax} messages wait for the MQTT broker; the oldest are dropped`;
    default:
      return unreachable(event);
  }
}
