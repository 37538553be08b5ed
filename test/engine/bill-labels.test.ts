import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { labelText } from "../../sim/contract/bill-words.ts";
import { createCalendar } from "../../sim/core/calendar.ts";
import { readTariff } from "../../sim/engine/scenario/tariff-file.ts";
import { type PostpaidTariff, priceMonth } from "../../sim/utility/billing/tariff.ts";

const FOLDER = "scenarios/tariffs";
const files = readdirSync(FOLDER).filter((name) => name.endsWith(".yaml"));
const calendar = createCalendar("2026-01-01T00:00", "UTC", []);
const LATIN = /[A-Za-z]{2}/;

/** Every label that bills of many sizes have. */
function labelsOf(tariff: PostpaidTariff): ReadonlySet<string> {
  const labels = new Set<string>();
  const rates = tariff.kind === "slab" ? 0 : tariff.rates.length;
  for (const kWh of [0, 30, 60, 220, 280, 450, 900]) {
    for (const powerFactor of [0.8, 0.99]) {
      const byRateWh = Array.from({ length: rates }, () => Math.floor((kWh * 1000) / rates));
      const energyWh = rates === 0 ? kWh * 1000 : byRateWh.reduce((sum, wh) => sum + wh, 0);
      const month = { days: 30, monthDays: 30, fromDay: 20_454 };
      const more = { demand: kWh * 40, contract: 10_000, powerFactor, exportWh: 20_000 };
      for (const { label } of priceMonth(tariff, { energyWh, byRateWh, ...month, ...more })) {
        labels.add(label);
      }
    }
  }
  return labels;
}

test.each(files)("every line of a bill by %s has Hindi words", (name) => {
  const file = `${FOLDER}/${name}`;
  const read = (path: string) => readFileSync(path, "utf8");
  const source = { file, text: read(file) };
  const tariff = readTariff(source, { calendar, intervalMs: 1_800_000, read });
  if (tariff.kind === "prepaid") {
    for (const { title } of tariff.rates) expect(labelText(title, "hi")).not.toMatch(LATIN);
    return;
  }
  const labels = [...labelsOf(tariff)];
  expect(labels.length).toBeGreaterThan(1);
  expect(labels.filter((label) => LATIN.test(labelText(label, "hi")))).toEqual([]);
});

test("so have lines of an account, and of parts of a month", () => {
  expect(labelText("Late payment surcharge, 12 days overdue", "hi")).toBe("विलंब अधिभार, 12 दिन");
  expect(labelText("All units, 12 months, 2 times the tariff", "hi")).toBe(
    "सभी यूनिट, 12 महीने, टैरिफ़ का 2 गुना",
  );
  expect(labelText("1 to 14 April: Fixed charge", "hi")).toBe("1 से 14 अप्रैल: स्थिर प्रभार");
  expect(labelText("2026-01: Fixed charge", "hi")).toBe("2026-01: स्थिर प्रभार");
});
