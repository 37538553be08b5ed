// One customer as the office sees it: account, orders, bills, cases and everything that happened, in its order.

import type { OfficeAccountView } from "../../../sim/contract/office.ts";
import { ACCOUNT_WORDS } from "../../panels/account-words.ts";
import { formatDayOf, formatEnergy, formatMoment, formatMoney } from "../../player/format.ts";
import { billSentence, billSum } from "../../player/why.ts";
import { LineTable } from "../account/line-table.tsx";
import { usePolled } from "../polled.ts";
import { Acts } from "./acts.tsx";
import { timelineText } from "./timeline-words.ts";

interface Shown {
  readonly view: OfficeAccountView;
}

export function AccountPage({ id }: { readonly id: string }) {
  const { value, problem, again } = usePolled<OfficeAccountView>(
    `api/office/supplies/${encodeURIComponent(id)}`,
  );
  return (
    <>
      <p role="alert" className="problem">
        {problem}
      </p>
      {value !== null && (
        <>
          <h1>{value.account.address}</h1>
          <Facts view={value} />
          <Acts view={value} again={again} />
          <Timeline view={value} />
          <Bills view={value} />
        </>
      )}
    </>
  );
}

function Facts({ view }: Shown) {
  const { account } = view;
  const { currency, clock } = account;
  const facts: readonly (readonly [string, string])[] = [
    ["Customer", account.customer],
    ["Supply point", `${account.supply} on ${view.feeder}`],
    ["Meter", view.serial],
    ["Tariff", account.tariff ?? "none"],
    ["Account", ACCOUNT_WORDS[account.state]],
    ["Owes", formatMoney(account.owedMinor, currency)],
    ["Past due", formatMoney(account.arrearsMinor, currency)],
    ["In dispute", formatMoney(account.disputedMinor, currency)],
    ...(view.protected === null ? [] : [["Protected", view.protected] as const]),
    ...(account.prepaid === null
      ? []
      : [["Credit", formatMoney(account.prepaid.creditMinor ?? 0, currency)] as const]),
    ...(account.running === null
      ? []
      : [
          [
            "Bill so far",
            `${formatMoney(account.running.amountMinor, currency)} for ${formatEnergy(account.running.energyWh)}`,
          ] as const,
        ]),
  ];
  const next = account.outlook?.steps.find(({ isDone }) => !isDone);
  return (
    <section className="card" aria-label="The account">
      <dl className="facts">
        {facts.map(([name, text]) => (
          <div key={name} style={{ display: "contents" }}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      {next !== undefined && (
        <p>
          Next: {next.sentence}
          {next.at !== null && ` Not before ${formatMoment(clock, next.at)}.`}
        </p>
      )}
      {account.outlook !== null && account.outlook.heldBecause !== "" && (
        <p>{account.outlook.heldBecause}</p>
      )}
    </section>
  );
}

function Timeline({ view: { timeline, isComplete, account, cases } }: Shown) {
  const keyed = timeline.map((entry, at) => ({ ...entry, key: `${entry.at}/${at}` }));
  return (
    <section className="card" aria-labelledby="timeline-title">
      <h2 id="timeline-title">What happened</h2>
      {cases.map(({ id, evidence }) => (
        <p key={id}>
          <b>{id}</b>: {evidence}
        </p>
      ))}
      {keyed.length === 0 && <p>Nothing yet.</p>}
      <ol className="story-list timeline">
        {keyed.map((entry) => (
          <li key={entry.key}>
            <span className="quiet">{formatMoment(account.clock, entry.at)}</span>
            <br />
            {timelineText(entry, account.currency)}
          </li>
        ))}
      </ol>
      {!isComplete && <p className="quiet">What was earlier is not shown here.</p>}
    </section>
  );
}

function Bills({ view: { bills, account } }: Shown) {
  const { clock, currency } = account;
  return (
    <section aria-labelledby="bills-title">
      <h2 id="bills-title">Bills</h2>
      {bills.length === 0 && <p className="card">There is no bill yet.</p>}
      {bills.map((bill) => (
        <details key={bill.id} className="card bill">
          <summary>
            <b>{formatMoney(bill.amountMinor, currency)}</b> of {formatDayOf(clock, bill.issuedAt)}
            {bill.isEstimated ? " (estimated)" : ""}
          </summary>
          <LineTable lines={bill.lines} currency={currency} name={`Lines of bill ${bill.id}`} />
          <p>{billSentence(bill, clock)}</p>
          <p>{billSum(bill, currency)}</p>
        </details>
      ))}
    </section>
  );
}
