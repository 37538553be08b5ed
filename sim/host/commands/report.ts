// `meterville report`: one page on a run that was recorded.

import { statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { KnownEvent, TruthEvent } from "../../contract/event.ts";
import type { BeliefStreet, TruthStreet } from "../../contract/frame.ts";
import { markingOf } from "../../contract/moments.ts";
import type { RunReport } from "../../contract/report.ts";
import { type RunIncident, type RunMoment, runPage } from "../../contract/run-page.ts";
import { runPageHtml } from "../../contract/run-page-html.ts";
import { formatDuration } from "../../core/time.ts";
import type { RecordingReader } from "../../recording/reader.ts";
import { TOPIC } from "../../recording/topics.ts";
import { evenly } from "../evenly.ts";
import { EXIT } from "../exit-codes.ts";
import { CallerError, fileReason } from "../failure.ts";
import { isTruthHiddenIn } from "../hiding.ts";
import { recordedScenario, withRecording } from "../resimulate.ts";
import { checkTargets, checkWritable, type Target, writeTarget } from "../targets.ts";

const MOMENTS_MAX = 480;
/** Whether readings are on time is kept home by home: with more homes than this it is left out. */
const SUPPLIES_READ_MAX = 2_000;

export interface ReportOptions {
  readonly html?: string;
  readonly pdf?: string;
}

/** Writes the page in the forms that are asked for. */
export async function reportCommand(file: string, { html, pdf }: ReportOptions): Promise<number> {
  if (html === undefined && pdf === undefined) {
    throw new CallerError(
      "say where the report goes: --html report.html, --pdf report.pdf, or both",
    );
  }
  const targets: Target[] = [
    ...(html === undefined ? [] : [{ option: "--html", path: html, kind: "html" } as const]),
    ...(pdf === undefined ? [] : [{ option: "--pdf", path: pdf, kind: "pdf" } as const]),
  ];
  checkTargets(targets, [{ option: "the recording", path: file }]);
  for (const target of targets) checkWritable(target);
  const page = await withRecording(file, (reader, cutOffAtMs) => pageOf(file, reader, cutOffAtMs));
  if (html !== undefined) writeTarget({ option: "--html", path: html }, runPageHtml(page));
  if (pdf !== undefined) {
    // What draws PDFs takes a while to be read in.
    const { runPagePdf } = await import("../report-pdf.ts");
    const bytes = await runPagePdf(page);
    try {
      writeFileSync(pdf, bytes);
    } catch (cause) {
      throw new CallerError(`--pdf ${pdf}: cannot be written: ${fileReason(cause)}`, { cause });
    }
  }
  process.stdout.write(`${targets.map(({ path }) => path).join(", ")} written\n`);
  return EXIT.done;
}

async function pageOf(file: string, reader: RecordingReader, cutOffAtMs: number | null) {
  const resolved = recordedScenario(reader);
  const report = reader.resultText === "" ? null : (JSON.parse(reader.resultText) as RunReport);
  const isFolder = statSync(file, { throwIfNoEntry: false })?.isDirectory() === true;
  const isHidden = isTruthHiddenIn(isFolder ? file : dirname(file));
  const read = await readMoments(
    reader,
    isHidden,
    resolved.layout.supplies.map(({ id }) => id),
  );
  const { moments, incidents, company } = read;
  const simulatedMs = report?.simulatedMs ?? cutOffAtMs ?? moments.at(-1)?.simMs ?? 0;
  return runPage({
    ...{ layout: resolved.layout, calendar: resolved.calendar, report, isHidden },
    ...{ scenario: resolved.name, seed: resolved.seed, simulatedMs, incidents },
    moments: evenly(moments, MOMENTS_MAX),
    cases: company?.cases ?? [],
    again: [
      `meterville replay ${file}`,
      `meterville run scenarios/${resolved.name}.yaml --seed ${resolved.seed} --until ${formatDuration(simulatedMs)}   (where nothing was set or done besides)`,
    ],
  });
}

/** Everything that the page wants of the recording's messages, in their order; of the truth only where it is shown. */
async function readMoments(
  reader: RecordingReader,
  isHidden: boolean,
  supplies: readonly string[],
): Promise<{
  readonly moments: readonly RunMoment[];
  readonly incidents: readonly RunIncident[];
  readonly company: BeliefStreet | null;
}> {
  const homes = supplies.length > SUPPLIES_READ_MAX ? [] : supplies;
  const topicsOfHomes = new Set(homes.map((id) => `/belief/${id}`));
  const topics = reader.topics.filter(
    (topic) =>
      topic === TOPIC.beliefStreet ||
      topic === TOPIC.beliefEvents ||
      topicsOfHomes.has(topic) ||
      (!isHidden && (topic === TOPIC.truthStreet || topic === TOPIC.truthEvents)),
  );
  const moments: RunMoment[] = [];
  const incidents: RunIncident[] = [];
  const late = new Set<string>();
  let company: BeliefStreet | null = null;
  let open: RunMoment = { simMs: -1, truth: null, company: null, homesOnTime: null };
  const settle = (): void => {
    if (open.truth === null && open.company === null) return;
    const homesOnTime = company === null || homes.length === 0 ? null : homes.length - late.size;
    moments.push({ ...open, homesOnTime });
  };
  for await (const { topic, simMs, value } of reader.messages(topics)) {
    if (topic === TOPIC.truthEvents || topic === TOPIC.beliefEvents) {
      const { event, text } = value as {
        readonly event: TruthEvent | KnownEvent;
        readonly text: string;
      };
      const mark = markingOf(event)?.mark;
      if (mark === "outage" || mark === "fuse") incidents.push({ at: simMs, text });
      continue;
    }
    if (simMs !== open.simMs) {
      settle();
      open = { simMs, truth: null, company: null, homesOnTime: null };
    }
    if (topic === TOPIC.truthStreet) open = { ...open, truth: value as TruthStreet };
    else if (topic === TOPIC.beliefStreet) {
      company = value as BeliefStreet;
      open = { ...open, company };
    } else if ((value as { readonly isLate?: number }).isLate === 1) late.add(topic);
    else late.delete(topic);
  }
  settle();
  return { moments, incidents, company };
}
