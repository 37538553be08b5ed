// The three views and the channels that each may hold. A view built from belief has no truth in memory.

import type { ChannelName } from "../../sim/contract/frame.ts";

export const VIEWS = ["truth", "company", "difference"] as const;
export type View = (typeof VIEWS)[number];

export const VIEW_LABEL: Readonly<Record<View, string>> = {
  truth: "What happens",
  company: "What the company knows",
  difference: "Difference",
};

/** The channels that a view subscribes to, and no other. */
export const VIEW_CHANNELS: Readonly<Record<View, readonly ChannelName[]>> = {
  truth: [
    "truth/supply",
    "truth/branch",
    "truth/street",
    "truth/event",
    "belief/supply",
    "belief/street",
    "belief/event",
  ],
  company: ["belief/supply", "belief/street", "belief/event"],
  difference: [
    "truth/supply",
    "truth/street",
    "truth/event",
    "belief/supply",
    "belief/street",
    "belief/event",
    "score/street",
  ],
};
