// Two runs side by side, and under them what differs: the first place where they part, figures, homes, what happened.

import { Button, SegmentedControl } from "@mantine/core";
import { type ReactNode, useEffect, useRef, useState } from "react";
import type { OnlyIn } from "../../sim/contract/comparison.ts";
import { formatDuration } from "../../sim/core/time.ts";
import { formatEnergy, formatMoney } from "../player/format.ts";
import { VIEW_LABEL, VIEWS, type View } from "../player/views.ts";
import { FIGURES } from "./figures.ts";
import { moneySentences } from "./money-words.ts";
import { partingSentences } from "./parting-words.ts";
import {
  backToBranch,
  COMPARE_SPEEDS,
  holdSide,
  openTwoRuns,
  selectHome,
  setRunning,
  setSpeed,
  setView,
  useTwoRuns,
} from "./two-runs.ts";

const HOMES_SHOWN_MAX = 60;
const NAMES = { a: "A: as it was", b: "B: the branch" } as const;

export function ComparePage() {
  useEffect(() => openTwoRuns(new URL(location.href)), []);
  const branch = useTwoRuns((store) => store.branch);
  const problem = useTwoRuns((store) => store.problem);
  return (
    <div className="compare">
      <header className="compare-head">
        <div>
          <h1>Two runs side by side</h1>
          <p className="muted">
            {branch === null
              ? "…"
              : `At ${formatDuration(branch.atMs)} in B: ${branch.title}. A goes on as it was.`}
          </p>
        </div>
        <Controls />
      </header>
      {problem !== "" && (
        <p role="alert" className="compare-problem">
          {problem}
        </p>
      )}
      <main className="compare-main">
        <div className="compare-pictures">
          <Picture name="a" />
          <Picture name="b" />
        </div>
        <Differences />
      </main>
    </div>
  );
}

/** The pages inside have this page's query: the token of a machine, the picture's quality. */
function Picture({ name }: { readonly name: "a" | "b" }) {
  const clock = useTwoRuns((store) => store[name]?.clock ?? "…");
  const simMs = useTwoRuns((store) => store[name]?.simMs ?? 0);
  const frame = useRef<HTMLIFrameElement>(null);
  const [address] = useState(() => {
    const query = new URLSearchParams(location.search);
    for (const key of ["scenario", "seed", "source"]) query.delete(key);
    query.set("side", name);
    return `./index.html?${query.toString()}`;
  });
  useEffect(() => {
    holdSide(name, frame.current);
    return () => holdSide(name, null);
  }, [name]);
  return (
    <section className="compare-picture" aria-labelledby={`side-${name}`}>
      <h2 id={`side-${name}`}>
        {NAMES[name]} <span className="muted">{`${clock} · ${formatDuration(simMs)}`}</span>
      </h2>
      <iframe ref={frame} src={address} title={NAMES[name]} />
    </section>
  );
}

function Controls() {
  const isRunning = useTwoRuns((store) => store.isRunning);
  const speed = useTwoRuns((store) => store.speed);
  const view = useTwoRuns((store) => store.view);
  return (
    <div className="compare-controls">
      <Button size="md" onClick={() => setRunning(!isRunning)}>
        {isRunning ? "Pause both" : "Run both on"}
      </Button>
      <Button size="md" variant="default" onClick={backToBranch}>
        Back to the branch
      </Button>
      <SegmentedControl
        aria-label="Speed of both"
        data={COMPARE_SPEEDS.map((each) => ({
          value: String(each),
          label: `${each.toLocaleString("en").replace(",", " ")}×`,
        }))}
        value={String(speed)}
        onChange={(value) => setSpeed(Number(value))}
      />
      <SegmentedControl
        aria-label="View of both"
        data={VIEWS.map((each) => ({ value: each, label: VIEW_LABEL[each] }))}
        value={view}
        onChange={(value) => setView(value as View)}
      />
    </div>
  );
}

function Differences() {
  const comparison = useTwoRuns((store) => store.comparison);
  const branch = useTwoRuns((store) => store.branch);
  const side = useTwoRuns((store) => store.a);
  if (comparison === null || branch === null || side === null) {
    return (
      <section className="compare-differences" aria-label="What differs">
        <p className="muted" role="status">
          Both runs are worked out from their start; this takes a moment.
        </p>
      </section>
    );
  }
  const { first, changes, homes, simMs } = comparison;
  const nameOf = (supply: string): string => side.addresses[side.ids.indexOf(supply)] ?? supply;
  const figures = FIGURES.flatMap((figure) => {
    const change = changes.figures.find(({ path }) => path === figure.path);
    return change === undefined ? [] : [{ ...figure, ...change }];
  });
  return (
    <section className="compare-differences" aria-label="What differs">
      <h2>What differs up to {formatDuration(simMs)}</h2>
      <div className="compare-first" role="status">
        {partingSentences({ first, branch, nameOf }).map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
        {branch.prices !== undefined &&
          moneySentences({
            ...{ prices: branch.prices, comparison, currency: side.currency, nameOf },
          }).map((sentence) => <p key={sentence}>{sentence}</p>)}
      </div>
      <Table
        caption="Energy, money, network and detection"
        head={["Figure", "A", "B", "B − A"]}
        rows={figures.map(({ path, label, show, a, b }) => ({
          key: path,
          cells: [
            label,
            a === null ? "–" : show(a, side.currency),
            b === null ? "–" : show(b, side.currency),
            a === null || b === null ? "" : signed(b - a, (value) => show(value, side.currency)),
          ],
        }))}
      />
      <Table
        caption={`Homes that differ: ${homes.length}`}
        head={["Home", "Used, B − A", "Counted, B − A", "Owed, B − A"]}
        rows={homes.slice(0, HOMES_SHOWN_MAX).map((home) => ({
          key: home.supply,
          cells: [
            <button
              type="button"
              className="link-button"
              key="home"
              onClick={() => selectHome(side.ids.indexOf(home.supply))}
            >
              {nameOf(home.supply)}
            </button>,
            signed(home.deliveredWh[1] - home.deliveredWh[0], formatEnergy),
            signed(home.importWh[1] - home.importWh[0], formatEnergy),
            signed(home.owedMinor[1] - home.owedMinor[0], (value) =>
              formatMoney(value, side.currency),
            ),
          ],
        }))}
      />
      {homes.length > HOMES_SHOWN_MAX && (
        <p className="muted">and {homes.length - HOMES_SHOWN_MAX} more homes</p>
      )}
      <OnlyList title="Theft cases" of={changes.cases} />
      <OnlyList title="Outages" of={changes.outages} />
      <OnlyList title="Disconnections" of={changes.disconnections} />
    </section>
  );
}

function signed(value: number, show: (value: number) => string): string {
  if (value === 0) return "0";
  return `${value > 0 ? "+" : "−"}${show(Math.abs(value))}`;
}

interface TableProps {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly { readonly key: string; readonly cells: readonly ReactNode[] }[];
}

function Table({ caption, head, rows }: TableProps) {
  if (rows.length === 0) return <p className="muted">{caption}: nothing yet.</p>;
  return (
    <table className="compare-table">
      <caption>{caption}</caption>
      <thead>
        <tr>
          {head.map((title) => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, cells }) => (
          <tr key={key}>
            {cells.map((cell, at) =>
              at === 0 ? (
                <th key={head[at]} scope="row">
                  {cell}
                </th>
              ) : (
                <td key={head[at]}>{cell}</td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function OnlyList({ title, of }: { readonly title: string; readonly of: OnlyIn<string> }) {
  const rows = [
    ...of.onlyA.map((text) => ({ side: "only in A", text })),
    ...of.onlyB.map((text) => ({ side: "only in B", text })),
  ];
  if (rows.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul className="compare-list">
        {rows.map(({ side, text }) => (
          <li key={`${side} ${text}`}>
            <strong>{side}</strong> {text}
          </li>
        ))}
      </ul>
    </>
  );
}
