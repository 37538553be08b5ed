// One live run with everything that serves it: boards, pace, the MQTT window, and how it ends.

import { writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { runReport } from "../engine/report.ts";
import type { Lateness } from "../engine/showing/lateness.ts";
import { createTruthHistory } from "../engine/showing/truth-history.ts";
import { patientAudit } from "./access/audit.ts";
import { BOARD_DEADLINE_WALL_MS, type Boards, createBoards } from "./boards.ts";
import { createDevice, portProblem } from "./devices.ts";
import type { Hiding } from "./hiding.ts";
import { createLiveRun } from "./live.ts";
import { REPEATED_MESSAGES_MAX } from "./mqtt/outbound-queue.ts";
import { openWindow } from "./mqtt/window.ts";
import type { BrokerPlace } from "./mqtt/worker-messages.ts";
import { openPortal } from "./portal/parts.ts";
import { provenance } from "./provenance.ts";
import { createRefusals } from "./refusals.ts";
import { withBoards } from "./report-text.ts";
import type { RunFiles } from "./run-files.ts";
import { RUN_FILE } from "./run-folder.ts";
import type { Served } from "./server.ts";
import { StorageError } from "./storage-error.ts";

export interface ServedRun extends Served {
  readonly files: RunFiles;
  readonly keptIn: string;
  /** Port of the embedded broker; null without one. */
  readonly mqttPort: number | null;
  /** Ends the MQTT window; the run has ended before. */
  closeWindow(): Promise<void>;
  /** Closes everything that the run keeps. `isWhole`: no step was left in its middle. */
  close(isWhole: boolean): Promise<void>;
}

export interface ServedOptions {
  readonly place: BrokerPlace | null;
  readonly hiding: Hiding;
  readonly isNew: boolean;
  readonly pace: {
    readonly speed: number | null;
    readonly isPaused: boolean;
    readonly pauseAtEvent?: boolean;
    readonly slowAtTheft?: boolean;
  };
  readonly say: (sentence: string) => void;
}

/** Opens a run that does not step yet. Throws CallerError where the embedded broker gets no port. */
export async function openServed(files: RunFiles, options: ServedOptions): Promise<ServedRun> {
  const { folder, facts, session, store } = files;
  const { say, hiding, place } = options;
  const { runId } = facts;
  const { twin } = session;
  const { clock } = twin.world.engine;
  const keptIn = relative(process.cwd(), folder) || folder;
  const boards = createBoards(createDevice, BOARD_DEADLINE_WALL_MS, { tell: say });
  const run = createLiveRun({
    session,
    journal: files.journal,
    waiting: files.waiting,
    nextSequence: files.nextSequence,
    boards,
    deviceProblem: portProblem,
    ...options.pace,
    keptIn,
    sidesShown: () => hiding.sides,
    onHeld: (text) => say(`the twin waits: ${text}, then press play`),
    onRetry: files.retry,
    onFailure: (text) => say(`the run has stopped: ${text}`),
    betweenSteps: files.betweenSteps,
  });
  files.waitWith(run.hold);
  const truthHistory = createTruthHistory(twin);
  run.followers.add(truthHistory);
  const { commit, version, node } = provenance();
  const began = { wallMs: performance.now(), simMs: clock.nowMs };
  const report: Served["report"] = () => {
    const timesRealTime = (clock.nowMs - began.simMs) / (performance.now() - began.wallMs);
    return withBoards(runReport(twin, { version, commit, node, timesRealTime }), boards);
  };
  const windowOf = async () =>
    place === null
      ? null
      : openWindow({ run, runId, place, earlier, answered: refusals.answered, tell: say });
  const audit = patientAudit({ append: store.audit, list: store.auditOf }, say);
  const refusals = createRefusals({
    twin,
    append(entry) {
      try {
        audit.append(entry);
      } catch (error) {
        if (!(error instanceof StorageError)) throw error;
        run.hold(error);
      }
    },
  });
  run.followers.add(refusals);
  const earlier = {
    journalled: files.journalled,
    readings: options.isNew ? [] : store.newestReadings(REPEATED_MESSAGES_MAX),
  };
  // Before the window: what is damaged there must not leave a broker open.
  const portal = openPortal(files, run);
  const window = await windowOf().catch((error: unknown) => {
    portal.close();
    throw error;
  });
  return {
    ...{ run, runId, report, store, truthHistory, files, keptIn, audit, portal },
    mqttPort: window?.port ?? null,
    async closeWindow() {
      await window?.close();
    },
    async close(isWhole) {
      portal.close();
      audit.close();
      if (!isWhole) return files.abandon();
      await files.close(JSON.stringify(report()), run.isStopped, say);
      tellOfBoards(folder, boards, say);
      process.stderr.write(latenessText(run.lateness));
    },
  };
}

/** Leaves in the run's folder how boards on the wall's clock kept it, and says so where they did not. */
function tellOfBoards(folder: string, { reports }: Boards, say: ServedOptions["say"]): void {
  const boards = reports();
  if (boards.length === 0) return;
  writeFileSync(join(folder, RUN_FILE.boards), `${JSON.stringify({ boards }, null, 2)}\n`);
  for (const { supply, device, doubt } of boards) {
    if (doubt !== null) say(`${supply} on ${device}: ${doubt}`);
  }
}

/** How well the pace was kept, where there was one. */
function latenessText({ steps, quantileMs }: Lateness): string {
  const [median, p99] = [quantileMs(0.5), quantileMs(0.99)];
  if (median === null || p99 === null) return "";
  return `${steps} paced steps ended ${median} ms after their deadlines in the median, ${p99} ms in the 99th percentile\n`;
}
