// What the company has told this customer.

import type { AlertsView } from "../../../sim/contract/portal.ts";
import { formatMoment, formatMoney } from "../../player/format.ts";
import { usePolled } from "../polled.ts";
import type { PageProps } from "./account-pages.tsx";
import { ALERT_WORDS } from "./customer-words.ts";

export function AlertsPage({ view, base }: PageProps) {
  const { value, problem } = usePolled<AlertsView>(`${base}/alerts`);
  const { clock, currency } = view;
  const keyed = (value?.alerts ?? []).map((alert, at) => ({ ...alert, key: `${alert.at}/${at}` }));
  return (
    <>
      <h1>Messages</h1>
      <p role="alert" className="problem">
        {problem}
      </p>
      {value !== null && keyed.length === 0 && <p className="card">There is no message yet.</p>}
      <ul className="story-list">
        {keyed.map(({ key, at, kind, amountMinor }) => (
          <li key={key}>
            <span className="quiet">{formatMoment(clock, at)}</span>
            <br />
            {ALERT_WORDS[kind] ?? kind}
            {amountMinor !== null && `: ${formatMoney(amountMinor, currency)}`}
          </li>
        ))}
      </ul>
      {value?.isComplete === false && (
        <p className="quiet">What was before the server was started again is not shown here.</p>
      )}
    </>
  );
}
