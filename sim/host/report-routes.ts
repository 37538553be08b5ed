// The report of the run as it stands: a page to read or to print, and a PDF.

import type { FastifyInstance, FastifyRequest } from "fastify";
import type {
  BeliefStreet,
  BeliefSupplyColumns,
  ChannelName,
  TruthStreet,
} from "../contract/frame.ts";
import { type RunIncident, type RunMoment, type RunPage, runPage } from "../contract/run-page.ts";
import { runPageHtml } from "../contract/run-page-html.ts";
import { formatDuration } from "../core/time.ts";
import type { Moment } from "../engine/showing/moments.ts";
import { seenBy } from "./access/person.ts";
import { evenly } from "./evenly.ts";
import type { Hiding } from "./hiding.ts";
import type { Served } from "./server.ts";
import { mustBeShown } from "./server-errors.ts";

/** Points of a plot; fewer where each of them is a large frame. */
const MOMENTS_MAX = 240;
const MOMENTS_OF_MANY_MAX = 60;
const MANY_SUPPLIES = 2_000;

export interface ReportRoutes {
  readonly now: () => Served;
  readonly hiding: Hiding;
}

/** `GET /api/report.html` and `GET /api/report.pdf`. */
export function addReportRoutes(server: FastifyInstance, { now, hiding }: ReportRoutes): void {
  const pageFor = (request: FastifyRequest): RunPage => {
    const served = now();
    mustBeShown(served.run);
    return pageOf(served, !seenBy(request.person, hiding).sides.includes("truth"));
  };
  server.get("/api/report.html", async (request, reply) =>
    reply.header("content-type", "text/html; charset=utf-8").send(runPageHtml(pageFor(request))),
  );
  server.get("/api/report.pdf", async (request, reply) => {
    const page = pageFor(request);
    // What draws PDFs takes a while to be read in.
    const { runPagePdf } = await import("./report-pdf.ts");
    return reply
      .header("content-type", "application/pdf")
      .header("content-disposition", 'inline; filename="report.pdf"')
      .send(await runPagePdf(page));
  });
}

function pageOf({ run, report }: Served, isHidden: boolean): RunPage {
  const { model, world } = run.session.twin;
  const { resolved } = model;
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
  const sides = isHidden ? (["belief"] as const) : (["truth", "belief"] as const);
  const incidents = run.marks
    .after(-1, sides)
    .filter(({ kind }) => kind === "outage" || kind === "fuse")
    .map(({ at, text }): RunIncident => ({ at, text }));
  const { nowMs } = world.engine.clock;
  const { keptIn } = run.paceView();
  return runPage({
    ...{ layout: resolved.layout, calendar: resolved.calendar, report: report(), isHidden },
    ...{ scenario: resolved.name, seed: resolved.seed, simulatedMs: nowMs, moments, incidents },
    cases: world.belief.detection.cases,
    again: [
      `meterville replay ${keptIn}`,
      `meterville run scenarios/${resolved.name}.yaml --seed ${resolved.seed} --until ${formatDuration(nowMs)} --step ${formatDuration(world.engine.clock.stepMs)} --journal ${keptIn}/journal.ndjson`,
    ],
  });
}
