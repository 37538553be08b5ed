// A page without a server: the engine runs beside it, from what its address says.

import type { OpenRequest, TwinSource } from "./local-messages.ts";
import type { LocalPlayer } from "./local-player.ts";
import { createLocalPlayer } from "./local-player.ts";
import { linkToMoment } from "./page-address.ts";
import { openRun, say } from "./store.ts";
import { FIRST_SCENARIO, readTwinLink, writeTwinLink } from "./twin-link.ts";

/** As a server's first street is shown. */
const SPEED = 60;

let player: LocalPlayer | undefined;
/** What runs in this page; undefined where a server runs it. */
export const localPlayer = (): LocalPlayer | undefined => player;

/** Opens what the page's address says, or the first street where that makes no sense. */
export function openLocalPage(address: URL): void {
  let source: TwinSource = { scenario: FIRST_SCENARIO, journal: [] };
  let problem = "";
  try {
    source = readTwinLink(address);
  } catch (error) {
    problem = `${(error as Error).message}. This is ${FIRST_SCENARIO}.`;
  }
  const at = Number(address.searchParams.get("at") ?? 0);
  const untilMs = Number.isSafeInteger(at) && at > 0 ? at : 0;
  openLocalRunner({ source, speed: SPEED, isPaused: untilMs > 0, untilMs });
  takeDrops();
  if (problem !== "") say(problem, true);
}

/** Starts the engine in this page with a run. */
export function openLocalRunner(
  request: OpenRequest,
  onRefused: (sentence: string) => void = (sentence) => say(sentence, true),
): void {
  openRun((listener) => {
    player = createLocalPlayer(request, { ...listener, onProblem: onRefused }, say);
    return player;
  });
}

/** Opens another run in this page; the address follows. Resolves with null or the sentence that says why not. */
export async function openLocalRun(
  request: OpenRequest,
  isInAddress = true,
): Promise<string | null> {
  const refusal = (await player?.open(request)) ?? null;
  if (refusal !== null) return refusal;
  const { source } = request;
  if (isInAddress && source.resolvedText === undefined) {
    const bare = new URL(location.pathname, location.origin);
    history.pushState(null, "", writeTwinLink(source, bare));
  }
  return null;
}

/** A scenario that comes with the page, from its start. */
export const openShipped = (scenario: string): Promise<string | null> =>
  openLocalRun({ source: { scenario, journal: [] }, speed: SPEED, isPaused: false, untilMs: 0 });

/** A scenario's text under a name of its own, from its start. */
export const openText = (scenario: string, text: string): Promise<string | null> =>
  openLocalRun({
    source: { scenario, text, journal: [] },
    ...{ speed: SPEED, isPaused: false, untilMs: 0 },
  });

const FILE_MAX_BYTES = 512 * 1024 * 1024;

/** A scenario or a recording that somebody has; resolves with null or the sentence that says why not. */
export async function openFile(file: File): Promise<string | null> {
  if (file.size > FILE_MAX_BYTES) {
    return `${file.name} is larger than ${FILE_MAX_BYTES / 1024 ** 2} MB; replay it with the command line`;
  }
  if (/\.ya?ml$/i.test(file.name)) {
    const name = file.name
      .replace(/\.ya?ml$/i, "")
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "");
    return openText(name === "" ? "scenario" : name, await file.text());
  }
  if (!/\.mcap$/i.test(file.name)) {
    return `${file.name} is neither a scenario (.yaml) nor a recording (.mcap)`;
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  try {
    const source = await player?.ask("recording", { name: file.name, bytes });
    if (source === undefined) return "no engine is there yet; try again in a moment";
    return await openLocalRun({ source, speed: SPEED, isPaused: false, untilMs: 0 });
  } catch (error) {
    return (error as Error).message;
  }
}

/** A link that opens exactly this run at this moment, what the page shows of it, and its hash up to now. */
export async function linkToLocalRun(): Promise<{
  readonly link: string;
  readonly problem: string;
  readonly simMs: number;
  readonly finalHash: string;
} | null> {
  const answer = (await player?.ask("source", null)) ?? null;
  if (answer === null) return null;
  const { source, simMs, finalHash } = answer;
  try {
    return {
      link: writeTwinLink(source, new URL(linkToMoment())).href,
      problem: "",
      simMs,
      finalHash,
    };
  } catch (error) {
    return { link: "", problem: (error as Error).message, simMs, finalHash };
  }
}

/** A link to a scenario's text, from its start. */
export const linkToText = (scenario: string, text: string): string =>
  writeTwinLink({ scenario, text, journal: [] }, new URL(location.pathname, location.origin)).href;

/** The text of what runs here, to be edited; null where it is a recording's or a server's. */
export async function textOfRun(): Promise<{
  readonly name: string;
  readonly text: string;
} | null> {
  const { source } = (await player?.ask("source", null)) ?? {};
  if (source === undefined || source.resolvedText !== undefined) return null;
  const name = source.scenario;
  const text = source.text ?? (await player?.ask("file", `${name}.yaml`)) ?? null;
  return text === null ? null : { name, text };
}

/** Files that are dropped onto the page are opened. */
export function takeDrops(): void {
  const stop = (event: DragEvent): void => {
    if (event.dataTransfer?.types.includes("Files") === true) event.preventDefault();
  };
  window.addEventListener("dragover", stop);
  window.addEventListener("drop", (event) => {
    const file = event.dataTransfer?.files[0];
    if (event.defaultPrevented || file === undefined) return;
    event.preventDefault();
    void openFile(file).then((refusal) =>
      say(refusal ?? `${file.name} is open.`, refusal !== null),
    );
  });
}
