// A resolved scenario: every file read, every default filled in. Plain JSON; a run needs nothing beside it.

import type { AirSpec } from "../../comms/spec.ts";
import type { StreetLayout } from "../../contract/frame.ts";
import type { DeviceLostPolicy } from "../../contract/meter-device.ts";
import type { OutageKind } from "../../contract/outage.ts";
import type { WeatherSpell } from "../../contract/weather.ts";
import type { Calendar } from "../../core/calendar.ts";
import type { SimMs } from "../../core/time.ts";
import type { FeederSpec, PlantSpec } from "../../plant/spec.ts";
import type { Records } from "../../utility/records.ts";

export const RESOLVED_VERSION = 1;

export interface ResolvedScenario {
  readonly version: typeof RESOLVED_VERSION;
  readonly name: string;
  readonly title: string;
  readonly seed: number;
  readonly stepMs: number;
  readonly durationMs: number;
  readonly deviceLost: DeviceLostPolicy;
  readonly calendar: Calendar;
  /** Each with a source of its own; supply points are in their order. */
  readonly feeders: readonly FeederSpec[];
  /** Without what stands beside it: seed, calendar, feeders, weather. */
  readonly plant: Omit<PlantSpec, "seed" | "calendar" | "feeders" | "weather">;
  readonly air: Omit<AirSpec, "seed">;
  readonly records: Omit<Records, "calendar">;
  readonly layout: StreetLayout;
  readonly outages: readonly {
    readonly of: OutageKind;
    /** Row of the mast; 0 where all masts share what is out. */
    readonly mast: number;
    readonly from: SimMs;
    readonly until: SimMs;
  }[];
  /** In order of time; missing where nothing is said of the sky. */
  readonly weather?: readonly WeatherSpell[];
  /** Meters that are boards for a while; missing where there is none. Row: supply point. */
  readonly boards?: readonly BoardSwap[];
  readonly expect: readonly ResolvedExpectation[];
  /** Every file that was read, in order. */
  readonly sources: readonly { readonly path: string; readonly sha256: string }[];
}

export interface BoardSwap {
  readonly row: number;
  readonly device: string;
  readonly from: SimMs;
  readonly until: SimMs | null;
  /** Not there in most scenarios. */
  readonly lineCut?: { readonly from: SimMs; readonly until: SimMs };
}

export interface ResolvedExpectation {
  readonly at: SimMs;
  readonly that: string;
  readonly is: number | string | boolean | null | undefined;
  readonly above: number | undefined;
  readonly below: number | undefined;
  readonly within: number | undefined;
  /** `file:line:column` of the row. */
  readonly place: string;
}
