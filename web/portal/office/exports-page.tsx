// Tables for other programs.

import { addressOf } from "../api.ts";

const TABLES = [
  { name: "accounts", title: "Accounts: who owes what" },
  { name: "bills", title: "Bills" },
  { name: "postings", title: "Postings of the ledger" },
  { name: "readings", title: "Readings" },
] as const;

export function ExportsPage() {
  return (
    <>
      <h1>Exports</h1>
      <p>Amounts are whole smallest coins; each download stands in the audit log.</p>
      <ul className="story-list">
        {TABLES.map(({ name, title }) => (
          <li key={name}>
            {title}:{" "}
            <a href={addressOf(`api/office/export/${name}.csv`)} download>
              {name}.csv
            </a>{" "}
            <a href={addressOf(`api/office/export/${name}.parquet`)} download>
              {name}.parquet
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}
