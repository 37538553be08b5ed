// A town of any size for the page's own player: the browser's WebSocket is replaced by one that greets with a layout and
// tells a frame of every channel a second, in which every home draws another power. Put into a page before its own script.

import type { ClientMessage, ServerMessage, StreetLayout } from "../../../sim/contract/frame.ts";

declare global {
  interface Window {
    /** How many homes; set before this script runs. */
    townHomes?: number;
    /** Every so many homes steals, and every so many has no supply. */
    townMarks?: { readonly theftEach: number; readonly cutEach: number };
    /** Tells the frames of the next second; without `townIsManual` it happens by itself. */
    townStep?: () => void;
    townIsManual?: boolean;
  }
}

const HOMES_A_STREET = 50;
const STREETS_A_FEEDER = 4;
const HOUSE_M = 14;
const ACROSS_M = 18;
const STREET_DEPTH_M = 64;

/** Streets of fifty homes, four at a transformer, beside and behind each other on a grid. */
export function townLayout(homes: number): StreetLayout {
  const streets = Math.ceil(homes / HOMES_A_STREET);
  const feeders = Math.ceil(streets / STREETS_A_FEEDER);
  const streetM = (HOMES_A_STREET / 2) * HOUSE_M + 40;
  const feedersAcross = Math.max(
    1,
    Math.round(Math.sqrt((feeders * 4 * STREET_DEPTH_M) / streetM)),
  );
  const supplies: StreetLayout["supplies"][number][] = [];
  const branches: StreetLayout["branches"][number][] = [];
  const transformers: StreetLayout["transformers"][number][] = [];
  for (let street = 0; street < streets; street++) {
    const feeder = Math.floor(street / STREETS_A_FEEDER);
    const lane = street % STREETS_A_FEEDER;
    const west = (feeder % feedersAcross) * streetM;
    const south = (Math.floor(feeder / feedersAcross) * STREETS_A_FEEDER + lane) * STREET_DEPTH_M;
    const id = `feeder-${feeder + 1}`;
    const firstSouth = south - lane * STREET_DEPTH_M;
    if (lane === 0) transformers.push({ feeder: id, x: west - 10, y: south, ratingVa: 250_000 });
    const main = (
      kind: "trunk" | "lateral",
      from: readonly [number, number],
      to: readonly [number, number],
    ): void => {
      branches.push({ id: `main-${branches.length + 1}`, from, to, kind, ratingA: 300, phases: 7 });
    };
    if (lane > 0) main("trunk", [west, south - STREET_DEPTH_M], [west, south]);
    else main("trunk", [west - 10, firstSouth], [west, south]);
    for (let at = 0; at < HOMES_A_STREET && supplies.length < homes; at++) {
      const phase = (1 + (at % 3)) as 1 | 2 | 3;
      const x = west + 12 + Math.floor(at / 2) * HOUSE_M;
      const y = south + (at % 2 === 0 ? ACROSS_M : -ACROSS_M);
      if (at % 2 === 0) main("lateral", [x - (at === 0 ? 12 : HOUSE_M), south], [x, south]);
      const row = supplies.length + 1;
      const bus = `bus-${row}`;
      supplies.push({
        ...{ id: `supply-${row}`, address: `${at + 1} Lane ${street + 1}`, customer: `C ${row}` },
        ...{ phase, bus, x, y },
      });
      branches.push({
        ...{ id: `drop-${row}`, from: [x, south], to: [x, y], kind: "service" },
        ...{ ratingA: 44, phases: 1 << (phase - 1) },
      });
    }
  }
  return {
    ...{ title: "Town", zone: "UTC", startEpochMs: 0, offsets: [{ fromMs: 0, offsetMs: 0 }] },
    ...{ currency: "INR", intervalMs: 1_800_000, supplies, branches, transformers },
    masts: [{ id: "mast-1", x: 0, y: 0, coverageM: 2_000 }],
    nominalV: 230,
  };
}

/** A small generator, so that two pages show the same town. */
function createNoise(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

type Frames = Extract<ServerMessage, { readonly kind: "frame" }>["frame"][];

export function townFrames(
  { supplies, branches, transformers }: StreetLayout,
  step: number,
  { theftEach, cutEach }: { readonly theftEach: number; readonly cutEach: number },
): Frames {
  const noise = createNoise(step + 1);
  const all = <Value>(of: (row: number) => Value): Value[] => supplies.map((_, row) => of(row));
  const zero = all(() => 0);
  const isCut = (row: number): boolean => row % cutEach === cutEach - 1;
  const watts = all((row) => (isCut(row) ? 0 : Math.round(50 + 2_400 * noise())));
  const truth = {
    ...{ voltageV: all((row) => (isCut(row) ? 0 : 222 + Math.round(100 * noise()) / 10)) },
    currentA: watts.map((value) => value / 230),
    activePowerW: watts,
    ...{ deliveredWh: zero, importWh: all((row) => 1_000 + row + step), relayOpen: zero },
    bypassShare: zero,
    theftKinds: all((row) => (row % theftEach === theftEach - 1 ? 1 : 0)),
    unmeteredW: zero,
    offReason: all((row) => (isCut(row) ? "cut" : "")),
    ...{ tamperFlags: zero, waiting: zero, servingMast: zero, signalDbm: all(() => -80) },
    ...{ displayText: all(() => ""), neutralCurrentA: zero, powerFactor: all(() => 1) },
    ...{ creditMinor: all(() => null), clockOffsetMs: zero, device: all(() => ""), boards: [] },
  };
  const mains = branches.map(() => noise());
  const branch = {
    currentA: mains.map((share) => share * 300),
    loadingShare: mains.map((share) => 1.1 * share),
    voltageV: branches.map(() => 226),
    fuseOpen: branches.map(() => 0),
  };
  const street = {
    ...{ sourceW: 1, lossesW: 0, transformerLoadingShare: 0.5, minVoltageV: 222, maxVoltageV: 232 },
    ...{ mastUp: [1], backhaulUp: [1], mastMeters: [supplies.length], mastLoadShare: [0.2] },
    ...{ coreUp: 1, smsUp: 1, dataUp: 1, inFlight: 0, flights: [], unsolved: [] },
    transformers: transformers.map(() => ({
      ...{ loadingShare: noise(), hotSpotC: 60, isOverloaded: false },
    })),
    energy: {},
  };
  const at = { version: 3, step, atMs: step * 1_000 };
  return [
    { ...at, channel: "truth/supply", data: truth },
    { ...at, channel: "truth/branch", data: branch },
    { ...at, channel: "truth/street", data: street },
  ] as unknown as Frames;
}

class TownSocket extends EventTarget {
  static readonly OPEN = 1;
  readonly readyState = 1;
  readonly binaryType = "arraybuffer";
  onopen: (() => void) | null = null;
  onmessage: ((event: { readonly data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  private readonly layout = townLayout(window.townHomes ?? 60);
  private step = 0;
  private timer = 0;

  constructor() {
    super();
    setTimeout(() => {
      this.onopen?.();
      const hiding = { isHidden: false, needsCode: false };
      this.tell({ kind: "hello", runId: "town", layout: this.layout, channels: [], hiding });
    });
    window.townStep = () => this.second();
  }

  send(text: string): void {
    const said = JSON.parse(text) as ClientMessage;
    if (said.kind !== "subscribe" || this.timer !== 0) return;
    this.second();
    if (window.townIsManual !== true) this.timer = window.setInterval(() => this.second(), 1_000);
    else this.timer = -1;
  }

  close(): void {
    window.clearInterval(this.timer);
  }

  private second(): void {
    this.step++;
    const marks = window.townMarks ?? { theftEach: 50, cutEach: 40 };
    const simMs = this.step * 1_000;
    for (const frame of townFrames(this.layout, this.step, marks))
      this.tell({ kind: "frame", frame });
    const pace = {
      ...{ speed: 1, isPaused: false, simMs, stepMs: 1_000, stopped: null, held: null },
      ...{ latenessMedianMs: null, latenessP99Ms: null, keptIn: "", pauseAtEvent: false },
      ...{ slowAtTheft: false, becauseOf: null, becauseSide: null },
    } as const;
    this.tell({ kind: "pace", pace });
  }

  private tell(message: ServerMessage): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

if (typeof window !== "undefined") window.WebSocket = TownSocket as unknown as typeof WebSocket;
