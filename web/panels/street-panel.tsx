// The street as a whole, while no home is selected.

import { lazy, Suspense } from "react";
import type { TransformerView } from "../../sim/contract/frame.ts";
import {
  formatEnergy,
  formatMoment,
  formatMoney,
  formatPercent,
  formatPower,
  formatVoltage,
  heatWords,
} from "../player/format.ts";
import { select, useStreet } from "../player/store.ts";
import { SKY_WORDS, skyOf } from "../player/weather.ts";
import { caseLine } from "../player/why.ts";
import { differences } from "../scene/home-state.ts";
import { useLayer } from "../scene/layers.ts";
import { CaseCard } from "./case-card.tsx";
import { Fact } from "./fact.tsx";

const VoltageProfile = lazy(async () => ({
  default: (await import("./voltage-profile.tsx")).VoltageProfile,
}));

/** Beside the voltage layer, where the view knows voltages. */
export function FeederVoltage() {
  const isShown = useLayer(({ layer }) => layer === "voltage");
  const isKnown = useStreet(({ view }) => view !== "difference");
  const layout = useStreet((store) => store.layout);
  if (!isShown || !isKnown || layout === null || layout.transformers.length === 0) return null;
  return (
    <Suspense fallback={<p className="muted">Drawing the voltage …</p>}>
      <VoltageProfile layout={layout} />
    </Suspense>
  );
}

export function StreetPanel() {
  const view = useStreet((store) => store.view);
  return (
    <section className="panel details" aria-labelledby="street-title">
      <h2 id="street-title">The street</h2>
      <WeatherFact />
      <FeederVoltage />
      {view === "truth" && <TruthFacts />}
      {view === "difference" && <DifferingHomes />}
      {view === "difference" && <ScoreFacts />}
      <CompanyFacts />
      <Cases />
      <Outages />
      <p className="muted">Click a home, or choose one in the list, to read its meter.</p>
    </section>
  );
}

function WeatherFact() {
  const sky = useStreet(skyOf);
  if (sky === null) return null;
  return (
    <dl>
      <Fact name="Weather" value={SKY_WORDS[sky]} />
    </dl>
  );
}

function TruthFacts() {
  const street = useStreet((store) => store.truthStreet);
  if (street === null) return null;
  const { energy } = street;
  const hottest = street.transformers.reduce<TransformerView | undefined>(
    (most, each) => ((each.hotSpotC ?? -1) > (most?.hotSpotC ?? -1) ? each : most),
    undefined,
  );
  return (
    <>
      <h3>What happens</h3>
      <dl>
        <Fact
          name="Transformer"
          value={`${formatPower(street.sourceW)} · ${formatPercent(street.transformerLoadingShare)}`}
        />
        {hottest?.hotSpotC != null && (
          <Fact
            name={street.transformers.length === 1 ? "Its temperature" : "Hottest transformer"}
            value={<span className="one-line">{heatWords(hottest).join(" · ")}</span>}
          />
        )}
        {street.transformers.some(({ isOverloaded }) => isOverloaded) && (
          <Fact name="Overloaded" value={<b className="is-bad">yes</b>} />
        )}
        {street.unsolved.map(({ feeder, bus }) => (
          <Fact
            key={feeder}
            name={`Power flow of ${feeder}`}
            value={<b className="is-bad">not solved, worst at {bus}</b>}
          />
        ))}
        <Fact name="Heat in cables and transformer" value={formatPower(street.lossesW)} />
        <Fact
          name="Voltage at the homes"
          value={`${formatVoltage(street.minVoltageV)} – ${formatVoltage(street.maxVoltageV)}`}
        />
        <Fact name="Delivered so far" value={formatEnergy(energy.deliveredKWh * 1000)} />
        <Fact name="Counted by meters" value={formatEnergy(energy.meteredKWh * 1000)} />
        <Fact name="Stolen" value={formatEnergy(energy.stolenKWh * 1000)} />
      </dl>
    </>
  );
}

/** What the company has wrong, home by home. */
function DifferingHomes() {
  const supplies = useStreet(({ layout }) => layout?.supplies);
  const text = useStreet((store) =>
    (store.layout?.supplies ?? [])
      .map((_, row) => [row, differences(store, row).join("; ")] as const)
      .filter(([, words]) => words !== "")
      .map(([row, words]) => `${row} ${words}`)
      .join("\n"),
  );
  if (supplies === undefined) return null;
  if (text === "") return <p className="muted">The company knows every home as it is.</p>;
  return (
    <ul className="cases">
      {text.split("\n").map((line) => {
        const at = line.indexOf(" ");
        const row = Number(line.slice(0, at));
        return (
          <li key={row} className="differs-text">
            <button type="button" className="event-text" onClick={() => select(row)}>
              <b>{supplies[row]?.address}</b> {line.slice(at + 1)}.
            </button>
          </li>
        );
      })}
    </ul>
  );
}

function ScoreFacts() {
  const score = useStreet((store) => store.score);
  if (score === null) return null;
  const { comms, detection } = score;
  return (
    <>
      <h3>Graded</h3>
      <dl>
        <Fact
          name="Thieves named"
          value={`${detection.found} of ${detection.found + detection.missed}`}
        />
        <Fact name="False accusations" value={detection.falseAlarms} />
        <Fact name="Readings made" value={comms.made} />
        <Fact name="… of them delivered" value={comms.delivered} />
        <Fact name="… late by more than an interval" value={comms.late} />
        <Fact name="… still in the meters" value={comms.waiting} />
      </dl>
    </>
  );
}

function CompanyFacts() {
  const street = useStreet((store) => store.beliefStreet);
  const currency = useStreet(({ layout }) => layout?.currency ?? "");
  if (street === null) return null;
  const { billing } = street;
  return (
    <>
      <h3>What the company knows</h3>
      <dl>
        <Fact
          name="Transformer, last interval"
          value={street.transformerPowerW === null ? "–" : formatPower(street.transformerPowerW)}
        />
        <Fact
          name="Expected losses, last day"
          value={street.expectedLossesWh === null ? "–" : formatEnergy(street.expectedLossesWh)}
        />
        <Fact
          name="Unexplained, last day"
          value={street.unexplainedWh === null ? "–" : formatEnergy(street.unexplainedWh)}
        />
        {currency !== "" && (
          <>
            <Fact
              name="Billed · paid"
              value={`${formatMoney(billing.billedMinor, currency)} · ${formatMoney(billing.paidMinor, currency)}`}
            />
            <Fact name="Overdue" value={formatMoney(billing.arrearsMinor, currency)} />
          </>
        )}
        <Fact name="Trips · reconnections" value={`${billing.trips} · ${billing.reconnects}`} />
      </dl>
    </>
  );
}

function Cases() {
  const cases = useStreet(({ beliefStreet }) => beliefStreet?.cases);
  const layout = useStreet((store) => store.layout);
  if (cases === undefined || cases.length === 0 || layout === null) return null;
  const { supplies } = layout;
  return (
    <>
      <h3>Cases</h3>
      <ul className="cases">
        {cases.map((each) => {
          const row = supplies.findIndex(({ id }) => id === each.supply);
          if (row < 0) {
            return (
              <li key={each.id}>
                <CaseCard found={each} layout={layout} />
              </li>
            );
          }
          return (
            <li key={each.id}>
              <button type="button" className="event-text" onClick={() => select(row)}>
                <b>{supplies[row]!.address}</b>: {caseLine(each)}
              </button>
              <p className="muted">{each.evidence}</p>
            </li>
          );
        })}
      </ul>
    </>
  );
}

/** Where the company takes it that supply has failed. */
function Outages() {
  const outages = useStreet(({ beliefStreet }) => beliefStreet?.outages);
  const layout = useStreet((store) => store.layout);
  if (outages === undefined || outages.length === 0 || layout === null) return null;
  return (
    <>
      <h3>Outages</h3>
      <ul className="cases">
        {outages.map(({ id, where, since, homes, sentence }) => {
          const row = layout.supplies.findIndex((supply) => supply.id === where);
          const name = layout.supplies[row]?.address ?? where;
          return (
            <li key={id}>
              {row < 0 ? (
                <b>{name}</b>
              ) : (
                <button type="button" className="event-text" onClick={() => select(row)}>
                  <b>{name}</b>
                </button>
              )}
              <p>
                {sentence}
                <span className="muted">
                  {" "}
                  {homes === 1 ? "1 home" : `${homes} homes`} since {formatMoment(layout, since)}
                </span>
              </p>
            </li>
          );
        })}
      </ul>
    </>
  );
}
