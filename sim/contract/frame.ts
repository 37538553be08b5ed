// Frames: what is shown and recorded of a step. One layout for recording, socket and worker.
// Truth, belief and score are separate channels, so that a view built from belief holds no truth in memory.

import type { SimMs } from "../core/time.ts";
import type { KnownEvent, TruthEvent } from "./event.ts";
import type { MeterOutputs } from "./meter-device.ts";
import type {
  BillingReport,
  BoardReport,
  CommandsReport,
  CommsReport,
  DetectionReport,
  EnergyReport,
} from "./report.ts";
import type { CaseState, Detector, TheftKind } from "./theft.ts";
import type { Sky } from "./weather.ts";

export const FRAME_VERSION = 3;

/** The channels a session may subscribe to. */
export const CHANNELS = [
  "truth/supply",
  "truth/branch",
  "truth/street",
  "truth/event",
  "belief/supply",
  "belief/street",
  "belief/event",
  "score/street",
] as const;
export type ChannelName = (typeof CHANNELS)[number];

/** Row: supply point, in the layout's order. Voltages and powers at the end of the step. */
export interface TruthSupplyColumns {
  readonly voltageV: readonly number[];
  readonly currentA: readonly number[];
  readonly activePowerW: readonly number[];
  /** Energy that physically flowed since the start, stolen energy included. */
  readonly deliveredWh: readonly number[];
  /** The meter's register, whole Wh. */
  readonly importWh: readonly number[];
  readonly relayOpen: readonly (0 | 1)[];
  readonly bypassShare: readonly number[];
  /** Bits of `theftBit`: the thefts at work in this step. New in version 3. */
  readonly theftKinds: readonly number[];
  /** What flows here and no meter counts. New in version 3. */
  readonly unmeteredW: readonly number[];
  /** Why there is no supply behind the meter; empty where there is. New in version 3. */
  readonly offReason: readonly OffReason[];
  readonly tamperFlags: readonly number[];
  /** Readings in the outbox that have not arrived. */
  readonly waiting: readonly number[];
  /** Row of the mast that serves the meter; −1 where none does. */
  readonly servingMast: readonly number[];
  /** Level at which the meter hears that mast; null without one. */
  readonly signalDbm: readonly (number | null)[];
  /** 16×2 characters, lines divided by a line feed; of a board as it answered last. */
  readonly displayText: readonly string[];
  /** As the meter measures them. */
  readonly neutralCurrentA: readonly number[];
  readonly powerFactor: readonly number[];
  /** Null for a postpaid meter. */
  readonly creditMinor: readonly (number | null)[];
  /** By how much the meter's clock is ahead of the true time. */
  readonly clockOffsetMs: readonly number[];
  /** Name of the board in the slot, empty for the simulated meter. */
  readonly device: readonly string[];
  /** One for each board in a slot, in the order of rows. New in version 2. */
  readonly boards: readonly BoardFace[];
}

/** `fuse`: one between the transformer and here has blown, or the transformer's own. */
export type OffReason = "" | "relay" | "cut" | "fuse";

/** What a board in a slot shows. */
export interface BoardFace {
  readonly supply: string;
  /** It left the last step without an answer; the rest is of the answer before. */
  readonly isSilent: boolean;
  /** Null before the first answer. */
  readonly displayText: string | null;
  readonly leds: MeterOutputs["leds"] | null;
  readonly faults: readonly string[];
}

/** Row: branch, in the layout's order. */
export interface TruthBranchColumns {
  readonly currentA: readonly number[];
  /** Largest phase current over the rating; 1 is full. */
  readonly loadingShare: readonly number[];
  /** At its far end, of the lowest of its phases that are alive; 0 where none is. New in version 3. */
  readonly voltageV: readonly number[];
  /** Bits of the phases (1, 2, 4) whose fuse at its near end has blown. New in version 3. */
  readonly fuseOpen: readonly number[];
}

export interface TruthStreet {
  readonly sourceW: number;
  readonly lossesW: number;
  /** Of the transformer that is loaded most. */
  readonly transformerLoadingShare: number;
  readonly minVoltageV: number;
  readonly maxVoltageV: number;
  readonly mastUp: readonly (0 | 1)[];
  /** Row: mast. Whether the line behind it carries anything. */
  readonly backhaulUp: readonly (0 | 1)[];
  /** Row: mast. Meters registered with it. */
  readonly mastMeters: readonly number[];
  /** Row: mast. How full it was in the last whole minute; 1 is all that it takes. */
  readonly mastLoadShare: readonly number[];
  readonly coreUp: 0 | 1;
  readonly smsUp: 0 | 1;
  readonly dataUp: 0 | 1;
  readonly inFlight: number;
  /** The newest messages under way, at most FLIGHTS_SHOWN_MAX. New in version 3. */
  readonly flights: readonly FlightView[];
  /** Row: transformer. New in version 3. */
  readonly transformers: readonly TransformerView[];
  /** Feeders whose last step did not converge; they show the voltages of the step before. New in version 3. */
  readonly unsolved: readonly UnsolvedView[];
  readonly energy: EnergyReport;
  /** Over the street; missing where the scenario says nothing of it. Anybody may look up: belief has it too. */
  readonly weather?: Sky;
}

export const FLIGHTS_SHOWN_MAX = 64;

export interface FlightView {
  /** Row: supply point. */
  readonly row: number;
  /** Row: mast, the one that serves the meter; −1 where none does. */
  readonly mast: number;
  readonly isUp: boolean;
  /** Of a reading, an event, or an answer on its way up; of an order or an SMS on its way down. */
  readonly kind: "reading" | "event" | "answer" | "order" | "other";
}

export interface TransformerView {
  readonly loadingShare: number;
  /** Of the windings, by the loading guide; null where the scenario has no protection. */
  readonly hotSpotC: number | null;
  /** Of the oil at its top; null where the scenario has no protection, missing in older recordings. */
  readonly topOilC?: number | null;
  readonly isOverloaded: boolean;
}

export interface UnsolvedView {
  readonly feeder: string;
  readonly bus: string;
  readonly mismatchPu: number;
}

export type AccountState =
  | "active"
  | "due"
  | "overdue"
  | "warned"
  | "noticed"
  | "tripping"
  | "tripped"
  | "reconnecting"
  /** Prepaid, living on emergency credit; and off until money comes. */
  | "emergency"
  | "no-credit";

/** Row: supply point. What the company knows, and since when. `null`: nothing yet. */
export interface BeliefSupplyColumns {
  readonly importWh: readonly (number | null)[];
  /** Mean power over the last interval known. */
  readonly activePowerW: readonly (number | null)[];
  readonly voltageV: readonly (number | null)[];
  /** When it was measured, by the meter's own clock. */
  readonly measuredAt: readonly (SimMs | null)[];
  /** When the head-end received it. */
  readonly receivedAt: readonly (SimMs | null)[];
  /** 1 while the newest expected reading is overdue by more than one interval. */
  readonly isLate: readonly (0 | 1)[];
  readonly missingIntervals: readonly number[];
  readonly relayOpen: readonly (0 | 1 | null)[];
  readonly accountState: readonly AccountState[];
  /** Positive: the customer owes. */
  readonly owedMinor: readonly number[];
  /** Past its due date and not disputed. */
  readonly arrearsMinor: readonly number[];
  /** On hold while a dispute is looked into; part of what is owed. */
  readonly disputedMinor: readonly number[];
  /** What a prepaid meter said of its credit last; null for others. */
  readonly prepaidMinor: readonly (number | null)[];
  /** Id of a case that is not cleared, empty where there is none. */
  readonly caseId: readonly string[];
  /** Of that case; 0 without one. New in version 3. */
  readonly suspicion: readonly number[];
  /** 1 where the company takes it that there is no supply before the meter. New in version 3. */
  readonly isOut: readonly (0 | 1)[];
}

export interface BeliefStreet {
  readonly cases: readonly CaseView[];
  /** Where the company takes it that supply has failed. New in version 3. */
  readonly outages: readonly OutageView[];
  /** Unexplained energy over the last balanced day, all phases. */
  readonly unexplainedWh: number | null;
  readonly expectedLossesWh: number | null;
  readonly transformerPowerW: number | null;
  readonly commands: CommandsReport;
  readonly billing: BillingReport;
  /** As in `TruthStreet`. */
  readonly weather?: Sky;
}

/** An outage as last gasps, first breaths and silence tell it. */
export interface OutageView {
  readonly id: string;
  /** A supply point, `FEEDER/L2` for a phase of a feeder, or a feeder. */
  readonly where: string;
  readonly since: SimMs;
  readonly homes: number;
  readonly sentence: string;
}

/** A suspicion with its numbers. */
export type CaseView = TheftCase | CreditCase | RegisterCase | RelayCase;

interface CaseHead {
  readonly id: string;
  /** The supply point; the feeder's id where something is wrong there and no home explains it. */
  readonly supply: string;
  readonly openedAt: SimMs;
  /** The signals in one paragraph. */
  readonly evidence: string;
}
/** Everything that speaks for and against a theft at one home, fused. */
export interface TheftCase extends CaseHead {
  readonly kind: "theft";
  readonly state: CaseState;
  /** What the signals look like most; null where they do not say. */
  readonly technique: TheftKind | null;
  /** 0 to 1, by the sum of the signals' log-odds. */
  readonly probability: number;
  /** The strongest first. */
  readonly signals: readonly Signal[];
  /** Share of its use that the home hides, as far as the balance can tell. */
  readonly hiddenShare: number | null;
  /** Over the balance's window. */
  readonly unexplainedWh: number | null;
  /** When the customer was told, the supply switched off for it, a crew sent, and the crew's report came; null: not. */
  readonly toldAt: SimMs | null;
  readonly switchedOffAt: SimMs | null;
  readonly inspectionAt: SimMs | null;
  readonly closedAt: SimMs | null;
  /** What the crew found, in words; empty before. */
  readonly finding: string;
  /** Why the supply stays on although the policy would switch it off; empty where that is not so. */
  readonly keptOnBecause: string;
}
/** One detector's word on one home. */
export interface Signal {
  readonly detector: Detector;
  /** Since when it has held. */
  readonly since: SimMs;
  /** By how much it moves the log-odds; at most SIGNAL_LOG_ODDS_MAX either way. */
  readonly logOdds: number;
  readonly sentence: string;
  /** The numbers of the sentence, by name with unit. */
  readonly numbers: Readonly<Record<string, number>>;
}
/** A prepaid meter whose credit is not what its readings and its tokens make it. */
export interface CreditCase extends CaseHead {
  readonly kind: "credit-mismatch";
  /** What the meter says minus what it must be. */
  readonly differenceMinor: number;
}

/** A register that fell and cannot have come round. */
export interface RegisterCase extends CaseHead {
  readonly kind: "register-suspect";
  readonly fellWh: number;
}

/** A meter that has acknowledged a trip and goes on all the same. */
export interface RelayCase extends CaseHead {
  readonly kind: "relay-stuck";
  /** When it said that it had opened, by its own clock. */
  readonly trippedAt: SimMs;
  /** What its readings show since: how much use, in how many, and how many say that the relay is closed. */
  readonly usedWh: number;
  readonly readings: number;
  readonly closedReadings: number;
  /** When a crew had looked at it; null: none has. */
  readonly closedAt: SimMs | null;
}

/** Truth and belief side by side; for views and roles that may see both. */
export interface ScoreStreet {
  readonly comms: CommsReport;
  readonly detection: DetectionReport;
  /** Row: supply point. What flowed but was not metered. */
  readonly stolenWh: readonly number[];
  /** Row: supply point. The register now minus the register that the company knows. */
  readonly unknownWh: readonly (number | null)[];
}

interface FrameOf<Channel extends ChannelName, Data> {
  readonly version: typeof FRAME_VERSION;
  readonly channel: Channel;
  readonly step: number;
  readonly simMs: SimMs;
  readonly data: Data;
}

export type Frame =
  | FrameOf<"truth/supply", TruthSupplyColumns>
  | FrameOf<"truth/branch", TruthBranchColumns>
  | FrameOf<"truth/street", TruthStreet>
  | FrameOf<"truth/event", readonly TruthEvent[]>
  | FrameOf<"belief/supply", BeliefSupplyColumns>
  | FrameOf<"belief/street", BeliefStreet>
  | FrameOf<"belief/event", readonly KnownEvent[]>
  | FrameOf<"score/street", ScoreStreet>;

/** What never changes in a run: where things stand and what they are called. From `records`, not from the plant. */
export interface StreetLayout {
  readonly title: string;
  readonly zone: string;
  readonly startEpochMs: number;
  readonly offsets: readonly { readonly fromMs: SimMs; readonly offsetMs: number }[];
  readonly currency: string;
  readonly intervalMs: number;
  readonly supplies: readonly {
    readonly id: string;
    readonly address: string;
    readonly customer: string;
    readonly phase: 1 | 2 | 3;
    readonly bus: string;
    /** Metres east and north of the street's origin: the house, and the bus of the service drop. */
    readonly x: number;
    readonly y: number;
  }[];
  readonly branches: readonly {
    readonly id: string;
    readonly from: readonly [x: number, y: number];
    readonly to: readonly [x: number, y: number];
    readonly kind: "trunk" | "lateral" | "service" | "transformer";
    readonly ratingA: number | null;
    /** Bits of the phases that it carries: 1, 2, 4. */
    readonly phases: number;
  }[];
  /** One a feeder. */
  readonly transformers: readonly {
    readonly feeder: string;
    readonly x: number;
    readonly y: number;
    readonly ratingVa: number;
  }[];
  readonly masts: readonly {
    readonly id: string;
    readonly x: number;
    readonly y: number;
    /** How far a meter in a street of mean shadowing hears it. */
    readonly coverageM: number;
  }[];
  /** To neutral; what 1 pu is. */
  readonly nominalV: number;
}

/** Which scenario runs. */
export interface ScenarioIdentity {
  readonly name: string;
  /**
   * Of the resolved scenario without the places of its files. Null for a large street, and for who may not see the
   * truth, who could try seeds against it.
   */
  readonly sha256: string | null;
}

/** What the server says on `GET /ws`, one JSON text a message. */
export type ServerMessage =
  | {
      readonly kind: "hello";
      readonly runId: string;
      readonly layout: StreetLayout;
      /** Missing where an older server says hello. */
      readonly scenario?: ScenarioIdentity;
      /** Those that a session may ask for now. */
      readonly channels: readonly ChannelName[];
      readonly hiding: HidingView;
    }
  | { readonly kind: "frame"; readonly frame: Frame }
  | { readonly kind: "pace"; readonly pace: PaceView }
  | { readonly kind: "hiding"; readonly hiding: HidingView }
  | { readonly kind: "error"; readonly message: string };

/** Whether the truth is kept from everybody who watches, until it is revealed. */
export interface HidingView {
  readonly isHidden: boolean;
  /** Only who knows the code may reveal it. */
  readonly needsCode: boolean;
}

/** How fast the host runs the twin. `speed` is simulated over real time; null is as fast as possible. */
export interface PaceView {
  readonly speed: number | null;
  readonly isPaused: boolean;
  readonly simMs: SimMs;
  readonly stepMs: number;
  /** Set once the run has stopped for good, with the sentence that says why. */
  readonly stopped: string | null;
  /** Set while the run waits for somebody to mend something; pressing play tries again. */
  readonly held: string | null;
  /** How late steps ended after their deadlines since the pace last changed, ms; null without a pace or steps. */
  readonly latenessMedianMs: number | null;
  readonly latenessP99Ms: number | null;
  /** Where the host keeps this run, for people. */
  readonly keptIn: string;
  /** Why the speed is not the one that was asked for, where it is not. */
  readonly speedReason?: string;
  /** Pauses by itself after a step with an event that a timeline marks. */
  readonly pauseAtEvent: boolean;
  /** Falls back to 1× when a theft starts; while the truth is hidden, when a case opens. */
  readonly slowAtTheft: boolean;
  /** The event that paused it or slowed it down, until somebody changes the pace. */
  readonly becauseOf: string | null;
  /** The side that it is of: who may not see that side is not told it. */
  readonly becauseSide: "truth" | "belief" | null;
}

/** The pace as somebody may see it. */
export function paceFor(pace: PaceView, sides: readonly string[]): PaceView {
  const { becauseSide } = pace;
  if (becauseSide === null || sides.includes(becauseSide)) return pace;
  return { ...pace, becauseOf: null, becauseSide: null };
}

/** What may be asked of the pace. */
export interface PaceRequest {
  readonly speed?: number | null;
  readonly isPaused?: boolean;
  /** Pauses, and takes so many steps. */
  readonly steps?: number;
  /** With a speed or a start: pauses with the first step that ends here or later, ms. Any other change forgets it. */
  readonly untilMs?: SimMs;
  readonly pauseAtEvent?: boolean;
  readonly slowAtTheft?: boolean;
}

/**
 * What a page says to the server. A subscription replaces the one before. With `encoding` frames of state come as binary
 * messages (see `frame-codec`), of which `keyframe` asks for a whole one; events are always JSON.
 */
export type ClientMessage =
  | {
      readonly kind: "subscribe";
      readonly channels: readonly ChannelName[];
      readonly encoding?: "packed";
    }
  | { readonly kind: "keyframe"; readonly channel: ChannelName }
  /** Id of the home that somebody looks at, empty for none. */
  | { readonly kind: "focus"; readonly home: string }
  | ({ readonly kind: "pace" } & PaceRequest);

/** A device as `GET /api/boards` shows it. */
export interface BoardView extends BoardReport {
  /** `away`: its slot has the simulated meter for now, and it is looked for. */
  readonly state: "in" | "lost" | "away";
  readonly isOnWall: boolean;
  /** Whether its buttons can be pressed from here. */
  readonly canPress: boolean;
  readonly firmwareId: number | null;
  /** Why it is lost; null while it is in. */
  readonly reason: string | null;
  /** What it answered last; null before. */
  readonly relay: MeterOutputs["relay"] | null;
  readonly displayText: string | null;
  readonly leds: MeterOutputs["leds"] | null;
  readonly faults: readonly string[];
}
