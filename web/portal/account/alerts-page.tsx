// What the company has told this customer.

import type { AlertsView } from "../../../sim/contract/portal.ts";
import { formatMoment } from "../../player/format.ts";
import { usePolled } from "../polled.ts";
import type { PageProps } from "./account-pages.tsx";
import { alertText } from "./customer-words.ts";

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
        {keyed.map((alert) => (
          <li key={alert.key}>
            <span className="quiet">{formatMoment(clock, alert.at)}</span>
            <br />
            {alertText(alert, currency)}
          </li>
        ))}
      </ul>
      {value?.isComplete === false && <p className="quiet">Earlier messages are not shown here.</p>}
    </>
  );
}
