// Where an account stands on the ladder and what comes next, told from the same numbers by which the ladder acts.

import type { OutlookStep } from "../../contract/account.ts";
import { DAY_MS, formatDuration, HOUR_MS, MINUTE_MS, type SimMs } from "../../core/time.ts";
import { arrearsMinor } from "./accounts.ts";
import { type Rung, STALE_AFTER_MS } from "./ladder.ts";
import { dunningOf, exemptBecause, noTripBecause, tripAllowedFrom } from "./policy.ts";

/** The rungs for the account's oldest debt that is not on hold; none where it has none. */
export function outlookOf(
  rung: Omit<Rung, "row" | "billing">,
  now: SimMs,
): { readonly steps: readonly OutlookStep[]; readonly heldBecause: string } {
  const { account, policy, calendar } = rung;
  if (account.prepaid !== null) return { steps: [], heldBecause: "" };
  const oldest = account.items.find(({ amountMinor, heldMinor }) => amountMinor > heldMinor);
  if (oldest === undefined) {
    return { steps: trippedOnly(rung), heldBecause: heldBecause(rung, now) };
  }
  const warnAt = oldest.dueAt + policy.reminderDaysAfterDue * DAY_MS;
  const noticeAt = oldest.dueAt + policy.noticeDaysAfterDue * DAY_MS;
  const { warnedAt, noticeSentAt, noticeServedAt } = account;
  const hasNotice = noticeSentAt !== null || noticeServedAt !== null;
  const steps: OutlookStep[] = [
    {
      name: "due",
      at: oldest.dueAt,
      isDone: oldest.dueAt < now,
      sentence: `The oldest open item, ${oldest.label}, is due.`,
    },
    {
      name: "reminder",
      at: warnedAt ?? (hasNotice ? null : warnAt),
      isDone: warnedAt !== null || hasNotice,
      sentence: `A reminder goes out ${policy.reminderDaysAfterDue} days after the due date.`,
    },
  ];
  const { warningDaysAfterDue } = dunningOf(policy);
  if (warningDaysAfterDue !== null) {
    const sentAt = account.warningSentAt ?? null;
    const dueAt = oldest.dueAt + warningDaysAfterDue * DAY_MS;
    steps.push({
      name: "warning",
      at: sentAt ?? (hasNotice ? null : dueAt),
      isDone: sentAt !== null || hasNotice,
      sentence: `A warning goes out ${warningDaysAfterDue} days after the due date.`,
    });
  }
  if (exemptBecause(policy, calendar, rung.supply, now) !== null)
    return { steps, heldBecause: heldBecause(rung, now) };
  steps.push(
    {
      name: "notice",
      at: noticeSentAt ?? (hasNotice ? noticeServedAt : noticeAt),
      isDone: hasNotice,
      sentence: `A notice of disconnection goes out ${policy.noticeDaysAfterDue} days after the due date.`,
    },
    {
      name: "served",
      at: noticeServedAt,
      isDone: noticeServedAt !== null,
      sentence: "The notice counts from the day on which the meter acknowledges it.",
    },
    {
      name: "trip",
      at: noticeServedAt === null ? null : tripAllowedFrom(policy, calendar, noticeServedAt),
      isDone: account.state === "tripping" || account.state === "tripped",
      sentence:
        `The supply may be cut after ${policy.clearDays} clear days, between ` +
        `${timeOf(policy.tripFromMinute)} and ${timeOf(policy.tripUntilMinute)}` +
        `${policy.isWorkingDaysOnly ? " of a working day" : ""}.`,
    },
    ...trippedOnly(rung),
  );
  return { steps, heldBecause: heldBecause(rung, now) };
}

function trippedOnly({ account }: Pick<Rung, "account">): readonly OutlookStep[] {
  if (account.trippedAt === null) return [];
  const sentence = account.heldByHand
    ? "The meter opened by a person's order; a payment or another order closes it."
    : "The meter opened; it closes when nothing is overdue any more.";
  return [{ name: "tripped", at: account.trippedAt, isDone: true, sentence }];
}

/** The first thing that keeps the next rung from being taken. */
function heldBecause(rung: Omit<Rung, "row" | "billing">, now: SimMs): string {
  const { account, policy, calendar, supply, heardAt } = rung;
  if (account.state === "tripping") return "The order to open is on its way to the meter.";
  if (account.state === "reconnecting") return onItsWayBack(rung, now);
  if (account.plan !== undefined) return "Nobody is cut off while the instalments are paid.";
  if (account.dispute !== null) return "What is disputed waits until the dispute is decided.";
  const why = exemptBecause(policy, calendar, supply, now);
  if (why !== null) {
    return supply.lifeSupport === true
      ? `This customer is on ${why}.`
      : `This customer is protected (${why}): never cut off for debt.`;
  }
  if (account.state === "tripped") return "";
  if (arrearsMinor(account, now) < policy.arrearsMinMinor) return "";
  if (account.noticeServedAt === null) return "";
  if (now < tripAllowedFrom(policy, calendar, account.noticeServedAt)) {
    return "The clear days after the notice have not passed.";
  }
  if (heardAt < now - STALE_AFTER_MS) {
    return "Nobody is cut off whose meter has been silent for a day.";
  }
  return noTripBecause(policy, calendar, now) === ""
    ? ""
    : "At this hour and day nobody may be cut off.";
}

/** Who has paid and is still off is told why: the meter cannot be reached, and its keypad needs no network. */
function onItsWayBack({ policy, heardAt }: Pick<Rung, "policy" | "heardAt">, now: SimMs): string {
  const { reconnectWithinMs } = dunningOf(policy);
  const silentMs = now - heardAt;
  if (silentMs > SILENT_MS) {
    const silent = formatDuration(Math.floor(silentMs / MINUTE_MS) * MINUTE_MS);
    return (
      `The order to close is on its way to the meter, which has been silent for ${silent}. ` +
      "Until it is heard of, a token typed at its keypad works without the network."
    );
  }
  const within =
    reconnectWithinMs === null
      ? ""
      : `; it is to be on within ${formatDuration(reconnectWithinMs)} of when the meter can be reached`;
  return `The order to close is on its way to the meter${within}.`;
}

/** Longer than two of its intervals: the meter does not answer. */
const SILENT_MS = HOUR_MS;

const two = (value: number): string => String(value).padStart(2, "0");
const timeOf = (minute: number): string => `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
