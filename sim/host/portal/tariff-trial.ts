// A tariff that somebody writes, tried on last month's readings of every home. It changes nothing.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as breathe } from "node:timers/promises";
import type { TariffsView, TariffTrialView } from "../../contract/office.ts";
import { dateOfDay, dayOfDate, localTime, simOfLocal } from "../../core/calendar.ts";
import type { SimMs } from "../../core/time.ts";
import { problemLine, ScenarioError } from "../../engine/scenario/problem.ts";
import { readTariff } from "../../engine/scenario/tariff-file.ts";
import type { Twin } from "../../engine/world.ts";
import { cycleDaysOf, cycleMonthsOf } from "../../utility/billing/cycle.ts";
import { rateOfInterval } from "../../utility/billing/rates.ts";
import { type PostpaidTariff, rateCountOf, type Tariff } from "../../utility/billing/tariff.ts";
import { type PricedTwice, priceTwice, sumTrial } from "../../utility/billing/tariff-trial.ts";
import { PROJECT_ROOT } from "../files.ts";
import type { Served } from "../server.ts";
import { clockOf } from "./customer-view.ts";

const TARIFFS = join(PROJECT_ROOT, "scenarios/tariffs");
/** More homes would keep a core busy for too long; the first ones speak for the others. */
const HOMES_MAX = 2_000;
const HOMES_AT_ONCE = 20;
const ROWS_SHOWN_MAX = 20;
export const TARIFF_CHARACTERS_MAX = 50_000;
/** How the text is called in what is said of it. */
const EDITOR = "tariff";

export function tariffsView({ model }: Twin): TariffsView {
  const { billing, supplies } = model.records;
  return {
    inForce: (billing?.tariffs ?? []).map(({ id, title }, row) => ({
      ...{ id, title },
      homes: supplies.filter(({ tariff }) => tariff === row).length,
    })),
    files: readdirSync(TARIFFS)
      .filter((name) => name.endsWith(".yaml"))
      .sort()
      .map((name) => ({ name, text: readFileSync(join(TARIFFS, name), "utf8") })),
  };
}

/** What somebody types names no file of this machine. */
function readNothing(path: string): never {
  throw new Error(`${path} is not read: a trial prices the text alone; take "changes" out`);
}

/** The whole month before now; of a run that is younger, what there is of it. */
interface Month {
  readonly fromMs: SimMs;
  readonly toMs: SimMs;
  readonly days: number;
}

export async function tryTariff(served: Served, text: string): Promise<TariffTrialView> {
  const { model } = served.run.session.twin;
  const { calendar, intervalMs, billing, supplies } = model.records;
  const refuse = (...problems: readonly string[]): TariffTrialView => ({ problems, trial: null });
  if (billing === null) return refuse("nobody is billed in this street");
  let tariff: Tariff;
  try {
    tariff = readTariff({ file: EDITOR, text }, { calendar, intervalMs, read: readNothing });
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    return refuse(...error.problems.map(problemLine));
  }
  const [first] = billing.tariffs;
  if (tariff.kind === "prepaid") return refuse("a prepaid tariff has no bill to compare with");
  if (tariff.currency !== first!.currency) {
    return refuse(
      `the tariff is in ${tariff.currency}; this street is billed in ${first!.currency}`,
    );
  }
  const clock = clockOf(served);
  const month = lastMonth(served.run.session.twin);
  if (month === undefined) return refuse("no whole day has been read yet; wait for the first one");
  const priced: PricedTwice[] = [];
  let [prepaid, unread] = [0, 0];
  for (let row = 0; row < Math.min(supplies.length, HOMES_MAX); row++) {
    if (row % HOMES_AT_ONCE === HOMES_AT_ONCE - 1) await breathe();
    const inForce = billing.tariffs[supplies[row]!.tariff]!;
    if (inForce.kind === "prepaid") prepaid++;
    else {
      const home = priceHome(served, row, { month, before: inForce, after: tariff });
      if (home === undefined) unread++;
      else priced.push(home);
    }
  }
  const beyond = supplies.length - Math.min(supplies.length, HOMES_MAX);
  const leftOut = [
    { homes: prepaid, because: "they pay ahead" },
    { homes: unread, because: "a register of the month is missing" },
    { homes: beyond, because: `a trial takes ${HOMES_MAX} homes` },
  ].filter(({ homes }) => homes > 0);
  const address = new Map(supplies.map((supply) => [supply.id, supply.address]));
  const byChange = [...priced].sort(
    (a, b) => b.afterMinor - b.beforeMinor - (a.afterMinor - a.beforeMinor),
  );
  const shown =
    byChange.length <= ROWS_SHOWN_MAX
      ? byChange
      : [...byChange.slice(0, ROWS_SHOWN_MAX / 2), ...byChange.slice(-ROWS_SHOWN_MAX / 2)];
  return {
    problems: [],
    trial: {
      ...{ title: tariff.title, currency: tariff.currency, clock, leftOut },
      ...{ fromMs: month.fromMs, toMs: month.toMs, homes: priced.length },
      ...sumTrial(priced),
      rows: shown.map((row) => ({ ...row, address: address.get(row.supply)! })),
    },
  };
}

function lastMonth({ model, world }: Twin): Month | undefined {
  const { calendar } = model.records;
  const { day } = localTime(calendar, world.engine.clock.nowMs);
  const { year, month } = dateOfDay(day);
  const first = dayOfDate(year, month, 1);
  const before = dateOfDay(first - 1);
  const startDay = localTime(calendar, 0).day;
  const whole = { from: dayOfDate(before.year, before.month, 1), until: first };
  // A run that began this month has only this month's days.
  const span = whole.until > startDay ? whole : { from: first, until: day };
  const fromDay = Math.max(
    span.from,
    localTime(calendar, 0).minuteOfDay === 0 ? startDay : startDay + 1,
  );
  if (span.until <= fromDay) return undefined;
  return {
    fromMs: simOfLocal(calendar, fromDay, 0),
    toMs: simOfLocal(calendar, span.until, 0),
    days: span.until - fromDay,
  };
}

interface Trial {
  readonly month: Month;
  readonly before: PostpaidTariff;
  readonly after: PostpaidTariff;
}

function priceHome(
  { run, store }: Served,
  row: number,
  { month, before, after }: Trial,
): PricedTwice | undefined {
  const { calendar, intervalMs, supplies } = run.session.twin.model.records;
  const { id, openingWh } = supplies[row]!;
  const registers = store
    .registersOf(id, month.fromMs)
    .filter(({ measuredAt }) => measuredAt <= month.toMs)
    .map(({ measuredAt, importWh }) => ({ at: measuredAt, wh: importWh }));
  if (month.fromMs === 0) registers.unshift({ at: 0, wh: openingWh });
  const [start, end] = [registers[0], registers.at(-1)];
  if (start?.at !== month.fromMs || end?.at !== month.toMs) return undefined;
  const energyWh = end.wh - start.wh;
  const pricedBy = (tariff: PostpaidTariff) => {
    const byRateWh = Array<number>(rateCountOf(tariff)).fill(0);
    if (tariff.kind !== "slab") {
      // A gap's use counts where the gap ends, as it would on an estimate that nobody corrects.
      for (let at = 1; at < registers.length; at++) {
        const interval = registers[at]!.at / intervalMs;
        const rate = rateOfInterval(tariff, calendar, interval, intervalMs);
        byRateWh[rate] = byRateWh[rate]! + registers[at]!.wh - registers[at - 1]!.wh;
      }
    }
    const part =
      cycleMonthsOf(tariff) === 1
        ? {}
        : { monthDays: cycleDaysOf(tariff, localTime(calendar, month.toMs).day) };
    return { tariff, use: { energyWh, byRateWh, days: month.days, ...part } };
  };
  return priceTwice({ supply: id, before: pricedBy(before), after: pricedBy(after) });
}
