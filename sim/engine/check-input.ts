// Whether an input makes sense for this twin, before it is journalled. The answer is a sentence for a person.

import { isAccountInput } from "../contract/account-input.ts";
import { INPUT_KINDS, InputSchema, type JournalEntry, type TwinInput } from "../contract/input.ts";
import { VISITS_MAX } from "../contract/inspection.ts";
import { issueSentence } from "../contract/issue-sentence.ts";
import { isOfMast } from "../contract/outage.ts";
import { formatDuration, HOUR_MS } from "../core/time.ts";
import { AHEAD_MAX_MINOR, aheadMinor, BANK_MAX_MINOR } from "../utility/billing/bounds.ts";
import { balanceOf } from "../utility/billing/ledger.ts";
import { exemptBecause } from "../utility/billing/policy.ts";
import { undecidable } from "../utility/billing/trip-desk.ts";
import { type Account, TRIPS_WAITING_MAX } from "../utility/state.ts";
import { refusalOf } from "./phases/account-inputs.ts";
import { SWAPPED_STEP_MAX_MS } from "./phases/inputs.ts";
import { blownAt, protectedPlace } from "./phases/protection.ts";
import { hintOf } from "./scenario/problem.ts";
import { gatherPlant } from "./shards.ts";
import type { Twin } from "./world.ts";

/** Shorter ones only make the twin slow: no meter and no message knows less than a second. */
const STEP_MIN_MS = 100;

export type CheckedInput =
  | { readonly ok: true; readonly input: TwinInput }
  | { readonly ok: false; readonly reason: string };

const refuse = (reason: string): CheckedInput => ({ ok: false, reason });

/** Reads an untrusted value as an input of this twin; `waiting` was accepted and has not taken effect yet. */
export function checkInput(
  twin: Twin,
  raw: unknown,
  waiting: readonly JournalEntry[] = [],
): CheckedInput {
  const parsed = InputSchema.safeParse(raw, { error: issueSentence });
  if (!parsed.success) return refuse(explain(raw, parsed.error.issues));
  const input = parsed.data;
  if (input.kind === "mast-down" || input.kind === "mast-up") {
    return checkMast(twin, input);
  }
  if (input.kind === "outage-start" || input.kind === "outage-end") {
    if (isOfMast(input.of)) return checkMast(twin, input);
    if (input.target === undefined) return { ok: true, input };
    return refuse(`${input.kind}: an outage of ${input.of} has no target, all masts share it`);
  }
  if (input.kind === "power-cut" || input.kind === "power-restore") {
    const names = [
      ...twin.model.feeders.map(({ id }) => id),
      ...twin.model.plantSpec.supplies.map(({ id }) => id),
    ];
    if (input.target === undefined || names.includes(input.target)) return { ok: true, input };
    return refuse(unknownName("feeder or supply point", input.target, names));
  }
  if (input.kind === "short-circuit" || input.kind === "fuse-replace") {
    return checkFuse(twin, input);
  }
  if (input.kind === "approve-trips" || input.kind === "refuse-trips") {
    return checkBatch(twin, input);
  }
  if (input.kind === "set-step") return checkStep(twin, input);
  if (input.kind === "inspect") return checkVisit(twin, input);
  const ids = twin.model.plantSpec.supplies.map(({ id }) => id);
  const row = ids.indexOf(input.target);
  if (row < 0) return refuse(unknownName("supply point", input.target, ids));
  const account = twin.world.belief.accounts[row];
  if (isAccountInput(input)) {
    const { nowMs } = twin.world.engine.clock;
    const isSwapped = twin.world.plant.meters.devices[row] !== "";
    const reason = refusalOf(account, input, { nowMs, isSwapped });
    if (reason === undefined) return { ok: true, input };
    return refuse(`${input.kind}: ${input.target}: ${reason}`);
  }
  if (input.kind === "payment") return checkPayment(twin, input, account, waiting);
  if (input.kind === "dispute-open") return checkDispute(input, account);
  if (input.kind === "dispute-close" && (account?.dispute ?? null) === null)
    return refuse(`${input.target} disputes nothing`);
  const { records } = twin.model;
  const record = records.supplies[row]!;
  const { nowMs } = twin.world.engine.clock;
  const policy = records.billing?.policy ?? null;
  const why = exemptBecause(policy, records.calendar, record, nowMs);
  if (input.kind === "trip" && why !== null) {
    return record.lifeSupport === true
      ? refuse(`${input.target} is on ${why}; nobody cuts it off`)
      : refuse(`${input.target} is protected (${why}); nobody cuts it off`);
  }
  if (input.kind === "trip") return checkTrip(twin, input);
  const isSwapped = twin.world.plant.meters.devices[row] !== "";
  if (input.kind === "swap-in" && twin.model.meters.elementCount[row] !== 1)
    return refuse(`${input.target} has a three-phase meter; a board measures one phase`);
  if (input.kind === "swap-in" && isSwapped) return refuse(`${input.target} has a device already`);
  if (input.kind === "press-button" && !isSwapped)
    return refuse(`${input.target} has a simulated meter, which has no buttons; swap a board in`);
  if (input.kind === "swap-out" && !isSwapped) return refuse(`${input.target} has no device`);
  return { ok: true, input };
}

/** What is accepted must fit, whatever else has been accepted before it. */
function checkPayment(
  { world, model }: Twin,
  input: Extract<TwinInput, { kind: "payment" }>,
  account: Account | undefined,
  waiting: readonly JournalEntry[],
): CheckedInput {
  const { target } = input;
  if (account === undefined) {
    return refuse("this scenario bills nobody; there is no account to pay into");
  }
  const currency = model.records.billing?.tariffs[0]?.currency;
  if (input.currency !== undefined && currency !== undefined && input.currency !== currency) {
    return refuse(
      `${target} is billed in ${currency}; a payment in ${input.currency} is not taken, change it first`,
    );
  }
  let [forTarget, forAll] = [input.amountMinor, input.amountMinor];
  const count = (supply: string, amountMinor: number): void => {
    forAll += amountMinor;
    if (supply === target) forTarget += amountMinor;
  };
  for (const { supply, amountMinor } of world.engine.payments) count(supply, amountMinor);
  for (const entry of waiting) {
    if (entry.kind !== "input" || entry.input.kind !== "payment") continue;
    count(entry.input.target, entry.input.amountMinor);
  }
  const { ledger } = world.belief;
  const ahead = aheadMinor(ledger, target, account) + forTarget;
  if (ahead > AHEAD_MAX_MINOR) {
    return refuse(`${target} would be ${ahead} ahead; an account takes at most ${AHEAD_MAX_MINOR}`);
  }
  const banked = balanceOf(ledger, "bank") + forAll;
  if (banked <= BANK_MAX_MINOR) return { ok: true, input };
  return refuse(`all payments would come to ${banked}; the bank takes at most ${BANK_MAX_MINOR}`);
}

function checkDispute(
  input: Extract<TwinInput, { kind: "dispute-open" }>,
  account: Account | undefined,
): CheckedInput {
  const { target, amountMinor } = input;
  const owed = account?.items.reduce((sum, item) => sum + item.amountMinor, 0) ?? 0;
  if (owed === 0) return refuse(`${target} owes nothing that could be disputed`);
  if ((account?.dispute ?? null) !== null)
    return refuse(`${target} has a dispute already; close that one first`);
  if (amountMinor !== undefined && amountMinor > owed)
    return refuse(`${target} owes ${owed}; no more of it can be disputed`);
  return { ok: true, input };
}

/** A trip beyond the day's maximum waits in the queue; there must be room for it. */
function checkTrip({ world }: Twin, input: Extract<TwinInput, { kind: "trip" }>): CheckedInput {
  const waiting = world.belief.dunning?.waiting.length ?? 0;
  if (waiting < TRIPS_WAITING_MAX) return { ok: true, input };
  return refuse(`${waiting} trips wait already; approve or refuse some of them first`);
}

/** Whoever ordered trips does not approve them. */
function checkBatch(
  { world }: Twin,
  input: Extract<TwinInput, { kind: "approve-trips" | "refuse-trips" }>,
): CheckedInput {
  const { dunning } = world.belief;
  if (dunning === undefined) return refuse("this run has no rule by which trips wait");
  const why = undecidable(dunning, input.batch, input.by);
  return why === "" ? { ok: true, input } : refuse(why);
}

/** A crew goes to a home, a feeder, or where a case is that is still worked on. */
function checkVisit(twin: Twin, input: Extract<TwinInput, { kind: "inspect" }>): CheckedInput {
  const { model, world } = twin;
  const { cases } = world.belief.detection;
  const known = cases.find(({ id }) => id === input.target);
  const places = [
    ...model.plantSpec.supplies.map(({ id }) => id),
    ...model.feeders.map(({ id }) => id),
  ];
  const place = known?.supply ?? input.target;
  if (known === undefined && !places.includes(place)) {
    const names = [...places, ...cases.map(({ id }) => id)];
    return refuse(unknownName("supply point, feeder or case", input.target, names));
  }
  if (known?.kind === "theft" && known.closedAt !== null)
    return refuse(`${known.id} is ${known.state}; to send a crew again, name ${known.supply}`);
  const { visits } = world.engine;
  if (visits.some(({ target }) => target === place))
    return refuse(`a crew is on its way to ${place} already`);
  if (visits.length >= VISITS_MAX) return refuse(`all ${VISITS_MAX} crews are on their way`);
  return { ok: true, input };
}

function checkMast(
  twin: Twin,
  input: TwinInput & { readonly target?: string | undefined },
): CheckedInput {
  const masts = twin.model.airSpec.masts.map(({ id }) => id);
  if (input.target === undefined || masts.includes(input.target)) return { ok: true, input };
  return refuse(unknownName("mast", input.target, masts));
}

function checkFuse(
  twin: Twin,
  input: Extract<TwinInput, { kind: "short-circuit" | "fuse-replace" }>,
): CheckedInput {
  const { model } = twin;
  const { kind, target } = input;
  if (model.plantSpec.protection === undefined)
    return refuse(`${kind}: this scenario has no fuses; write protection: {} into it`);
  if (protectedPlace(model, target) === undefined) {
    const names = [
      ...model.feeders.flatMap(({ id }) => [1, 2, 3].map((phase) => `${id}/L${phase}`)),
      ...model.plantSpec.supplies.map(({ id }) => id),
    ];
    return refuse(unknownName("supply point or phase of a feeder", target, names));
  }
  if (kind === "short-circuit") return { ok: true, input };
  gatherPlant(twin);
  if (blownAt(model, twin.world.plant, target).length > 0) return { ok: true, input };
  return refuse(`no fuse of ${target} has blown`);
}

function checkStep(twin: Twin, input: Extract<TwinInput, { kind: "set-step" }>): CheckedInput {
  if (input.stepMs < STEP_MIN_MS) return refuse(`a step is at least ${STEP_MIN_MS} ms`);
  if (input.stepMs > HOUR_MS || HOUR_MS % input.stepMs !== 0) {
    return refuse(`a step divides an hour; ${input.stepMs} ms does not`);
  }
  const { intervalMs } = twin.model.meters;
  if (intervalMs % input.stepMs !== 0) {
    return refuse(
      `meters are read every ${formatDuration(intervalMs)}; a step of ${formatDuration(input.stepMs)} would miss them`,
    );
  }
  const isSwapped = twin.world.plant.meters.devices.some((device) => device !== "");
  if (isSwapped && input.stepMs > SWAPPED_STEP_MAX_MS) {
    return refuse("while a board is swapped in, a step is at most one second");
  }
  return { ok: true, input };
}

function unknownName(what: string, name: string, known: readonly string[]): string {
  return `there is no ${what} "${name.slice(0, 60)}"; ${hintOf(name, known)}`;
}

function explain(
  raw: unknown,
  issues: readonly {
    readonly path: readonly PropertyKey[];
    readonly message: string;
    readonly code?: string;
  }[],
): string {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) {
    return 'an input is a JSON object such as {"kind": "theft-start", "target": "supply-12", "share": 0.6}';
  }
  const kind = (raw as { kind?: unknown }).kind;
  const known: readonly string[] = INPUT_KINDS;
  if (typeof kind !== "string") return `an input has a kind: ${known.join(", ")}`;
  if (!known.includes(kind)) return unknownName("input kind", kind, known);
  const [issue] = issues;
  const field = issue?.path.map(String).join(".") ?? "";
  return field === "" ? `${kind}: ${issue?.message}` : `${kind}: ${field}: ${issue?.message}`;
}
