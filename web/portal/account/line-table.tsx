// The lines of a bill with their working: quantity × price = amount.

import type { BillLine } from "../../../sim/contract/billing.ts";
import { formatMoney } from "../../player/format.ts";
import { lineWorking } from "../../player/why.ts";

export function LineTable({
  lines,
  currency,
  name,
}: {
  readonly lines: readonly BillLine[];
  readonly currency: string;
  readonly name: string;
}) {
  let total = 0;
  for (const { amountMinor } of lines) total += amountMinor;
  const keyed = lines.map((line, at) => ({ line, key: `${at}/${line.label}` }));
  return (
    <table className="plain">
      <caption className="for-readers">{name}</caption>
      <tbody>
        {keyed.map(({ line, key }) => (
          <tr key={key}>
            <td>
              {line.label}
              <br />
              <span className="quiet">{lineWorking(line, currency)}</span>
            </td>
            <td className="number">{formatMoney(line.amountMinor, currency)}</td>
          </tr>
        ))}
        <tr>
          <td>
            <b>Total</b>
          </td>
          <td className="number">
            <b>{formatMoney(total, currency)}</b>
          </td>
        </tr>
      </tbody>
    </table>
  );
}
