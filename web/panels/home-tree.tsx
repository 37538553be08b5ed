// Everything in the street as a tree: transformer, lanes, homes. What the picture shows, for the keyboard, for screen
// readers and for small screens (WAI-ARIA tree pattern: one stop for Tab, arrows inside).

import { type KeyboardEvent, memo, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { partName, partsOf } from "../diagram/part-rows.ts";
import { formatPower } from "../player/format.ts";
import { lanesOf } from "../player/lanes.ts";
import { findRows, homeRows } from "../player/rows.ts";
import { type StreetStore, select, useStreet } from "../player/store.ts";
import { differences, FLAG } from "../scene/home-state.ts";
import { homeOf, homeStates } from "../scene/home-states.ts";
import { PAGE_ROWS, Pages, pageStart } from "./pages.tsx";
import { PartItem } from "./part-item.tsx";

interface Node {
  readonly key: string;
  readonly level: 1 | 2 | 3;
  readonly name: string;
  /** Of a home; −1 for what has homes below it. */
  readonly row: number;
  /** Of a transformer, cable or mast, its place among them; missing for all others. */
  readonly part?: number;
  /** Key of the node above; empty for the root. */
  readonly parent: string;
  readonly homes: number;
  /** Its place among those beside it, from 1, and how many these are. */
  readonly place: number;
  readonly beside: number;
}

/** Key of the branch with transformers, cables and masts; closed at first. */
const NETWORK = "network";
const isLeaf = ({ row, part }: Node): boolean => row >= 0 || part !== undefined;

/** From so many homes on, lanes are closed at first. */
const TOWN_HOMES_MIN = 400;

export function HomeTree() {
  const layout = useStreet((store) => store.layout);
  const [text, setText] = useState("");
  /** Branches that are not as they are at first: open, but the lanes of a town. */
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const [active, setActive] = useState("street");
  const list = useRef<HTMLDivElement>(null);
  const found = useFound(text);
  const isTown = (layout?.supplies.length ?? 0) > TOWN_HOMES_MIN;
  const isClosed = useCallback(
    (key: string): boolean =>
      found === null && folded.has(key) !== (key === NETWORK || (isTown && key !== "street")),
    [found, folded, isTown],
  );
  const lanesIn = useMemo(() => (layout === null ? [] : lanesOf(layout)), [layout]);
  const nodes = useMemo(() => {
    if (layout === null) return [];
    const root = { key: "street", level: 1, name: layout.title, row: -1, parent: "" } as const;
    const all: Node[] = [{ ...root, homes: layout.supplies.length, place: 1, beside: 1 }];
    if (isClosed(root.key)) return all;
    const ofNetwork = found === null ? 1 : 0;
    if (found === null) {
      const branch = { level: 2, name: "Network", row: -1, parent: root.key } as const;
      all.push({ key: NETWORK, ...branch, homes: 0, place: 1, beside: lanesIn.length + 1 });
      const parts = isClosed(NETWORK) ? [] : partsOf(layout);
      parts.forEach((node, part) => {
        const among = { place: part + 1, beside: parts.length, homes: 0, part };
        all.push({
          ...{ key: node.key, level: 3, name: partName(node, layout), row: -1, parent: NETWORK },
          ...among,
        });
      });
    }
    const lanes = lanesIn
      .map((lane) => ({
        ...lane,
        rows: found === null ? lane.rows : lane.rows.filter((row) => found.has(row)),
      }))
      .filter(({ rows }) => rows.length > 0);
    lanes.forEach(({ key, name, rows }, index) => {
      const among = { place: index + 1 + ofNetwork, beside: lanes.length + ofNetwork };
      all.push({ key, level: 2, name, row: -1, parent: root.key, homes: rows.length, ...among });
      if (isClosed(key)) return;
      rows.forEach((row, at) => {
        const { id, address } = layout.supplies[row]!;
        const homes = { homes: 0, place: at + 1, beside: rows.length };
        all.push({ key: id, level: 3, name: address, row, parent: key, ...homes });
      });
    });
    return all;
  }, [layout, lanesIn, found, isClosed]);
  const at = nodes.findIndex(({ key }) => key === active);
  const [page, setPage] = useState(0);
  const from = Math.min(page, pageStart(nodes.length - 1));
  const wanted = useRef<string | null>(null);
  const focus = (key: string): void => {
    setActive(key);
    setPage(pageStart(nodes.findIndex((node) => node.key === key)));
    wanted.current = key;
    goThere();
  };
  const goThere = (): void => {
    if (wanted.current === null) return;
    const item = `[data-key="${CSS.escape(wanted.current)}"]`;
    const there = list.current?.querySelector<HTMLElement>(item);
    if (there == null) return;
    wanted.current = null;
    there.focus();
  };
  // What is on another page is there only after it has been drawn.
  useEffect(goThere);
  const fold = (key: string): void => {
    const next = new Set(folded);
    if (!next.delete(key)) next.add(key);
    setFolded(next);
  };
  const press = (event: KeyboardEvent, node: Node, place: number): void => {
    // With one of these a key is the page's.
    if (event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
    const move = moveOf(event.key, node, place);
    if (move === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    move();
  };
  const moveOf = (pressed: string, node: Node, place: number): (() => void) | undefined => {
    switch (pressed) {
      case "ArrowDown":
        return () => focus(nodes[place + 1]?.key ?? node.key);
      case "ArrowUp":
        return () => focus(nodes[place - 1]?.key ?? node.key);
      case "Home":
        return () => focus(nodes[0]!.key);
      case "End":
        return () => focus(nodes.at(-1)!.key);
      case "ArrowRight":
        if (isLeaf(node)) return () => {};
        return isClosed(node.key)
          ? () => fold(node.key)
          : () => focus(nodes[place + 1]?.key ?? node.key);
      case "ArrowLeft":
        if (!isLeaf(node) && !isClosed(node.key)) return () => fold(node.key);
        return () => focus(node.parent === "" ? node.key : node.parent);
      case "Enter":
      case " ":
        return () => open(node);
      default:
        return undefined;
    }
  };
  const open = (node: Node): void => {
    setActive(node.key);
    if (!isLeaf(node)) fold(node.key);
    else if (node.row >= 0) chooseHome(node.row);
  };
  const shown = nodes.slice(from, from + PAGE_ROWS);
  // One stop for Tab, also where the active one is on another page.
  const current = at >= from && at < from + PAGE_ROWS ? active : shown[0]?.key;
  return (
    <section className="panel home-list" aria-labelledby="homes-title">
      <h2 id="homes-title">Homes</h2>
      <input
        type="search"
        className="find"
        aria-label="Find a home"
        placeholder="Find a home ( / )"
        value={text}
        onChange={({ target }) => setText(target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") setText("");
          if (event.key === "ArrowDown" && nodes.length > 0) focus(nodes[0]!.key);
          if (event.key === "Enter") chooseFirst(nodes);
        }}
      />
      {nodes.length <= 1 && found !== null && layout !== null && (
        <p className="muted">No home has “{text}” in its address, name, number or marks.</p>
      )}
      <div ref={list} role="tree" aria-label="Street, network, lanes and homes" className="tree">
        {shown.map((node, index) =>
          node.row >= 0 ? (
            <HomeItem
              key={node.key}
              node={node}
              isStop={node.key === current}
              onKey={(event) => press(event, node, from + index)}
              onOpen={() => open(node)}
            />
          ) : node.part !== undefined ? (
            <PartItem
              key={node.key}
              part={node.part}
              beside={node.beside}
              isStop={node.key === current}
              onKey={(event) => press(event, node, from + index)}
              onOpen={() => open(node)}
            />
          ) : (
            <div
              key={node.key}
              data-key={node.key}
              role="treeitem"
              aria-level={node.level}
              aria-setsize={node.beside}
              aria-posinset={node.place}
              aria-expanded={!isClosed(node.key)}
              aria-selected={false}
              tabIndex={node.key === current ? 0 : -1}
              className={`tree-branch is-level-${node.level}`}
              onClick={() => open(node)}
              onKeyDown={(event) => press(event, node, from + index)}
            >
              <span aria-hidden="true">{isClosed(node.key) ? "▸" : "▾"}</span> {node.name}
              {node.key !== NETWORK && <span className="muted"> {node.homes}</span>}
            </div>
          ),
        )}
      </div>
      <Pages from={from} count={nodes.length} what="homes" onPage={setPage} />
    </section>
  );
}

/** Rows that a text is found in; null for no text. */
function useFound(text: string): ReadonlySet<number> | null {
  const rows = useStreet((store) => {
    const { layout, view, simMs } = store;
    if (text.trim() === "" || layout === null) return "";
    const all = homeRows(view, store, layout, homeStates(store), simMs);
    return `found ${findRows(all, text)
      .map(({ row }) => row)
      .join(" ")}`;
  });
  return useMemo(
    () => (rows === "" ? null : new Set(rows.split(" ").slice(1).filter(Boolean).map(Number))),
    [rows],
  );
}

/** Selects a home and brings it into the picture. */
export function chooseHome(row: number): void {
  select(row);
  void import("../scene/camera.tsx").then(({ showHome }) => showHome(row));
}

function chooseFirst(nodes: readonly Node[]): void {
  const first = nodes.find(({ row }) => row >= 0);
  if (first !== undefined) chooseHome(first.row);
}

interface Badge {
  readonly text: string;
  readonly kind: "theft" | "off" | "late" | "case" | "differs";
}

/** The marks of one home in the current view; the same words as in the legend. */
function badgesOf(store: StreetStore, row: number): Badge[] {
  const { flags } = homeOf(row, store);
  const badges: Badge[] = [];
  if (flags & FLAG.theft) badges.push({ text: "theft", kind: "theft" });
  if (flags & FLAG.dark) badges.push({ text: "off", kind: "off" });
  if (flags & FLAG.suspected) badges.push({ text: "case", kind: "case" });
  if (flags & FLAG.late) badges.push({ text: "late", kind: "late" });
  if (flags & FLAG.differs) badges.push({ text: "differs", kind: "differs" });
  return badges;
}

function powerOf({ view, truthSupply, beliefSupply }: StreetStore, row: number): string {
  const watts = (view === "company" ? beliefSupply : truthSupply)?.activePowerW[row];
  return watts == null ? "–" : formatPower(watts);
}

const HomeItem = memo(function HomeItem({
  node,
  isStop,
  onKey,
  onOpen,
}: {
  readonly node: Node;
  readonly isStop: boolean;
  readonly onKey: (event: KeyboardEvent) => void;
  readonly onOpen: () => void;
}) {
  const { row } = node;
  const isSelected = useStreet(({ selectedRow }) => selectedRow === row);
  const power = useStreet((store) => powerOf(store, row));
  const badges = useStreet((store) =>
    badgesOf(store, row)
      .map(({ text, kind }) => `${kind}:${text}`)
      .join(" "),
  );
  const why = useStreet((store) =>
    store.view === "difference" ? differences(store, row).join("; ") : "",
  );
  return (
    <div
      data-key={node.key}
      role="treeitem"
      aria-level={node.level}
      aria-setsize={node.beside}
      aria-posinset={node.place}
      aria-selected={isSelected}
      tabIndex={isStop ? 0 : -1}
      className="home-row"
      title={why}
      onClick={onOpen}
      onKeyDown={onKey}
    >
      <span className="home-address">{node.name}</span>
      {badges !== "" &&
        badges.split(" ").map((badge) => {
          const [kind, text] = badge.split(":");
          return (
            <span key={kind} className={`badge is-${kind}`}>
              {text}
            </span>
          );
        })}
      <span className="home-power">{power}</span>
    </div>
  );
});
