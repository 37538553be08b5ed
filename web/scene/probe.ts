// What tests may ask of the picture: where things are and how many. It reads what was uploaded to the graphics
// card, not the store, and it cannot act.

import type { MeterButton } from "../../sim/contract/meter-device.ts";
import { THEFT_KINDS, type TheftKind, theftBit } from "../../sim/contract/theft.ts";
import { useStreet } from "../player/store.ts";
import { cameraMoves } from "./camera-moves.ts";
import type { FLAG } from "./home-state.ts";
import { countHomes, type HomeCounts } from "./home-states.ts";
import type { InsidePart } from "./inside-place.ts";
import { useLayer } from "./layers.ts";
import { type Quality, useQuality } from "./quality.ts";
import { medianOf } from "./quality-ladder.ts";
import { TEXEL_BYTES } from "./state-texels.ts";

/** A text as drawn, in CSS pixels of the page. */
export interface DrawnLabel {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface ProbeView {
  readonly ready: boolean;
  readonly step: number;
  readonly simMs: number;
  readonly view: string;
  readonly layer: string;
  /** Id of the selected supply point, empty for none. */
  readonly selection: string;
  readonly channelsReceived: Readonly<Record<string, number>>;
  readonly drawCalls: number;
  /** Pictures, also those that only moved something. */
  readonly framesDrawn: number;
  /** Frames of homes that arrived, and for how many of them there was a picture; the rest were overtaken. */
  readonly framesReceived: number;
  readonly stepsDrawn: number;
  readonly lastDrawnStep: number;
  /** How often the homes' states went to the graphics card. */
  readonly uploads: number;
  /** Script time of a picture, the middle one of the newest; ms. */
  readonly jsMs: number;
  /** Script time of each of the newest pictures, the newest last; ms. */
  readonly jsTimesMs: readonly number[];
  readonly levels: Levels;
  readonly quality: Quality;
  readonly isContextLost: boolean;
  /** How many homes are drawn with each mark. */
  readonly counts: Readonly<Record<keyof typeof FLAG, number>>;
  /** How many homes are drawn with each kind of theft, and with each reason for having no supply. */
  readonly thefts: Readonly<Record<TheftKind, number>>;
  readonly offReasons: Readonly<Record<"relay" | "cut" | "fuse", number>>;
  /** Marks of blown fuses at cables. */
  readonly fusesShown: number;
  /** Drops of rain in the picture. */
  readonly drops: number;
  /** Cells of ground that are shaded because supply has failed there. */
  readonly outageCells: number;
  readonly labels: readonly DrawnLabel[];
  /** As in an address; null before there is a scene. */
  readonly camera: string | null;
  /** Where a home's roof is on the page, in CSS pixels; null outside the picture. */
  screenOf(supply: string): { readonly x: number; readonly y: number } | null;
  /** What a press at this place of the page is about: `home` or `street` and the home's id; null for nothing. */
  targetAt(x: number, y: number): { readonly kind: string; readonly supply: string } | null;
  /** The meter that stands before the selected home; null without one. */
  readonly meter: { readonly lines: readonly string[]; readonly isCoverOpen: boolean } | null;
  /** Where a button of that meter is on the page. */
  screenOfButton(button: MeterButton): { readonly x: number; readonly y: number } | null;
  /** Where a part of its cut-away is on the page; null while nobody looks into it. */
  screenOfInside(part: InsidePart): { readonly x: number; readonly y: number } | null;
}

/** What a press is about. */
export type Target =
  | { readonly kind: "home"; readonly row: number }
  /** From so far that homes are dots: the street, by one of its homes. */
  | { readonly kind: "street"; readonly row: number }
  | { readonly kind: "button" };

/** How many homes are drawn in each level of detail. */
export type Levels = Readonly<Record<"full" | "box" | "point", number>>;

interface Probe {
  /** A copy of the homes' texels, made when they went to the graphics card. */
  uploaded: { readonly texels: Uint8Array; readonly homes: number };
  uploads: number;
  drawCalls: number;
  framesDrawn: number;
  stepsDrawn: number;
  lastDrawnStep: number;
  isReady: boolean;
  isContextLost: boolean;
  fusesShown: number;
  drops: number;
  outageCells: number;
  labels: readonly DrawnLabel[];
  screenOfRow: (row: number) => { x: number; y: number } | null;
  screenOfButton: (button: MeterButton) => { x: number; y: number } | null;
  screenOfInside: (part: InsidePart) => { x: number; y: number } | null;
  targetAt: (x: number, y: number) => Target | null;
  levels: Levels;
  /** As painted on the meter's display. */
  meterLines: readonly string[] | null;
  isCoverOpen: boolean;
  /** What the last picture cost. */
  pictureMs: number;
}

/** Written by the scene alone. */
export const probe: Probe = {
  uploaded: { texels: new Uint8Array(0), homes: 0 },
  uploads: 0,
  drawCalls: 0,
  framesDrawn: 0,
  stepsDrawn: 0,
  lastDrawnStep: -1,
  isReady: false,
  isContextLost: false,
  fusesShown: 0,
  drops: 0,
  outageCells: 0,
  labels: [],
  screenOfRow: () => null,
  screenOfButton: () => null,
  screenOfInside: () => null,
  targetAt: () => null,
  levels: { full: 0, box: 0, point: 0 },
  meterLines: null,
  isCoverOpen: false,
  pictureMs: 0,
};

const JS_TIMES_MAX = 120;
const jsTimesMs: number[] = [];

/** Takes the script time of a picture. */
export function noteJsMs(jsMs: number): void {
  jsTimesMs.push(jsMs);
  if (jsTimesMs.length > JS_TIMES_MAX) jsTimesMs.shift();
}

/** What is on the graphics card, counted. */
function uploadedCounts(): HomeCounts {
  const { texels, homes } = probe.uploaded;
  return countHomes(texels.subarray(0, homes * TEXEL_BYTES));
}

declare global {
  interface Window {
    __meterville?: ProbeView;
  }
}

/** Puts the probe where tests find it. */
export function installProbe(): void {
  window.__meterville = Object.freeze({
    get ready() {
      return probe.isReady;
    },
    get step() {
      return useStreet.getState().step;
    },
    get simMs() {
      return useStreet.getState().simMs;
    },
    get view() {
      return useStreet.getState().view;
    },
    get layer() {
      return useLayer.getState().layer;
    },
    get selection() {
      const { layout, selectedRow } = useStreet.getState();
      return layout?.supplies[selectedRow]?.id ?? "";
    },
    get channelsReceived() {
      return { ...useStreet.getState().channelsReceived };
    },
    get drawCalls() {
      return probe.drawCalls;
    },
    get framesDrawn() {
      return probe.framesDrawn;
    },
    get framesReceived() {
      const { channelsReceived } = useStreet.getState();
      return Math.max(
        channelsReceived["truth/supply"] ?? 0,
        channelsReceived["belief/supply"] ?? 0,
      );
    },
    get stepsDrawn() {
      return probe.stepsDrawn;
    },
    get lastDrawnStep() {
      return probe.lastDrawnStep;
    },
    get uploads() {
      return probe.uploads;
    },
    get jsMs() {
      return medianOf(jsTimesMs);
    },
    get jsTimesMs() {
      return [...jsTimesMs];
    },
    get levels() {
      return { ...probe.levels };
    },
    get quality() {
      return { ...useQuality.getState() };
    },
    get isContextLost() {
      return probe.isContextLost;
    },
    get counts() {
      return uploadedCounts().flags;
    },
    get thefts() {
      const { thefts } = uploadedCounts();
      return Object.fromEntries(
        THEFT_KINDS.map((kind) => [kind, thefts[Math.log2(theftBit(kind))]]),
      ) as Record<TheftKind, number>;
    },
    get offReasons() {
      return uploadedCounts().off;
    },
    get drops() {
      return probe.drops;
    },
    get outageCells() {
      return probe.outageCells;
    },
    get fusesShown() {
      return probe.fusesShown;
    },
    get labels() {
      return probe.labels.map((label) => ({ ...label }));
    },
    get camera() {
      return cameraMoves.now();
    },
    get meter() {
      const { meterLines, isCoverOpen } = probe;
      return meterLines === null ? null : { lines: meterLines, isCoverOpen };
    },
    screenOfButton: (button: MeterButton) => probe.screenOfButton(button),
    screenOfInside: (part: InsidePart) => probe.screenOfInside(part),
    targetAt(x: number, y: number) {
      const target = probe.targetAt(x, y);
      if (target === null) return null;
      const row = target.kind === "button" ? -1 : target.row;
      const supply = useStreet.getState().layout?.supplies[row]?.id ?? "";
      return { kind: target.kind, supply };
    },
    screenOf(supply: string) {
      const row = useStreet.getState().layout?.supplies.findIndex(({ id }) => id === supply) ?? -1;
      return row < 0 ? null : probe.screenOfRow(row);
    },
  });
}
