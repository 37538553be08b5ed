// A run on a server: frames over a WebSocket, inputs over HTTP. Connects again by itself.

import type {
  BoardView,
  ChannelName,
  ClientMessage,
  ServerMessage,
  SupplyAccountView,
} from "../../sim/contract/frame.ts";
import type { Player, PlayerListener } from "./player.ts";

const RETRY_MIN_MS = 500;
const RETRY_MAX_MS = 8_000;

/** Connects to the server that the page came from; the page's own address carries the token, if there is one. */
export function createLivePlayer(address: URL, listener: PlayerListener): Player {
  const token = address.searchParams.get("token");
  const headers: Record<string, string> =
    token === null ? {} : { authorization: `Bearer ${token}` };
  const socketUrl = new URL("ws", address);
  socketUrl.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  socketUrl.search = token === null ? "" : `?token=${token}`;
  socketUrl.hash = "";
  let socket: WebSocket | undefined;
  let channels: readonly ChannelName[] = [];
  let retryMs = RETRY_MIN_MS;
  let timer = 0;
  let isClosed = false;

  const say = (message: ClientMessage): void => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  };
  const connect = (): void => {
    listener.onConnection("connecting");
    socket = new WebSocket(socketUrl);
    socket.onopen = () => {
      retryMs = RETRY_MIN_MS;
      listener.onConnection("live");
      say({ kind: "subscribe", channels });
    };
    socket.onmessage = ({ data }: MessageEvent<string>) => take(JSON.parse(data) as ServerMessage);
    socket.onclose = () => {
      if (isClosed) return;
      listener.onConnection("gone");
      timer = window.setTimeout(connect, retryMs);
      retryMs = Math.min(2 * retryMs, RETRY_MAX_MS);
    };
  };
  const take = (message: ServerMessage): void => {
    switch (message.kind) {
      case "hello":
        return listener.onLayout(message.runId, message.layout);
      case "frame":
        // A frame that was under way when the subscription changed is not ours any more.
        if (channels.includes(message.frame.channel)) listener.onFrame(message.frame);
        return;
      case "pace":
        return listener.onPace(message.pace);
      case "error":
        return listener.onProblem(message.message);
    }
  };
  connect();
  return {
    capabilities: { canSteer: true, canPace: true },
    subscribe(wanted) {
      channels = wanted;
      say({ kind: "subscribe", channels });
    },
    async send(input) {
      try {
        const response = await fetch(new URL("api/inputs", address), {
          method: "POST",
          headers: { ...headers, "content-type": "application/json" },
          body: JSON.stringify(input),
        });
        if (response.status === 202) return null;
        const { error } = (await response.json()) as { error?: string };
        return error ?? `the server answered ${response.status}`;
      } catch {
        return "the server does not answer; is it still running?";
      }
    },
    pace(change) {
      say({ kind: "pace", ...change });
    },
    async account(supply) {
      try {
        const response = await fetch(new URL(`api/supplies/${supply}`, address), { headers });
        return response.ok ? ((await response.json()) as SupplyAccountView) : null;
      } catch {
        return null;
      }
    },
    async boards() {
      try {
        const response = await fetch(new URL("api/boards", address), { headers });
        if (!response.ok) return null;
        return ((await response.json()) as { readonly boards: readonly BoardView[] }).boards;
      } catch {
        return null;
      }
    },
    close() {
      isClosed = true;
      window.clearTimeout(timer);
      socket?.close();
    },
  };
}
