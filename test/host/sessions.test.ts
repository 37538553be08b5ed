import { expect, test } from "vitest";
import { type PaceView, paceFor } from "../../sim/contract/frame.ts";
import type { PackedFrame } from "../../sim/engine/showing/showing.ts";
import {
  EVENTS_HELD_MAX,
  PACKED_BACKLOG_MAX_BYTES,
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
    send: (data) => void sent.push(typeof data === "string" ? data : `${data[0]}`),
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

/** A packed frame whose first byte tells what it is: a delta its number, a keyframe 100 more. */
const packed = (sequence: number): PackedFrame => ({
  channel: "truth/supply",
  sequence,
  delta: Uint8Array.of(sequence),
  keyframe: () => Uint8Array.of(100 + sequence),
});

test("packed frames begin with a keyframe, go on by what changes, and come whole again after a gap", () => {
  const { socket, sent } = lagging();
  const watcher = socketWatcher(socket, () => ["truth"]);
  watcher.pack(true);
  for (const sequence of [7, 8, 9, 9]) watcher.sendPacked?.(packed(sequence));
  socket.bufferedAmount = PACKED_BACKLOG_MAX_BYTES;
  watcher.sendPacked?.(packed(10));
  socket.bufferedAmount = 0;
  for (const sequence of [11, 12]) watcher.sendPacked?.(packed(sequence));
  watcher.forget("truth/supply");
  for (const sequence of [12, 13]) watcher.sendPacked?.(packed(sequence));
  watcher.pack(true);
  watcher.sendPacked?.(packed(14));
  expect(sent).toEqual(["107", "8", "9", "111", "12", "112", "13", "114"]);
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
