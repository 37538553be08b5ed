// What can be taken away from the page: a picture, a clip, and a report of the run.

import { Button } from "@mantine/core";
import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { runPageHtml } from "../../sim/contract/run-page-html.ts";
import { Dialog } from "../panels/dialog.tsx";
import { formatMoment } from "../player/format.ts";
import { localPlayer } from "../player/local-page.ts";
import { linkTo } from "../player/server-link.ts";
import { backToLive, lookAt, say, useStreet } from "../player/store.ts";
import { refreshTimeline, useTimeline } from "../player/timeline.ts";
import { stills } from "../scene/stills.ts";
import { fileStem, withCaption } from "./caption.ts";
import {
  type CameraWay,
  CLIP_MAX_S,
  clipProblem,
  FRAMES_A_SECOND,
  framesOf,
  makeClip,
} from "./clip.ts";
import { save } from "./save.ts";
import "./export.css";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const SPEEDS = [
  { label: "1 s", ms: 1_000 },
  { label: "10 s", ms: 10_000 },
  { label: "1 min", ms: MINUTE_MS },
  { label: "10 min", ms: 10 * MINUTE_MS },
  { label: "1 h", ms: HOUR_MS },
  { label: "6 h", ms: 6 * HOUR_MS },
  { label: "1 d", ms: 24 * HOUR_MS },
] as const;
/** A clip is proposed of about so many seconds. */
const PROPOSED_S = 10;

export function ExportDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog isOpen onClose={onClose} title="Export" size="lg">
      <div className="export">
        <PictureExport />
        <ClipExport />
        <ReportExport />
      </div>
    </Dialog>
  );
}

function PictureExport() {
  const [scale, setScale] = useState(1);
  const [problem, setProblem] = useState("");
  const take = async (): Promise<void> => {
    setProblem("");
    try {
      if (stills.take === null) throw new Error("There is no picture in 3D to save.");
      const picture = stills.take({ pixelRatio: scale, motionS: null });
      const canvas = withCaption(picture, { scale, hasMarks: true });
      const name = `${fileStem()}.png`;
      const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
      if (blob === null) throw new Error("This browser could not write the picture.");
      save(blob, name);
      say(`${name} is saved, ${canvas.width} × ${canvas.height}.`);
    } catch (error) {
      setProblem((error as Error).message);
    }
  };
  return (
    <section aria-labelledby="export-picture">
      <h3 id="export-picture">Picture</h3>
      <p className="muted">The street as it is shown, with a caption and what its colours mean.</p>
      <Choice label="Size" value={scale} onChange={setScale}>
        <option value={1}>as on the page</option>
        <option value={2}>twice as fine</option>
      </Choice>
      <Button onClick={() => void take()}>Save picture (PNG)</Button>
      {problem !== "" && <p role="alert">{problem}</p>}
    </section>
  );
}

function Choice({
  label,
  value,
  onChange,
  children,
}: {
  readonly label: string;
  readonly value: number;
  readonly onChange: (value: number) => void;
  readonly children: ReactNode;
}) {
  return (
    <label className="export-choice">
      <span>{label}</span>
      <select value={value} onChange={({ target }) => onChange(Number(target.value))}>
        {children}
      </select>
    </label>
  );
}

/** The slowest of the speeds at which a span is no longer than a clip should be. */
const proposedSpeed = (spanMs: number): number =>
  SPEEDS.find(({ ms }) => spanMs / ms <= PROPOSED_S)?.ms ?? SPEEDS.at(-1)!.ms;

type Making = { readonly done: number; readonly all: number } | null;

function ClipExport() {
  const layout = useStreet((store) => store.layout);
  const points = useTimeline((timeline) => timeline.points);
  const hasSelection = useStreet(({ selectedRow }) => selectedRow >= 0);
  const [first, last] = [points[0]?.simMs ?? 0, points.at(-1)?.simMs ?? 0];
  const [span, setSpan] = useState<readonly [number, number] | null>(null);
  const [fromMs, toMs] = span ?? [Math.max(first, last - HOUR_MS), last];
  const [chosenMs, setMsASecond] = useState<number | null>(null);
  const msASecond = chosenMs ?? proposedSpeed(toMs - fromMs);
  const [camera, setCamera] = useState<CameraWay>("still");
  const [making, setMaking] = useState<Making>(null);
  const [problem, setProblem] = useState("");
  /** Why this browser makes none at all. */
  const [hindrance, setHindrance] = useState("");
  const abort = useRef<AbortController | null>(null);
  useEffect(() => {
    void refreshTimeline();
    void clipProblem().then((sentence) => setHindrance(sentence ?? ""));
    return () => abort.current?.abort();
  }, []);
  if (layout === null) return null;
  const frames = framesOf({ fromMs, toMs, msASecond });
  const seconds = frames / FRAMES_A_SECOND;
  const isLong = seconds > CLIP_MAX_S;
  const make = async (): Promise<void> => {
    const { lookingBackMs } = useStreet.getState();
    const controller = new AbortController();
    abort.current = controller;
    setProblem("");
    setMaking({ done: 0, all: frames });
    const name = `${fileStem()}.webm`;
    try {
      const film = await makeClip({
        ...{ fromMs, toMs, msASecond, camera, pixelRatio: 1, signal: controller.signal },
        onProgress: (done, all) => setMaking({ done, all }),
      });
      save(film, name);
      say(`${name} is saved, ${seconds.toFixed(1)} s.`);
    } catch (error) {
      const isCancelled = controller.signal.aborted;
      setProblem(isCancelled ? "The clip was cancelled." : (error as Error).message);
    } finally {
      setMaking(null);
      if (lookingBackMs === null) backToLive();
      else void lookAt(lookingBackMs);
    }
  };
  return (
    <section aria-labelledby="export-clip">
      <h3 id="export-clip">Clip</h3>
      <p className="muted">
        Drawn moment by moment from what is kept, {FRAMES_A_SECOND} frames a second, smooth on a
        slow machine too.
      </p>
      <Moment
        label="From"
        {...{ first, last }}
        value={fromMs}
        text={formatMoment(layout, fromMs)}
        onChange={(ms) => setSpan([ms, Math.max(ms, toMs)])}
      />
      <Moment
        label="To"
        {...{ first, last }}
        value={toMs}
        text={formatMoment(layout, toMs)}
        onChange={(ms) => setSpan([Math.min(fromMs, ms), ms])}
      />
      <Choice label="A second of it is" value={msASecond} onChange={setMsASecond}>
        {SPEEDS.map(({ label, ms }) => (
          <option key={ms} value={ms}>
            {label}
          </option>
        ))}
      </Choice>
      <label className="export-choice">
        <span>Camera</span>
        <select value={camera} onChange={({ target }) => setCamera(target.value as CameraWay)}>
          <option value="still">stands still</option>
          <option value="turn">turns slowly</option>
          <option value="home" disabled={!hasSelection}>
            around the selected home
          </option>
        </select>
      </label>
      <p data-testid="clip-length">
        {seconds.toFixed(1)} s, {frames} frames
        {isLong && (
          <b className="is-bad">
            {" "}
            – a clip is at most {CLIP_MAX_S} s: choose a shorter span or a higher speed
          </b>
        )}
      </p>
      {making === null ? (
        <Button disabled={isLong || hindrance !== ""} onClick={() => void make()}>
          Make clip (WebM)
        </Button>
      ) : (
        <div className="export-progress">
          <progress value={making.done} max={making.all} aria-label="Frames drawn" />
          <span>
            {making.done} of {making.all}
          </span>
          <Button variant="default" onClick={() => abort.current?.abort()}>
            Cancel
          </Button>
        </div>
      )}
      {hindrance + problem !== "" && <p role="alert">{hindrance || problem}</p>}
    </section>
  );
}

interface MomentProps {
  readonly label: string;
  readonly first: number;
  readonly last: number;
  readonly value: number;
  readonly text: string;
  readonly onChange: (ms: number) => void;
}

function Moment({ label, first, last, value, text, onChange }: MomentProps) {
  const id = useId();
  return (
    <div className="export-choice">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="range"
        min={first}
        max={last}
        step={1_000}
        value={value}
        aria-valuetext={text}
        onChange={({ target }) => onChange(Number(target.value))}
      />
      <output htmlFor={id}>{text}</output>
    </div>
  );
}

function ReportExport() {
  const engine = localPlayer();
  const [problem, setProblem] = useState("");
  const make = async (): Promise<void> => {
    setProblem("");
    try {
      const page = (await engine?.ask("report", null)) ?? null;
      if (page === null) throw new Error("No run is open yet.");
      const name = `${fileStem()}-report.html`;
      save(new Blob([runPageHtml(page)], { type: "text/html" }), name);
      say(`${name} is saved; it prints to one page.`);
    } catch (error) {
      setProblem((error as Error).message);
    }
  };
  return (
    <section aria-labelledby="export-report">
      <h3 id="export-report">Report</h3>
      <p className="muted">
        One page of A4: power, voltage, losses and readings over time, cases, outages, money, and
        how to run it again.
      </p>
      {engine !== undefined ? (
        <>
          <Button onClick={() => void make()}>Save report (HTML)</Button>
          <p className="muted">A PDF of it is made by a server, or by printing that page.</p>
        </>
      ) : (
        <p className="export-links">
          <a href={linkTo("api/report.pdf", location.href)} download>
            Report as PDF
          </a>
          <a href={linkTo("api/report.html", location.href)} target="_blank" rel="noreferrer">
            Report as a page
          </a>
        </p>
      )}
      {problem !== "" && <p role="alert">{problem}</p>}
    </section>
  );
}
