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
  HidingView,
  PaceRequest,
  PaceView,
  ScenarioIdentity,
  ScoreStreet,
  StreetLayout,
  TruthBranchColumns,
  TruthStreet,
  TruthSupplyColumns,
} from "../../sim/contract/frame.ts";
import type { TwinInput } from "../../sim/contract/input.ts";
import type { MeterButton } from "../../sim/contract/meter-device.ts";
import type { TrackName } from "../../sim/contract/moments.ts";
import { createArrivals } from "./arrivals.ts";
import { BUTTON_SIGNS } from "./board.ts";
import { createLivePlayer } from "./live-player.ts";
import { createPast } from "./past.ts";
import type { Hello, Player, PlayerListener } from "./player.ts";
import { VIEW_CHANNELS, type View } from "./views.ts";

const EVENTS_MAX = 300;

/** Paces that the page offers; null is as fast as possible. */
export const SPEEDS: readonly (number | null)[] = [1, 10, 60, 600, 3_600, null];

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
  /** Which scenario runs; null while it is not known. */
  readonly scenario: ScenarioIdentity | null;
  readonly pace: PaceView | null;
  readonly hiding: HidingView;
  /** The moment that is looked back to; null while the page follows the run. */
  readonly lookingBackMs: number | null;
  /** Beginning of the id of the run that the page's address names, where another one runs here; else empty. */
  readonly missingRun: string;
  /** Of what is shown: of the moment that is looked back to, or of now. */
  readonly simMs: number;
  readonly step: number;
  readonly view: View;
  /** Row of the selected supply point, −1 for none. */
  readonly selectedRow: number;
  /** Rows of homes that differ from another run beside this one. */
  readonly litRows: readonly number[];
  /** The picture is close to the meter of the selected home. */
  readonly isMeterShown: boolean;
  /** The host's figures on boards, read while a home is selected; null where it tells none. */
  readonly boardViews: readonly BoardView[] | null;
  readonly truthEvents: readonly TruthEvent[];
  readonly beliefEvents: readonly KnownEvent[];
  readonly channelsReceived: Readonly<Partial<Record<ChannelName, number>>>;
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
  scenario: null,
  pace: null,
  hiding: { isHidden: false, needsCode: false },
  lookingBackMs: null,
  missingRun: "",
  simMs: 0,
  step: 0,
  view: "truth",
  selectedRow: -1,
  litRows: [],
  isMeterShown: false,
  boardViews: null,
  truthEvents: [],
  beliefEvents: [],
  channelsReceived: {},
  notice: null,
}));

let player: Player | undefined;
const { getState, setState } = useStreet;
const past = createPast(
  async (ms, finest, channels) =>
    (await player?.block(ms, finest, channels)) ?? "no run is open yet",
);
/** Number of the newest wish to look somewhere; answers to older ones come too late. */
let seeks = 0;
/** What was known of events when the page began to look back. */
let keptEvents: Pick<StreetStore, "truthEvents" | "beliefEvents"> = {
  truthEvents: [],
  beliefEvents: [],
};

/** Opens the run that this page was served with. */
export const openLive = (address: URL): void =>
  openRun((listener) => createLivePlayer(address, listener));

/** Shows what this player brings. */
export function openRun(create: (listener: PlayerListener) => Player): void {
  player = create({
    onHello: takeRun,
    onHiding: takeHiding,
    onFrame: arrivals.frame,
    onPace: arrivals.pace,
    onConnection: (connection) => setState({ connection }),
    onProblem: (text) => setState({ notice: { text, isProblem: true } }),
  });
  player.subscribe(VIEW_CHANNELS[getState().view]);
}

/** Somebody has asked for the truth to be hidden, and it is not yet. */
let isBeingHidden = false;

function takeRun({ runId, layout, hiding, scenario }: Hello): void {
  const { runId: before, lookingBackMs } = getState();
  const isOther = before !== "" && before !== runId;
  arrivals.forgetFrames();
  if (isOther) past.forget();
  setState({ runId, layout, scenario: scenario ?? null });
  if (isOther) setState({ ...NO_FRAMES, lookingBackMs: null });
  // What is remembered of events comes again after a hello.
  if (isOther || lookingBackMs === null) setState({ truthEvents: [], beliefEvents: [] });
  takeHiding(hiding);
  if (isOther && lookingBackMs !== null) player?.subscribe(VIEW_CHANNELS[getState().view]);
}

function takeHiding(hiding: HidingView): void {
  isBeingHidden = false;
  setState({ hiding });
  if (hiding.isHidden) showView("company");
}

const arrivals = createArrivals(({ frames, counts, pace }) => {
  const { channelsReceived, lookingBackMs } = getState();
  const received = { ...channelsReceived };
  for (const [name, count] of Object.entries(counts)) {
    received[name as ChannelName] = (received[name as ChannelName] ?? 0) + count;
  }
  const columns: Partial<StreetStore> = {};
  for (const frame of frames) Object.assign(columns, columnsOf(frame, columns));
  const last = frames.at(-1);
  setState({
    ...columns,
    ...(last === undefined ? {} : { step: last.step, channelsReceived: received }),
    ...(pace === null ? {} : { pace }),
    ...(pace === null || lookingBackMs !== null ? {} : { simMs: pace.simMs }),
  });
});

/** `before`: what other frames of the same moment have brought. */
function columnsOf(frame: Frame, before: Partial<StreetStore> = {}): Partial<StreetStore> {
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
      return { truthEvents: joined(before.truthEvents ?? getState().truthEvents, frame.data) };
    case "belief/event":
      return { beliefEvents: joined(before.beliefEvents ?? getState().beliefEvents, frame.data) };
  }
}

const joined = <Event>(before: readonly Event[], news: readonly Event[]): readonly Event[] =>
  [...before, ...news].slice(-EVENTS_MAX);

/** Changes the view: other channels, and what the new one may not know is forgotten at once. */
export function showView(view: View): void {
  const { view: before, hiding, lookingBackMs } = getState();
  if (view === before) return;
  if (hiding.isHidden && view !== "company") {
    setState({ notice: { text: "The truth is hidden: press Reveal first.", isProblem: true } });
    return;
  }
  arrivals.forgetFrames();
  setState({
    ...NO_FRAMES,
    view,
    truthEvents: [],
    beliefEvents: [],
    channelsReceived: {},
    isMeterShown: false,
    boardViews: null,
  });
  keptEvents = { truthEvents: [], beliefEvents: [] };
  if (lookingBackMs === null) player?.subscribe(VIEW_CHANNELS[view]);
  else void lookAt(lookingBackMs);
}

/**
 * Shows the newest moment that is not after `ms`; with `finest`, of what is kept by the minute and coarser. The run goes
 * on meanwhile.
 */
export async function lookAt(ms: number, finest: TrackName = "second"): Promise<void> {
  if (player === undefined) return;
  const seek = ++seeks;
  const { view } = getState();
  const channels = VIEW_CHANNELS[view].filter((channel) => !channel.endsWith("/event"));
  const moment = await past.at(Math.max(0, Math.round(ms)), finest, channels);
  if (seek !== seeks || getState().view !== view) return;
  if (typeof moment === "string") {
    setState({ notice: { text: moment, isProblem: true } });
    return;
  }
  if (moment.runId !== getState().runId) return;
  if (getState().lookingBackMs === null) {
    const { truthEvents, beliefEvents } = getState();
    keptEvents = { truthEvents, beliefEvents };
    player.subscribe([]);
  }
  arrivals.forgetFrames();
  const { simMs, step } = moment;
  if (simMs > ms) say("That moment is gone; this is the oldest one that is left.");
  const isPast = ({ at }: { readonly at: number }): boolean => at <= simMs;
  setState({
    ...Object.assign({}, ...moment.frames.map((frame) => columnsOf(frame))),
    ...{ simMs, step, lookingBackMs: simMs },
    truthEvents: keptEvents.truthEvents.filter(isPast),
    beliefEvents: keptEvents.beliefEvents.filter(isPast),
  });
}

/** Follows the run again. */
export function backToLive(): void {
  seeks++;
  const { lookingBackMs, pace, view } = getState();
  if (lookingBackMs === null) return;
  arrivals.forgetFrames();
  setState({
    ...{ lookingBackMs: null, truthEvents: [], beliefEvents: [] },
    ...(pace === null ? {} : { simMs: pace.simMs }),
  });
  player?.subscribe(VIEW_CHANNELS[view]);
}

/** The address names a run that is not here; the page shows what runs, once somebody says so. */
export const noteMissingRun = (missingRun: string): void => setState({ missingRun });
export const showWhatRuns = (): void => setState({ missingRun: "" });

export const say = (text: string, isProblem = false): void =>
  setState({ notice: { text, isProblem } });

async function tell(asked: Promise<string | null> | undefined, done: string): Promise<boolean> {
  const refusal = (await asked) ?? null;
  say(refusal ?? done, refusal !== null);
  return refusal === null;
}

/** Whether nothing of the truth is to be asked for by itself: who asks now may be refused already. */
export const truthIsGoing = (): boolean => isBeingHidden;

export async function hideTruth(): Promise<boolean> {
  isBeingHidden = true;
  const isDone = await tell(
    player?.hideTruth(true),
    "The truth is hidden from everybody who watches.",
  );
  if (!isDone) isBeingHidden = false;
  return isDone;
}

/** Resolves with whether it is revealed. */
export const revealTruth = (code?: string): Promise<boolean> =>
  tell(player?.hideTruth(false, code), "The truth is there again.");

export const startOver = (): Promise<boolean> =>
  tell(player?.startOver(), "The run begins again; the one before is kept.");

export const readMoments: Player["moments"] = (sides, afterMs) =>
  player?.moments(sides, afterMs) ?? Promise.resolve(null);

/** Wall time since anything was heard of the server, ms. */
export const silenceMs = (): number => player?.silenceMs ?? 0;

export function select(row: number): void {
  if (row === getState().selectedRow) return;
  setState({ selectedRow: row, isMeterShown: false });
  player?.lookClosely(getState().layout?.supplies[row]?.id ?? "");
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

export function setPace(change: PaceRequest): void {
  player?.pace(change);
}

export const readHistory = (supply: string, days: number): ReturnType<Player["history"]> =>
  player?.history(supply, days) ?? Promise.resolve(null);

export const readAccount = (supply: string): ReturnType<Player["account"]> =>
  player?.account(supply) ?? Promise.resolve(null);

export const showMeter = (isMeterShown: boolean): void => setState({ isMeterShown });

/** Asks for the figures on boards; the company knows nothing of them. */
export async function readBoards(): Promise<void> {
  const boardViews = (await player?.boards()) ?? null;
  if (getState().view !== "company") setState({ boardViews });
}

export const dismissNotice = (): void => setState({ notice: null });
