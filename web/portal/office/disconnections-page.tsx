// Who is to be cut off and who is, with the reason, what holds it back, and who has said yes.

import type { DisconnectionRow, DisconnectionsView } from "../../../sim/contract/office.ts";
import { ACCOUNT_WORDS } from "../../panels/account-words.ts";
import { formatMoment, formatMoney } from "../../player/format.ts";
import { usePolled } from "../polled.ts";
import { WideTable } from "../wide-table.tsx";

export function DisconnectionsPage() {
  const { value, problem } = usePolled<DisconnectionsView>("api/office/disconnections");
  return (
    <>
      <h1>Disconnections</h1>
      <p role="alert" className="problem">
        {problem}
      </p>
      {value?.rows.length === 0 && <p className="card">Nobody is to be cut off.</p>}
      {value !== null && value.rows.length > 0 && <Queue view={value} />}
    </>
  );
}

function Queue({ view }: { readonly view: DisconnectionsView }) {
  return (
    <WideTable name="Queue of disconnections">
      <caption>
        {view.rows.length} {view.rows.length === 1 ? "home" : "homes"}
      </caption>
      <thead>
        <tr>
          <th scope="col">Address</th>
          <th scope="col">State</th>
          <th scope="col">Since</th>
          <th scope="col">Reason</th>
          <th scope="col" className="number">
            Past due
          </th>
          <th scope="col">Approved by</th>
        </tr>
      </thead>
      <tbody>
        {view.rows.map((row) => (
          <QueueRow key={row.supply} row={row} view={view} />
        ))}
      </tbody>
    </WideTable>
  );
}

function QueueRow({
  row,
  view: { clock, currency },
}: {
  readonly row: DisconnectionRow;
  readonly view: DisconnectionsView;
}) {
  return (
    <tr>
      <td>
        <a href={`#/supply/${row.supply}`}>{row.address}</a>
      </td>
      <td>{ACCOUNT_WORDS[row.state]}</td>
      <td>{row.since === null ? "" : formatMoment(clock, row.since)}</td>
      <td>
        {row.reason}
        {row.heldBecause !== "" && (
          <>
            <br />
            <span className="quiet">{row.heldBecause}</span>
          </>
        )}
      </td>
      <td className="number">{formatMoney(row.arrearsMinor, currency)}</td>
      <td>{row.approvals.length === 0 ? "nobody has to" : row.approvals.join(", ")}</td>
    </tr>
  );
}
