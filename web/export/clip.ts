// A clip of a span of simulated time: each frame is a moment that is looked back to, drawn, and encoded with the time
// that it has in the film. How long the machine takes for a frame is not to be seen.

import { lookAt, useStreet } from "../player/store.ts";
import { cameraMoves, readCamera, writeCamera } from "../scene/camera-moves.ts";
import { stills } from "../scene/stills.ts";
import { withCaption } from "./caption.ts";
import { type FilmFrame, webmOf } from "./webm.ts";

export const FRAMES_A_SECOND = 25;
export const CLIP_MAX_S = 120;
const KEY_EVERY_FRAMES = 50;
const BITRATE_MAX = 8_000_000;
/** Bits for a pixel of a frame; a street of flat colours needs few. */
const BITS_A_PIXEL = 0.14;
/** Frames that wait in the encoder before more are drawn. */
const WAITING_MAX = 4;
const TURN_DEG_A_SECOND = 6;
const CODECS = [
  { codec: "vp9", name: "vp09.00.41.08" },
  { codec: "vp8", name: "vp8" },
] as const;

export type CameraWay = "still" | "turn" | "home";

export interface ClipWish {
  /** Simulated ms, both ends of the span. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Simulated ms that go by in a second of the clip. */
  readonly msASecond: number;
  readonly camera: CameraWay;
  readonly pixelRatio: number;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, all: number) => void;
}

/** How many frames a clip has. */
export const framesOf = ({
  fromMs,
  toMs,
  msASecond,
}: Pick<ClipWish, "fromMs" | "toMs" | "msASecond">): number =>
  Math.max(1, Math.round(((toMs - fromMs) / msASecond) * FRAMES_A_SECOND));

/** Why this browser makes no clips; null where it does. */
export async function clipProblem(): Promise<string | null> {
  if (stills.take === null) return "There is no picture in 3D to make a clip of.";
  if (typeof VideoEncoder === "undefined") {
    return globalThis.isSecureContext
      ? "This browser has no video encoder (WebCodecs); a newer Chrome, Edge, Firefox or Safari has one."
      : "Browsers encode video only on secure pages: open this one at localhost, 127.0.0.1 or over https.";
  }
  return (await codecFor(640, 480)) === null
    ? "This browser encodes neither VP9 nor VP8; another browser does."
    : null;
}

async function codecFor(width: number, height: number) {
  for (const { codec, name } of CODECS) {
    const bitrate = Math.min(
      BITRATE_MAX,
      Math.round(width * height * FRAMES_A_SECOND * BITS_A_PIXEL),
    );
    const config = { codec: name, width, height, bitrate, framerate: FRAMES_A_SECOND };
    const { supported } = await VideoEncoder.isConfigSupported(config).catch(() => ({
      supported: false,
    }));
    if (supported === true) return { codec, config };
  }
  return null;
}

/** Resolves with the film; rejects with a sentence, or with an AbortError where it was cancelled. */
export async function makeClip(wish: ClipWish): Promise<Blob> {
  const { fromMs, msASecond, signal, pixelRatio } = wish;
  const all = framesOf(wish);
  const turn = startCamera(wish.camera);
  const frames: FilmFrame[] = [];
  let failure: Error | null = null;
  let encoder: VideoEncoder | undefined;
  let film: { readonly width: number; readonly height: number; readonly codec: "vp8" | "vp9" };
  try {
    for (let index = 0; index < all; index++) {
      signal.throwIfAborted();
      const atS = index / FRAMES_A_SECOND;
      await show(fromMs + atS * msASecond);
      turn(atS);
      if (stills.take === null) throw new Error("the picture is gone; close what covers it");
      const picture = stills.take({ pixelRatio, motionS: atS });
      const canvas = withCaption(picture, { scale: pixelRatio, hasMarks: false });
      if (encoder === undefined) {
        const { width, height } = canvas;
        const found = await codecFor(width, height);
        if (found === null) throw new Error("this browser encodes no video of this size");
        film = { width, height, codec: found.codec };
        encoder = new VideoEncoder({
          output(chunk) {
            const bytes = new Uint8Array(chunk.byteLength);
            chunk.copyTo(bytes);
            const atMs = Math.round(chunk.timestamp / 1_000);
            frames.push({ bytes, atMs, isKey: chunk.type === "key" });
          },
          error(error) {
            failure = error;
          },
        });
        encoder.configure(found.config);
      } else if (canvas.width !== film!.width || canvas.height !== film!.height) {
        throw new Error("the page has changed its size; leave it as it is while a clip is made");
      }
      const frame = new VideoFrame(canvas, {
        timestamp: Math.round(atS * 1e6),
        duration: Math.round(1e6 / FRAMES_A_SECOND),
      });
      encoder.encode(frame, { keyFrame: index % KEY_EVERY_FRAMES === 0 });
      frame.close();
      while (encoder.encodeQueueSize > WAITING_MAX && failure === null) await pause();
      if (failure !== null) throw failure;
      wish.onProgress(index + 1, all);
      // The page stays alive, and its buttons too.
      await pause();
    }
    await encoder!.flush();
    if (failure !== null) throw failure;
    const durationMs = Math.round((all * 1_000) / FRAMES_A_SECOND);
    return new Blob([webmOf({ ...film!, durationMs, frames })], { type: "video/webm" });
  } finally {
    if (encoder !== undefined && encoder.state !== "closed") encoder.close();
    turn(null);
  }
}

const pause = (): Promise<void> => new Promise((done) => setTimeout(done, 0));

/** Looks back to a moment, or says why that cannot be. */
async function show(ms: number): Promise<void> {
  await lookAt(ms);
  const { lookingBackMs, notice } = useStreet.getState();
  if (lookingBackMs !== null) return;
  throw new Error(notice?.isProblem === true ? notice.text : "that moment cannot be had now");
}

/** Moves the camera by the film's own time; with null it goes back to where it was. */
function startCamera(way: CameraWay): (atS: number | null) => void {
  const before = cameraMoves.read();
  const { selectedRow } = useStreet.getState();
  if (way === "home" && selectedRow >= 0) cameraMoves.flyTo(selectedRow);
  const start = readCamera(cameraMoves.now() ?? "");
  return (atS) => {
    if (way === "still") return;
    if (atS === null) {
      if (before === null) cameraMoves.fit();
      else cameraMoves.restore(before);
    } else if (start !== null) {
      const bearingDeg = (start.bearingDeg + TURN_DEG_A_SECOND * atS) % 360;
      cameraMoves.restore(writeCamera({ ...start, bearingDeg }));
    }
  };
}
