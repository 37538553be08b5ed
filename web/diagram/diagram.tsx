// The street as a single-line diagram: the two-dimensional twin of the picture, for the keyboard, for readers of pages,
// for browsers without WebGL, and for whoever thinks in feeders. Selection is shared with tree, table and picture.

import { CloseButton } from "@mantine/core";
import {
  type Dispatch,
  type KeyboardEvent,
  memo,
  type SetStateAction,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { chooseHome } from "../panels/home-tree.tsx";
import { Legend } from "../panels/legend.tsx";
import { useStreet } from "../player/store.ts";
import { useLayer } from "../scene/layers.ts";
import { PHASE_COLOURS } from "../scene/palette.ts";
import { iconUrl } from "./icon-urls.ts";
import { looksOf, type NodeLook, outageWords } from "./looks.ts";
import { type LineNode, oneLineOf } from "./one-line.ts";
import { CELL, canFold, type Place, placesOf } from "./places.ts";
import { walk } from "./walk.ts";
import "./diagram.css";

/** A street with more homes begins with its laterals folded, one with more than that with its feeders. */
const HOMES_OPEN_MAX = 150;
const HOMES_BY_LATERAL_MAX = 3_000;

interface DiagramProps {
  /** Null: there is nothing behind it to go back to. */
  readonly onClose: (() => void) | null;
}

export function Diagram({ onClose }: DiagramProps) {
  const layout = useStreet((store) => store.layout);
  const nodes = useMemo(() => (layout === null ? [] : oneLineOf(layout)), [layout]);
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => setFolded(foldedAtFirst(nodes)), [nodes]);
  const places = useMemo(() => placesOf(nodes, folded), [nodes, folded]);
  const looks = useLooks(nodes, places.all);
  const { active, tree, focus } = useActive(nodes, setFolded);
  const isFew = useMemo(() => homesIn(nodes) <= HOMES_BY_LATERAL_MAX, [nodes]);
  const fold = (at: number, isFolded: boolean): void => {
    const next = new Set(folded);
    if (isFolded) next.add(nodes[at]!.key);
    else next.delete(nodes[at]!.key);
    setFolded(next);
  };
  const open = (at: number): void => {
    const node = nodes[at]!;
    focus(at);
    if (node.kind === "home") chooseHome(node.row);
    else if (canFold(node)) fold(at, !folded.has(node.key));
  };
  const press = (event: KeyboardEvent, at: number): void => {
    // With one of these a key is the page's.
    if (event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
    const isFolded = folded.has(nodes[at]!.key);
    if (event.key === "Enter" || event.key === " ") open(at);
    else if (event.key === "ArrowRight" && isFolded) fold(at, false);
    else {
      const to = walk(
        nodes,
        places.all.map((place) => place.at),
        at,
        event.key,
      );
      if (to === null) return;
      focus(to);
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const acts = useRef({ press, open });
  acts.current = { press, open };
  if (layout === null) return <p className="scene-note">The street is being loaded.</p>;
  const activeAt = places.all.some(({ at }) => at === active) ? active : places.all[0]?.at;
  return (
    <section className="diagram" aria-labelledby="diagram-title">
      <div className="diagram-head">
        <h2 id="diagram-title">Single-line diagram</h2>
        <p id="diagram-keys" className="muted">
          Arrows walk: → downstream, ← upstream, ↑ ↓ beside. Enter selects a home or folds a line.
        </p>
        {isFew && (
          <button type="button" onClick={() => setFolded(new Set())}>
            Unfold all
          </button>
        )}
        <button type="button" onClick={() => setFolded(foldedAll(nodes))}>
          Fold all
        </button>
        {onClose !== null && <CloseButton aria-label="Close the diagram" onClick={onClose} />}
      </div>
      <Outages />
      <div
        ref={tree}
        className="diagram-scroll"
        data-own-arrows
        role="tree"
        aria-label="Source, transformers, cables, homes and masts"
        aria-describedby="diagram-keys"
      >
        <svg role="presentation" width={places.widthPx} height={places.heightPx}>
          <defs>
            <pattern id="late" width="6" height="6" patternUnits="userSpaceOnUse">
              <path d="M-1 7L7 -1" className="late-hatch" />
            </pattern>
          </defs>
          {places.all.map((place, index) =>
            looks[index] === undefined ? null : (
              <Node
                key={nodes[place.at]!.key}
                node={nodes[place.at]!}
                place={place}
                look={looks[index]}
                level={levelOf(nodes, place.at)}
                phases={layout.branches[nodes[place.at]!.rows[0] ?? -1]?.phases ?? 0}
                isStop={place.at === activeAt}
                acts={acts}
              />
            ),
          )}
        </svg>
      </div>
      <Legend />
    </section>
  );
}

const homesIn = (nodes: readonly LineNode[]): number =>
  nodes.reduce((sum, { kind }) => sum + (kind === "home" ? 1 : 0), 0);

function foldedAtFirst(nodes: readonly LineNode[]): ReadonlySet<string> {
  const homes = homesIn(nodes);
  return homes <= HOMES_OPEN_MAX ? new Set() : foldedAll(nodes);
}

/** Every lateral; in a town every transformer too, for its trunks alone are more than a page draws. */
function foldedAll(nodes: readonly LineNode[]): ReadonlySet<string> {
  const laterals = allLaterals(nodes);
  if (homesIn(nodes) <= HOMES_BY_LATERAL_MAX) return laterals;
  const transformers = nodes.filter(({ kind }) => kind === "transformer");
  return new Set([...laterals, ...transformers.map(({ key }) => key)]);
}

/** Every cable that leaves the trunk: the one with most homes goes on, the others are laterals. */
function allLaterals(nodes: readonly LineNode[]): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const { kind, children } of nodes) {
    if (kind === "home" || kind === "mast") continue;
    const cables = children.filter((child) => nodes[child]!.kind === "cable");
    for (const at of cables.slice(1)) keys.add(nodes[at]!.key);
  }
  return keys;
}

function levelOf(nodes: readonly LineNode[], at: number): number {
  let level = 1;
  for (let up = nodes[at]!.parent; up >= 0; up = nodes[up]!.parent) level++;
  return level;
}

/** Looks of what is shown, made anew when a frame comes. */
function useLooks(nodes: readonly LineNode[], shown: readonly Place[]): readonly NodeLook[] {
  const layer = useLayer((store) => store.layer);
  const view = useStreet((store) => store.view);
  const truthSupply = useStreet((store) => store.truthSupply);
  const truthBranch = useStreet((store) => store.truthBranch);
  const truthStreet = useStreet((store) => store.truthStreet);
  const beliefSupply = useStreet((store) => store.beliefSupply);
  const beliefStreet = useStreet((store) => store.beliefStreet);
  const score = useStreet((store) => store.score);
  return useMemo(() => {
    const frames = { truthSupply, truthBranch, truthStreet, beliefSupply, beliefStreet, score };
    return looksOf(nodes, shown, { ...useStreet.getState(), ...frames, view }, layer);
  }, [
    nodes,
    shown,
    layer,
    view,
    truthSupply,
    truthBranch,
    truthStreet,
    beliefSupply,
    beliefStreet,
    score,
  ]);
}

/** Which node the focus is on: it follows the selection, wherever that was made. */
function useActive(
  nodes: readonly LineNode[],
  setFolded: Dispatch<SetStateAction<ReadonlySet<string>>>,
) {
  const tree = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const wanted = useRef<string | null>(null);
  const selectedRow = useStreet((store) => store.selectedRow);
  const elementOf = (key: string): SVGGElement | null =>
    tree.current?.querySelector<SVGGElement>(`[data-key="${CSS.escape(key)}"]`) ?? null;
  const focus = (at: number): void => {
    setActive(at);
    wanted.current = null;
    const element = elementOf(nodes[at]!.key);
    element?.focus();
    element?.scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  useEffect(() => {
    const at = nodes.findIndex(({ kind, row }) => kind === "home" && row === selectedRow);
    if (at < 0) return;
    setActive(at);
    wanted.current = nodes[at]!.key;
    const above = new Set<string>();
    for (let up = nodes[at]!.parent; up >= 0; up = nodes[up]!.parent) above.add(nodes[up]!.key);
    // Only a new selection unfolds what is above it; folding afterwards is the reader's.
    setFolded((folded) =>
      [...above].some((key) => folded.has(key))
        ? new Set([...folded].filter((key) => !above.has(key)))
        : folded,
    );
  }, [nodes, selectedRow, setFolded]);
  useEffect(() => {
    if (wanted.current === null) return;
    const element = elementOf(wanted.current);
    if (element === null) return;
    wanted.current = null;
    element.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
  return { active, tree, focus };
}

function Outages() {
  const words = useStreet((store) => outageWords(store).join("\n"));
  if (words === "") return null;
  return (
    <ul className="diagram-outages" aria-label="Outages, as the company takes them">
      {words.split("\n").map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}

interface NodeProps {
  readonly node: LineNode;
  readonly place: Place;
  readonly look: NodeLook;
  readonly level: number;
  /** Bits of the phases of the line that feeds it. */
  readonly phases: number;
  readonly isStop: boolean;
  readonly acts: {
    readonly current: {
      readonly press: (event: KeyboardEvent, at: number) => void;
      readonly open: (at: number) => void;
    };
  };
}

const isSame = (a: NodeProps, b: NodeProps): boolean =>
  a.node === b.node &&
  a.place === b.place &&
  a.isStop === b.isStop &&
  JSON.stringify(a.look) === JSON.stringify(b.look);

const Node = memo(function Node({ node, place, look, level, phases, isStop, acts }: NodeProps) {
  const isSelected = useStreet(
    ({ selectedRow }) => node.kind === "home" && selectedRow === node.row,
  );
  const { at, isFolded } = place;
  return (
    <g
      data-key={node.key}
      data-kind={node.kind}
      data-pattern={look.cable.pattern}
      role="treeitem"
      aria-level={level}
      aria-label={look.spoken}
      aria-selected={isSelected}
      {...(canFold(node) ? { "aria-expanded": !isFolded } : {})}
      tabIndex={isStop ? 0 : -1}
      className={isSelected ? "node is-selected" : "node"}
      onClick={() => acts.current.open(at)}
      onKeyDown={(event) => acts.current.press(event, at)}
    >
      <title>{look.spoken}</title>
      {place.line.length > 1 && <Line place={place} look={look} phases={phases} />}
      <Sign node={node} place={place} look={look} />
    </g>
  );
}, isSame);

const THIN_PX = 3;
const WIDER_PX = 6;

function Line({
  place: { line },
  look: { cable, hasFuseOpen },
  phases,
}: {
  readonly place: Place;
  readonly look: NodeLook;
  readonly phases: number;
}) {
  const d = line.map(([x, y], index) => `${index === 0 ? "M" : "L"}${x} ${y}`).join("");
  const width = THIN_PX + WIDER_PX * cable.width;
  const bands = PHASE_COLOURS.filter(({ bit }) => (phases & bit) !== 0);
  const [a, b] = [line[0]!, line[1]!];
  return (
    <>
      <path d={d} className="cable-hit" />
      <path
        d={d}
        className={cable.pattern === "dead" ? "cable-case is-dead" : "cable-case"}
        strokeWidth={width + 3}
      />
      {cable.pattern === "phases" ? (
        bands.map(({ hex }, index) => (
          <path
            key={hex}
            d={d}
            className="cable"
            stroke={hex}
            strokeWidth={width}
            strokeDasharray={`9 ${9 * (bands.length - 1)}`}
            strokeDashoffset={-9 * index}
          />
        ))
      ) : (
        <path d={d} className="cable" stroke={cable.hex} strokeWidth={width} />
      )}
      {cable.pattern === "dead" && (
        <path d={d} className="cable" stroke="#6b737a" strokeWidth={width} strokeDasharray="6 8" />
      )}
      {cable.pattern === "moving" && (
        <path d={d} className="cable is-moving" strokeWidth={Math.max(2, width - 4)} />
      )}
      {hasFuseOpen && (
        <image
          href={iconUrl("fuse")}
          x={a[0] + 0.4 * (b[0] - a[0]) - 11}
          y={a[1] + 0.4 * (b[1] - a[1]) - 11}
          width="22"
          height="22"
        />
      )}
    </>
  );
}

/** How full a cable is, beside the last stretch of its line. */
function Share({ place: { line }, text }: { readonly place: Place; readonly text: string }) {
  const [from, to] = [line.at(-2)!, line.at(-1)!];
  const isUpright = from[0] === to[0];
  return isUpright ? (
    <text x={to[0] - 12} y={to[1] - 14} textAnchor="end">
      {text}
    </text>
  ) : (
    <text x={(from[0] + to[0]) / 2} y={to[1] - 8} textAnchor="middle">
      {text}
    </text>
  );
}

function Sign({
  node,
  place,
  look,
}: {
  readonly node: LineNode;
  readonly place: Place;
  readonly look: NodeLook;
}) {
  const { x, y, isFolded, isHead, bar } = place;
  switch (node.kind) {
    case "home":
      return <Home x={x} y={y} look={look} />;
    case "source":
      return (
        <>
          <rect x={x - 22} y={y - 20} width="44" height="40" className="hit" />
          <circle cx={x} cy={y} r="15" className="symbol" />
          <path d={`M${x - 9} ${y}q4.5 -10 9 0t9 0`} className="symbol-sign" />
          <Words x={x + 28} y={y} text={look.text} />
        </>
      );
    case "transformer":
      return (
        <>
          <rect x={x - 22} y={y - 26} width="44" height="52" className="hit" />
          <circle cx={x} cy={y - 7} r="13" className="symbol" />
          <circle cx={x} cy={y + 8} r="13" className="symbol is-clear" />
          <Words x={x + 28} y={y} text={look.text} />
          <Icons x={x + 28} y={y + 22} icons={look.icons} />
        </>
      );
    case "mast":
      return (
        <>
          <rect x={x - 22} y={y - 22} width="44" height="44" className="hit" />
          {look.icons.length === 0 ? (
            <path d={`M${x} ${y - 14}L${x - 8} ${y + 14}H${x + 8}Z`} className="symbol" />
          ) : (
            <image
              href={iconUrl(look.icons[0]!.icon)}
              x={x - 16}
              y={y - 16}
              width="32"
              height="32"
            />
          )}
          <Words x={x + 22} y={y} text={look.text} />
        </>
      );
    case "cable":
      if (isFolded) {
        return (
          <>
            <rect x={x} y={y - 20} width="250" height="40" rx="6" className="box" />
            <Words x={x + 30} y={y} text={look.text} />
            <path d={`M${x + 11} ${y - 6}l7 6l-7 6z`} className="fold-sign" />
            <Icons x={x + 256} y={y - 11} icons={look.icons} />
          </>
        );
      }
      return (
        <>
          {bar !== null && (
            <path d={`M${bar[0]} ${y}H${Math.max(bar[1], bar[0] + 8)}`} className="bar" />
          )}
          {isHead && <Words x={x - 44} y={y - 26} text={look.text} />}
          {!isHead && look.share !== "" && <Share place={place} text={look.share} />}
        </>
      );
  }
}

function Words({ x, y, text }: { readonly x: number; readonly y: number; readonly text: string }) {
  if (text === "") return null;
  const lines = text.split("\n");
  return (
    <text x={x} y={y + 5 - (lines.length - 1) * 9}>
      {lines.map((line, index) => (
        <tspan key={line} x={x} dy={index === 0 ? 0 : 19}>
          {line}
        </tspan>
      ))}
    </text>
  );
}

function Icons({
  x,
  y,
  icons,
}: {
  readonly x: number;
  readonly y: number;
  readonly icons: NodeLook["icons"];
}) {
  return icons.map(({ icon, count }, index) => (
    <g key={icon}>
      <image href={iconUrl(icon)} x={x + index * 46} y={y} width="22" height="22" />
      <text x={x + index * 46 + 24} y={y + 16}>
        {count}
      </text>
    </g>
  ));
}

const HALF_W = CELL.widthPx / 2;
const HALF_H = CELL.heightPx / 2;

function Home({
  x,
  y,
  look: { text, icons, lit, isDark, isLate, hasBoard },
}: {
  readonly x: number;
  readonly y: number;
  readonly look: NodeLook;
}) {
  const top = y - HALF_H;
  const wall = `M${x - 16} ${top + 14}L${x} ${top}L${x + 16} ${top + 14}V${top + 38}H${x - 16}Z`;
  return (
    <>
      <rect
        x={x - HALF_W + 1}
        y={top - 2}
        width={CELL.widthPx - 2}
        height={CELL.heightPx + 2}
        rx="6"
        className="hit"
      />
      <path d={wall} className={isDark ? "home is-dark" : "home"} />
      {isLate && <path d={wall} fill="url(#late)" />}
      {[-10, 3].map((dx) => (
        <rect
          key={dx}
          x={x + dx}
          y={top + 20}
          width="7"
          height="9"
          className="window"
          fillOpacity={isDark ? 0 : 0.15 + 0.85 * lit}
        />
      ))}
      {hasBoard && (
        <rect x={x - 18} y={top + 30} width="12" height="9" rx="1.5" className="board-mark" />
      )}
      {icons.map(({ icon }) => (
        <image key={icon} href={iconUrl(icon)} x={x - 1} y={top - 4} width="26" height="26" />
      ))}
      <text x={x} y={top + 56} textAnchor="middle">
        {text}
      </text>
    </>
  );
}
