// One home: its meter, its account, what the company knows of it and since when, and what one can do to it.

import { Button, CloseButton } from "@mantine/core";
import { useEffect, useState } from "react";
import type { AccountState, StreetLayout, SupplyAccountView } from "../../sim/contract/frame.ts";
import {
  formatAge,
  formatEnergy,
  formatMoment,
  formatMoney,
  formatPercent,
  formatPower,
  formatVoltage,
} from "../player/format.ts";
import { act, readAccount, select, useStreet } from "../player/store.ts";
import { differences } from "../scene/home-state.ts";
import { BoardCard } from "./board-card.tsx";
import { PowerChart } from "./power-chart.tsx";
import { Fact } from "./street-panel.tsx";

const STEAL_SHARE = 0.6;
/** The account is asked for again this often while a home is shown. */
const ACCOUNT_WALL_MS = 2_000;

const ACCOUNT_WORDS: Readonly<Record<AccountState, string>> = {
  active: "in order",
  due: "bill open",
  overdue: "overdue",
  warned: "overdue, warned",
  noticed: "notice of disconnection served",
  tripping: "trip under way",
  tripped: "cut off",
  reconnecting: "reconnection under way",
  emergency: "on emergency credit",
  "no-credit": "off, no credit",
};

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
      {view !== "company" && <TruthHome row={row} id={id} address={address} />}
      {view === "difference" && <Differences row={row} />}
      <KnownHome row={row} layout={layout} />
      <Actions row={row} id={id} layout={layout} />
      <PowerChart />
      <Account id={id} layout={layout} />
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
  const stolen = truth.bypassShare[row] ?? 0;
  const waiting = truth.waiting[row] ?? 0;
  return (
    <>
      <BoardCard row={row} supply={id} address={address} />
      <h3>What happens</h3>
      <dl>
        <Fact name="Power into the home" value={formatPower(truth.activePowerW[row] ?? 0)} />
        {stolen > 0 && (
          <Fact
            name="… of it around the meter"
            value={
              <b className="is-bad">
                {formatPower((truth.activePowerW[row] ?? 0) * stolen)} ({formatPercent(stolen)})
              </b>
            }
          />
        )}
        <Fact name="Voltage" value={formatVoltage(truth.voltageV[row] ?? 0)} />
        <Fact name="Register" value={formatRegister(truth.importWh[row] ?? 0)} />
        <Fact name="Relay" value={isOpen ? <b className="is-bad">open: no supply</b> : "closed"} />
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

const formatRegister = (wattHours: number): string =>
  `${(wattHours / 1000).toLocaleString("en-IN", { minimumFractionDigits: 3 })} kWh`;

function Differences({ row }: { readonly row: number }) {
  const text = useStreet((store) => differences(store, row).join("; "));
  return (
    <p className={text === "" ? "muted" : "differs-text"}>
      {text === "" ? "The company knows this home as it is." : `This home ${text}.`}
    </p>
  );
}

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
      {found !== undefined && (
        <div className="case">
          <b>
            {found.kind === "theft" ? "Theft case" : "Credit case"} {found.id}
          </b>
          <p>{found.evidence}</p>
          <p className="muted">opened {formatMoment(layout, found.openedAt)}</p>
        </div>
      )}
    </>
  );
}

function Actions({
  row,
  id,
  layout,
}: {
  readonly row: number;
  readonly id: string;
  readonly layout: StreetLayout;
}) {
  const view = useStreet((store) => store.view);
  const isStealing = useStreet(({ truthSupply }) => (truthSupply?.bypassShare[row] ?? 0) > 0);
  const owed = useStreet(({ beliefSupply }) => beliefSupply?.owedMinor[row] ?? 0);
  const isOff = useStreet(({ beliefSupply, truthSupply }) => {
    const known = truthSupply?.relayOpen[row] ?? beliefSupply?.relayOpen[row];
    return known === 1;
  });
  const { address } = layout.supplies[row]!;
  return (
    <div className="actions">
      {view !== "company" &&
        (isStealing ? (
          <Button
            color="red"
            variant="light"
            onClick={() =>
              act({ kind: "theft-stop", target: id }, `${address}: the bypass is taken away.`)
            }
          >
            Stop stealing
          </Button>
        ) : (
          <Button
            color="red"
            onClick={() =>
              act(
                { kind: "theft-start", target: id, share: STEAL_SHARE },
                `${address}: 60 % of the current now flows around the meter.`,
              )
            }
          >
            Steal 60 %
          </Button>
        ))}
      {layout.currency !== "" && (
        <Button
          color="teal"
          disabled={owed <= 0}
          onClick={() =>
            act(
              { kind: "payment", target: id, amountMinor: owed },
              `${address}: ${formatMoney(owed, layout.currency)} paid.`,
            )
          }
        >
          {owed > 0 ? `Pay ${formatMoney(owed, layout.currency)}` : "Nothing owed"}
        </Button>
      )}
      {isOff ? (
        <Button
          variant="default"
          onClick={() =>
            act(
              { kind: "reconnect", target: id },
              `${address}: reconnection is on its way to the meter.`,
            )
          }
        >
          Reconnect
        </Button>
      ) : (
        <Button
          variant="default"
          onClick={() =>
            act(
              { kind: "trip", target: id },
              `${address}: the trip command is on its way to the meter.`,
            )
          }
        >
          Trip
        </Button>
      )}
    </div>
  );
}

function useAccount(id: string): SupplyAccountView | null {
  const [account, setAccount] = useState<SupplyAccountView | null>(null);
  useEffect(() => {
    let isShown = true;
    const read = async (): Promise<void> => {
      const view = await readAccount(id);
      if (isShown) setAccount(view);
    };
    setAccount(null);
    void read();
    const timer = window.setInterval(read, ACCOUNT_WALL_MS);
    return () => {
      isShown = false;
      window.clearInterval(timer);
    };
  }, [id]);
  return account;
}

function Account({ id, layout }: { readonly id: string; readonly layout: StreetLayout }) {
  const account = useAccount(id);
  if (account === null) return null;
  const bill = account.bills.at(-1);
  const money = (amount: number): string => formatMoney(amount, layout.currency);
  return (
    <>
      {account.openItems.length > 0 && (
        <>
          <h3>Open</h3>
          <dl>
            {account.openItems.map(({ label, amountMinor, dueAt }) => (
              <Fact
                key={label}
                name={`${label}, due ${formatMoment(layout, dueAt).replace(/ \d\d:\d\d$/, "")}`}
                value={money(amountMinor)}
              />
            ))}
          </dl>
        </>
      )}
      {bill !== undefined && (
        <>
          <h3>
            Last bill: {formatEnergy(bill.energyWh)}
            {bill.isEstimated ? ", estimated" : ""}
          </h3>
          <dl className="bill">
            {bill.lines.map(({ label, amountMinor }) => (
              <Fact key={label} name={label} value={money(amountMinor)} />
            ))}
            <Fact name="Total" value={<b>{money(bill.amountMinor)}</b>} />
          </dl>
        </>
      )}
    </>
  );
}
