import { expect, test } from "vitest";
import { type PaceView, paceFor } from "../../sim/contract/frame.ts";
import {
  EVENTS_HELD_MAX,
  SOCKET_BACKLOG_MAX_BYTES,
  type Socket,
  socketWatcher,
} from "../../sim/host/sessions.ts";

/** A socket whose far end reads when the test says so. */
function lagging() {
  const sent: string[] = [];
  const socket: Socket & { bufferedAmount: number; isClosed: boolean } = {
    bufferedAmount: 0,
    isClosed: false,
    send: (text) => void sent.push(text),
    close() {
      socket.isClosed = true;
    },
    on: () => undefined,
  };
  return { socket, sent };
}

test("a session that reads too slowly misses frames and words, but no event", () => {
  const { socket, sent } = lagging();
  const watcher = socketWatcher(socket, () => ["belief"]);
  watcher.send("frame 1", "frame");
  socket.bufferedAmount = SOCKET_BACKLOG_MAX_BYTES;
  watcher.send("frame 2", "frame");
  watcher.send("event 2", "event");
  watcher.send("pace 2", "word");
  watcher.send("event 3", "event");
  socket.bufferedAmount = 0;
  watcher.send("frame 4", "frame");
  expect(sent).toEqual(["frame 1", "event 2", "event 3", "frame 4"]);
});

test("a session that never reads again is let go and holds nothing", () => {
  const { socket, sent } = lagging();
  const watcher = socketWatcher(socket, () => ["belief"]);
  socket.bufferedAmount = SOCKET_BACKLOG_MAX_BYTES;
  for (let n = 0; n <= EVENTS_HELD_MAX; n++) watcher.send(`event ${n}`, "event");
  expect(socket.isClosed).toBe(true);
  socket.bufferedAmount = 0;
  watcher.send("frame", "frame");
  expect(sent).toEqual(["frame"]);
});

test("who may not see the truth is not told what of it paused the twin", () => {
  const pace = { becauseOf: "supply-12 steals", becauseSide: "truth" } as PaceView;
  expect(paceFor(pace, ["truth", "belief"])).toBe(pace);
  expect(paceFor(pace, ["belief"])).toEqual({ becauseOf: null, becauseSide: null });
  const known = { becauseOf: "case-1 opens", becauseSide: "belief" } as PaceView;
  expect(paceFor(known, ["belief"])).toBe(known);
});
