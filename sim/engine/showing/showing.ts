// What of a live run is shown to those who watch: each step's frames once and made once for all, events without a
// gap, and the moments and marks for looking back. Knows neither pace nor sockets.

import type { HostEvent, KnownEvent, TruthEvent } from "../../contract/event.ts";
import { CHANNELS, type ChannelName, FRAME_VERSION, type Frame } from "../../contract/frame.ts";
import { EXACT_ROWS_MAX } from "../../contract/frame-codec/column-table.ts";
import { createFrameEncoder, type FrameEncoder } from "../../contract/frame-codec/frame-encoder.ts";
import type { Side, TrackName } from "../../contract/moments.ts";
import type { Packing } from "../../contract/packing.ts";
import { MINUTE_MS } from "../../core/time.ts";
import { makeFrame } from "../frames.ts";
import type { Twin } from "../world.ts";
import { createMarks, type Marks } from "./marks.ts";
import { createMoments, type Moments } from "./moments.ts";

export const EVENTS_REMEMBERED_MAX = 300;
/** Wall time between two moments that are kept, where steps come faster than they are shown. */
const MOMENT_WALL_MS = 100;
/** Of simulated time: so often a run that nobody could follow keeps one all the same, … */
const MOMENT_SIM_MS = 15 * MINUTE_MS;
/** … as long as that takes at most a third of the time. */
const TIMES_ITS_COST = 2;

/** A frame as it is packed, once for all who watch. */
export interface PackedFrame {
  readonly channel: ChannelName;
  readonly sequence: number;
  /** Of use to who holds the frame before; undefined where only a keyframe is. */
  readonly delta: Uint8Array<ArrayBuffer> | undefined;
  keyframe(): Uint8Array<ArrayBuffer>;
}

/** Somebody who watches: gets one text a frame, made once for all, or the frame packed. */
export interface Watcher {
  readonly channels: ReadonlySet<ChannelName>;
  /** What it may be told of now. */
  readonly sides: () => readonly Side[];
  /** The step whose frames it has got, −1 before the first. */
  shownStep: number;
  /** `event`: must come, if later. */
  send(text: string, kind: "frame" | "event" | "word"): void;
  /** Takes frames of state instead of `send`, where it is there and not null. */
  readonly sendPacked?: ((frame: PackedFrame) => void) | null;
  /** Id of the home that it looks at, which is packed exactly also in a large street; empty for none. */
  readonly focus?: string;
}

export interface Showing {
  /** In the order in which they came. */
  readonly watchers: readonly Watcher[];
  enter(watcher: Watcher): void;
  leave(watcher: Watcher): void;
  readonly moments: Moments;
  readonly marks: Marks;
  /** A channel's frame of now, made once for all who ask in a step; undefined for events. */
  frame(channel: ChannelName): Frame | undefined;
  /** What has been shown of events of a side, as far back as is remembered. */
  events(side: Side): readonly (TruthEvent | KnownEvent)[];
  /** Whether there is a step that nobody has been shown. */
  readonly isBehind: boolean;
  /** Takes the events that the last step handed out. */
  noteStep(): void;
  note(event: HostEvent): void;
  /** Shows everything up to now, which is durable. `isPaced`: this step is one of those that are all shown. */
  show(isPaced: boolean): void;
  /** What a session gets at once for the channels that it asks for. */
  greet(watcher: Watcher): void;
  /** The frame of now once more, to who has lost it. */
  resend(watcher: Watcher, channel: ChannelName): void;
  /** Somebody looks at another home. */
  refocus(): void;
}

type StateChannel = Exclude<ChannelName, "truth/event" | "belief/event">;
const isState = (channel: ChannelName): channel is StateChannel => !channel.endsWith("/event");
const STATE_CHANNELS = CHANNELS.filter(isState);

export function createShowing(twin: Twin, wallNow: () => number, packing: Packing): Showing {
  const { clock } = twin.world.engine;
  /** Replaced, never changed: somebody may leave while all are told. */
  let watchers: readonly Watcher[] = [];
  const moments = createMoments(packing);
  const marks = createMarks();
  const remembered = { truth: [] as TruthEvent[], belief: [] as KnownEvent[] };
  const fresh = { truth: [] as TruthEvent[], belief: [] as KnownEvent[] };
  /** What has been made of one step's frames. */
  let made = { step: -1, frames: new Map<ChannelName, Frame>(), texts: new Map<string, string>() };
  let shownStep = -1;
  let momentWallMs = Number.NEGATIVE_INFINITY;
  let momentCostMs = 0;
  let momentSpan = -1;

  const encoders = new Map<StateChannel, { encoder: FrameEncoder; step: number }>();
  const isLarge = twin.model.resolved.layout.supplies.length > EXACT_ROWS_MAX;

  /** Rows at which somebody looks. */
  const focusRows = (): ReadonlySet<number> => {
    const rows = watchers.map(({ focus }) => twin.model.rowOfSupply.get(focus ?? ""));
    return new Set(rows.filter((row) => row !== undefined));
  };
  /** The frame of now packed; `isAnew` also where it is packed already. */
  const packedOf = (channel: StateChannel, isAnew = false): PackedFrame => {
    const held = encoders.get(channel) ?? {
      encoder: createFrameEncoder(channel, packing),
      step: -1,
    };
    encoders.set(channel, held);
    const { encoder } = held;
    if (held.step !== clock.step || isAnew) {
      encoder.add(frameOf(channel), focusRows());
      held.step = clock.step;
    }
    const { sequence, delta } = encoder;
    return { channel, sequence, delta, keyframe: encoder.keyframe };
  };
  const frameOf = (channel: StateChannel): Frame => {
    if (made.step !== clock.step) {
      made = { step: clock.step, frames: new Map(), texts: new Map() };
    }
    const frame = made.frames.get(channel) ?? makeFrame(twin, channel);
    made.frames.set(channel, frame);
    return frame;
  };
  const jsonOf = (channel: StateChannel): string => {
    const frame = frameOf(channel);
    const json = made.texts.get(channel) ?? JSON.stringify(frame);
    made.texts.set(channel, json);
    return json;
  };
  const sendState = (watcher: Watcher, channel: StateChannel): void => {
    if (watcher.sendPacked == null) watcher.send(message(jsonOf(channel)), "frame");
    else watcher.sendPacked(packedOf(channel));
  };
  const message = (frameJson: string): string => `{"kind":"frame","frame":${frameJson}}`;
  const eventText = (side: Side, events: readonly (TruthEvent | KnownEvent)[]): string => {
    const { step, nowMs: simMs } = clock;
    const frame = { version: FRAME_VERSION, channel: `${side}/event`, step, simMs, data: events };
    return message(JSON.stringify(frame));
  };
  const keepMoment = (finest: TrackName): void => {
    const beganMs = wallNow();
    const frames = new Map<ChannelName, Frame>();
    let [sourceW, knownW]: [number | null, number | null] = [null, null];
    for (const channel of STATE_CHANNELS) {
      const frame = frameOf(channel);
      frames.set(channel, frame);
      if (frame.channel === "truth/street") ({ sourceW } = frame.data);
      if (frame.channel === "belief/street") knownW = frame.data.transformerPowerW;
    }
    moments.add({ simMs: clock.nowMs, step: clock.step, sourceW, knownW }, frames, finest);
    momentWallMs = wallNow();
    momentCostMs = momentWallMs - beganMs;
    momentSpan = Math.floor(clock.nowMs / MOMENT_SIM_MS);
  };
  const showStep = (): void => {
    for (const channel of STATE_CHANNELS) {
      for (const watcher of watchers) {
        if (watcher.shownStep === clock.step || !watcher.channels.has(channel)) continue;
        sendState(watcher, channel);
      }
    }
    for (const watcher of watchers) watcher.shownStep = clock.step;
  };
  const showEvents = (): void => {
    for (const side of ["truth", "belief"] as const) {
      if (fresh[side].length === 0) continue;
      const text = eventText(side, fresh[side]);
      for (const watcher of watchers) {
        if (watcher.channels.has(`${side}/event`)) watcher.send(text, "event");
      }
      remembered[side].push(...(fresh[side] as (TruthEvent & KnownEvent)[]));
      remembered[side].splice(0, Math.max(0, remembered[side].length - EVENTS_REMEMBERED_MAX));
      fresh[side].length = 0;
    }
  };
  return {
    get watchers() {
      return watchers;
    },
    enter(watcher) {
      if (!watchers.includes(watcher)) watchers = [...watchers, watcher];
    },
    leave(watcher) {
      watchers = watchers.filter((each) => each !== watcher);
    },
    moments,
    marks,
    frame: (channel) => (isState(channel) ? frameOf(channel) : undefined),
    events: (side) => remembered[side],
    get isBehind() {
      return shownStep !== clock.step;
    },
    noteStep() {
      for (const { side, event } of twin.out.events) {
        marks.note(side, event, clock.nowMs);
        if (side === "truth") fresh.truth.push(event);
        else fresh.belief.push(event);
      }
      if (Math.floor(clock.nowMs / MOMENT_SIM_MS) === momentSpan) return;
      if (wallNow() - momentWallMs >= TIMES_ITS_COST * momentCostMs) keepMoment("quarter");
    },
    note(event) {
      fresh.belief.push(event);
    },
    show(isPaced) {
      if (shownStep !== clock.step) {
        showStep();
        if (isPaced || wallNow() - momentWallMs >= MOMENT_WALL_MS) keepMoment("second");
      }
      shownStep = clock.step;
      showEvents();
    },
    greet(watcher) {
      for (const channel of watcher.channels) {
        if (isState(channel)) sendState(watcher, channel);
        else {
          const side: Side = channel === "truth/event" ? "truth" : "belief";
          watcher.send(eventText(side, remembered[side]), "event");
        }
      }
      watcher.shownStep = clock.step;
    },
    resend(watcher, channel) {
      if (isState(channel)) sendState(watcher, channel);
    },
    refocus() {
      if (!isLarge) return;
      const channel = "truth/supply";
      const packed = watchers.filter((each) => each.channels.has(channel) && each.sendPacked);
      if (packed.length === 0) return;
      const frame = packedOf(channel, true);
      for (const watcher of packed) watcher.sendPacked?.(frame);
    },
  };
}
