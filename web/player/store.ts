// The page's one store: the newest frame of each subscribed channel, the selection, the view. Only the player
// writes what comes from the twin.

import { create } from "zustand";
import type { KnownEvent, TruthEvent } from "../../sim/contract/event.ts";
import type {
  BeliefStreet,
  BeliefSupplyColumns,
  BoardView,
  ChannelName,
  Frame,
  PaceView,
  ScoreStreet,
  StreetLayout,
  TruthBranchColumns,
  TruthStreet,
  TruthSupplyColumns,
} from "../../sim/contract/frame.ts";
import type { TwinInput } from "../../sim/contract/input.ts";
import type { MeterButton } from "../../sim/contract/meter-device.ts";
import { BUTTON_SIGNS } from "./board.ts";
import { createLivePlayer } from "./live-player.ts";
import type { Player } from "./player.ts";
import { VIEW_CHANNELS, type View } from "./views.ts";

const EVENTS_MAX = 300;
const HISTORY_MAX = 720;
/** Simulated time between two points of a home's history. */
const HISTORY_STEP_MS = 120_000;

/** Paces that the page offers; null is as fast as possible. */
export const SPEEDS: readonly (number | null)[] = [1, 10, 60, 600, 3_600, null];

/** One point of the history that the page keeps of the selected home. */
export interface HistoryPoint {
  readonly simMs: number;
  readonly trueW: number | null;
  readonly knownW: number | null;
}

export interface TwinFrames {
  readonly truthSupply: TruthSupplyColumns | null;
  readonly truthBranch: TruthBranchColumns | null;
  readonly truthStreet: TruthStreet | null;
  readonly beliefSupply: BeliefSupplyColumns | null;
  readonly beliefStreet: BeliefStreet | null;
  readonly score: ScoreStreet | null;
}

export interface StreetStore extends TwinFrames {
  readonly connection: "connecting" | "live" | "gone";
  readonly runId: string;
  readonly layout: StreetLayout | null;
  readonly pace: PaceView | null;
  readonly simMs: number;
  readonly step: number;
  readonly view: View;
  /** Row of the selected supply point, −1 for none. */
  readonly selectedRow: number;
  /** The picture is close to the meter of the selected home. */
  readonly isMeterShown: boolean;
  /** The host's figures on boards, read while a home is selected; null where it tells none. */
  readonly boardViews: readonly BoardView[] | null;
  readonly truthEvents: readonly TruthEvent[];
  readonly beliefEvents: readonly KnownEvent[];
  readonly channelsReceived: Readonly<Partial<Record<ChannelName, number>>>;
  readonly history: readonly HistoryPoint[];
  readonly notice: { readonly text: string; readonly isProblem: boolean } | null;
}

const NO_FRAMES: TwinFrames = {
  truthSupply: null,
  truthBranch: null,
  truthStreet: null,
  beliefSupply: null,
  beliefStreet: null,
  score: null,
};

export const useStreet = create<StreetStore>()(() => ({
  ...NO_FRAMES,
  connection: "connecting",
  runId: "",
  layout: null,
  pace: null,
  simMs: 0,
  step: 0,
  view: "truth",
  selectedRow: -1,
  isMeterShown: false,
  boardViews: null,
  truthEvents: [],
  beliefEvents: [],
  channelsReceived: {},
  history: [],
  notice: null,
}));

let player: Player | undefined;
const { getState, setState } = useStreet;

/** Opens the run that this page was served with. */
export function openLive(address: URL): void {
  player = createLivePlayer(address, {
    onLayout: (runId, layout) => {
      const isOther = getState().runId !== "" && getState().runId !== runId;
      setState({ runId, layout });
      if (isOther) setState({ ...NO_FRAMES, truthEvents: [], beliefEvents: [], history: [] });
    },
    onFrame: takeFrame,
    onPace: (pace) => setState({ pace, simMs: pace.simMs }),
    onConnection: (connection) => setState({ connection }),
    onProblem: (text) => setState({ notice: { text, isProblem: true } }),
  });
  player.subscribe(VIEW_CHANNELS[getState().view]);
}

function takeFrame(frame: Frame): void {
  const { channelsReceived } = getState();
  const received = {
    ...channelsReceived,
    [frame.channel]: (channelsReceived[frame.channel] ?? 0) + 1,
  };
  setState({ channelsReceived: received, step: frame.step, ...columnsOf(frame) });
  if (frame.channel === "truth/supply" || frame.channel === "belief/supply")
    noteHistory(frame.simMs);
}

function columnsOf(frame: Frame): Partial<StreetStore> {
  switch (frame.channel) {
    case "truth/supply":
      return { truthSupply: frame.data };
    case "truth/branch":
      return { truthBranch: frame.data };
    case "truth/street":
      return { truthStreet: frame.data };
    case "belief/supply":
      return { beliefSupply: frame.data };
    case "belief/street":
      return { beliefStreet: frame.data };
    case "score/street":
      return { score: frame.data };
    case "truth/event":
      return { truthEvents: [...getState().truthEvents, ...frame.data].slice(-EVENTS_MAX) };
    case "belief/event":
      return { beliefEvents: [...getState().beliefEvents, ...frame.data].slice(-EVENTS_MAX) };
  }
}

function noteHistory(simMs: number): void {
  const { history, selectedRow, truthSupply, beliefSupply } = getState();
  if (selectedRow < 0) return;
  const last = history.at(-1);
  if (last !== undefined && simMs - last.simMs < HISTORY_STEP_MS) return;
  const trueW = truthSupply?.activePowerW[selectedRow] ?? null;
  const knownW = beliefSupply?.activePowerW[selectedRow] ?? null;
  setState({ history: [...history, { simMs, trueW, knownW }].slice(-HISTORY_MAX) });
}

/** Changes the view: other channels, and what the new one may not know is forgotten at once. */
export function showView(view: View): void {
  if (view === getState().view) return;
  setState({
    ...NO_FRAMES,
    view,
    truthEvents: [],
    beliefEvents: [],
    channelsReceived: {},
    history: [],
    isMeterShown: false,
    boardViews: null,
  });
  player?.subscribe(VIEW_CHANNELS[view]);
}

export function select(row: number): void {
  if (row === getState().selectedRow) return;
  setState({ selectedRow: row, history: [], isMeterShown: false });
}

/** Sends an input and says what became of it. */
export async function act(input: TwinInput, done: string): Promise<void> {
  const refusal = (await player?.send(input)) ?? null;
  setState({
    notice:
      refusal === null ? { text: done, isProblem: false } : { text: refusal, isProblem: true },
  });
}

/** Presses a button of the board in a slot; says in the notice why not where that cannot be. */
export function pressButton(target: string, button: MeterButton, hindrance: string): void {
  if (hindrance === "")
    void act({ kind: "press-button", target, button }, `${BUTTON_SIGNS[button]} is pressed.`);
  else setState({ notice: { text: hindrance, isProblem: true } });
}

export function setPace(change: {
  readonly speed?: number | null;
  readonly isPaused?: boolean;
}): void {
  player?.pace(change);
}

export const readAccount = (supply: string): ReturnType<Player["account"]> =>
  player?.account(supply) ?? Promise.resolve(null);

export const showMeter = (isMeterShown: boolean): void => setState({ isMeterShown });

/** Asks for the figures on boards; the company knows nothing of them. */
export async function readBoards(): Promise<void> {
  const boardViews = (await player?.boards()) ?? null;
  if (getState().view !== "company") setState({ boardViews });
}

export const dismissNotice = (): void => setState({ notice: null });
