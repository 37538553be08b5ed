// Every bill with its lines, and why it is what it is.

import { BILL_WORDS, LANGUAGES } from "../../../sim/contract/bill-words.ts";
import type { BillsView } from "../../../sim/contract/portal.ts";
import { formatDayOf, formatMoney } from "../../player/format.ts";
import { billSentence, billSum } from "../../player/why.ts";
import { usePolled } from "../polled.ts";
import type { PageProps } from "./account-pages.tsx";
import { LineTable } from "./line-table.tsx";

/** A bill's id ends in its cycle, `supply-07/2026-01`. */
const cycleOf = (id: string): string => id.slice(id.lastIndexOf("/") + 1);

export function BillsPage({ view, base }: PageProps) {
  const { value, problem } = usePolled<BillsView>(`${base}/bills`);
  const { clock, currency } = view;
  return (
    <>
      <h1>Your bills</h1>
      <p role="alert" className="problem">
        {problem}
      </p>
      {value?.bills.length === 0 && <p className="card">There is no bill yet.</p>}
      {value?.bills.map((bill, at) => (
        <details key={bill.id} className="card bill" open={at === 0}>
          <summary>
            <b>{formatMoney(bill.amountMinor, currency)}</b> of {formatDayOf(clock, bill.issuedAt)},
            due {formatDayOf(clock, bill.dueAt)}
            {bill.isEstimated ? " (estimated)" : ""}
          </summary>
          <LineTable lines={bill.lines} currency={currency} name={`Lines of bill ${bill.id}`} />
          <h2>Why this much?</h2>
          <p>{billSentence(bill, clock)}</p>
          <p>{billSum(bill, currency)}</p>
          <p className="bill-files">
            As a PDF:{" "}
            {LANGUAGES.map((language) => (
              <a
                key={language}
                href={`${base}/bills/${cycleOf(bill.id)}/pdf?lang=${language}`}
                lang={language}
              >
                {BILL_WORDS[language].language}
              </a>
            ))}
          </p>
        </details>
      ))}
    </>
  );
}
