// What homes own and how they use it: one row an appliance, with ownership and use in two countries. Data only.
//
// Power, cycle, restart, power factor, standby and starts of the United Kingdom: Richardson, Thomson, Infield and
// Clifford, "Domestic electricity use: a high-resolution energy demand model", Energy and Buildings 42 (2010) 1878, as
// carried on by McKenna and Thomson, "High-resolution stochastic integrated thermal–electrical domestic demand model",
// Applied Energy 165 (2016) 445, electronics brought down to what is sold now. India: ownership after the same model's
// urban variant; powers and hours of use are those of its common appliances (fans, pumps, geysers, mixers), chosen by us.

export const PROFILES = ["india", "uk"] as const;
export type Profile = (typeof PROFILES)[number];

/** Who has to be there for an appliance to start: somebody awake, anybody, or nobody. */
export type Need = "awake" | "home" | "nobody";

/** An appliance in one country. */
export interface ApplianceUse {
  /** Share of homes that own one. */
  readonly owned: number;
  /** Of those that do. */
  readonly startsPerYear: number;
  /** Mean over a cycle. */
  readonly meanW: number;
}

export interface Appliance {
  readonly name: string;
  readonly cycleMinutes: number;
  readonly restartMinutes: number;
  readonly powerFactor: number;
  readonly standbyW: number;
  readonly need: Need;
  readonly use: Readonly<Record<Profile, ApplianceUse>>;
  /** Chance, in percent by hour of day, that somebody wants it; null: at any time alike. */
  readonly wantedByHour: readonly number[] | null;
  /** Whether it stops when nobody is left who needs it. */
  readonly stopsWhenIdle: boolean;
  /** Starts grow with the people of a home. */
  readonly growsWithPeople: boolean;
  /** Factor on the starts by month, January first; null: all alike. */
  readonly byMonth: readonly number[] | null;
  /** Used more on some days, alike in the whole street: hot ones, or cold ones. */
  readonly followsWeather: boolean;
  /** Power through the cycle as [share of the cycle, factor on the mean]; null: even. Factors average to 1. */
  readonly course: readonly (readonly [share: number, factor: number])[] | null;
  /** A lamp: wanted where it is dark, shared by who is awake; how long it burns is drawn anew each time. */
  readonly isLamp: boolean;
}

const TV = [2, 1, 0, 0, 0, 0, 3, 6, 7, 7, 8, 9, 12, 13, 13, 14, 17, 22, 30, 40, 46, 42, 30, 12];
const COOK = [0, 0, 0, 0, 0, 2, 8, 13, 13, 7, 6, 11, 15, 9, 4, 4, 8, 17, 28, 30, 17, 5, 1, 0];
const WASH = [1, 0, 0, 0, 0, 8, 22, 24, 14, 7, 4, 3, 3, 3, 3, 3, 4, 6, 9, 10, 9, 8, 8, 4];
const LAUNDRY = [0, 0, 0, 0, 0, 0, 1, 2, 3, 3, 3, 2, 2, 1, 1, 1, 1, 1, 2, 2, 1, 0, 0, 0];
const IRON = [0, 0, 0, 0, 0, 0, 2, 3, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 3, 3, 2, 0, 0];
const PUMP = [0, 0, 0, 0, 0, 4, 10, 8, 3, 1, 1, 0, 0, 0, 0, 0, 1, 2, 3, 2, 1, 0, 0, 0];
const NIGHT = [
  80, 75, 65, 55, 40, 15, 5, 2, 1, 1, 2, 4, 8, 14, 16, 12, 8, 8, 12, 30, 55, 80, 90, 90,
];
const CHARGE = [10, 5, 2, 1, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 3, 6, 14, 24, 28, 26, 20, 16, 12];
const HEAT = [2, 1, 1, 1, 1, 2, 8, 12, 8, 4, 3, 3, 3, 3, 4, 6, 12, 20, 26, 28, 26, 20, 10, 4];

/** Warm months of South India, and cold ones. */
const WARM = [0.5, 0.8, 1.4, 1.8, 1.7, 1.1, 0.9, 0.8, 0.8, 0.9, 0.8, 0.5];
const COOL = [1.4, 1.3, 1.1, 0.9, 0.7, 0.8, 0.8, 0.8, 0.8, 0.9, 1.1, 1.4];
/** Months of the British heating season. */
const COLD = [2.4, 2.2, 1.6, 0.9, 0.3, 0, 0, 0, 0.2, 0.8, 1.6, 2];
const DARK = [1.3, 1.2, 1.05, 0.95, 0.85, 0.8, 0.8, 0.85, 0.95, 1.05, 1.2, 1.3];

interface Row extends Partial<Omit<Appliance, "name" | "use">> {
  /** Where a country does not say otherwise. */
  readonly meanW: number;
  readonly cycleMinutes: number;
  readonly powerFactor: number;
}

type Use = readonly [owned: number, startsPerYear: number, meanW?: number];

/** Fills in what most appliances have in common. */
function appliance(name: string, india: Use, uk: Use, { meanW, ...row }: Row): Appliance {
  const use = ([owned, startsPerYear, own = meanW]: Use): ApplianceUse => {
    return { owned, startsPerYear, meanW: own };
  };
  return {
    name,
    restartMinutes: 0,
    standbyW: 0,
    need: "awake",
    wantedByHour: null,
    stopsWhenIdle: false,
    growsWithPeople: true,
    byMonth: null,
    followsWeather: false,
    course: null,
    isLamp: false,
    ...row,
    use: { india: use(india), uk: use(uk) },
  };
}

export const APPLIANCES: readonly Appliance[] = [
  appliance("refrigerator", [0.94, 7000], [1, 6116], {
    meanW: 140,
    cycleMinutes: 20,
    restartMinutes: 40,
    powerFactor: 0.8,
    need: "nobody",
    growsWithPeople: false,
  }),
  appliance("freezer", [0.03, 6116], [0.45, 6116], {
    meanW: 155,
    cycleMinutes: 20,
    restartMinutes: 40,
    powerFactor: 0.8,
    need: "nobody",
    growsWithPeople: false,
  }),
  appliance("television", [0.95, 1464], [0.98, 1464], {
    meanW: 95,
    cycleMinutes: 73,
    powerFactor: 0.9,
    standbyW: 3,
    wantedByHour: TV,
    stopsWhenIdle: true,
    growsWithPeople: false,
  }),
  appliance("second-television", [0.22, 1100], [0.58, 1464], {
    meanW: 85,
    cycleMinutes: 73,
    powerFactor: 0.9,
    standbyW: 3,
    wantedByHour: TV,
    stopsWhenIdle: true,
  }),
  appliance("computer", [0.5, 420], [0.8, 560], {
    meanW: 70,
    cycleMinutes: 240,
    powerFactor: 0.9,
    standbyW: 4,
    stopsWhenIdle: true,
  }),
  appliance("kettle", [0.55, 900], [0.975, 1520], {
    meanW: 1900,
    cycleMinutes: 3,
    powerFactor: 1,
    standbyW: 1,
  }),
  appliance("hob", [0.6, 1350], [0.5, 620], {
    meanW: 1900,
    cycleMinutes: 16,
    powerFactor: 0.98,
    standbyW: 1,
    wantedByHour: COOK,
    stopsWhenIdle: true,
  }),
  appliance("oven", [0.12, 120], [0.62, 260], {
    meanW: 2000,
    cycleMinutes: 27,
    powerFactor: 1,
    standbyW: 2,
    wantedByHour: COOK,
  }),
  appliance("microwave", [0.4, 300], [0.86, 400], {
    meanW: 1250,
    cycleMinutes: 6,
    powerFactor: 0.95,
    standbyW: 2,
    wantedByHour: COOK,
    stopsWhenIdle: true,
  }),
  appliance("mixer-grinder", [0.9, 700], [0, 0], {
    meanW: 600,
    cycleMinutes: 5,
    powerFactor: 0.85,
    wantedByHour: COOK,
    stopsWhenIdle: true,
  }),
  // Heats early in its course, spins at the end.
  appliance("washing-machine", [0.72, 170], [0.78, 196], {
    meanW: 406,
    cycleMinutes: 120,
    powerFactor: 0.8,
    standbyW: 1,
    wantedByHour: LAUNDRY,
    course: [
      [0.07, 0.2],
      [0.17, 4.53],
      [0.66, 0.16],
      [0.1, 1.104],
    ],
  }),
  appliance("dishwasher", [0.03, 200], [0.335, 241], {
    meanW: 1131,
    cycleMinutes: 60,
    powerFactor: 0.8,
    wantedByHour: COOK,
  }),
  appliance("tumble-dryer", [0.02, 60], [0.416, 122], {
    meanW: 2300,
    cycleMinutes: 60,
    powerFactor: 0.8,
    standbyW: 1,
    wantedByHour: LAUNDRY,
    byMonth: DARK,
  }),
  appliance("geyser", [0.68, 1000], [0.2, 1300], {
    meanW: 2000,
    cycleMinutes: 12,
    restartMinutes: 20,
    powerFactor: 1,
    wantedByHour: WASH,
    byMonth: COOL,
    followsWeather: true,
  }),
  // In India the water is heated as it flows.
  appliance("electric-shower", [0.12, 700, 3000], [0.62, 480], {
    meanW: 6500,
    cycleMinutes: 4,
    powerFactor: 1,
    wantedByHour: WASH,
  }),
  appliance("iron", [0.9, 170], [0.9, 60], {
    meanW: 1000,
    cycleMinutes: 20,
    powerFactor: 1,
    wantedByHour: IRON,
    stopsWhenIdle: true,
  }),
  appliance("vacuum-cleaner", [0.1, 40], [0.94, 110], {
    meanW: 1200,
    cycleMinutes: 20,
    powerFactor: 0.9,
    stopsWhenIdle: true,
    growsWithPeople: false,
  }),
  appliance("water-pump", [0.55, 380], [0, 0], {
    meanW: 550,
    cycleMinutes: 30,
    restartMinutes: 60,
    powerFactor: 0.75,
    wantedByHour: PUMP,
  }),
  appliance("fans", [0.98, 4200], [0, 0], {
    meanW: 130,
    cycleMinutes: 60,
    powerFactor: 0.95,
    need: "home",
    stopsWhenIdle: true,
    byMonth: WARM,
    followsWeather: true,
  }),
  appliance("air-conditioner", [0.42, 3200], [0.02, 200], {
    meanW: 1400,
    cycleMinutes: 15,
    restartMinutes: 9,
    powerFactor: 0.9,
    standbyW: 4,
    need: "home",
    wantedByHour: NIGHT,
    stopsWhenIdle: true,
    byMonth: WARM,
    followsWeather: true,
    growsWithPeople: false,
  }),
  appliance("room-heater", [0.03, 120], [0.25, 560], {
    meanW: 1500,
    cycleMinutes: 45,
    powerFactor: 1,
    wantedByHour: HEAT,
    stopsWhenIdle: true,
    byMonth: COLD,
    followsWeather: true,
    growsWithPeople: false,
  }),
  appliance("scooter-charger", [0.22, 220], [0.02, 150], {
    meanW: 650,
    cycleMinutes: 180,
    powerFactor: 0.9,
    need: "home",
    wantedByHour: CHARGE,
    growsWithPeople: false,
  }),
  // From a socket of 16 A in India, from a wall box of 32 A in Britain. The last part of a charge tapers off.
  appliance("car-charger", [0.04, 250, 3300], [0.06, 150], {
    meanW: 6600,
    cycleMinutes: 170,
    powerFactor: 0.99,
    standbyW: 3,
    need: "home",
    wantedByHour: CHARGE,
    growsWithPeople: false,
    course: [
      [0.85, 1.09],
      [0.15, 0.49],
    ],
  }),
  appliance("living-room-lights", [1, 2600], [1, 2600], {
    meanW: 55,
    cycleMinutes: 37,
    powerFactor: 0.9,
    stopsWhenIdle: true,
    growsWithPeople: false,
    isLamp: true,
  }),
  appliance("kitchen-lights", [1, 2200], [1, 2200], {
    meanW: 40,
    cycleMinutes: 37,
    powerFactor: 0.9,
    stopsWhenIdle: true,
    growsWithPeople: false,
    isLamp: true,
  }),
  appliance("bedroom-lights", [1, 2600], [1, 2600], {
    meanW: 45,
    cycleMinutes: 37,
    powerFactor: 0.9,
    stopsWhenIdle: true,
    growsWithPeople: false,
    isLamp: true,
  }),
];

export const APPLIANCE_COUNT: number = APPLIANCES.length;

export const APPLIANCE_NAMES: readonly string[] = APPLIANCES.map(({ name }) => name);

/**
 * How long a lamp burns: nine bins of minutes, equally likely, even inside (Stokes, Rylatt and Lomas, "A simple model
 * of domestic lighting demand", Energy and Buildings 36 (2004) 103, as binned in Richardson et al. 2010).
 */
export const LAMP_MINUTES: readonly (readonly [from: number, to: number])[] = [
  [1, 1],
  [2, 2],
  [3, 4],
  [5, 8],
  [9, 16],
  [17, 27],
  [28, 49],
  [50, 91],
  [92, 259],
];
