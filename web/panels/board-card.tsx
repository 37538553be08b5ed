// The meter of a home as one that stands before it sees it: display, LEDs, relay, buttons, and how its board is reached.

import { Button } from "@mantine/core";
import { useEffect, useRef } from "react";
import type { MeterButton } from "../../sim/contract/meter-device.ts";
import { startBlinking } from "../player/blink.ts";
import {
  type BoardState,
  BUTTON_SIGNS,
  blinkMs,
  boardOf,
  connectionSentence,
  firmwareText,
  jitterText,
  latencyText,
  numberText,
  PULSES_PER_KWH,
  portText,
  pressHindrance,
  pulseText,
} from "../player/board.ts";
import { act, pressButton, readBoards, showMeter, useStreet } from "../player/store.ts";
import { mayMove } from "../scene/scene-options.ts";
import { Fact } from "./fact.tsx";

/** The figures on boards are asked for again this often while a home is shown. */
const FIGURES_WALL_MS = 1_000;

const CONNECTION_WORDS: Readonly<Record<BoardState["connection"], string>> = {
  none: "simulated",
  opening: "opening",
  connected: "connected",
  lost: "lost",
  "coming back": "coming back",
};

const BUTTON_NAMES: Readonly<Record<MeterButton, string>> = { up: "Up", enter: "Enter" };

interface BoardCardProps {
  readonly row: number;
  readonly supply: string;
  readonly address: string;
}

export function BoardCard({ row, supply, address }: BoardCardProps) {
  const truth = useStreet((store) => store.truthSupply);
  const views = useStreet((store) => store.boardViews);
  useEffect(() => {
    void readBoards();
    const timer = window.setInterval(() => void readBoards(), FIGURES_WALL_MS);
    return () => window.clearInterval(timer);
  }, []);
  if (truth === null) return null;
  const state = boardOf(truth, { row, supply }, views);
  const sentence = connectionSentence(state);
  return (
    <section className="board" aria-labelledby="board-title">
      <div className="board-head">
        <h3 id="board-title">{state.connection === "none" ? "Meter" : "Meter: a board"}</h3>
        <span className={`board-state is-${state.connection.replace(" ", "-")}`}>
          {CONNECTION_WORDS[state.connection]}
        </span>
      </div>
      <Display state={state} />
      <Lamps state={state} />
      <Keys state={state} supply={supply} />
      <Slot state={state} supply={supply} address={address} />
      {sentence !== "" && <p className="board-sentence">{sentence}</p>}
      {state.device !== "" && <Line state={state} />}
    </section>
  );
}

function Display({ state: { displayLines, connection } }: { readonly state: BoardState }) {
  const isOld = connection === "lost" || connection === "coming back";
  return (
    <pre
      className={isOld ? "lcd is-old" : "lcd"}
      role="img"
      aria-label={`Display: ${displayLines.map((line) => line.trim()).join(", ")}`}
    >
      {displayLines.join("\n")}
    </pre>
  );
}

function Lamps({ state }: { readonly state: BoardState }) {
  const isPaused = useStreet(({ pace }) => pace?.isPaused ?? false);
  const { face, isRelayOpen, measuredW } = state;
  const leds = state.connection === "none" ? null : (face?.leds ?? null);
  const periodMs = state.connection === "connected" && !isPaused ? blinkMs(measuredW) : null;
  return (
    <ul className="lamps">
      {leds !== null && (
        <>
          <li
            title={`The LED flashes ${PULSES_PER_KWH} times a kWh, for 20 ms: too short for steps of a second. It is drawn at the rate of the power, at most three times a second.`}
          >
            <Led colour="red" isLit={leds.pulse} periodMs={periodMs} />
            Pulse <b data-testid="pulse">{pulseText(measuredW)}</b>
          </li>
          <li>
            <Led colour="amber" isLit={leds.alarm} periodMs={null} />
            Alarm <b data-testid="alarm">{leds.alarm ? "lit" : "dark"}</b>
          </li>
        </>
      )}
      <li>
        <svg viewBox="0 0 30 14" width="30" height="14" aria-hidden="true">
          <path
            d={isRelayOpen ? "M1 11h7M22 11h7M8 11L21 2" : "M1 11h7M22 11h7M8 11L22 11"}
            stroke={isRelayOpen ? "#ff8d9b" : "#7fe0b0"}
            strokeWidth="2.5"
            fill="none"
          />
        </svg>
        Relay <b data-testid="relay">{isRelayOpen ? "open" : "closed"}</b>
      </li>
    </ul>
  );
}

function Led({
  colour,
  isLit,
  periodMs,
}: {
  readonly colour: "red" | "amber";
  readonly isLit: boolean;
  readonly periodMs: number | null;
}) {
  const light = useRef<HTMLSpanElement>(null);
  const period = useRef(periodMs);
  period.current = periodMs;
  const isBlinking = periodMs !== null && mayMove();
  useEffect(() => {
    if (!isBlinking) return;
    light.current?.classList.remove("is-lit");
    return startBlinking(
      () => period.current,
      (isOn) => light.current?.classList.toggle("is-lit", isOn),
    );
  }, [isBlinking]);
  // While it blinks its class is the timer's.
  const looks = `led is-${colour}${isLit && !isBlinking ? " is-lit" : ""}`;
  return <span ref={light} className={looks} aria-hidden="true" />;
}

function Keys({ state, supply }: { readonly state: BoardState; readonly supply: string }) {
  const hindrance = pressHindrance(state);
  return (
    <>
      <div className="keys">
        {(["up", "enter"] as const).map((button) => (
          <Button
            key={button}
            variant="default"
            disabled={hindrance !== ""}
            aria-describedby={hindrance === "" ? undefined : "press-hindrance"}
            onClick={() => pressButton(supply, button, hindrance)}
          >
            {BUTTON_SIGNS[button]} {BUTTON_NAMES[button]}
          </Button>
        ))}
      </div>
      {hindrance !== "" && (
        <p id="press-hindrance" className="muted">
          {hindrance}
        </p>
      )}
    </>
  );
}

/** What can be put into the slot, or taken out of it and looked at. */
function Slot({
  state: { isInSlot },
  supply: target,
  address,
}: Pick<BoardCardProps, "supply" | "address"> & { readonly state: BoardState }) {
  const swapIn = (): void =>
    void act(
      { kind: "swap-in", target, device: "emulated" },
      `${address}: its meter is now the real firmware, in an emulated board.`,
    );
  const swapOut = (): void =>
    void act({ kind: "swap-out", target }, `${address}: the board hands its registers back.`);
  if (!isInSlot) {
    return (
      <div className="keys">
        <LookAtMeter />
        <Button variant="default" onClick={swapIn}>
          Put a board in
        </Button>
      </div>
    );
  }
  return (
    <div className="keys">
      <LookAtMeter />
      <Button variant="default" onClick={swapOut}>
        Take board out
      </Button>
    </div>
  );
}

/** Comes close to the meter and opens it, or goes back. */
export function LookAtMeter() {
  const isMeterShown = useStreet((store) => store.isMeterShown);
  return (
    <Button variant="default" onClick={() => look(!isMeterShown)}>
      {isMeterShown ? "Back to street" : "Look at meter"}
    </Button>
  );
}

/** On a phone the picture is above the panels. */
function look(isClose: boolean): void {
  showMeter(isClose);
  if (isClose) document.querySelector(".middle")?.scrollIntoView({ block: "nearest" });
}

function Line({ state: { device, figures } }: { readonly state: BoardState }) {
  return (
    <dl className="line">
      <Fact name="Port" value={portText(device)} />
      {figures === null ? (
        <Fact name="Its line" value="no figures" />
      ) : (
        <>
          {figures.isOnWall && <Fact name="Number" value={numberText(figures)} />}
          <Fact name="Firmware" value={firmwareText(figures)} />
          <Fact name="Answers after · 99 %" value={latencyText(figures)} />
          {figures.isOnWall && <Fact name="Jitter · 99 %" value={jitterText(figures)} />}
          <Fact name="Steps · without answer" value={`${figures.steps} · ${figures.missed}`} />
          {figures.faults.length > 0 && (
            <Fact name="Faults" value={<b className="is-bad">{figures.faults.join(", ")}</b>} />
          )}
        </>
      )}
      {figures?.isOnWall === true && (
        <p className={figures.doubt === null ? "muted" : "doubt is-bad"}>
          {figures.doubt === null
            ? "Its figures may be trusted."
            : `Not to be trusted: ${figures.doubt}`}
        </p>
      )}
    </dl>
  );
}
