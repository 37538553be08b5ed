// The single-line diagram: transformers, cables and homes as an engineer draws them, with the figures of the view that
// is open. Nodes are a tree for keyboards and readers; only those in sight are in the document.

import { CloseButton } from "@mantine/core";
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import type { StreetLayout } from "../../sim/contract/frame.ts";
import { newestEvent } from "../panels/event-log.tsx";
import { chooseHome } from "../panels/home-tree.tsx";
import { IconMark } from "../panels/icon-mark.tsx";
import { useStreet } from "../player/store.ts";
import { VIEW_LABEL } from "../player/views.ts";
import { homeStates } from "../scene/home-states.ts";
import { useLayer } from "../scene/layers.ts";
import { Layers } from "../scene/layers-control.tsx";
import { PHASE_COLOURS } from "../scene/palette.ts";
import {
  closedAtFirst,
  createSheet,
  homeKey,
  neighbour,
  ROW_PX,
  type Sheet,
  type SheetNode,
  waysTo,
} from "./sheet.ts";
import { createTopology, type Topology } from "./topology.ts";
import { type Known, nodeCable, nodeWords } from "./words.ts";
import "./diagram.css";

/** Drawn beyond what is seen, so that scrolling finds it there. */
const MARGIN_PX = 6 * ROW_PX;

interface DiagramProps {
  /** Null: there is nothing behind it to go back to. */
  readonly onClose: (() => void) | null;
}

export function Diagram({ onClose }: DiagramProps) {
  const layout = useStreet((store) => store.layout);
  if (layout === null) return <p className="scene-note">The street is being loaded.</p>;
  return <Drawing key={layout.title} layout={layout} onClose={onClose} />;
}

function Drawing({ layout, onClose }: DiagramProps & { readonly layout: StreetLayout }) {
  const view = useStreet((store) => store.view);
  const topology = useMemo(() => createTopology(layout), [layout]);
  const [closed, setClosed] = useState(() => closedAtFirst(topology));
  const box = useRef<HTMLDivElement>(null);
  const { seen, look } = useSeen(box);
  const sheet = useMemo(
    () => createSheet(layout, topology, closed, seen.width),
    [layout, topology, closed, seen.width],
  );
  const [active, setActive] = useState("");
  const hasFocusToGive = useRef(false);
  const selectedRow = useStreet((store) => store.selectedRow);
  const current = sheet.byKey.has(active) ? active : (sheet.nodes[0]?.key ?? "");

  // What is selected anywhere is shown here.
  useEffect(() => {
    if (selectedRow < 0) return;
    const ways = waysTo(topology, selectedRow);
    setClosed((before) =>
      ways.some((key) => before.has(key))
        ? new Set([...before].filter((key) => !ways.includes(key)))
        : before,
    );
    setActive(homeKey(selectedRow));
  }, [selectedRow, topology]);
  useEffect(() => {
    const node = sheet.byKey.get(current);
    if (node === undefined || box.current === null) return;
    bringIn(box.current, node);
    look();
    if (!hasFocusToGive.current) return;
    hasFocusToGive.current = false;
    box.current.querySelector<HTMLElement>(`[data-key="${CSS.escape(current)}"]`)?.focus();
  }, [current, sheet, look]);

  const fold = (node: SheetNode): void => {
    const next = new Set(closed);
    if (!next.delete(node.key)) next.add(node.key);
    setClosed(next);
  };
  const open = (node: SheetNode): void => {
    setActive(node.key);
    if (node.kind === "home") chooseHome(node.at);
    else if (node.kind !== "mast") fold(node);
  };
  const press = (event: KeyboardEvent, node: SheetNode): void => {
    if (event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
    const isOpening = event.key === "Enter" || event.key === " ";
    if (!isOpening && !/^(Arrow|Home|End)/.test(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    hasFocusToGive.current = true;
    if (isOpening) open(node);
    else if (event.key === "ArrowDown" && node.isClosed) fold(node);
    else setActive(neighbour(sheet, node.key, event.key) ?? node.key);
  };
  const nodes = sheet.nodes.filter(
    ({ key, y, barEndY, from }) =>
      key === current ||
      (Math.min(y, from?.y ?? y) < seen.top + seen.height + MARGIN_PX &&
        Math.max(y, barEndY) > seen.top - MARGIN_PX),
  );
  return (
    <section className="diagram" aria-labelledby="diagram-title" data-own-arrows>
      <header>
        <h2 id="diagram-title">Single-line diagram</h2>
        <span className="muted">{VIEW_LABEL[view]}</span>
        {view !== "difference" && <Layers />}
        {onClose !== null && <CloseButton aria-label="Close the diagram" onClick={onClose} />}
      </header>
      <p className="for-readers" id="diagram-keys">
        The up arrow goes upstream, the down arrow downstream, left and right to what is beside it.
        Enter selects a home, and opens or closes what is below a cable.
      </p>
      <div ref={box} className="diagram-scroll" onScroll={look}>
        <Nodes
          {...{ layout, topology, sheet, nodes, current, selectedRow }}
          onKey={press}
          onOpen={open}
        />
      </div>
      <Announcer layout={layout} />
    </section>
  );
}

interface NodesProps {
  readonly layout: StreetLayout;
  readonly topology: Topology;
  readonly sheet: Sheet;
  readonly nodes: readonly SheetNode[];
  readonly current: string;
  readonly selectedRow: number;
  readonly onKey: (event: KeyboardEvent, node: SheetNode) => void;
  readonly onOpen: (node: SheetNode) => void;
}

/** What changes with the twin. */
function Nodes({
  layout,
  topology,
  sheet,
  nodes,
  current,
  selectedRow,
  onKey,
  onOpen,
}: NodesProps) {
  const store = useStreet();
  const layer = useLayer((each) => each.layer);
  const known: Known = { store, layout, topology, states: homeStates(store) };
  return (
    <div
      role="tree"
      aria-label="Single-line diagram"
      aria-describedby="diagram-keys"
      className="diagram-sheet"
      style={{ width: sheet.widthPx, height: sheet.heightPx }}
    >
      <svg width={sheet.widthPx} height={sheet.heightPx} aria-hidden="true" focusable="false">
        {nodes.map((node) => (
          <Lines key={node.key} node={node} known={known} layer={layer} />
        ))}
      </svg>
      {nodes.map((node) => {
        const { key, kind, x, y, widthPx, level, isClosed, downstream } = node;
        const { title, figures, marks, icon, sentence } = nodeWords(node, known);
        const canFold = (kind === "bus" || kind === "transformer") && node.homes > 0;
        return (
          <div
            key={key}
            data-key={key}
            role="treeitem"
            aria-level={level}
            aria-label={sentence}
            aria-selected={kind === "home" && node.at === selectedRow}
            {...(canFold ? { "aria-expanded": !isClosed } : {})}
            {...(downstream.length > 0 ? { "data-below": downstream.length } : {})}
            tabIndex={key === current ? 0 : -1}
            className={`diagram-node is-${kind}`}
            title={marks.join(", ")}
            style={{ left: x, top: y, width: widthPx }}
            onClick={() => onOpen(node)}
            onKeyDown={(event) => onKey(event, node)}
          >
            {icon !== null && <IconMark icon={icon} />}
            <span className="diagram-text">
              <b>
                {canFold && (isClosed ? "▸ " : "▾ ")}
                {title}
              </b>
              <span className={marks.length > 0 ? "has-marks" : "muted"}>
                {[...marks.slice(0, 2), figures].filter(Boolean).join(" · ")}
              </span>
            </span>
          </div>
        );
      })}
    </div>
  );
}

const THIN_PX = 2.5;
const WIDE_PX = 7;

/** The cable that leads to a node, the bar of its bus, and the sign of a transformer. */
function Lines({
  node,
  known,
  layer,
}: {
  readonly node: SheetNode;
  readonly known: Known;
  readonly layer: ReturnType<typeof useLayer.getState>["layer"];
}) {
  const { x, y, from, kind, barEndY } = node;
  const { hex, pattern, width } = nodeCable(node, known, layer);
  const isOn = from !== null && from.x === x;
  const way = from === null ? "" : isOn ? `M${x} ${from.y}V${y}` : `M${from.x} ${from.y}H${x}`;
  const stroke = THIN_PX + WIDE_PX * width;
  const bits = known.layout.branches[node.cables.at(-1) ?? -1]?.phases ?? 0;
  const carried = PHASE_COLOURS.filter(({ bit }) => (bits & bit) !== 0);
  return (
    <g data-line={node.key}>
      {way !== "" && (
        <>
          <path d={way} stroke="var(--cable-edge)" strokeWidth={stroke + 2} fill="none" />
          {pattern === "phases" ? (
            carried.map((phase, index) => (
              <path
                key={phase.bit}
                d={way}
                stroke={phase.hex}
                strokeWidth={stroke}
                fill="none"
                strokeDasharray={`8 ${8 * (carried.length - 1)}`}
                strokeDashoffset={-8 * index}
              />
            ))
          ) : (
            <path d={way} stroke={hex} strokeWidth={stroke} fill="none" />
          )}
          {pattern === "moving" && (
            <path className="diagram-over" d={way} stroke="#fff" strokeWidth={stroke} fill="none" />
          )}
          {pattern === "dead" && (
            <path d={way} stroke="#6b737a" strokeWidth={stroke} fill="none" strokeDasharray="4 6" />
          )}
        </>
      )}
      {(kind === "bus" || kind === "transformer") && (
        <path className="diagram-bar" d={`M${x} ${y - 12}V${Math.max(y + 12, barEndY + 6)}`} />
      )}
      {kind === "transformer" && (
        <g className="diagram-transformer" transform={`translate(${x - 13} ${y})`}>
          <circle cx="-3" r="7" />
          <circle cx="5" r="7" />
        </g>
      )}
    </g>
  );
}

/** The newest event of the view, said as it comes. */
function Announcer({ layout }: { readonly layout: StreetLayout }) {
  const line = useStreet((store) => newestEvent(store, layout));
  return (
    <p className="diagram-news" aria-live="polite">
      {line}
    </p>
  );
}

function bringIn(box: HTMLDivElement, { x, y, widthPx }: SheetNode): void {
  const { scrollTop, scrollLeft, clientHeight, clientWidth } = box;
  if (y - ROW_PX < scrollTop) box.scrollTop = y - ROW_PX;
  else if (y + ROW_PX > scrollTop + clientHeight) box.scrollTop = y + ROW_PX - clientHeight;
  if (x - 24 < scrollLeft) box.scrollLeft = x - 24;
  else if (x + widthPx > scrollLeft + clientWidth) box.scrollLeft = x + widthPx + 12 - clientWidth;
}

/** What is seen of the sheet, px. */
function useSeen(box: React.RefObject<HTMLDivElement | null>) {
  const [seen, setSeen] = useState({ top: 0, width: 900, height: 900 });
  const look = useMemo(
    () => () => {
      if (box.current === null) return;
      const { scrollTop: top, clientWidth: width, clientHeight: height } = box.current;
      setSeen((before) =>
        before.top === top && before.width === width && before.height === height
          ? before
          : { top, width, height },
      );
    },
    [box],
  );
  useEffect(() => {
    if (box.current === null) return;
    const observer = new ResizeObserver(look);
    observer.observe(box.current);
    return () => observer.disconnect();
  }, [box, look]);
  return { seen, look };
}
