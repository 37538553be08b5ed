// What a tariff file may say, by its kind. Prices are whole thousandths of the smallest coin, as tariffs print them.

import { z } from "zod";
import { RATES_MAX } from "../../utility/billing/tariff.ts";
import { MARKS_MAX } from "../../utility/state.ts";
import { Coins, Id, MonthDay, PlainCoins, TimeOfDay } from "./schema.ts";

/** What a prepaid meter counts by at most, too. */
export const PRICE_MAX = 1e9;
const priceFix = `write whole thousandths of the smallest coin, at most ${PRICE_MAX}`;
const MilliPrice = z
  .number(priceFix)
  .int(priceFix)
  .min(-PRICE_MAX, priceFix)
  .max(PRICE_MAX, priceFix);
const PlainPrice = MilliPrice.min(0, "a price is 0 or more");

/** Rows of one list, so that whatever a file says and whoever uses whatever, sums of money stay exact. */
const ROWS_MAX = 16;
const BLOCKS_MAX = 64;
const PERCENT_MAX = 200;
const percentFix = `a percentage is 0 to ${PERCENT_MAX}, in thousandths at the finest; for 1.5 % write 1.5`;
const isInThousandths = (percent: number): boolean =>
  Math.abs(percent * 1000 - Math.round(percent * 1000)) < 1e-6;
const Percent = z
  .number(percentFix)
  .min(0, percentFix)
  .max(PERCENT_MAX, percentFix)
  .refine(isInThousandths, percentFix);
/** Of something that there is: no more than all of it. */
const PartPercent = Percent.max(100, "a part is at most 100 %");

const UNITS_MAX = 1e9;
const unitsFix = `write kWh, more than 0 and at most ${UNITS_MAX}`;
const Units = z.number(unitsFix).positive(unitsFix).max(UNITS_MAX, unitsFix);
const Block = z.strictObject({
  /** Where the block begins; missing: where the one before it ends. */
  fromKWh: z.number(unitsFix).min(0, "a block begins at 0 or more").max(UNITS_MAX).optional(),
  /** Null: it has no end. */
  uptoKWh: Units.nullable(),
  priceMilliMinorPerKWh: MilliPrice,
});

const TariffHead = {
  id: Id,
  title: z.string(),
  currency: z.string().regex(/^[A-Z]{3}$/, "a currency is three capitals, such as INR"),
};

const TAX_BASES = ["energy", "energy-and-surcharges", "energy-and-fixed", "all"] as const;
const Taxes = z
  .array(
    z.strictObject({
      title: z.string(),
      percent: Percent,
      on: z.enum(TAX_BASES).default("energy"),
    }),
  )
  .max(ROWS_MAX);

const ratioFix = "a power factor is 0 to 1, in hundredths, such as 0.9";
const PowerFactor = z
  .number(ratioFix)
  .min(0, ratioFix)
  .max(1, ratioFix)
  .refine((ratio) => Math.abs(ratio * 100 - Math.round(ratio * 100)) < 1e-6, ratioFix);

const RebateSchema = z.strictObject({
  title: z.string(),
  percent: PartPercent.optional(),
  /** What `percent` is of. */
  on: z.enum(TAX_BASES).optional(),
  priceMilliMinorPerKWh: PlainPrice.optional(),
  /** The price is for so many kWh at most. */
  firstKWh: Units.optional(),
  monthlyMinor: PlainCoins.optional(),
  /** Only for months with at most so much use. */
  whereUptoKWh: Units.optional(),
});

const DateText = z
  .string("write a date as 2026-04-01, in quotes")
  .regex(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, "write a date as 2026-04-01, in quotes");

/** What a bill may have besides energy, fixed charge and taxes, in the order of computing. */
const BillTermsFile = {
  demand: z
    .strictObject({
      unit: z.enum(["kVA", "kW"]).default("kVA"),
      /** A month, for each kVA or kW of the largest mean of half an hour. */
      priceMilliMinor: PlainPrice,
      /** At least this part of the contract is billed. */
      contractPercent: PartPercent.default(0),
      /** What lies above the contract costs so much of the price. */
      excessPercent: Percent.min(100, "write 100 or more").default(100),
    })
    .optional(),
  surcharges: z
    .array(z.strictObject({ title: z.string(), priceMilliMinorPerKWh: MilliPrice }))
    .max(ROWS_MAX)
    .optional(),
  /** Percent of the energy charge for each hundredth below or above. */
  powerFactor: z
    .strictObject({
      penaltyBelow: PowerFactor.default(0),
      penaltyPercent: PartPercent.default(0),
      incentiveAbove: PowerFactor.default(1),
      incentivePercent: PartPercent.default(0),
    })
    .optional(),
  rents: z
    .array(
      z.strictObject({
        title: z.string(),
        monthlyMinor: PlainCoins,
        taxPercent: Percent.default(0),
      }),
    )
    .max(ROWS_MAX)
    .optional(),
  rebates: z.array(RebateSchema).max(ROWS_MAX).optional(),
  minimumMinor: PlainCoins.optional(),
  export: z
    .discriminatedUnion("kind", [
      z.strictObject({
        kind: z.literal("net-metering"),
        lowersTaxes: z.boolean().default(false),
      }),
      z.strictObject({
        kind: z.literal("net-billing"),
        title: z.string().default("Export"),
        priceMilliMinorPerKWh: PlainPrice,
      }),
    ])
    .optional(),
  /** The whole bill to a multiple of so many smallest coins, halves up: 100 is the whole rupee. */
  rounding: z
    .strictObject({
      to: z.number().int().min(1).max(100_000),
      at: z.literal("bill").default("bill"),
    })
    .optional(),
  /** What slabs, prices and surcharges count: kVAh needs meters that measure it. */
  energyUnit: z.enum(["kWh", "kVAh"]).optional(),
  /** A bill for so many months; slabs and monthly amounts are a month's and count so often. */
  cycleMonths: z
    .union([z.literal(1), z.literal(2), z.literal(3), z.literal(4), z.literal(6)], {
      error: "a bill is for 1, 2, 3, 4 or 6 months",
    })
    .optional(),
  /** Days that a month counts where only a part is billed; missing: those of the calendar month. */
  partMonthDays: z.number().int().min(28).max(31).optional(),
  /** From these days on, the prices of other files. */
  changes: z
    .array(z.strictObject({ from: DateText, file: z.string() }))
    .max(MARKS_MAX)
    .optional(),
};

/** The price depends on how much was used in the month. */
const SlabTariffSchema = z.strictObject({
  kind: z.literal("slab").optional(),
  ...TariffHead,
  blocks: z.array(Block).min(1).max(BLOCKS_MAX),
  wholeUse: z.array(Block).max(BLOCKS_MAX).default([]),
  fixed: z
    .array(z.strictObject({ uptoKWh: Units.nullable(), monthlyMinor: Coins }))
    .max(BLOCKS_MAX)
    .default([]),
  dutyPercent: PartPercent.default(0),
  taxes: Taxes.optional(),
  ...BillTermsFile,
});

const WindowSchema = z.strictObject({
  rate: Id,
  from: TimeOfDay,
  until: TimeOfDay,
  days: z.enum(["all", "working-days", "days-off"]).default("all"),
});
/** Rates and when they hold; `otherwise` names the rate outside all windows. */
const RateTimes = {
  rates: z
    .array(z.strictObject({ id: Id, title: z.string(), priceMilliMinorPerKWh: PlainPrice }))
    .min(1)
    .max(RATES_MAX),
  otherwise: Id,
  clock: z.enum(["local", "standard"]).default("local"),
  seasons: z
    .array(
      z.strictObject({
        from: MonthDay.default("01-01"),
        until: MonthDay.default("12-31"),
        windows: z.array(WindowSchema),
      }),
    )
    .default([]),
};

/** The price depends on when it was used. */
const TimeOfUseTariffSchema = z.strictObject({
  kind: z.literal("time-of-use"),
  ...TariffHead,
  ...RateTimes,
  dailyMilliMinor: PlainPrice.default(0),
  monthlyMinor: PlainCoins.default(0),
  taxes: Taxes.default([]),
  ...BillTermsFile,
});

/** The price of each slot of the day stands in a table; it may be below zero. */
const HalfHourlyTariffSchema = z.strictObject({
  kind: z.literal("half-hourly"),
  ...TariffHead,
  clock: RateTimes.clock,
  slotMinutes: z.union([z.literal(15), z.literal(30), z.literal(60)]).default(30),
  /** No slot costs more. */
  capMilliMinorPerKWh: MilliPrice.optional(),
  /** Each row: prices of slots that follow each other. Together they are one whole day. */
  slots: z
    .array(z.strictObject({ from: TimeOfDay, pricesMilliMinorPerKWh: z.array(MilliPrice).min(1) }))
    .min(1),
  /** A file of prices by the day; `slots` hold on the days that it does not have. */
  table: z.string().optional(),
  dailyMilliMinor: PlainPrice.default(0),
  monthlyMinor: PlainCoins.default(0),
  taxes: Taxes.default([]),
  ...BillTermsFile,
});

const alertFix = "write whole percent of the last recharge, 1 to 99";

/** The meter counts down what was paid. Prices include every tax; `taxPercent` of them is tax. */
const PrepaidTariffSchema = z.strictObject({
  kind: z.literal("prepaid"),
  ...TariffHead,
  version: z.string().min(1).default("1"),
  rates: RateTimes.rates,
  otherwise: Id,
  /** Every day alike: a meter knows minutes of its day. */
  windows: z.array(z.strictObject({ rate: Id, from: TimeOfDay, until: TimeOfDay })).default([]),
  standingDailyMinor: PlainCoins.default(0),
  taxPercent: z.number().int().min(0).max(99).default(0),
  emergencyCreditMinor: PlainCoins.default(0),
  lowCreditMinor: PlainCoins.default(0),
  /** Supply goes for want of credit only between these; the rest are friendly hours. */
  cutFrom: TimeOfDay.default("00:00"),
  cutUntil: TimeOfDay.default("00:00"),
  workingDaysOnly: z.boolean().default(false),
  debtPercent: z.number().int().min(0).max(100).default(0),
  /** The customer is told when so many percent of the last recharge are left, such as 30 and 10. */
  alertPercents: z
    .array(z.number(alertFix).int(alertFix).min(1, alertFix).max(99, alertFix))
    .min(1, "leave it out, or name a percentage")
    .max(8, "at most eight")
    .optional(),
});

/** Every kind of tariff. A file without a kind has slabs. */
export const TARIFF_SCHEMAS = {
  slab: SlabTariffSchema,
  "time-of-use": TimeOfUseTariffSchema,
  "half-hourly": HalfHourlyTariffSchema,
  prepaid: PrepaidTariffSchema,
} as const;
/** Which of them a file is, before it is checked as one. */
export const TariffKindSchema = z.looseObject({
  kind: z.enum(["slab", "time-of-use", "half-hourly", "prepaid"]).default("slab"),
});
export type SlabTariffFile = z.infer<typeof SlabTariffSchema>;
export type PrepaidTariffFile = z.infer<typeof PrepaidTariffSchema>;
export type TimeOfUseTariffFile = z.infer<typeof TimeOfUseTariffSchema>;
export type HalfHourlyTariffFile = z.infer<typeof HalfHourlyTariffSchema>;
/** Keys that every postpaid kind has. */
export type PostpaidFile = Pick<SlabTariffFile, keyof typeof BillTermsFile>;
