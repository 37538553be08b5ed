// Everybody with something past its due date, the largest sum first.

import type { OfficeRows } from "../../../sim/contract/office.ts";
import { formatMoney } from "../../player/format.ts";
import { usePolled } from "../polled.ts";
import { RowTable } from "./row-table.tsx";

export function ArrearsPage() {
  const { value, problem } = usePolled<OfficeRows>("api/office/arrears");
  return (
    <>
      <h1>Arrears</h1>
      <p role="alert" className="problem">
        {problem}
      </p>
      {value !== null && (
        <>
          <p className="card">
            <b>{formatMoney(value.arrearsMinor, value.currency)}</b> are past their due date.
          </p>
          <RowTable view={value} name="Customers in arrears" />
        </>
      )}
    </>
  );
}
