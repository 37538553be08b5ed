// Two runs of the page beside each other, on one clock: both are taken to the same moment, one camera and one selection
// are theirs, and a third engine works out what differs.

import { create } from "zustand";
import type { RunComparison } from "../../sim/contract/comparison.ts";
import { createEngine, type Engine } from "../player/local-engine.ts";
import type { TwinSource } from "../player/local-messages.ts";
import { readTwinLink } from "../player/twin-link.ts";
import type { View } from "../player/views.ts";
import { type Branch, branchedSource, readBranch } from "./branch-link.ts";
import { type FromSide, type HomesNow, hear, post, type ToSide } from "./messages.ts";

/** Use that differs by more than this, W and share of the larger, lights a home. */
const LIT_W = 60;
const LIT_SHARE = 0.15;
const TICK_WALL_MS = 100;
const COMPARED_EVERY_WALL_MS = 700;
/** What the two are shown from before the branch. */
const RUN_UP_MS = 10 * 60_000;
/** So far ahead at most both are sent at once. */
const AHEAD_MAX_MS = 6 * 3_600_000;

export const COMPARE_SPEEDS: readonly number[] = [60, 600, 3_600, 36_000];

type SideNow = Extract<FromSide, { kind: "now" }>;

export interface TwoRuns {
  readonly problem: string;
  readonly title: string;
  readonly branch: Branch | null;
  readonly a: SideNow | null;
  readonly b: SideNow | null;
  readonly isRunning: boolean;
  readonly speed: number;
  readonly view: View;
  readonly selectedRow: number;
  readonly comparison: RunComparison | null;
  readonly litRows: readonly number[];
}

export const useTwoRuns = create<TwoRuns>()(() => ({
  problem: "",
  title: "",
  branch: null,
  a: null,
  b: null,
  isRunning: false,
  speed: COMPARE_SPEEDS[1]!,
  view: "truth",
  selectedRow: -1,
  comparison: null,
  litRows: [],
}));
const { getState, setState } = useTwoRuns;

let sources: readonly [a: TwinSource, b: TwinSource] | undefined;
let branch: Branch | undefined;
const windows: { a: Window | null; b: Window | null } = { a: null, b: null };
let engine: Engine | undefined;
let targetMs = 0;
let isAsking = false;
let timers: number[] = [];

/** What the server's own run is made of, for a page that it has served. */
async function serverSource(address: URL): Promise<TwinSource> {
  const response = await fetch(new URL(`api/source${address.search}`, address));
  const body = (await response.json()) as TwinSource & { readonly error?: string };
  if (!response.ok) throw new Error(body.error ?? `the server answered ${response.status}`);
  return body;
}

/** Reads the address; then the two pages may come. Returns what ends everything. */
export function openTwoRuns(address: URL): () => void {
  void prepare(address).catch((error: unknown) => {
    setState({ problem: error instanceof Error ? error.message : String(error) });
  });
  const stopHearing = hear<FromSide>(take);
  timers = [
    window.setInterval(tick, TICK_WALL_MS),
    window.setInterval(() => void compare(), COMPARED_EVERY_WALL_MS),
  ];
  return () => {
    stopHearing();
    for (const timer of timers) window.clearInterval(timer);
    engine?.close();
    engine = undefined;
    sources = undefined;
  };
}

async function prepare(address: URL): Promise<void> {
  const read = readBranch(address.hash);
  if (read === null) {
    throw new Error("this address names no branch; press “Branch here” on a street's page");
  }
  const isServer = address.searchParams.get("source") === "server";
  const base = isServer ? await serverSource(address) : readTwinLink(address);
  engine = createEngine();
  branch = read;
  sources = [base, branchedSource(base, read)];
  targetMs = Math.max(0, read.atMs - RUN_UP_MS);
  setState({ branch: read, title: base.scenario });
  for (const name of ["a", "b"] as const) open(name);
}

/** The picture of one of the two has come into the page. */
export function holdSide(name: "a" | "b", frame: HTMLIFrameElement | null): void {
  windows[name] = frame?.contentWindow ?? null;
}

const ready = { a: false, b: false };

function open(name: "a" | "b"): void {
  const to = windows[name];
  if (!ready[name] || sources === undefined || to === null) return;
  post<ToSide>(to, { kind: "open", source: sources[name === "a" ? 0 : 1], untilMs: targetMs });
}

function take(message: FromSide, from: MessageEventSource | null): void {
  const name = from === windows.a ? "a" : from === windows.b ? "b" : null;
  if (name === null) return;
  const other = name === "a" ? "b" : "a";
  switch (message.kind) {
    case "ready":
      ready[name] = true;
      return open(name);
    case "refused":
      return setState({ problem: message.sentence });
    case "now":
      setState({ [name]: message } as Pick<TwoRuns, "a">);
      return light();
    case "camera":
      return tell(other, { kind: "camera", camera: message.camera });
    case "selected":
      setState({ selectedRow: message.row });
      return tell(other, { kind: "select", row: message.row });
  }
}

function tell(name: "a" | "b", message: ToSide): void {
  const to = windows[name];
  if (to !== null && ready[name]) post<ToSide>(to, message);
}

const tellBoth = (message: ToSide): void => {
  tell("a", message);
  tell("b", message);
};

/** Rows of homes whose state or use differs between two moments. */
export function rowsApart(a: HomesNow, b: HomesNow): readonly number[] {
  return a.off.flatMap((isOff, row) => {
    const [one, other] = [a.activePowerW[row] ?? 0, b.activePowerW[row] ?? 0];
    const apartW = Math.abs(one - other);
    const isApart =
      isOff !== b.off[row] ||
      a.isStealing[row] !== b.isStealing[row] ||
      (apartW > LIT_W && apartW > LIT_SHARE * Math.max(Math.abs(one), Math.abs(other)));
    return isApart ? [row] : [];
  });
}

function light(): void {
  const { a, b, litRows } = getState();
  if (a?.homes == null || b?.homes == null || a.simMs !== b.simMs) return;
  const rows = rowsApart(a.homes, b.homes);
  if (rows.join() === litRows.join()) return;
  setState({ litRows: rows });
  tellBoth({ kind: "lit", rows });
}

/** Both are sent on together, and the faster waits for the slower. */
function tick(): void {
  const { isRunning, a, b, speed } = getState();
  if (!isRunning || a === null || b === null) return;
  const behindMs = Math.min(a.simMs, b.simMs);
  if (targetMs - behindMs > Math.min(AHEAD_MAX_MS, speed * 2_000)) return;
  goTo(targetMs + speed * TICK_WALL_MS);
}

/** Takes both to this moment; they stand still there. */
export function goTo(ms: number): void {
  const stepMs = getState().a?.stepMs ?? 60_000;
  const wanted = Math.ceil(ms / stepMs) * stepMs;
  if (wanted < targetMs) return restart(wanted);
  targetMs = wanted;
  tellBoth({ kind: "go-to", ms: targetMs });
}

/** Earlier moments are run again from the start. */
function restart(ms: number): void {
  targetMs = Math.max(0, ms);
  setState({ a: null, b: null, comparison: null });
  for (const name of ["a", "b"] as const) open(name);
}

export const setRunning = (isRunning: boolean): void => setState({ isRunning });
export const setSpeed = (speed: number): void => setState({ speed });
export const backToBranch = (): void => {
  setRunning(false);
  restart(Math.max(0, (branch?.atMs ?? 0) - RUN_UP_MS));
};

export function setView(view: View): void {
  setState({ view });
  tellBoth({ kind: "view", view });
}

export function selectHome(row: number): void {
  setState({ selectedRow: row });
  tellBoth({ kind: "select", row });
}

async function compare(): Promise<void> {
  const { a, b, comparison } = getState();
  if (isAsking || engine === undefined || sources === undefined || a === null || b === null) return;
  const untilMs = Math.floor(Math.min(a.simMs, b.simMs) / 60_000) * 60_000;
  if (comparison?.simMs === untilMs) return;
  isAsking = true;
  try {
    const answer = await engine.ask("compare", { a: sources[0], b: sources[1], untilMs });
    if (answer !== null) setState({ comparison: answer });
  } catch (error) {
    setState({ problem: (error as Error).message });
  } finally {
    isAsking = false;
  }
}
