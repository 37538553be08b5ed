// The one page on a run as it stands, from what can be looked back to.

import type {
  BeliefStreet,
  BeliefSupplyColumns,
  ChannelName,
  TruthStreet,
} from "../../contract/frame.ts";
import type { Mark } from "../../contract/moments.ts";
import type { RunReport } from "../../contract/report.ts";
import {
  type RunIncident,
  type RunMoment,
  type RunPage,
  runPage,
} from "../../contract/run-page.ts";
import { evenly } from "../../core/evenly.ts";
import type { Twin } from "../world.ts";
import type { Moment, Moments } from "./moments.ts";

/** Points of a plot; fewer where each of them is a large frame. */
const MOMENTS_MAX = 240;
const MOMENTS_OF_MANY_MAX = 60;
const MANY_SUPPLIES = 2_000;

export interface RunToShow {
  readonly twin: Twin;
  readonly moments: Moments;
  /** Those that may be seen. */
  readonly marks: readonly Mark[];
  readonly report: RunReport;
  readonly isHidden: boolean;
  readonly again: readonly string[];
}

/** While the truth is hidden, no frame of it is read. */
export function pageOfRun(run: RunToShow): RunPage {
  const { twin, report, isHidden, again } = run;
  const { resolved } = twin.model;
  const { supplies } = resolved.layout;
  const most = supplies.length > MANY_SUPPLIES ? MOMENTS_OF_MANY_MAX : MOMENTS_MAX;
  const kept = run.moments;
  const { all } = kept;
  const read = <Data>({ simMs }: Moment, channel: ChannelName): Data | null => {
    const place = kept.at(simMs);
    const frame = place === undefined ? undefined : kept.frame(place, channel);
    return frame === undefined ? null : (frame.data as Data);
  };
  const moments = evenly(all, most).map((moment): RunMoment => {
    const homes = read<BeliefSupplyColumns>(moment, "belief/supply");
    return {
      simMs: moment.simMs,
      truth: isHidden ? null : read<TruthStreet>(moment, "truth/street"),
      company: read<BeliefStreet>(moment, "belief/street"),
      homesOnTime: homes === null ? null : homes.isLate.filter((late) => late === 0).length,
    };
  });
  const incidents = run.marks
    .filter(({ kind }) => kind === "outage" || kind === "fuse" || kind === "network")
    .map(({ at, text }): RunIncident => ({ at, text }));
  return runPage({
    ...{ layout: resolved.layout, calendar: resolved.calendar, report, isHidden, again },
    ...{ scenario: resolved.name, seed: resolved.seed, moments, incidents },
    simulatedMs: twin.world.engine.clock.nowMs,
    cases: twin.world.belief.detection.cases,
  });
}
