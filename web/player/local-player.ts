// A run in this page: the engine works in a worker beside it, and nothing leaves the browser.

import type { ChannelName, ServerMessage } from "../../sim/contract/frame.ts";
import { createEngine, type Engine } from "./local-engine.ts";
import type { OpenRequest, TwinSource } from "./local-messages.ts";
import type { Player, PlayerListener } from "./player.ts";

const NOTHING_HIDDEN =
  "the engine runs in this page, where nothing can be hidden; a class that must not look needs a server";

export interface LocalPlayer extends Player, Pick<Engine, "ask"> {
  /** Opens another run in place of the one that is there; resolves with null or the sentence that says why not. */
  open(request: OpenRequest): Promise<string | null>;
}

/** Starts a worker and opens a run in it. */
export function createLocalPlayer(
  first: OpenRequest,
  listener: PlayerListener,
  onProgress: (sentence: string) => void,
): LocalPlayer {
  let channels: readonly ChannelName[] = [];
  let source: TwinSource = first.source;
  const take = (message: ServerMessage): void => {
    switch (message.kind) {
      case "hello":
        return listener.onHello(message);
      case "frame":
        // A frame that was under way when the subscription changed is not ours any more.
        if (channels.includes(message.frame.channel)) listener.onFrame(message.frame);
        return;
      case "pace":
        return listener.onPace(message.pace);
      case "hiding":
        return listener.onHiding(message.hiding);
      case "error":
        return listener.onProblem(message.message);
    }
  };
  const engine = createEngine({
    onMessage: (text) => take(JSON.parse(text) as ServerMessage),
    onProgress(simMs, untilMs) {
      const share = Math.floor((100 * simMs) / untilMs);
      onProgress(`The run goes to the moment of the link: ${share} %.`);
    },
    onStopped(sentence) {
      listener.onConnection("gone");
      listener.onProblem(sentence);
    },
  });
  const { ask } = engine;
  const open: LocalPlayer["open"] = async (request) => {
    listener.onConnection("connecting");
    try {
      const refusal = await ask("open", request);
      if (refusal === null) source = request.source;
      listener.onConnection("live");
      return refusal;
    } catch (error) {
      listener.onConnection("live");
      return (error as Error).message;
    }
  };
  void open(first).then((refusal) => {
    if (refusal !== null) listener.onProblem(refusal);
  });
  return {
    capabilities: { canSteer: true, canPace: true },
    silenceMs: 0,
    ask,
    open,
    subscribe(wanted) {
      channels = wanted;
      engine.tell({ kind: "subscribe", channels });
    },
    // Frames come whole here.
    lookClosely() {},
    send: (input) => ask("send", input),
    pace(change) {
      engine.tell({ kind: "pace", ...change });
    },
    moments: (sides, afterMs) => ask("moments", { sides, afterMs }),
    block: (ms, finest, wanted) => ask("block", { ms, finest, channels: wanted }),
    hideTruth: () => Promise.resolve(NOTHING_HIDDEN),
    startOver: () =>
      open({ source: { ...source, journal: [] }, speed: 60, isPaused: false, untilMs: 0 }),
    account: (supply) => ask("account", supply),
    history: (supply, days) => ask("history", { supply, days }),
    boards: () => Promise.resolve(null),
    close: engine.close,
  };
}
