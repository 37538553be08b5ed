// An audit of disconnections: from events, postings and bills alone it says of each cut by which rules of the policy it
// was lawful, and which it broke. It asks nothing of the ladder, the desk or the accounts.

import type { Bill, Posting } from "../../contract/billing.ts";
import type { BeliefEvent } from "../../contract/event.ts";
import { type Calendar, formatLocal, localTime } from "../../core/calendar.ts";
import { HOUR_MS, MINUTE_MS, type SimMs } from "../../core/time.ts";
import type { SupplyRecord } from "../records.ts";
import {
  type DebtBook,
  freeDebts,
  holdDebts,
  openBook,
  overdueOf,
  postToBook,
} from "./debt-book.ts";
import { dunningOf, exemptBecause, noTripDayBecause, type Policy } from "./policy.ts";

/** A meter's clock may be off by this much before it is set. */
const CLOCK_DOUBT_MS = MINUTE_MS;
/** After the last coin an order to close goes out within the longest step. */
const GIVE_BACK_MS = HOUR_MS;

export const LAW_RULES = [
  "ordered",
  "notice-served",
  "clear-days",
  "hours",
  "day",
  "minimum-debt",
  "not-protected",
  "not-disputed",
  "not-paid-before",
  "maximum-per-day",
  "two-persons",
  "given-back",
] as const;
export type LawRule = (typeof LAW_RULES)[number];

export interface LawHistory {
  readonly supplies: readonly Pick<SupplyRecord, "id" | "protected" | "lifeSupport" | "account">[];
  /** As they happened. */
  readonly events: readonly BeliefEvent[];
  readonly postings: readonly Posting[];
  readonly bills: readonly Bill[];
}

export interface RuleVerdict {
  readonly rule: LawRule;
  readonly isKept: boolean;
  /** What was found, in one sentence. */
  readonly sentence: string;
}

/** One supply that was cut, and what the rules say of it. */
export interface Disconnection {
  readonly supply: string;
  readonly cause: "debt" | "theft";
  /** Null where nobody ordered it. */
  readonly orderedAt: SimMs | null;
  /** By the meter's clock. */
  readonly openedAt: SimMs;
  readonly verdicts: readonly RuleVerdict[];
  readonly isLawful: boolean;
}

type Sent = Extract<BeliefEvent, { kind: "trip-sent" }>;
type Tripped = Extract<BeliefEvent, { kind: "tripped" }>;

/** What was known when a trip was sent. */
interface TripOrder {
  readonly event: Sent;
  readonly servedAt: SimMs | null;
  readonly allMinor: number;
  readonly undisputedMinor: number;
  /** How many its orderer had sent on that day, this one included; and why its batch was not approved. */
  readonly number: number;
  readonly unapproved: string;
}

/** One customer's side of the history. */
interface Course {
  readonly supply: LawHistory["supplies"][number];
  readonly book: DebtBook;
  servedAt: SimMs | null;
  order: TripOrder | null;
  /** When arrears last fell below the minimum; null while they are above. */
  clearedAt: SimMs | null;
  /** Of the newest cut, while it lasts: where its verdict stands, and when all of its debt was paid. */
  cut: { readonly index: number; paidAt: SimMs | null } | null;
}

interface Audit {
  readonly policy: Policy;
  readonly calendar: Calendar;
  readonly courses: ReadonlyMap<string, Course>;
  readonly sentOn: Map<string, number>;
  readonly approvals: Map<string, string[]>;
  readonly refused: Set<string>;
  readonly found: Disconnection[];
}

/** Judges every disconnection in a history, in the order in which meters said that they had opened. */
export function lawfulness(
  policy: Policy,
  calendar: Calendar,
  history: LawHistory,
): readonly Disconnection[] {
  const courses = history.supplies.map((supply): readonly [string, Course] => {
    const servedAt = supply.account.noticeServedAt;
    const open = { servedAt, order: null, clearedAt: null, cut: null };
    return [supply.id, { supply, book: openBook(), ...open }];
  });
  const audit: Audit = {
    ...{ policy, calendar, courses: new Map(courses), found: [] },
    ...{ sentOn: new Map(), approvals: new Map(), refused: new Set() },
  };
  const bills = new Map(history.bills.map((bill) => [bill.id, bill]));
  for (const { posting, event } of timeline(history)) {
    if (posting !== undefined) takePosting(audit, posting, bills);
    if (event !== undefined) takeEvent(audit, event);
  }
  const endAt = history.events.at(-1)?.at ?? 0;
  for (const { id } of history.supplies) judgeReturn(audit, audit.courses.get(id)!, endAt);
  return audit.found;
}

interface Entry {
  readonly at: SimMs;
  readonly rank: number;
  readonly posting?: Posting;
  readonly event?: BeliefEvent;
}

/** In the order of time; in one moment money comes first, but for the fee that a cut itself brings. */
function timeline({ events, postings }: LawHistory): readonly Entry[] {
  const entries: Entry[] = [
    ...postings.map((posting) => {
      const rank = posting.eventId.startsWith("reconnection-fee/") ? 2 : 0;
      return { at: posting.at, rank, posting };
    }),
    ...events.map((event) => ({ at: event.at, rank: 1, event })),
  ];
  return entries.sort((a, b) => a.at - b.at || a.rank - b.rank);
}

function takePosting(audit: Audit, posting: Posting, bills: ReadonlyMap<string, Bill>): void {
  for (const account of [posting.debit, posting.credit]) {
    if (!account.startsWith("receivable/")) continue;
    const course = audit.courses.get(account.slice("receivable/".length));
    if (course === undefined) continue;
    postToBook(course.book, posting, { bills, supply: course.supply });
    settle(audit, course, posting.at);
  }
}

/** A debt that has fallen below the minimum needs a notice of its own when it comes back; a dispute lets it stand. */
function settle({ policy }: Audit, course: Course, at: SimMs): void {
  const { book } = course;
  const { allMinor, undisputedMinor } = overdueOf(book, at);
  if (undisputedMinor < policy.arrearsMinMinor) {
    course.clearedAt ??= at;
    if (book.disputedSince === null && course.cut === null) course.servedAt = null;
  } else course.clearedAt = null;
  if (course.cut !== null) course.cut.paidAt = allMinor > 0 ? null : (course.cut.paidAt ?? at);
}

function takeEvent(audit: Audit, event: BeliefEvent): void {
  if (event.kind === "trips-approved") {
    audit.approvals.set(event.batch, [...(audit.approvals.get(event.batch) ?? []), event.by]);
  }
  if (event.kind === "trips-refused") audit.refused.add(event.batch);
  const course = "supply" in event ? audit.courses.get(event.supply) : undefined;
  if (course === undefined) return;
  const { at } = event;
  switch (event.kind) {
    case "notice-served":
      course.servedAt = event.servedAt ?? at;
      return;
    case "dispute-opened":
      holdDebts(course.book, event.amountMinor, at);
      return settle(audit, course, at);
    case "dispute-closed":
      freeDebts(course.book, at);
      return settle(audit, course, at);
    case "trip-sent":
      course.order = orderOf(audit, course, event);
      return;
    case "trip-cancelled":
      course.order = null;
      return;
    case "tripped":
      return judgeCut(audit, course, event);
    case "reconnect-sent":
      return judgeReturn(audit, course, at);
    case "reconnected":
      course.servedAt = null;
      course.order = null;
      course.cut = null;
      return;
    default:
  }
}

function orderOf(audit: Audit, course: Course, event: Sent): TripOrder {
  const { policy, calendar, sentOn } = audit;
  const by = event.by ?? "official";
  const key = `${localTime(calendar, event.at).day}/${by}`;
  const number = (sentOn.get(key) ?? 0) + 1;
  sentOn.set(key, number);
  // A debt that has only now come to the minimum by the passing of a due date.
  const overdue = overdueOf(course.book, event.at);
  if (overdue.undisputedMinor >= policy.arrearsMinMinor) course.clearedAt = null;
  return {
    event,
    servedAt: course.servedAt,
    ...overdue,
    number,
    unapproved: unapproved(audit, event),
  };
}

/** Why a batch is not approved; empty where it is. */
function unapproved({ policy, approvals, refused }: Audit, { by, batch = "" }: Sent): string {
  if (batch === "") return "nobody else approved it";
  if (refused.has(batch)) return `${batch} was refused`;
  const others = new Set(approvals.get(batch)?.filter((name) => by !== `official/${name}`));
  const wanted = dunningOf(policy).twoPersons?.approvals ?? 0;
  return others.size >= wanted ? "" : `${batch} had ${others.size} of ${wanted} approvals`;
}

function judgeCut(audit: Audit, course: Course, event: Tripped): void {
  const { order, supply } = course;
  const cause = order?.event.by === "theft" ? "theft" : "debt";
  const openedAt = event.openedAt ?? event.at;
  const verdicts = order === null ? [UNORDERED] : judge(audit, course, order, cause, openedAt);
  const orderedAt = order?.event.at ?? null;
  const isLawful = verdicts.every(({ isKept }) => isKept);
  const index = audit.found.length;
  audit.found.push({ supply: supply.id, cause, orderedAt, openedAt, verdicts, isLawful });
  const { allMinor } = overdueOf(course.book, event.at);
  course.cut = cause === "debt" ? { index, paidAt: allMinor > 0 ? null : event.at } : null;
}

const UNORDERED: RuleVerdict = {
  rule: "ordered",
  isKept: false,
  sentence: "Nobody had ordered it.",
};

function judge(
  audit: Audit,
  course: Course,
  order: TripOrder,
  cause: Disconnection["cause"],
  openedAt: SimMs,
): readonly RuleVerdict[] {
  const common = [
    verdict("ordered", true, `Ordered by ${order.event.by ?? "official"}: ${order.event.reason}.`),
    ...judgeTime(audit, openedAt),
    judgeProtection(audit, course, openedAt),
    ...judgeLimits(audit, order),
  ];
  if (cause === "theft") return common;
  return [...common, ...judgeNotice(audit, order), ...judgeDebt(audit, course, order, openedAt)];
}

const verdict = (rule: LawRule, isKept: boolean, sentence: string): RuleVerdict => ({
  rule,
  isKept,
  sentence,
});

/** By the meter's own clock: as far as that may be wrong, it is believed. */
function judgeTime({ policy, calendar }: Audit, openedAt: SimMs): readonly RuleVerdict[] {
  const when = formatLocal(calendar, openedAt);
  const isWithin = [openedAt - CLOCK_DOUBT_MS, openedAt, openedAt + CLOCK_DOUBT_MS].some((at) => {
    const { minuteOfDay } = localTime(calendar, at);
    return minuteOfDay >= policy.tripFromMinute && minuteOfDay < policy.tripUntilMinute;
  });
  const because = noTripDayBecause(policy, calendar, localTime(calendar, openedAt).day);
  return [
    verdict("hours", isWithin, `The relay opened at ${when}.`),
    verdict(
      "day",
      because === "",
      because === "" ? `${when} is a day for it.` : `On ${when}, ${because}.`,
    ),
  ];
}

function judgeProtection(
  { policy, calendar }: Audit,
  { supply }: Course,
  openedAt: SimMs,
): RuleVerdict {
  const why = exemptBecause(policy, calendar, supply, openedAt);
  const sentence = why === null ? "The customer is not protected." : `Protected: ${why}.`;
  return verdict("not-protected", why === null, sentence);
}

function judgeLimits({ policy }: Audit, order: TripOrder): readonly RuleVerdict[] {
  const { tripsPerDayMax, twoPersons } = dunningOf(policy);
  const { number, unapproved: why } = order;
  const isWithin = tripsPerDayMax === null || number <= tripsPerDayMax;
  const isFew = twoPersons === null || number <= twoPersons.above || why === "";
  const counted = `It was trip ${number} of its orderer on that day`;
  return [
    verdict("maximum-per-day", isWithin, `${counted}; at most ${tripsPerDayMax ?? "any number"}.`),
    verdict("two-persons", isFew, isFew ? `${counted}.` : `${counted}, and ${why}.`),
  ];
}

function judgeNotice({ policy, calendar }: Audit, order: TripOrder): readonly RuleVerdict[] {
  const { servedAt, event } = order;
  if (servedAt === null) {
    const sentence = "No notice of this debt had been served.";
    return [verdict("notice-served", false, sentence), verdict("clear-days", false, sentence)];
  }
  // Neither the day of service nor the day of cutting counts.
  const clear = localTime(calendar, event.at).day - localTime(calendar, servedAt).day - 1;
  return [
    verdict("notice-served", true, `Served on ${formatLocal(calendar, servedAt)}.`),
    verdict(
      "clear-days",
      clear >= policy.clearDays,
      `${clear} clear days after the notice; ${policy.clearDays} are wanted.`,
    ),
  ];
}

function judgeDebt(
  { policy, calendar }: Audit,
  course: Course,
  { allMinor, undisputedMinor, event }: TripOrder,
  openedAt: SimMs,
): readonly RuleVerdict[] {
  const minimum = policy.arrearsMinMinor;
  const { clearedAt } = course;
  // A payment that came while the order was under way is a race; `given-back` says how it ended.
  const wasPaid = clearedAt !== null && clearedAt < event.at && allMinor < minimum;
  const paid =
    clearedAt === null
      ? "Not paid when the relay opened."
      : paidText(calendar, clearedAt, openedAt);
  return [
    verdict("minimum-debt", allMinor >= minimum, `${allMinor} was overdue; at least ${minimum}.`),
    verdict(
      "not-disputed",
      allMinor < minimum || undisputedMinor >= minimum,
      `${allMinor - undisputedMinor} of it was disputed.`,
    ),
    verdict("not-paid-before", !wasPaid, paid),
  ];
}

const paidText = (calendar: Calendar, clearedAt: SimMs, openedAt: SimMs): string =>
  `Paid at ${formatLocal(calendar, clearedAt)}, opened at ${formatLocal(calendar, openedAt)}.`;

/** Who has paid everything that is overdue is given the supply back at once; a meter that is away takes its time. */
function judgeReturn({ found, calendar }: Audit, { cut }: Course, at: SimMs): void {
  if (cut === null || cut.paidAt === null) return;
  const isInTime = at - cut.paidAt <= GIVE_BACK_MS;
  const sentence = `Paid at ${formatLocal(calendar, cut.paidAt)}, open until ${formatLocal(calendar, at)} at least.`;
  const known = found[cut.index]!;
  if (known.verdicts.some(({ rule }) => rule === "given-back")) return;
  const verdicts = [...known.verdicts, verdict("given-back", isInTime, sentence)];
  found[cut.index] = { ...known, verdicts, isLawful: known.isLawful && isInTime };
}
