// A page without a server: the engine runs beside it, from what its address says.

import type { OpenRequest, TwinSource } from "./local-messages.ts";
import type { LocalPlayer } from "./local-player.ts";
import { createLocalPlayer } from "./local-player.ts";
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
