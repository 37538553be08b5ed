// Everybody with something past its due date, the largest sum first.

import { Button } from "@mantine/core";
import { useState } from "react";
import type { OfficeRows } from "../../../sim/contract/office.ts";
import { formatMoney } from "../../player/format.ts";
import { usePolled } from "../polled.ts";
import { RowTable } from "./row-table.tsx";

const ROWS_ON_A_PAGE = 50;

export function ArrearsPage() {
  const [from, setFrom] = useState(0);
  const { value, problem } = usePolled<OfficeRows>(`api/office/arrears?from=${from}`);
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
          {(from > 0 || value.rows.length < value.count) && (
            <nav className="row" aria-label="More of the list">
              <Button
                variant="default"
                disabled={from === 0}
                onClick={() => setFrom(Math.max(0, from - ROWS_ON_A_PAGE))}
              >
                Larger sums
              </Button>
              <Button
                variant="default"
                disabled={from + value.rows.length >= value.count}
                onClick={() => setFrom(from + ROWS_ON_A_PAGE)}
              >
                Smaller sums
              </Button>
            </nav>
          )}
        </>
      )}
    </>
  );
}
