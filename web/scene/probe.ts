// What tests may ask of the picture: where things are and how many. It reads what was uploaded to the graphics
// card, not the store, and it cannot act.

import type { MeterButton } from "../../sim/contract/meter-device.ts";
import { useStreet } from "../player/store.ts";
import { FLAG } from "./home-state.ts";

export interface ProbeView {
  readonly ready: boolean;
  readonly step: number;
  readonly simMs: number;
  readonly view: string;
  /** Id of the selected supply point, empty for none. */
  readonly selection: string;
  readonly channelsReceived: Readonly<Record<string, number>>;
  readonly drawCalls: number;
  readonly framesDrawn: number;
  /** How many homes are drawn with each mark. */
  readonly counts: Readonly<Record<keyof typeof FLAG, number>>;
  /** Where a home's roof is on the page, in CSS pixels; null outside the picture. */
  screenOf(supply: string): { readonly x: number; readonly y: number } | null;
  /** The meter that stands before the selected home; null without one. */
  readonly meter: { readonly lines: readonly string[]; readonly isCoverOpen: boolean } | null;
  /** Where a button of that meter is on the page. */
  screenOfButton(button: MeterButton): { readonly x: number; readonly y: number } | null;
}

interface Probe {
  homeStates: Float32Array;
  drawCalls: number;
  framesDrawn: number;
  isReady: boolean;
  screenOfRow: (row: number) => { x: number; y: number } | null;
  screenOfButton: (button: MeterButton) => { x: number; y: number } | null;
  /** As painted on the meter's display. */
  meterLines: readonly string[] | null;
  isCoverOpen: boolean;
  /** What the last picture cost. */
  pictureMs: number;
}

/** Written by the scene alone. */
export const probe: Probe = {
  homeStates: new Float32Array(0),
  drawCalls: 0,
  framesDrawn: 0,
  isReady: false,
  screenOfRow: () => null,
  screenOfButton: () => null,
  meterLines: null,
  isCoverOpen: false,
  pictureMs: 0,
};

function countFlag(flag: number): number {
  let count = 0;
  for (let at = 1; at < probe.homeStates.length; at += 4) {
    if ((probe.homeStates[at]! & flag) !== 0) count++;
  }
  return count;
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
    get counts() {
      const names = Object.keys(FLAG) as (keyof typeof FLAG)[];
      return Object.fromEntries(names.map((name) => [name, countFlag(FLAG[name])])) as Record<
        keyof typeof FLAG,
        number
      >;
    },
    get meter() {
      const { meterLines, isCoverOpen } = probe;
      return meterLines === null ? null : { lines: meterLines, isCoverOpen };
    },
    screenOfButton: (button: MeterButton) => probe.screenOfButton(button),
    screenOf(supply: string) {
      const row = useStreet.getState().layout?.supplies.findIndex(({ id }) => id === supply) ?? -1;
      return row < 0 ? null : probe.screenOfRow(row);
    },
  });
}
