// One home: its meter, its account, what the company knows of it and since when, and what one can do to it.

import { CloseButton } from "@mantine/core";
import type { StreetLayout } from "../../sim/contract/frame.ts";
import { THEFT_KINDS, theftBit } from "../../sim/contract/theft.ts";
import {
  formatAge,
  formatMoment,
  formatMoney,
  formatPercent,
  formatPower,
  formatRegister,
  formatVoltage,
} from "../player/format.ts";
import { select, useStreet } from "../player/store.ts";
import { THEFT_WORDS } from "../player/why.ts";
import { AccountCard } from "./account-card.tsx";
import { ACCOUNT_WORDS } from "./account-words.ts";
import { BoardCard, LookAtMeter } from "./board-card.tsx";
import { CaseCard } from "./case-card.tsx";
import { Differing } from "./differing.tsx";
import { Fact } from "./fact.tsx";
import { HomeActions } from "./home-actions.tsx";
import { HomePlots } from "./home-plots.tsx";
import { FeederVoltage } from "./street-panel.tsx";

export function HomePanel() {
  const row = useStreet(({ selectedRow }) => selectedRow);
  const layout = useStreet((store) => store.layout);
  const view = useStreet((store) => store.view);
  const supply = layout?.supplies[row];
  if (layout === null || supply === undefined) return null;
  const { address, customer, phase, id } = supply;
  return (
    <section className="panel details" aria-labelledby="home-title">
      <div className="details-head">
        <div>
          <h2 id="home-title">{address}</h2>
          <p className="muted">
            {customer} · {id} · L{phase}
          </p>
        </div>
        <CloseButton aria-label="Close this home" onClick={() => select(-1)} />
      </div>
      {view === "company" ? (
        <div className="keys">
          <LookAtMeter />
        </div>
      ) : (
        <TruthHome row={row} id={id} address={address} />
      )}
      {view === "difference" && <Differing row={row} />}
      <KnownHome row={row} layout={layout} />
      <FeederVoltage />
      <HomeActions row={row} id={id} layout={layout} />
      <HomePlots id={id} layout={layout} />
      <AccountCard id={id} layout={layout} />
    </section>
  );
}

function TruthHome({
  row,
  id,
  address,
}: {
  readonly row: number;
  readonly id: string;
  readonly address: string;
}) {
  const truth = useStreet((store) => store.truthSupply);
  const interval = useStreet(({ layout }) => layout?.intervalMs ?? 0);
  if (truth === null) return null;
  const isOpen = truth.relayOpen[row] === 1;
  const totalW = truth.activePowerW[row] ?? 0;
  const unmeteredW = truth.unmeteredW[row] ?? 0;
  const kinds = THEFT_KINDS.filter((kind) => ((truth.theftKinds[row] ?? 0) & theftBit(kind)) !== 0);
  const waiting = truth.waiting[row] ?? 0;
  return (
    <>
      <BoardCard row={row} supply={id} address={address} />
      <h3>What happens</h3>
      <dl>
        <Fact name="Power into the home" value={formatPower(totalW)} />
        {kinds.length > 0 && (
          <>
            <Fact
              name="… of it around the meter"
              value={
                <b className="is-bad">
                  {formatPower(unmeteredW)}
                  {totalW > 0 && ` (${formatPercent(unmeteredW / totalW)})`}
                </b>
              }
            />
            <Fact
              name="Theft"
              value={<b className="is-bad">{kinds.map((kind) => THEFT_WORDS[kind]).join(", ")}</b>}
            />
          </>
        )}
        {OFF_WORDS[truth.offReason[row] ?? ""] !== undefined && (
          <Fact
            name="Supply"
            value={<b className="is-bad">{OFF_WORDS[truth.offReason[row] ?? ""]}</b>}
          />
        )}
        <Fact name="Voltage" value={formatVoltage(truth.voltageV[row] ?? 0)} />
        <Fact name="Register" value={formatRegister(truth.importWh[row] ?? 0)} />
        <Fact
          name="Relay"
          value={isOpen ? <b className="is-bad">{openText(truth.offReason[row])}</b> : "closed"}
        />
        {waiting > 1 && (
          <Fact
            name="Readings not arrived"
            value={`${waiting} (${formatAge(waiting * interval)})`}
          />
        )}
      </dl>
    </>
  );
}

const openText = (reason: string | undefined): string =>
  reason === "" ? "open, and bridged" : "open: no supply";

const OFF_WORDS: Readonly<Record<string, string>> = {
  cut: "no supply: the cable is dead",
  fuse: "no supply: a fuse has blown",
};

function KnownHome({ row, layout }: { readonly row: number; readonly layout: StreetLayout }) {
  const known = useStreet((store) => store.beliefSupply);
  const simMs = useStreet((store) => store.simMs);
  const found = useStreet(({ beliefStreet }) =>
    beliefStreet?.cases.find(({ supply }) => supply === layout.supplies[row]?.id),
  );
  if (known === null) return null;
  const measuredAt = known.measuredAt[row];
  const receivedAt = known.receivedAt[row];
  const relay = known.relayOpen[row];
  const owed = known.owedMinor[row] ?? 0;
  const arrears = known.arrearsMinor[row] ?? 0;
  const prepaid = known.prepaidMinor[row] ?? null;
  const disputed = known.disputedMinor[row] ?? 0;
  const power = known.activePowerW[row];
  return (
    <>
      <h3>What the company knows</h3>
      <dl>
        <Fact
          name="Last reading"
          value={
            measuredAt == null
              ? "none yet"
              : `${formatAge(simMs - measuredAt)} old${known.isLate[row] === 1 ? ", late" : ""}`
          }
        />
        {measuredAt != null && receivedAt != null && (
          <Fact
            name="Measured · received"
            value={`${formatMoment(layout, measuredAt)} · ${formatMoment(layout, receivedAt)}`}
          />
        )}
        <Fact
          name="Register"
          value={known.importWh[row] == null ? "–" : formatRegister(known.importWh[row]!)}
        />
        <Fact name="Mean power, last interval" value={power == null ? "–" : formatPower(power)} />
        <Fact
          name="Relay, as the meter says"
          value={relay == null ? "not known" : relay === 1 ? "open" : "closed"}
        />
        {(known.missingIntervals[row] ?? 0) > 0 && (
          <Fact name="Estimated intervals" value={known.missingIntervals[row]} />
        )}
        {layout.currency !== "" && (
          <>
            <Fact
              name="Account"
              value={<b>{ACCOUNT_WORDS[known.accountState[row] ?? "active"]}</b>}
            />
            <Fact
              name={owed < 0 ? "Credit" : "Owes · overdue"}
              value={
                owed < 0
                  ? formatMoney(-owed, layout.currency)
                  : `${formatMoney(owed, layout.currency)} · ${formatMoney(arrears, layout.currency)}`
              }
            />
            {prepaid !== null && (
              <Fact name="Prepaid credit" value={formatMoney(prepaid, layout.currency)} />
            )}
            {disputed > 0 && (
              <Fact name="Disputed, on hold" value={formatMoney(disputed, layout.currency)} />
            )}
          </>
        )}
      </dl>
      {found !== undefined && <CaseCard found={found} layout={layout} />}
    </>
  );
}
