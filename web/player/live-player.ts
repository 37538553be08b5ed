// A run on a server: frames over a WebSocket, inputs over HTTP. Connects again by itself.

import type { HistoryView, SupplyAccountView } from "../../sim/contract/account.ts";
import type {
  BoardView,
  ChannelName,
  ClientMessage,
  ServerMessage,
} from "../../sim/contract/frame.ts";
import type { MomentsView } from "../../sim/contract/moments.ts";
import { createCsrf } from "./csrf.ts";
import { createPackedFrames } from "./packed-frames.ts";
import type { Player, PlayerListener } from "./player.ts";

const RETRY_MIN_MS = 500;
const RETRY_MAX_MS = 4_000;
/** The server says something every five seconds; who hears nothing for so long has lost the line. */
const SILENCE_MAX_MS = 16_000;
const SILENCE_LOOK_MS = 2_000;
const NO_ANSWER = "the server does not answer; is it still running?";

/** Connects to the server that the page came from; the page's own address carries the token, if there is one. */
export function createLivePlayer(address: URL, listener: PlayerListener): Player {
  const token = address.searchParams.get("token");
  const headers: Record<string, string> =
    token === null ? {} : { authorization: `Bearer ${token}` };
  const csrf = createCsrf(address, headers);
  const socketUrl = new URL("ws", address);
  socketUrl.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  socketUrl.search = token === null ? "" : `?token=${token}`;
  socketUrl.hash = "";
  let socket: WebSocket | undefined;
  let channels: readonly ChannelName[] = [];
  let retryMs = RETRY_MIN_MS;
  let timer = 0;
  let isClosed = false;
  let heardMs = performance.now();
  /** Whether the server knows what this connection subscribes to. */
  let isSubscribed = false;

  let arriving = Promise.resolve();
  let focus = "";

  const say = (message: ClientMessage): void => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  };
  const subscribe = (): void => say({ kind: "subscribe", channels, encoding: "packed" });
  const packed = createPackedFrames((channel) => say({ kind: "keyframe", channel }));
  const arrive = async (data: string | ArrayBuffer): Promise<void> => {
    if (typeof data === "string") return take(JSON.parse(data) as ServerMessage);
    try {
      const frame = await packed.read(data);
      if (frame !== undefined) take({ kind: "frame", frame });
    } catch (error) {
      listener.onProblem((error as Error).message);
    }
  };
  const connect = (): void => {
    window.clearTimeout(timer);
    listener.onConnection("connecting");
    isSubscribed = false;
    const opened = new WebSocket(socketUrl);
    opened.binaryType = "arraybuffer";
    socket = opened;
    packed.forget();
    opened.onopen = () => {
      retryMs = RETRY_MIN_MS;
      heardMs = performance.now();
      listener.onConnection("live");
    };
    opened.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      heardMs = performance.now();
      // One after the other: to unpack takes a while, and what is said counts from where it is said.
      arriving = arriving.then(() => (socket === opened ? arrive(data) : undefined));
    };
    opened.onclose = () => {
      if (isClosed || socket !== opened) return;
      socket = undefined;
      listener.onConnection("gone");
      timer = window.setTimeout(connect, retryMs);
      retryMs = Math.min(2 * retryMs, RETRY_MAX_MS);
    };
  };
  /** A line that is cut somewhere between is closed by nobody. */
  const watchdog = window.setInterval(() => {
    if (socket === undefined || performance.now() - heardMs < SILENCE_MAX_MS) return;
    const lost = socket;
    lost.onclose = null;
    socket = undefined;
    lost.close();
    listener.onConnection("gone");
    heardMs = performance.now();
    connect();
  }, SILENCE_LOOK_MS);
  const comeBack = (): void => {
    if (socket === undefined && !isClosed) connect();
  };
  window.addEventListener("online", comeBack);
  const take = (message: ServerMessage): void => {
    switch (message.kind) {
      case "hello":
        packed.forget();
        listener.onHello(message);
        if (focus !== "") say({ kind: "focus", home: focus });
        if (!isSubscribed) subscribe();
        isSubscribed = true;
        return;
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
  const read = async (path: string): Promise<Response | null> => {
    try {
      return await fetch(new URL(path, address), { headers });
    } catch {
      return null;
    }
  };
  /** Null where it was done, else the sentence that says why not. */
  const post = async (path: string, body: unknown): Promise<string | null> => {
    try {
      const response = await csrf.post(path, body);
      return response.ok ? null : await reasonOf(response);
    } catch {
      return NO_ANSWER;
    }
  };
  connect();
  return {
    capabilities: { canSteer: true, canPace: true },
    get silenceMs() {
      return performance.now() - heardMs;
    },
    subscribe(wanted) {
      channels = wanted;
      if (isSubscribed) subscribe();
    },
    lookClosely(home) {
      focus = home;
      say({ kind: "focus", home });
    },
    send: (input) => post("api/inputs", input),
    pace(change) {
      say({ kind: "pace", ...change });
    },
    async moments(sides, afterMs) {
      const response = await read(`api/moments?sides=${sides.join(",")}&afterMs=${afterMs}`);
      return response?.ok === true ? ((await response.json()) as MomentsView) : null;
    },
    async block(ms, finest, wanted) {
      const query = `ms=${ms}&finest=${finest}&channels=${wanted.join(",")}`;
      const response = await read(`api/moments/block?${query}`);
      if (response === null) return NO_ANSWER;
      return response.ok ? new Uint8Array(await response.arrayBuffer()) : reasonOf(response);
    },
    hideTruth: (isHidden, code) =>
      post("api/truth", { isHidden, ...(code === undefined ? {} : { code }) }),
    startOver: () => post("api/start-over", {}),
    async account(supply) {
      const response = await read(`api/supplies/${supply}`);
      return response?.ok === true ? ((await response.json()) as SupplyAccountView) : null;
    },
    async history(supply, days) {
      const response = await read(`api/supplies/${supply}/history?days=${days}`);
      return response?.ok === true ? ((await response.json()) as HistoryView) : null;
    },
    async boards() {
      const response = await read("api/boards");
      if (response?.ok !== true) return null;
      return ((await response.json()) as { readonly boards: readonly BoardView[] }).boards;
    },
    close() {
      isClosed = true;
      window.clearTimeout(timer);
      window.clearInterval(watchdog);
      window.removeEventListener("online", comeBack);
      socket?.close();
    },
  };
}

async function reasonOf(response: Response): Promise<string> {
  try {
    const { error } = (await response.json()) as { error?: string };
    return error ?? `the server answered ${response.status}`;
  } catch {
    return `the server answered ${response.status}`;
  }
}
