// What has come since the last picture: the newest frame of each channel, every event, the newest pace. A page that is
// slow to draw takes them together, so that it never falls behind.

import type { ChannelName, Frame, PaceView } from "../../sim/contract/frame.ts";

/** In a page that nobody looks at no picture is drawn. */
const UNSEEN_MS = 500;

export interface Arrived {
  /** In the order in which their channels came; those of events are all there. */
  readonly frames: readonly Frame[];
  /** How many came of each channel. */
  readonly counts: Readonly<Partial<Record<ChannelName, number>>>;
  readonly pace: PaceView | null;
}

export interface Arrivals {
  frame(frame: Frame): void;
  pace(pace: PaceView): void;
  /** Forgets frames that have come and are not wanted any more. */
  forgetFrames(): void;
}

const isEvents = ({ channel }: Frame): boolean => channel.endsWith("/event");

/** `take` is called before the next picture. */
export function createArrivals(take: (arrived: Arrived) => void): Arrivals {
  let frames: Frame[] = [];
  let counts: Partial<Record<ChannelName, number>> = {};
  let newest: PaceView | null = null;
  let isPlanned = false;
  const hand = (): void => {
    if (!isPlanned) return;
    isPlanned = false;
    const arrived = { frames, counts, pace: newest };
    frames = [];
    counts = {};
    newest = null;
    take(arrived);
  };
  const plan = (): void => {
    if (isPlanned) return;
    isPlanned = true;
    const timer = setTimeout(hand, UNSEEN_MS);
    requestAnimationFrame(() => {
      clearTimeout(timer);
      hand();
    });
  };
  return {
    frame(frame) {
      const { channel } = frame;
      if (!isEvents(frame)) frames = frames.filter((each) => each.channel !== channel);
      frames.push(frame);
      counts[channel] = (counts[channel] ?? 0) + 1;
      plan();
    },
    pace(pace) {
      newest = pace;
      plan();
    },
    forgetFrames() {
      frames = [];
      counts = {};
    },
  };
}
