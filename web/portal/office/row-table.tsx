// Customers as a table: the address leads to the account.

import type { OfficeRows } from "../../../sim/contract/office.ts";
import { ACCOUNT_WORDS } from "../../panels/account-words.ts";
import { formatMoney } from "../../player/format.ts";
import { WideTable } from "../wide-table.tsx";

export function RowTable({
  view: { rows, from, count, isMore, currency },
  name,
}: {
  readonly view: OfficeRows;
  readonly name: string;
}) {
  return (
    <WideTable name={name}>
      <caption>
        {isMore ? "more than " : ""}
        {count} {count === 1 ? "customer" : "customers"}
        {rows.length > 0 && rows.length < count
          ? `; ${from + 1} to ${from + rows.length} are shown`
          : ""}
      </caption>
      <thead>
        <tr>
          <th scope="col">Address</th>
          <th scope="col">Customer</th>
          <th scope="col">Meter</th>
          <th scope="col">Account</th>
          <th scope="col" className="number">
            Owes
          </th>
          <th scope="col" className="number">
            Past due
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.supply}>
            <td>
              <a href={`#/supply/${row.supply}`}>{row.address}</a>
            </td>
            <td>{row.customer}</td>
            <td>{row.serial}</td>
            <td>{ACCOUNT_WORDS[row.state]}</td>
            <td className="number">{formatMoney(row.owedMinor, currency)}</td>
            <td className={row.arrearsMinor > 0 ? "number is-bad" : "number"}>
              {formatMoney(row.arrearsMinor, currency)}
            </td>
          </tr>
        ))}
      </tbody>
    </WideTable>
  );
}
