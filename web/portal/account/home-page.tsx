// The first page of a customer: what is owed, the bill as it grows, and whether anything is out.

import type { NearbyOutagesView, RunningBill } from "../../../sim/contract/portal.ts";
import {
  formatAge,
  formatDayOf,
  formatEnergy,
  formatMoment,
  formatMoney,
} from "../../player/format.ts";
import { usePolled } from "../polled.ts";
import type { PageProps } from "./account-pages.tsx";
import { CUSTOMER_WORDS } from "./customer-words.ts";
import { Keypad } from "./keypad.tsx";
import { LineTable } from "./line-table.tsx";
import { PayForm } from "./pay-form.tsx";
import { PrepaidCard } from "./prepaid-card.tsx";
import { TokenList } from "./token-list.tsx";

export function HomePage(props: PageProps) {
  const { view } = props;
  const { clock, currency } = view;
  const isPrepaid = view.prepaid !== null;
  return (
    <>
      <h1>{view.address}</h1>
      <p className="quiet">
        {view.customer} · {formatMoment(clock, clock.nowMs)}
      </p>
      <OutageCard {...props} />
      {isPrepaid && <PrepaidCard {...props} />}
      <TokenList view={view} />
      {(isPrepaid || view.tokens.length > 0) && <Keypad {...props} />}
      {currency === "" ? (
        <p className="card">Nobody is billed in this street.</p>
      ) : (
        <>
          {(!isPrepaid || view.owedMinor > 0) && <OwedCard {...props} />}
          <PayForm {...props} />
        </>
      )}
      {view.running !== null && <RunningCard {...props} running={view.running} />}
    </>
  );
}

function OwedCard({ view }: PageProps) {
  const { clock, currency, owedMinor, arrearsMinor, disputedMinor, openItems, outlook } = view;
  const next = outlook?.steps.find(({ isDone }) => !isDone);
  return (
    <section className="card" aria-labelledby="owed-title">
      <h2 id="owed-title">{owedMinor > 0 ? "You owe" : "Nothing to pay"}</h2>
      {owedMinor > 0 && <p className="figure">{formatMoney(owedMinor, currency)}</p>}
      {owedMinor < 0 && <p>You are {formatMoney(-owedMinor, currency)} ahead.</p>}
      <p className={arrearsMinor > 0 ? "is-bad" : ""}>{CUSTOMER_WORDS[view.state]}</p>
      {arrearsMinor > 0 && (
        <p className="is-bad">
          <b>{formatMoney(arrearsMinor, currency)} is past its due date.</b>
          {next !== undefined && ` What comes next: ${next.sentence}`}
          {next?.at != null && ` Not before ${formatMoment(clock, next.at)}.`}
        </p>
      )}
      {disputedMinor > 0 && <p>{formatMoney(disputedMinor, currency)} of it is in dispute.</p>}
      {openItems.length > 0 && (
        <dl className="facts">
          {openItems.map(({ label, amountMinor, dueAt }) => (
            <div key={`${label}/${dueAt}`} style={{ display: "contents" }}>
              <dt>
                {label}, due {formatDayOf(clock, dueAt)}
              </dt>
              <dd>{formatMoney(amountMinor, currency)}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}

function RunningCard({ view, running }: PageProps & { readonly running: RunningBill }) {
  const { clock, currency } = view;
  return (
    <section className="card" aria-labelledby="running-title">
      <h2 id="running-title">This bill so far</h2>
      <p className="figure">{formatMoney(running.amountMinor, currency)}</p>
      <p>
        {formatEnergy(running.energyWh)} since {formatDayOf(clock, running.fromMs)}, read{" "}
        {formatAge(clock.nowMs - running.readAtMs)} ago.
      </p>
      <p>
        If you go on like this, the bill of {formatDayOf(clock, running.toMs)} will be about{" "}
        <b data-testid="forecast">{formatMoney(running.forecastMinor, currency)}</b> for{" "}
        {formatEnergy(running.forecastWh)}.
      </p>
      <details>
        <summary>How is this worked out?</summary>
        <ul>
          {running.assumptions.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
        <h3>So far</h3>
        <LineTable lines={running.lines} currency={currency} name="The bill so far" />
        <h3>At the end</h3>
        <LineTable lines={running.forecastLines} currency={currency} name="The bill at the end" />
      </details>
    </section>
  );
}

function OutageCard({ base, view }: PageProps) {
  const { value } = usePolled<NearbyOutagesView>(`${base}/outages`);
  const { clock } = view;
  const outages = value?.outages ?? [];
  if (outages.length === 0 && !view.isOut) return null;
  return (
    <section className="card" role="status" aria-labelledby="outage-title">
      <h2 id="outage-title">Power is out near you</h2>
      <ul className="story-list">
        {outages.map(({ since, homes, isHere }) => (
          <li key={`${since}/${homes}`}>
            {isHere ? "At your home" : "Not at your home, but nearby"}: {homes}{" "}
            {homes === 1 ? "home" : "homes"} without power since {formatMoment(clock, since)}.
          </li>
        ))}
      </ul>
    </section>
  );
}
