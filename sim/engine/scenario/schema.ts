// What a scenario file may say. Every key is known; a wrong one is refused with its place and the nearest right word.

import { z } from "zod";
import { TELL_WAYS } from "../../contract/billing.ts";
import { PAYMENT_MAX_MINOR } from "../../contract/input.ts";
import { VISITS_MAX } from "../../contract/inspection.ts";
import { OUTAGE_KINDS } from "../../contract/outage.ts";
import { DETECTORS, HOOK_MAX_W, hookFix, THEFT_KINDS } from "../../contract/theft.ts";
import { SKIES } from "../../contract/weather.ts";
import { DAY_MS, HOUR_MS, parseDurationMs } from "../../core/time.ts";
import { AMBIENT_C, HOT_SPOT_LIMIT_C, TOP_OIL_LIMIT_C } from "../../grid/loading-guide.ts";
import { PROFILES } from "../../plant/loads/appliance-table.ts";
import { HOUSEHOLDS } from "../../plant/loads/occupancy.ts";
import { dunningSchema } from "./dunning-schema.ts";

const shareFix = "a share is 0 to 1; for 12 % write 0.12";
const stolenFix = "a stolen share is above 0 and at most 1; for 60 % write 0.6";
const durationFix = "write a duration with its unit, such as 30min, 90s or 2d14h";
const momentFix =
  "write a moment as a duration since the start (2d14h) or local time (2026-01-15T14:00)";

const SPELLS_MAX = 4096;
/** Faster than this is a storm, not a retry. */
const RETRY_MIN_MS = 1000;
/** A duration with its unit; read as milliseconds. */
const DurationText = z.string(durationFix).meta({
  description: "A duration with its unit, such as 30min, 90s or 2d14h",
  pattern: "^ *(\\d+(\\.\\d+)?(ms|s|min|h|d) *)+$",
});
export const Duration = z
  .union([DurationText], { error: durationFix })
  .transform((text, context) => {
    const durationMs = parseDurationMs(text);
    if (durationMs !== undefined) return durationMs;
    context.addIssue({ code: "custom", message: durationFix });
    return z.NEVER;
  });
/** Nothing repeats every 0 s, and nothing happens for 0 s. */
const SomeDuration = Duration.refine(
  (durationMs) => durationMs > 0,
  "write more than 0s, such as 30min",
);
const RetryDelay = Duration.refine(
  (delayMs) => delayMs >= RETRY_MIN_MS,
  "a meter waits at least 1s before it tries again",
);
const OrderRetry = Duration.refine(
  (delayMs) => delayMs >= RETRY_MIN_MS,
  "the company waits at least 1s before it tries again",
);
const Share = z.number(shareFix).min(0, shareFix).max(1, shareFix);
const Moment = z.string({ error: momentFix }).meta({
  description: "A moment: a duration since the start (2d14h) or local time (2026-01-15T14:00)",
});
export const Id = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]*$/, "an id has lower-case letters, digits and hyphens");
export const TimeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, "write a time of day as 09:30, in quotes");
export const MonthDay = z
  .string()
  .regex(/^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, "write a day of the year as 10-01, in quotes");
const HoursText = z
  .string()
  .regex(
    /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/,
    'write hours of the day as "18:00-23:00"',
  );
const coinsFix = `write whole smallest coins, such as paise, at most ${PAYMENT_MAX_MINOR}`;
/** Sums of such amounts, also in thousandths, stay exact for as long as anybody lets a run go on. */
export const Coins = z
  .number(coinsFix)
  .int(coinsFix)
  .min(-PAYMENT_MAX_MINOR, coinsFix)
  .max(PAYMENT_MAX_MINOR, coinsFix);
const SomeCoins = Coins.positive("write more than 0 of the smallest coins");
export const PlainCoins = Coins.min(0, "write 0 or more of the smallest coins");

const HabitSchema = z.strictObject({
  /** Null: does not pay bills. */
  afterBill: Duration.nullable().optional(),
  /** Null: does not pay after being cut off. */
  afterTrip: Duration.nullable().optional(),
  /** Prepaid: what is paid when the company tells of less credit than this. */
  topsUp: z
    .strictObject({
      belowMinor: Coins,
      amountMinor: SomeCoins,
      after: Duration.default(3_600_000),
    })
    .optional(),
});

const AccountSchema = z.strictObject({
  items: z
    .array(z.strictObject({ label: z.string(), amountMinor: SomeCoins, due: z.string() }))
    .default([]),
  remindedOn: z.string().optional(),
  noticeServedOn: z.string().optional(),
});

const CustomerSchema = z.strictObject({
  id: Id,
  /** Name of the load in the feeder's files; the id unless given. */
  load: z.string().optional(),
  name: z.string(),
  address: z.string(),
  residents: z.number().int().min(1).max(6).default(3),
  /** Appliances that this home has for certain, such as car-charger. */
  owns: z.array(z.string()).default([]),
  /** Nobody is there; what runs by itself goes on. */
  away: z
    .array(z.strictObject({ from: Moment, until: Moment }))
    .max(64, "at most 64 spans")
    .default([]),
  /** Appliances that it has from a moment on and not before, such as air-conditioner. */
  buys: z.array(z.strictObject({ appliance: z.string(), from: Moment })).default([]),
  /** Peak power of the panels on its roof, kW; missing: none. */
  solarKWp: z
    .number("write the panels' peak power in kW, such as 3")
    .positive("write the panels' peak power in kW, such as 3")
    .max(100, "at most 100 kW stand on one roof")
    .optional(),
  /** How its people live; drawn unless given. */
  household: z.enum(HOUSEHOLDS).optional(),
  /** What the customer may draw by contract; 15 kW a phase unless given. */
  sanctionedKW: z.number().positive().optional(),
  pays: HabitSchema.optional(),
  /** A file; that of `utility.billing` unless given. */
  tariff: z.string().optional(),
  /** How this customer pays; it must be that of the tariff. */
  mode: z.enum(["postpaid", "prepaid"]).optional(),
  /** Why this customer is never cut off for debt, such as `life support`. */
  protected: z.string().min(1, "say why, such as life support").optional(),
  /** Somebody there lives by electricity: exempt from every cut, also by the meter's own limit; never prepaid. */
  lifeSupport: z.boolean().optional(),
  /** Where e-mails to this customer go. */
  email: z.email("an address has an @, such as nair@example.in").max(254).optional(),
  /** Paid ahead when the run begins. */
  openingCreditMinor: PlainCoins.default(0),
  /** Settled with the final bill. */
  depositMinor: PlainCoins.optional(),
  account: AccountSchema.optional(),
});

const frequencyFix = "the formulas for path loss hold from 450 to 2000 MHz";
const MASTS_MAX = 64;
const MastSchema = z.strictObject({
  id: Id,
  x: z.number(),
  y: z.number(),
  heightM: z.number().min(4).max(200).optional(),
  /** Power at the antenna in the direction of its beam; 55 unless given, 33 is a small cell. */
  powerDbm: z.number().min(0).max(70).optional(),
  /** Signalling channels, which carry SMS and registrations. */
  sdcchChannels: z.number().int().min(1).max(64).optional(),
  dataPerMinute: z.number().int().min(1).max(100_000).optional(),
});

const ExpectSchema = z
  .strictObject({
    at: Moment,
    /** A path in the report, such as `billing.trips`. */
    that: z.string(),
    is: z.union([z.number(), z.string(), z.boolean(), z.null()]).optional(),
    above: z.number().optional(),
    below: z.number().optional(),
    within: z.number().nonnegative().optional(),
  })
  .refine((row) => row.is !== undefined || row.above !== undefined || row.below !== undefined, {
    message: "say what is expected: is, above or below",
  });

const fuseFix = "a gG fuse is of 2 to 1250 A";
const FuseA = z.number(fuseFix).min(2, fuseFix).max(1250, fuseFix);
const limitFix = "a limit of voltage is 1 to 50 percent away from the nominal voltage; write 10";
const LimitPercent = z.number(limitFix).min(1, limitFix).max(50, limitFix);
const degreesFix = "write a temperature in °C between -50 and 300";
const Degrees = z.number(degreesFix).min(-50, degreesFix).max(300, degreesFix);

/** What protects the network. A rating that is not given follows from the cable's, or the transformer's. */
const ProtectionSchema = z.strictObject({
  /** One a phase of each home. */
  serviceFuseA: FuseA.optional(),
  /** One a phase of each cable that leaves the transformer. */
  feederFuseA: FuseA.optional(),
  /** One a phase of the transformer's low-voltage side. */
  transformerFuseA: FuseA.optional(),
  /** How long a crew needs to put a new fuse in. */
  repairAfter: SomeDuration.default(7_200_000),
  /** Means of ten minutes at each home; meters watch the same limits for five. */
  voltage: z
    .strictObject({
      nominalV: z.number().min(100).max(300).default(230),
      lowPercent: LimitPercent.default(10),
      highPercent: LimitPercent.default(10),
    })
    .prefault({}),
  transformer: z
    .strictObject({
      ambientC: Degrees.default(AMBIENT_C),
      hotSpotLimitC: Degrees.default(HOT_SPOT_LIMIT_C),
      topOilLimitC: Degrees.default(TOP_OIL_LIMIT_C),
    })
    .prefault({}),
});

/** Simulated milliseconds are whole numbers below 2^53. */
const DAYS_MAX = Math.floor(Number.MAX_SAFE_INTEGER / DAY_MS);
const daysFix = `write how many days, above 0 and at most ${DAYS_MAX}`;

export const ScenarioSchema = z.strictObject({
  meterville: z.literal(1, { error: "the first line of a scenario is meterville: 1" }),
  name: Id,
  title: z.string(),
  seed: z.number().int().min(0).max(4_294_967_295).default(1),
  step: Duration.default(60_000),
  /** How long `run` goes on unless told otherwise. */
  days: z.number(daysFix).positive(daysFix).max(DAYS_MAX, daysFix).default(1),
  start: z.string().default("2026-01-01T00:00"),
  zone: z.string().default("UTC"),
  holidays: z.array(z.string()).default([]),
  /** The network, as OpenDSS scripts; `$DATA/` stands for the data root. Several feeders share no cable. */
  feeder: z.union([
    z.string(),
    z
      .array(
        z.strictObject({
          id: Id,
          file: z.string(),
          /** Metres by which its coordinates are moved east and north. */
          at: z.tuple([z.number(), z.number()]).default([0, 0]),
        }),
      )
      .min(1),
  ]),
  tolerancePu: z.number().positive().max(0.01).default(1e-7),
  loads: z
    .strictObject({
      model: z.enum(["occupancy", "shapes"]).default("occupancy"),
      /** Which country's appliances and days. */
      profile: z.enum(PROFILES).default("uk"),
      scale: z.number().positive().default(1),
    })
    .prefault({}),
  /** `from-feeder`: one supply point a load, in the order of the file. */
  customers: z.union([z.literal("from-feeder"), z.array(CustomerSchema).min(1)]),
  meters: z
    .strictObject({
      interval: SomeDuration.default(1_800_000),
      classPercent: z.number().min(0).max(5).default(1),
      transformerClassPercent: z.number().min(0).max(5).default(0.5),
      /** Ib of a customer's meter, In of a transformer's: below a few thousandths of it nothing is counted. */
      basicCurrentA: z.number().positive().default(10),
      transformerCurrentA: z.number().positive().default(200),
      /** How far the meters' crystals scatter; 6 ppm are half a second a day. */
      clockDriftPpm: z.number().min(0).max(1000).default(2),
      /** They measure the neutral's current too and count the larger; an old meter measures in the neutral alone. */
      neutralSensor: z.boolean().default(true),
      /** They count apparent energy and keep their maximum demand; unless given, where a tariff asks for it. */
      demandRegister: z.boolean().optional(),
      /** The meters keep the customers' sanctioned loads by themselves. */
      limit: z
        .strictObject({
          after: Duration.default(300_000),
          recloseAfter: SomeDuration.default(1_800_000),
          recloseTries: z.number().int().min(0).max(100).default(4),
        })
        .optional(),
    })
    .prefault({}),
  air: z
    .strictObject({
      /** Beside the first transformer unless given. */
      masts: z.array(MastSchema).min(1).max(MASTS_MAX).optional(),
      frequencyMHz: z.number().min(450, frequencyFix).max(2000, frequencyFix).default(900),
      /** Mean loss from the street into a meter's box; 20 in a steel cabinet. */
      penetrationDb: z.number().min(0).max(60).default(10),
      /** Standard deviation of what houses and trees do to one path. */
      shadowingDb: z.number().min(0).max(20).default(8),
      /** Whether the level costs bursts of losses on top of `lossShare`. */
      fading: z.boolean().default(true),
      /** The data bearer's; those of SMS are fixed. */
      delayMin: Duration.default(400),
      delayMean: Duration.default(1_500),
      lossShare: Share.default(0),
      duplicateShare: Share.default(0),
      spread: Duration.default(300_000),
      /** After a power cut and after the core's outage a modem waits a moment of its own of this span. */
      returnSpread: Duration.default(600_000),
      retry: RetryDelay.default(60_000),
      outboxMax: z.number().int().min(1).max(4096).default(480),
      sms: z
        .strictObject({
          lossShare: Share.default(0.01),
          duplicateShare: Share.default(0.003),
          /** How long the centre keeps a message for a meter that is away. */
          validity: SomeDuration.default(2 * 86_400_000),
        })
        .prefault({}),
    })
    .prefault({}),
  /** What of the mobile network is out; a mast and the line behind it (backhaul) by the mast's id. */
  outages: z
    .array(
      z.strictObject({
        of: z.enum(OUTAGE_KINDS).default("mast"),
        mast: Id.optional(),
        from: Moment,
        for: SomeDuration,
      }),
    )
    .default([]),
  /** Supply that fails: of a supply point or a feeder; of everything unless a target is given. */
  powerCuts: z
    .array(z.strictObject({ target: Id.optional(), from: Moment, for: SomeDuration }))
    .default([]),
  /** The sky over the street, in order, each until the next; before the first, days are drawn as without any. */
  weather: z
    .array(z.strictObject({ from: Moment, sky: z.enum(SKIES) }))
    .max(SPELLS_MAX, `at most ${SPELLS_MAX} spells of weather`)
    .default([]),
  thefts: z
    .array(
      z.strictObject({
        target: Id,
        kind: z.enum(THEFT_KINDS).default("partial-bypass"),
        /** What of the current; of `relay-bypass` what also flows around the sensor, all unless given. */
        share: z.number(stolenFix).gt(0, stolenFix).max(1, stolenFix).optional(),
        /** Of a hook. */
        powerW: z.number(hookFix).gt(0, hookFix).max(HOOK_MAX_W, hookFix).optional(),
        from: Moment,
        until: Moment.optional(),
        /** Over how long it grows; at once unless given. */
        ramp: Duration.default(0),
        /** Local hours in which it is at work, such as "18:00-23:00"; always unless given. */
        hours: z.array(HoursText).max(12, "at most 12 spans of a day").default([]),
        days: z.enum(["all", "working-days", "days-off"]).default("all"),
        /** Only while the home draws more W than this: heavy appliances alone. */
        aboveW: z.number().min(0).max(100_000).default(0),
        /** The meter's cover is off for two minutes. */
        opensCover: z.boolean().default(false),
      }),
    )
    .default([]),
  /** Meters that are boards for a while, to the end unless `until` is given. */
  boards: z
    .array(
      z.strictObject({
        target: Id,
        device: z.string().min(1, "a device is emulated, simulated, a port, or tcp://HOST:PORT"),
        from: Moment,
        until: Moment.optional(),
        /** While this lasts nobody hears the board: it counts on, and the run goes on by `deviceLost`. */
        lineCut: z.strictObject({ from: Moment, until: Moment }).optional(),
      }),
    )
    .default([]),
  payments: z
    .strictObject({
      enabled: z.boolean().default(true),
      afterBillMin: Duration.default(3 * 86_400_000),
      afterBillMax: Duration.default(13 * 86_400_000),
      afterTrip: Duration.nullable().default(2 * 86_400_000),
    })
    .prefault({}),
  utility: z
    .strictObject({
      billing: z.strictObject({ tariff: z.string(), policy: z.string() }).nullable().default(null),
      detection: z.boolean().default(true),
      assumedPowerFactor: z.number().gt(0).max(1).default(0.95),
      commandRetry: OrderRetry.default(300_000),
      commandExpire: SomeDuration.default(86_400_000),
    })
    .prefault({}),
  /** Fuses, the transformer's heat and limits of voltage; without this none of them is there. */
  protection: ProtectionSchema.optional(),
  deviceLost: z.enum(["hold", "fall-back", "stop"]).default("fall-back"),
  expect: z.array(ExpectSchema).default([]),
});
export type Scenario = z.infer<typeof ScenarioSchema>;

/** What becomes of a suspicion of theft; without it nobody is told or cut off, and a person sends the crews. */
const TheftPolicySchema = z.strictObject({
  tellAbove: Share.nullable().default(null),
  tellBy: z.array(z.enum(TELL_WAYS)).default(["letter"]),
  inspectAbove: Share.nullable().default(null),
  crewsPerDay: z.number().int().min(1).max(VISITS_MAX).default(1),
  crewTravel: Duration.default(2 * HOUR_MS),
  inspectFrom: TimeOfDay.default("09:00"),
  inspectUntil: TimeOfDay.default("17:00"),
  removedOnInspection: z.boolean().default(true),
  powerOff: z
    .strictObject({
      probability: Share,
      signals: z
        .number()
        .int()
        .min(2, "nobody is cut off on one signal alone; write at least 2")
        .max(DETECTORS.length),
    })
    .nullable()
    .default(null),
  assessmentMinor: PlainCoins.default(0),
  /** Load × days × hours × demand factor at a multiple of the tariff, instead of the flat amount. */
  assessment: z
    .strictObject({
      hoursPerDay: z.number().positive().max(24).default(8),
      demandFactor: Share.default(0.4),
      days: z.union([z.literal("case"), z.number().int().min(1).max(365)]).default(365),
      timesTariff: z.number().int().min(1).max(10).default(2),
    })
    .nullable()
    .default(null),
});

export const PolicySchema = z.strictObject({
  id: Id,
  title: z.string(),
  billAt: TimeOfDay,
  dueDays: z.number().int().min(0),
  reminderDaysAfterDue: z.number().min(0),
  noticeDaysAfterDue: z.number().min(0),
  clearDays: z.number().int().min(0),
  tripFrom: TimeOfDay,
  tripUntil: TimeOfDay,
  workingDaysOnly: z.boolean(),
  reconnectionFeeMinor: PlainCoins,
  arrearsMinMinor: SomeCoins,
  /** A meter's clock that is off by more is set. */
  clockLimit: Duration.default(120_000),
  /** And each is every so many days. */
  clockEveryDays: z.number().int().min(1).nullable().default(null),
  /** Simple, a month of 30 days, on what is overdue and not disputed. */
  latePercentPerMonth: z
    .number()
    .min(0)
    .max(10)
    .refine((percent) => Number.isInteger(Math.round(percent * 1e6) / 1000), {
      error: "write a percentage with at most three decimals, such as 1.25",
    })
    .default(0),
  theft: TheftPolicySchema.prefault({}),
  dunning: dunningSchema(SomeDuration, MonthDay).prefault({}),
});
