// How each part of the single-line diagram looks and what it is called, from the frames of the view that is shown and
// from no other. What a reader of pages hears has the numbers that the colours stand for.

import type { StreetLayout } from "../../sim/contract/frame.ts";
import { THEFT_KINDS, theftBit } from "../../sim/contract/theft.ts";
import {
  formatAge,
  formatMoment,
  formatPercent,
  formatPower,
  formatVoltage,
  heatWords,
} from "../player/format.ts";
import { laneOf } from "../player/lanes.ts";
import type { StreetStore } from "../player/store.ts";
import { THEFT_WORDS } from "../player/why.ts";
import { cableKnown } from "../scene/cable-known.ts";
import { type CableKnown, type CableLook, cableLook } from "../scene/cable-look.ts";
import { differences, FLAG, type HomeState } from "../scene/home-state.ts";
import { homeStates } from "../scene/home-states.ts";
import type { Icon } from "../scene/icons.ts";
import type { Layer } from "../scene/layers.ts";
import { markOf, transformerLoadings } from "../scene/mark-places.ts";
import { PHASE_COLOURS, UNKNOWN_CABLE } from "../scene/palette.ts";
import type { LineNode } from "./one-line.ts";

export interface IconCount {
  readonly icon: Icon;
  readonly count: number;
}

export interface NodeLook {
  /** Of the line that feeds it. */
  readonly cable: CableLook;
  /** Beside its symbol; empty for none. */
  readonly text: string;
  /** How full the line that feeds it is, where the view knows; else empty. */
  readonly share: string;
  readonly icons: readonly IconCount[];
  /** 0 to 1; of a home. */
  readonly lit: number;
  readonly isDark: boolean;
  readonly isLate: boolean;
  readonly hasBoard: boolean;
  /** A fuse at its near end has blown, as far as the view knows. */
  readonly hasFuseOpen: boolean;
  /** Its name, state and numbers in one sentence. */
  readonly spoken: string;
}

const PLAIN: Omit<NodeLook, "cable" | "spoken" | "text"> = {
  ...{
    share: "",
    icons: [],
    lit: 0,
    isDark: false,
    isLate: false,
    hasBoard: false,
    hasFuseOpen: false,
  },
};

const count = (many: number, one: string, more = `${one}s`): string =>
  `${many} ${many === 1 ? one : more}`;

const phaseNames = (phases: number): string =>
  PHASE_COLOURS.filter(({ bit }) => (phases & bit) !== 0)
    .map(({ label }) => label)
    .join(", ");

/** What the homes of a node have in common: their lane, two lanes, or their number. */
export function placeName({ homes }: LineNode, { supplies }: StreetLayout): string {
  const lanes = new Set<string>();
  for (const row of homes) {
    lanes.add(laneOf(supplies[row]!.address));
    if (lanes.size > 2) break;
  }
  if (homes.length === 1) return supplies[homes[0]!]!.address;
  return lanes.size === 0 || lanes.size > 2 ? count(homes.length, "home") : [...lanes].join(", ");
}

/** A home in a few characters: its number, or the end of its name. */
export const shortName = (address: string): string =>
  /^\d+[a-z]?(?=\s)/i.exec(address)?.[0] ?? address.slice(-6);

/** The fullest of several cables in series, and the voltage at the end of the last. */
function knownOf(store: StreetStore, rows: readonly number[], home: number): CableKnown {
  let loadingShare: number | null = null;
  let voltageV: number | null = null;
  for (const row of rows) {
    const known = cableKnown(store, { row, home });
    if (known.loadingShare !== null) loadingShare = Math.max(loadingShare ?? 0, known.loadingShare);
    if (known.voltageV !== null) voltageV = known.voltageV;
  }
  return { loadingShare, voltageV };
}

interface Seen {
  readonly store: StreetStore;
  readonly layout: StreetLayout;
  readonly layer: Layer;
  readonly states: readonly HomeState[];
  readonly loadings: readonly (number | null)[];
}

/** Looks of these nodes, in their order. */
export function looksOf(
  nodes: readonly LineNode[],
  shown: readonly { readonly at: number; readonly isFolded: boolean }[],
  store: StreetStore,
  layer: Layer,
): readonly NodeLook[] {
  const { layout } = store;
  if (layout === null) return [];
  const loadings = transformerLoadings(store, layout);
  const seen: Seen = { store, layout, layer, states: homeStates(store), loadings };
  return shown.map(({ at, isFolded }) => lookOf(nodes[at]!, isFolded, seen));
}

function lookOf(node: LineNode, isFolded: boolean, seen: Seen): NodeLook {
  switch (node.kind) {
    case "source":
      return sourceLook(node, seen);
    case "transformer":
      return transformerLook(node, isFolded, seen);
    case "cable":
      return cableNodeLook(node, isFolded, seen);
    case "home":
      return homeLook(node, seen);
    case "mast":
      return mastLook(node, seen);
  }
}

const NO_CABLE: CableLook = { hex: UNKNOWN_CABLE, pattern: "plain", width: 0 };

function lineLook(
  { store, layout, layer }: Seen,
  { rows, row }: LineNode,
  isHome: boolean,
): { readonly known: CableKnown; readonly cable: CableLook; readonly hasFuseOpen: boolean } {
  const known = knownOf(store, rows, isHome ? row : -1);
  const branch = layout.branches[rows[0] ?? -1];
  const isMute = store.view === "difference" || branch === undefined;
  const fuses = store.view === "truth" ? store.truthBranch?.fuseOpen : undefined;
  return {
    known,
    cable: isMute ? NO_CABLE : cableLook(layer, branch, known, layout.nominalV),
    hasFuseOpen: rows.some((each) => (fuses?.[each] ?? 0) !== 0),
  };
}

function sourceLook({ feeder, homes }: LineNode, { store, layout }: Seen): NodeLook {
  const { view, truthStreet, beliefStreet } = store;
  const isOnly = layout.transformers.length === 1;
  const watts =
    view === "company" ? (beliefStreet?.transformerPowerW ?? null) : (truthStreet?.sourceW ?? null);
  // The street's figure is of all its feeders together.
  const power = isOnly && watts !== null && view !== "difference" ? formatPower(watts) : "";
  const name = isOnly ? "Source" : `Source of ${layout.transformers[feeder]?.feeder ?? ""}`;
  const unsolved =
    view === "truth"
      ? truthStreet?.unsolved.find((each) => each.feeder === layout.transformers[feeder]?.feeder)
      : undefined;
  const trouble =
    unsolved === undefined ? "" : ` The power flow is not solved, worst at ${unsolved.bus}.`;
  const told = power === "" ? "" : `, ${power}${view === "company" ? " by the last interval" : ""}`;
  return {
    ...{ ...PLAIN, cable: NO_CABLE, text: power === "" ? name : `${name} · ${power}` },
    spoken: `${name}${told}. Feeds ${count(homes.length, "home")}.${trouble}`,
  };
}

/** What homes ask of each phase, as the view knows it; empty where it knows none. */
function phasesText({ homes }: LineNode, { store, layout }: Seen): string {
  const columns = store.view === "company" ? store.beliefSupply : store.truthSupply;
  if (columns === null || store.view === "difference") return "";
  const phaseW = [0, 0, 0];
  let isKnown = false;
  for (const row of homes) {
    const watts = columns.activePowerW[row];
    if (watts == null) continue;
    isKnown = true;
    phaseW[layout.supplies[row]!.phase - 1]! += watts;
  }
  return isKnown ? phaseW.map((watts, at) => `L${at + 1} ${formatPower(watts)}`).join(" · ") : "";
}

function transformerLook(node: LineNode, isFolded: boolean, seen: Seen): NodeLook {
  const { store, layout, loadings, states } = seen;
  const { ratingVa, feeder } = layout.transformers[node.row]!;
  const loading = loadings[node.row] ?? null;
  const real = store.view === "truth" ? store.truthStreet?.transformers[node.row] : undefined;
  const name = layout.transformers.length === 1 ? "Transformer" : `Transformer ${feeder}`;
  const rating = `${Math.round(ratingVa / 1000)} kVA`;
  const hot = real?.hotSpotC == null ? "" : ` · ${Math.round(real.hotSpotC)} °C`;
  const text = `${name} · ${rating}${loading === null ? "" : ` · ${formatPercent(loading)}`}${hot}`;
  const phases = phasesText(node, seen);
  const { cable, hasFuseOpen } = lineLook(seen, node, false);
  const load =
    loading === null
      ? "its load is not known here"
      : `${formatPercent(loading)} loaded${store.view === "company" ? " by its meter" : ""}`;
  const heat =
    real === undefined
      ? ""
      : heatWords(real)
          .map((words) => `, ${words}`)
          .join("");
  const over = real?.isOverloaded === true ? ", overloaded" : "";
  return {
    ...{ ...PLAIN, cable, hasFuseOpen, text: phases === "" ? text : `${text}\n${phases}` },
    icons: isFolded ? iconsOf(node, states) : [],
    spoken: `${name}, ${rating}, ${load}${heat}${over}${hasFuseOpen ? ", a fuse has blown" : ""}. ${phases === "" ? "" : `Homes on ${phases}. `}Feeds ${count(node.homes.length, "home")}${marksText(node, states)}.`,
  };
}

function cableNodeLook(node: LineNode, isFolded: boolean, seen: Seen): NodeLook {
  const { store, layout, states } = seen;
  const { known, cable, hasFuseOpen } = lineLook(seen, node, false);
  const place = placeName(node, layout);
  const share = known.loadingShare === null ? "" : formatPercent(known.loadingShare);
  const many = isFolded ? `: ${count(node.homes.length, "home")}` : "";
  const branch = layout.branches[node.rows[0]!]!;
  const facts = [
    known.loadingShare === null
      ? "its load is not known here"
      : `${formatPercent(known.loadingShare)} loaded`,
    ...(store.view === "truth" && store.truthBranch !== null
      ? [
          `${Math.max(...node.rows.map((row) => store.truthBranch!.currentA[row] ?? 0)).toFixed(1)} A`,
        ]
      : []),
    ...(known.voltageV === null
      ? []
      : [known.voltageV === 0 ? "dead" : `${formatVoltage(known.voltageV)} at its end`]),
    ...(hasFuseOpen ? ["a fuse has blown"] : []),
  ];
  const name = node.rows.length === 1 ? branch.id : `${branch.id} and ${node.rows.length - 1} more`;
  return {
    ...{ ...PLAIN, cable, hasFuseOpen, share },
    text: `${place}${many}${share === "" ? "" : ` · ${share}`}`,
    icons: isFolded ? iconsOf(node, states) : [],
    spoken: `Cable ${name}, ${phaseNames(branch.phases)}, to ${place}: ${facts.join(", ")}. Feeds ${count(node.homes.length, "home")}${marksText(node, states)}.`,
  };
}

function homeLook(node: LineNode, seen: Seen): NodeLook {
  const { store, layout, states } = seen;
  const { row } = node;
  const supply = layout.supplies[row]!;
  const state = states[row];
  const { known, cable, hasFuseOpen } = lineLook(seen, node, true);
  const flags = state?.flags ?? 0;
  const mark = state === undefined ? null : markOf(state);
  const isTruth = store.view !== "company";
  const watts = (isTruth ? store.truthSupply : store.beliefSupply)?.activePowerW[row];
  const volts = (isTruth ? store.truthSupply : store.beliefSupply)?.voltageV[row];
  const measuredAt = store.beliefSupply?.measuredAt[row] ?? null;
  const board = isTruth ? (store.truthSupply?.device[row] ?? "") : "";
  const facts = [
    watts == null ? "power not known" : formatPower(watts),
    ...(volts == null ? [] : [formatVoltage(volts)]),
    ...(known.loadingShare === null
      ? []
      : [`service cable ${formatPercent(known.loadingShare)} loaded`]),
    ...(store.view === "difference" ? differences(store, row) : stateWords(state)),
    ...(hasFuseOpen ? ["its fuse has blown"] : []),
    ...(board === "" ? [] : [`a board in the slot: ${board}`]),
    ...(store.view === "company"
      ? [
          measuredAt === null
            ? "no reading yet"
            : `last reading ${formatAge(store.simMs - measuredAt)} ago`,
        ]
      : []),
    ...(store.view === "company" ? caseWords(store, supply.id) : []),
  ];
  return {
    ...{ cable, hasFuseOpen, text: shortName(supply.address), share: "" },
    icons: mark === null ? [] : [{ icon: mark.icon, count: 1 }],
    lit: state?.lit ?? 0,
    isDark: (flags & FLAG.dark) !== 0,
    isLate: (flags & FLAG.late) !== 0,
    hasBoard: board !== "",
    spoken: `${supply.address}, ${supply.customer}, L${supply.phase}: ${facts.join(", ")}.`,
  };
}

/** What is unusual, in the words of the legend. */
function stateWords(state: HomeState | undefined): readonly string[] {
  if (state === undefined) return [];
  const { flags, off, theftKinds, suspicionStep } = state;
  return [
    ...THEFT_KINDS.filter((kind) => (theftKinds & theftBit(kind)) !== 0).map(
      (kind) => `theft by a ${THEFT_WORDS[kind]}`,
    ),
    ...((flags & FLAG.dark) === 0
      ? []
      : [
          off === "fuse"
            ? "no supply, a fuse has blown"
            : off === "cut"
              ? "no supply"
              : "tripped, relay open",
        ]),
    ...((flags & FLAG.suspected) === 0 ? [] : [`suspected, step ${suspicionStep} of 4`]),
    ...((flags & FLAG.late) === 0 ? [] : ["readings are late"]),
  ];
}

const caseWords = ({ beliefStreet }: StreetStore, supply: string): readonly string[] =>
  (beliefStreet?.cases ?? [])
    .filter((each) => each.supply === supply && each.kind === "theft")
    .map((each) => `case ${each.id}: ${each.evidence}`);

function mastLook({ row }: LineNode, { store, layout }: Seen): NodeLook {
  const { id } = layout.masts[row]!;
  const street = store.view === "truth" ? store.truthStreet : null;
  if (street === null) {
    return {
      ...{ ...PLAIN, cable: NO_CABLE, text: id },
      spoken: `Mast ${id}. How it is, this view does not know.`,
    };
  }
  const isUp = street.mastUp[row] === 1;
  const hasLine = street.backhaulUp[row] === 1;
  const state = !isUp ? "down" : hasLine ? "up" : "up, its line is cut";
  const meters = count(street.mastMeters[row] ?? 0, "meter");
  const load = formatPercent(street.mastLoadShare[row] ?? 0);
  return {
    ...{ ...PLAIN, cable: NO_CABLE, text: `${id} · ${state}\n${meters} · ${load} full` },
    icons: [{ icon: isUp && hasLine ? "mast-up" : "mast-down", count: 1 }],
    isDark: !isUp,
    spoken: `Mast ${id}: ${state}, ${meters} registered, ${load} full. ${count(street.inFlight, "message")} under way in the street.`,
  };
}

/** Marks of the homes below, the gravest first. */
function iconsOf({ homes }: LineNode, states: readonly HomeState[]): readonly IconCount[] {
  const counts = new Map<Icon, number>();
  for (const row of homes) {
    const state = states[row];
    const icon = state === undefined ? undefined : markOf(state)?.icon;
    if (icon !== undefined) counts.set(icon, (counts.get(icon) ?? 0) + 1);
  }
  return [...counts].map(([icon, many]) => ({ icon, count: many }));
}

function marksText({ homes }: LineNode, states: readonly HomeState[]): string {
  const told = (
    [
      [FLAG.theft, "stealing"],
      [FLAG.dark, "without supply"],
      [FLAG.suspected, "suspected"],
      [FLAG.late, "late"],
      [FLAG.differs, "where belief differs"],
    ] as const
  ).flatMap(([flag, words]) => {
    const many = homes.filter((row) => ((states[row]?.flags ?? 0) & flag) !== 0).length;
    return many === 0 ? [] : [`${many} ${words}`];
  });
  return told.length === 0 ? "" : `, ${told.join(", ")}`;
}

/** Outages as the company takes them, one sentence each; for those who cannot see them in the picture. */
export const outageWords = ({ beliefStreet, layout }: StreetStore): readonly string[] =>
  layout === null
    ? []
    : (beliefStreet?.outages ?? []).map(
        ({ sentence, since, homes }) =>
          `${sentence} ${count(homes, "home")} since ${formatMoment(layout, since)}.`,
      );
