// Tariffs in a test: those that ship, and some that are written there.

import { join } from "node:path";
import { createCalendar } from "../../sim/core/calendar.ts";
import { MINUTE_MS } from "../../sim/core/time.ts";
import { readTariff } from "../../sim/engine/scenario/tariff-file.ts";
import { createReadText, PROJECT_ROOT } from "../../sim/host/files.ts";
import type { PostpaidTariff, Tariff } from "../../sim/utility/billing/tariff.ts";

const calendar = createCalendar("2026-01-01T00:00", "UTC", []);
const intervalMs = 30 * MINUTE_MS;

/** A tariff that ships, by the name of its file without `.yaml`. */
export function shippedTariff(name: string): PostpaidTariff {
  const read = createReadText();
  const file = join(PROJECT_ROOT, `scenarios/tariffs/${name}.yaml`);
  return postpaid(readTariff({ file, text: read(file) }, { calendar, intervalMs, read }));
}

/** A tariff that is written as `t.yaml`, with what it names beside it. Throws ScenarioError. */
export function writtenTariff(
  text: string,
  beside: Readonly<Record<string, string>> = {},
): PostpaidTariff {
  const read = (path: string): string => {
    const found = beside[path];
    if (found === undefined) throw new Error(`there is no file ${path}`);
    return found;
  };
  return postpaid(readTariff({ file: "t.yaml", text }, { calendar, intervalMs, read }));
}

function postpaid(tariff: Tariff): PostpaidTariff {
  if (tariff.kind === "prepaid") throw new Error(`${tariff.id} is prepaid`);
  return tariff;
}
