// Every bill with its lines, and why it is what it is.

import { BILL_WORDS, LANGUAGES } from "../../../sim/contract/bill-words.ts";
import type { BillsView } from "../../../sim/contract/portal.ts";
import { formatDayOf, formatMoney } from "../../player/format.ts";
import { billPath, linkTo } from "../../player/server-link.ts";
import { billSentence, billSum } from "../../player/why.ts";
import { usePolled } from "../polled.ts";
import type { PageProps } from "./account-pages.tsx";
import { LineTable } from "./line-table.tsx";

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
                href={linkTo(billPath(bill.id, language, "pdf"), location.href)}
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
