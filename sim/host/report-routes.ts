// The report of the run as it stands: a page to read or to print, and a PDF.

import type { FastifyInstance, FastifyRequest } from "fastify";
import type { RunPage } from "../contract/run-page.ts";
import { runPageHtml } from "../contract/run-page-html.ts";
import { formatDuration } from "../core/time.ts";
import { pageOfRun } from "../engine/showing/page-of-run.ts";
import { seenBy } from "./access/person.ts";
import type { Hiding } from "./hiding.ts";
import type { Served } from "./server.ts";
import { mustBeShown } from "./server-errors.ts";

export interface ReportRoutes {
  readonly now: () => Served;
  readonly hiding: Hiding;
}

/** `GET /api/report.html` and `GET /api/report.pdf`. */
export function addReportRoutes(server: FastifyInstance, { now, hiding }: ReportRoutes): void {
  const pageFor = (request: FastifyRequest): RunPage => {
    const { run, report } = now();
    mustBeShown(run);
    const { sides } = seenBy(request.person, hiding);
    const { twin } = run.session;
    const { resolved } = twin.model;
    const { nowMs, stepMs } = twin.world.engine.clock;
    const { keptIn } = run.paceView();
    return pageOfRun({
      ...{ twin, moments: run.moments, marks: run.marks.after(-1, sides), report: report() },
      isHidden: !sides.includes("truth"),
      again: [
        `meterville replay ${keptIn}`,
        `meterville run scenarios/${resolved.name}.yaml --seed ${resolved.seed} --until ${formatDuration(nowMs)} --step ${formatDuration(stepMs)} --journal ${keptIn}/journal.ndjson`,
      ],
    });
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
