// What each node of the diagram says and how its cable is drawn, from the frames of one view: nothing of the truth in
// the company's view, for that view holds none. Pure.

import type { StreetLayout } from "../../sim/contract/frame.ts";
import { ACCOUNT_WORDS } from "../panels/account-words.ts";
import { formatAge, formatPercent, formatPower, formatVoltage } from "../player/format.ts";
import { MARK_NAMES } from "../player/rows.ts";
import type { StreetStore } from "../player/store.ts";
import { type CableLook, cableLook, NOTHING_KNOWN } from "../scene/cable-look.ts";
import { differences, FLAG, type HomeState, SUSPICION_STEPS } from "../scene/home-state.ts";
import type { Icon } from "../scene/icons.ts";
import type { Layer } from "../scene/layers.ts";
import { markOf } from "../scene/mark-places.ts";
import { UNKNOWN_CABLE } from "../scene/palette.ts";
import type { SheetNode } from "./sheet.ts";
import type { Topology } from "./topology.ts";

export interface NodeWords {
  readonly title: string;
  /** Figures, short. */
  readonly figures: string;
  /** Marks as words. */
  readonly marks: readonly string[];
  readonly icon: Icon | null;
  /** Everything, in one sentence, for those who hear it. */
  readonly sentence: string;
}

export interface Known {
  readonly store: StreetStore;
  readonly layout: StreetLayout;
  readonly topology: Topology;
  readonly states: readonly HomeState[];
}

const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

export const phasesText = (bits: number): string =>
  [1, 2, 3].flatMap((phase) => ((bits & (1 << (phase - 1))) === 0 ? [] : [`L${phase}`])).join(" ");

export function nodeWords(node: SheetNode, known: Known): NodeWords {
  switch (node.kind) {
    case "transformer":
      return transformerWords(node, known);
    case "bus":
      return busWords(node, known);
    case "home":
      return homeWords(node, known);
    case "mast":
      return mastWords(node, known);
  }
}

function say(
  title: string,
  kind: string,
  { figures, marks, icon }: Omit<NodeWords, "title" | "sentence">,
): NodeWords {
  const parts = [...marks, figures].filter((part) => part !== "");
  const sentence = `${kind} ${title}${parts.length === 0 ? "" : `: ${parts.join(", ")}`}`.trim();
  return { title, figures, marks, icon, sentence };
}

function transformerWords(node: SheetNode, known: Known): NodeWords {
  const { store, layout, topology } = known;
  const feeder = topology.buses[node.at]!.feeder;
  const { feeder: name, ratingVa } = layout.transformers[feeder]!;
  const { view, truthStreet, beliefStreet } = store;
  const figures: string[] = [];
  const marks: string[] = [];
  const truth = view === "truth" ? truthStreet?.transformers[feeder] : undefined;
  if (truth !== undefined) {
    figures.push(`${formatPercent(truth.loadingShare)} full`);
    if (truth.hotSpotC !== null) figures.push(`${Math.round(truth.hotSpotC)} °C`);
    if (truth.isOverloaded) marks.push("overloaded");
    const unsolved = truthStreet?.unsolved.find((each) => each.feeder === name);
    if (unsolved !== undefined) marks.push(`power flow not solved at ${unsolved.bus}`);
    if (fuseOf(node.cables, store) !== 0) marks.push("fuse blown");
  }
  const meterW = view === "truth" ? null : (beliefStreet?.transformerPowerW ?? null);
  // The company adds up its transformers' meters.
  if (meterW !== null && feeder === 0) figures.push(`meter ${formatPower(meterW)}`);
  if (view !== "truth") {
    for (const { where, homes } of beliefStreet?.outages ?? []) {
      if (where === name || where.startsWith(`${name}/`))
        marks.push(`outage ${where.slice(name.length + 1)}, ${counted(homes, "home")}`);
    }
    if (beliefStreet?.cases.some(({ supply }) => supply === name) === true)
      marks.push("case of the feeder");
  }
  marks.push(...marksBelow(node, known));
  figures.push(counted(node.homes, "home"));
  const title = `${name}, ${Math.round(ratingVa / 1000)} kVA`;
  return say(title, "Transformer", { figures: figures.join(" · "), marks, icon: null });
}

function busWords(node: SheetNode, known: Known): NodeWords {
  const { store, layout } = known;
  const last = layout.branches[node.cables.at(-1)!]!;
  const figures: string[] = [];
  const marks: string[] = [];
  if (store.view === "truth" && store.truthBranch !== null) {
    const { loadingShare, voltageV } = knownOf(node.cables, store);
    if (voltageV === 0) marks.push("dead");
    else if (loadingShare !== null) {
      const largestA = Math.max(...node.cables.map((row) => store.truthBranch!.currentA[row] ?? 0));
      figures.push(`${formatPercent(loadingShare)} · ${largestA.toFixed(1)} A`);
      if (voltageV !== null) figures.push(formatVoltage(voltageV));
    }
    const blown = fuseOf(node.cables, store);
    if (blown !== 0) marks.push(`fuse blown ${phasesText(blown)}`);
  }
  if (node.isClosed) {
    figures.push(counted(node.homes, "home"));
    marks.push(...marksBelow(node, known));
  }
  const title = `${last.id} ${phasesText(last.phases)}`;
  const icon = marks.some((mark) => mark.startsWith("fuse")) ? "fuse" : null;
  return say(title, `${last.kind === "trunk" ? "Trunk" : "Lateral"} cable`, {
    ...{ figures: figures.join(" · "), marks, icon },
  });
}

/** How many homes further down carry each mark. */
function marksBelow({ at }: SheetNode, { topology, states }: Known): string[] {
  const { firstHome, endHome } = topology.buses[at]!;
  const counts = MARK_NAMES.map(() => 0);
  for (let index = firstHome; index < endHome; index++) {
    const flags = states[topology.order[index]!]?.flags ?? 0;
    MARK_NAMES.forEach(([flag], each) => {
      if ((flags & flag) !== 0) counts[each]!++;
    });
  }
  return MARK_NAMES.flatMap(([, name], each) =>
    counts[each] === 0 ? [] : [`${counts[each]} ${name}`],
  );
}

function homeWords({ at: row, cables }: SheetNode, { store, layout, states }: Known): NodeWords {
  const { view, truthSupply, beliefSupply, truthStreet, simMs } = store;
  const { address, customer, phase } = layout.supplies[row]!;
  const state = states[row];
  const flags = state?.flags ?? 0;
  const marks: string[] = [];
  const OFF = { relay: "off, relay open", cut: "no supply", fuse: "fuse blown", "": "off" };
  if (flags & FLAG.theft) marks.push("theft");
  if (flags & FLAG.dark) marks.push(OFF[state!.off]);
  if (flags & FLAG.suspected)
    marks.push(`case, ${SUSPICION_STEPS[Math.max(1, state!.suspicionStep) - 1]!.label}`);
  if (flags & FLAG.late) {
    const measuredAt = beliefSupply?.measuredAt[row] ?? null;
    marks.push(
      measuredAt === null ? "late" : `late, last reading ${formatAge(simMs - measuredAt)} ago`,
    );
  }
  if (flags & FLAG.differs) marks.push(`differs: ${differences(store, row).join("; ")}`);
  if (view === "truth") {
    if ((truthSupply?.device[row] ?? "") !== "") marks.push("board in the slot");
    const flights = truthStreet?.flights.filter((flight) => flight.row === row) ?? [];
    if (flights.some(({ isUp }) => isUp)) marks.push("message up");
    if (flights.some(({ isUp }) => !isUp)) marks.push("message down");
    if (truthSupply?.servingMast[row] === -1) marks.push("no mast hears it");
    if (cables.length > 0 && fuseOf(cables, store) !== 0 && state?.off !== "fuse")
      marks.push("fuse blown");
  }
  const shown = view === "company" ? beliefSupply : truthSupply;
  const watts = shown?.activePowerW[row] ?? null;
  const volts = shown?.voltageV[row] ?? null;
  const figures = [
    watts === null ? "no reading" : formatPower(watts),
    ...(volts === null ? [] : [formatVoltage(volts)]),
    `L${phase}`,
  ].join(" · ");
  const words = say(address, "Home", {
    figures,
    marks,
    icon: state === undefined ? null : (markOf(state)?.icon ?? null),
  });
  const account = view === "company" ? beliefSupply?.accountState[row] : undefined;
  const more = account === undefined ? "" : `, account ${ACCOUNT_WORDS[account]}`;
  return { ...words, sentence: `${words.sentence}, ${customer}${more}` };
}

function mastWords({ at }: SheetNode, { store, layout }: Known): NodeWords {
  const { id } = layout.masts[at]!;
  const { truthStreet, view } = store;
  // The company sees no masts of the network that carries its messages.
  if (view !== "truth" || truthStreet === null)
    return say(id, "Mast", { figures: "state not known", marks: [], icon: null });
  const isUp = truthStreet.mastUp[at] === 1;
  const marks = isUp ? [] : ["down"];
  if (truthStreet.backhaulUp[at] === 0) marks.push("line behind it down");
  const flights = truthStreet.flights.filter(({ mast }) => mast === at).length;
  const figures = [
    counted(truthStreet.mastMeters[at] ?? 0, "meter"),
    `${formatPercent(truthStreet.mastLoadShare[at] ?? 0)} full`,
    ...(flights === 0 ? [] : [counted(flights, "message")]),
  ].join(" · ");
  return say(id, "Mast", { figures, marks, icon: isUp ? "mast-up" : "mast-down" });
}

const fuseOf = (cables: readonly number[], { view, truthBranch }: StreetStore): number =>
  view !== "truth" || truthBranch === null
    ? 0
    : cables.reduce((bits, row) => bits | (truthBranch.fuseOpen[row] ?? 0), 0);

/** Of cables one after the other: the largest loading, and the voltage at the end. */
function knownOf(cables: readonly number[], { truthBranch }: StreetStore) {
  const loadings = cables.flatMap((row) => truthBranch?.loadingShare[row] ?? []);
  return {
    loadingShare: loadings.length === 0 ? null : Math.max(...loadings),
    voltageV: truthBranch?.voltageV[cables.at(-1) ?? -1] ?? null,
  };
}

/** As in the picture: colour and width by the legend. */
export function nodeCable(node: SheetNode, { store, layout }: Known, layer: Layer): CableLook {
  const { view, beliefSupply } = store;
  const phases =
    node.cables.length > 0
      ? layout.branches[node.cables.at(-1)!]!.phases
      : node.kind === "home"
        ? 1 << (layout.supplies[node.at]!.phase - 1)
        : 7;
  if (view === "difference") return { hex: UNKNOWN_CABLE, pattern: "plain", width: 0 };
  if (view === "truth") {
    return cableLook(layer, { phases }, knownOf(node.cables, store), layout.nominalV);
  }
  if (node.kind !== "home") return cableLook(layer, { phases }, NOTHING_KNOWN, layout.nominalV);
  const voltageV = beliefSupply?.voltageV[node.at] ?? null;
  const known = { loadingShare: null, voltageV: voltageV === 0 ? null : voltageV };
  return cableLook(layer, { phases }, known, layout.nominalV);
}
