// Meters that are replaced and registers that come round: the register of the company goes on.

import { describe, expect, test } from "vitest";
import type { MeterReading } from "../../sim/contract/reading.ts";
import { HOUR_MS } from "../../sim/core/time.ts";
import { metersBetween } from "../../sim/utility/billing/bill-readings.ts";
import {
  continueReading,
  noteExchange,
  takenDownWhOf,
} from "../../sim/utility/billing/meters-on-file.ts";
import { createDetection } from "../../sim/utility/detection/listen.ts";
import { suspectRegister } from "../../sim/utility/detection/register-suspect.ts";
import { CASES_MAX } from "../../sim/utility/state.ts";
import { books } from "../support/books.ts";
import { meterReading } from "../support/messages.ts";
import { street } from "../support/street.ts";
import { theftCase } from "../support/theft-case.ts";

const { calendar, records } = street();

/** A supply of 5 kW whose register stood at `lastWh` one hour ago. */
function file(lastWh: number) {
  const { account, out } = books();
  const detection = createDetection({ ...records, calendar });
  let known = { serial: "M-0001", sanctionedW: 5000, lastWh, lastMeasuredAt: 10 * HOUR_MS };
  const take = (changes: Partial<MeterReading>): MeterReading => {
    const reading = meterReading({ measuredAt: 11 * HOUR_MS, ...changes });
    const { measuredAt } = reading;
    const taken = continueReading(account, known, reading, measuredAt, out, (fallen) =>
      suspectRegister(detection, fallen, measuredAt, out.events),
    );
    if (taken.importWh >= known.lastWh && taken.serial === "M-0001") {
      known = { ...known, lastWh: taken.importWh, lastMeasuredAt: reading.measuredAt };
    }
    return taken;
  };
  const exchange = (oldFinalWh: number, newInitialWh = 0) => {
    const read = { oldSerial: "M-0001", oldFinalWh, newSerial: "M-0001R1", newInitialWh };
    const what = {
      kind: "meter-exchange",
      supply: "supply-01",
      at: 11 * HOUR_MS,
      ...read,
    } as const;
    noteExchange(account, "M-0001", what, 11 * HOUR_MS, out);
  };
  return { account, out, detection, take, exchange };
}

describe("a meter that is replaced", () => {
  test("hands over: what the new one counts comes on top of the old one's final register", () => {
    const { account, take, exchange, out } = file(120_000);
    exchange(121_500, 7);
    const taken = take({ serial: "M-0001R1", measuredAt: 12 * HOUR_MS, importWh: 907 });
    expect(taken).toMatchObject({ serial: "M-0001", importWh: 122_400 });
    expect(out.events).toMatchObject([
      {
        kind: "meter-replaced",
        oldSerial: "M-0001",
        finalWh: 121_500,
        newSerial: "M-0001R1",
        initialWh: 7,
      },
    ]);
    expect(account.meters!.at(-1)!.offsetWh).toBe(121_493);
  });

  test("is still heard where its readings come late, and not with what it would have read afterwards", () => {
    const { take, exchange } = file(120_000);
    exchange(121_500);
    const late = take({ measuredAt: 10.5 * HOUR_MS, importWh: 121_000 });
    expect(late).toMatchObject({ serial: "M-0001", importWh: 121_000 });
    expect(take({ measuredAt: 11.5 * HOUR_MS, importWh: 121_800 }).serial).toBe(
      "M-0001, taken down",
    );
    expect(take({ serial: "X", importWh: 1 }).serial, "one that nobody put up").toBe("X");
  });

  test("is on the bill beside the new one, each by its own register", () => {
    const { account, exchange } = file(120_000);
    exchange(121_500, 7);
    const reading = (hour: number, wh: number) =>
      ({ measuredAt: hour * HOUR_MS, measured: "", wh, quality: "actual" }) as const;
    const month = { from: reading(0, 100_000), to: reading(20, 130_000) };
    expect(metersBetween(account.meters, "M-0001", month)).toEqual([
      { serial: "M-0001", fromWh: 100_000, toWh: 121_500 },
      { serial: "M-0001R1", fromWh: 7, toWh: 8507 },
    ]);
    const next = { from: reading(20, 130_000), to: reading(30, 140_000) };
    expect(metersBetween(account.meters, "M-0001", next)).toEqual([
      { serial: "M-0001R1", fromWh: 8507, toWh: 18_507 },
    ]);
  });

  test("told twice changes nothing", () => {
    const { account, exchange, out } = file(120_000);
    exchange(121_500);
    exchange(121_500);
    expect(account.meters).toHaveLength(2);
    expect(out.events).toHaveLength(1);
    expect(takenDownWhOf(account)).toBe(121_500);
  });
});

describe("a register that is lower than before", () => {
  // 10⁶ kWh of six digits: 999 999.200 and an hour later 1.100 is a use of 1.900 kWh; 5 kW may use 7.5.
  test("has come round where the use up to it is plausible", () => {
    const { account, take, out, detection } = file(999_999_200);
    expect(take({ importWh: 1100 }).importWh).toBe(1_000_001_100);
    expect(out.events).toMatchObject([{ kind: "register-wrapped", serial: "M-0001" }]);
    expect(take({ measuredAt: 12 * HOUR_MS, importWh: 2000 }).importWh).toBe(1_000_002_000);
    const late = take({ measuredAt: 10.5 * HOUR_MS, importWh: 999_999_900 });
    expect(late.importWh, "one from before it came round").toBe(999_999_900);
    expect(detection.cases).toEqual([]);
    expect(takenDownWhOf(account), "no meter was taken down").toBe(0);
    const reading = (hour: number, wh: number) =>
      ({ measuredAt: hour * HOUR_MS, measured: "", wh, quality: "actual" }) as const;
    const month = { from: reading(0, 999_900_000), to: reading(20, 1_000_010_000) };
    expect(metersBetween(account.meters, "M-0001", month)).toEqual([
      { serial: "M-0001", fromWh: 999_900_000, toWh: 1_000_000_000 },
      { serial: "M-0001", fromWh: 0, toWh: 10_000 },
    ]);
  });

  test("is suspect otherwise: it stays as it is for the head-end to refuse, and a case is opened once", () => {
    const { account, take, out, detection } = file(120_000);
    expect(take({ importWh: 119_000 }).importWh).toBe(119_000);
    take({ measuredAt: 12 * HOUR_MS, importWh: 119_500 });
    expect(detection.cases).toMatchObject([
      { kind: "register-suspect", supply: "supply-01", fellWh: 1000 },
    ]);
    expect(out.events.map(({ kind }) => kind)).toEqual(["case-opened"]);
    expect(account.meters).toBeUndefined();
  });

  test("is a case also where 256 others are on file: the oldest that is closed makes room", () => {
    const { take, out, detection } = file(120_000);
    const closed = theftCase({
      supply: "supply-09",
      probability: 0,
      signals: [],
      state: "cleared",
    });
    for (let at = 0; at < CASES_MAX; at++) detection.cases.push({ ...closed, id: `old-${at}` });
    take({ importWh: 119_000 });
    expect(detection.cases).toHaveLength(CASES_MAX);
    expect(detection.cases[0]!.id).toBe("old-1");
    expect(detection.cases.at(-1)).toMatchObject({ kind: "register-suspect", fellWh: 1000 });
    expect(out.events).toMatchObject([{ kind: "case-opened", supply: "supply-01" }]);
  });

  test("has not come round with more than the load can use, nor with a reading that is late", () => {
    const { take, detection } = file(999_990_000);
    expect(take({ importWh: 100 }).importWh, "10.1 kWh in an hour").toBe(100);
    expect(detection.cases).toHaveLength(1);
    const other = file(120_000);
    other.take({ measuredAt: 9 * HOUR_MS, importWh: 110_000 });
    expect(other.detection.cases).toEqual([]);
  });
});
