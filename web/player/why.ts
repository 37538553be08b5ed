// The sentences and numbers behind a bill, a case and a trip: nothing here is worked out anew, it is said again from
// what the company's own books hold.

import type { AccountOutlook, OutlookStep } from "../../sim/contract/account.ts";
import { priceText } from "../../sim/contract/bill-form.ts";
import type { Bill, BillLine } from "../../sim/contract/billing.ts";
import { partText } from "../../sim/contract/explain-bill.ts";
import type { CaseView, Signal, StreetLayout, TheftCase } from "../../sim/contract/frame.ts";
import type { Detector, TheftKind } from "../../sim/contract/theft.ts";
import {
  formatEnergy,
  formatMoment,
  formatMoney,
  formatPercent,
  formatPower,
  type LocalTimes,
} from "./format.ts";

export const THEFT_WORDS: Readonly<Record<TheftKind, string>> = {
  "partial-bypass": "bypass around the meter",
  hook: "hook before the meter",
  "missing-neutral": "return through the earth",
  magnet: "magnet at the meter",
  "relay-bypass": "bridge over the open relay",
};

export const DETECTOR_WORDS: Readonly<Record<Detector, string>> = {
  "phase-balance": "Energy balance of the phase",
  "neutral-difference": "Phase against neutral",
  "open-relay-use": "Use behind an open relay",
  "tamper-event": "Tamper events of the meter",
  "own-history": "Against its own past",
  "voltage-sag": "Voltage at the meter",
};

const kilo = (units: number): string =>
  (units / 1000).toLocaleString("en-IN", { minimumFractionDigits: 3 });
const kWh = (wattHours: number): string => `${kilo(wattHours)} kWh`;

/** A line of a bill as one multiplies it by hand: quantity × price = amount. */
export function lineWorking(line: BillLine, currency: string): string {
  const amount = formatMoney(line.amountMinor, currency);
  if (line.corrects !== undefined) return correctionWorking(line, amount);
  if (line.difference !== undefined) {
    const { fromMinor, lessMinor } = line.difference;
    return `${formatMoney(fromMinor, currency)} less ${formatMoney(lessMinor, currency)} = ${amount}`;
  }
  const price = priceText(line.priceMilliMinor, currency);
  const { quantity, part } = line;
  const share = part === undefined ? "" : partText(part);
  switch (line.unit) {
    case "Wh":
      return line.isMeanPrice === true
        ? `${kWh(quantity)} at ${price} a kWh on average of the half hours = ${amount}`
        : `${kWh(quantity)} × ${price} a kWh = ${amount}`;
    case "VAh":
      return `${kilo(quantity)} kVAh × ${price} a kVAh = ${amount}`;
    case "VA":
      return `${kilo(quantity)} kVA × ${price}${share} = ${amount}`;
    case "W":
      return `${kilo(quantity)} kW × ${price}${share} = ${amount}`;
    case "month":
      return `${quantity} month × ${price}${share} = ${amount}`;
    case "day":
      return `${quantity} ${quantity === 1 ? "day" : "days"} × ${price} = ${amount}`;
    case "percent":
      return `${quantity} % of ${price}${share} = ${amount}`;
    case "amount":
      return amount;
    case "correction":
      return `what bill ${line.corrects ?? "before"} was off by, now that the register is read: ${amount}`;
  }
}

/** A line that corrects an earlier bill has no price of its own: that month was priced anew as a whole. */
function correctionWorking({ unit, quantity, corrects }: BillLine, amount: string): string {
  if (unit !== "Wh")
    return `bill ${corrects}, priced anew with the register that was read: ${amount}`;
  const off = kWh(Math.abs(quantity));
  return quantity < 0
    ? `bill ${corrects} counted ${off} too much; that month priced anew: ${amount}`
    : `bill ${corrects} counted ${off} too little; that month priced anew: ${amount}`;
}

/** From where to where, and whether that was read. */
export function billSentence(bill: Bill, layout: LocalTimes): string {
  const from = formatMoment(layout, bill.fromMs);
  const to = formatMoment(layout, bill.toMs);
  const read = bill.isEstimated
    ? "no reading of that moment had come, so it is an estimate and will be corrected"
    : "read by the meter";
  return (
    `From ${kWh(bill.startWh)} on ${from} to ${kWh(bill.endWh)} on ${to}: ${kWh(bill.energyWh)}. ` +
    `The last register is ${read}. Tariff: ${bill.tariff}.`
  );
}

/** Sum of a bill's lines, as they add up. */
export const billSum = (bill: Bill, currency: string): string =>
  `${bill.lines.map(({ amountMinor }) => formatMoney(amountMinor, currency)).join(" + ")} = ${formatMoney(bill.amountMinor, currency)}`;

/** How much likelier the signal is with a thief than without one. */
export function signalStrength(logOdds: number): string {
  const times = Math.exp(Math.abs(logOdds));
  const rounded = times < 10 ? times.toFixed(1) : String(Math.round(times));
  return logOdds >= 0
    ? `${rounded} times likelier with a thief here`
    : `${rounded} times likelier without a thief here`;
}

/** Names of numbers end in their unit; without one they are counts, phases and ratios. */
const UNIT_OF_NAME: readonly (readonly [ending: RegExp, show: (value: number) => string])[] = [
  [/Wh$/, formatEnergy],
  [/Share$/, formatPercent],
  [/A$/, (value) => `${rounded(value)} A`],
  [/V$/, (value) => `${rounded(value)} V`],
  [/W$/, formatPower],
  [/Hours$/, (value) => `${rounded(value)} h`],
];

/** At most two decimals, and none where there is nothing behind the point. */
const rounded = (value: number): string => String(Math.round(value * 100) / 100);

/** The numbers of a signal as people read them: `hiddenShare: 0.62` is `hidden share` and `62 %`. */
export function signalNumbers({
  numbers,
}: Pick<Signal, "numbers">): readonly { readonly name: string; readonly value: string }[] {
  return Object.entries(numbers).map(([key, value]) => {
    const [ending, show] = UNIT_OF_NAME.find(([each]) => each.test(key)) ?? [null, rounded];
    const isWord = ending === null || /Share|Hours/.test(ending.source);
    const bare = isWord ? key : key.replace(ending, "");
    const name = bare.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
    return { name, value: key === "phase" ? `L${value}` : show(value) };
  });
}

/** What a case comes to. */
export function caseSentence(found: TheftCase): string {
  const looks = found.technique === null ? "" : ` It looks like a ${THEFT_WORDS[found.technique]}.`;
  const count = found.signals.length;
  return (
    `${formatPercent(found.probability)} likely from ${count} ${count === 1 ? "signal" : "signals"} ` +
    `together.${looks}`
  );
}

/** What happened to a case, in order of time. */
export function caseStory(
  found: TheftCase,
  layout: StreetLayout,
): readonly { readonly at: string; readonly text: string }[] {
  const steps: readonly (readonly [number | null, string])[] = [
    [found.openedAt, "opened"],
    [found.toldAt, "the customer was told"],
    [found.switchedOffAt, "the supply was switched off for it"],
    [found.inspectionAt, "a crew was sent"],
    [found.closedAt, `closed: ${found.finding === "" ? found.state : found.finding}`],
  ];
  return steps
    .flatMap(([at, text]) => (at === null ? [] : [{ at, text }]))
    .sort((a, b) => a.at - b.at)
    .map(({ at, text }) => ({ at: formatMoment(layout, at), text }));
}

export const CASE_WORDS: Readonly<Record<TheftCase["state"], string>> = {
  open: "open",
  inspected: "a crew is on its way",
  confirmed: "confirmed",
  cleared: "cleared: nothing was found",
};

/** What a case is about: as a card's name, and in a few words. */
export const CASE_KINDS: Readonly<
  Record<CaseView["kind"], { readonly name: string; readonly words: string }>
> = {
  theft: { name: "Theft", words: "theft" },
  "credit-mismatch": { name: "Credit", words: "the meter's credit is not what it must be" },
  "register-suspect": { name: "Register", words: "the register fell and cannot have come round" },
  "relay-stuck": { name: "Relay", words: "the relay was to open and supplies all the same" },
};

/** What a case comes to in one line: how likely and how far for a theft, what is wrong for the others. */
export function caseLine(found: CaseView): string {
  const { words } = CASE_KINDS[found.kind];
  if (found.kind === "theft") {
    return `${words}, ${formatPercent(found.probability)} likely, ${CASE_WORDS[found.state]}`;
  }
  const isClosed = found.kind === "relay-stuck" && found.closedAt !== null;
  return isClosed ? `${words}; closed: a crew has looked at it` : words;
}

/** The rung that comes next; undefined where none does. */
export const nextStep = ({ steps }: AccountOutlook): OutlookStep | undefined =>
  steps.find(({ isDone }) => !isDone);
