// Tables for other programs.

import { linkTo } from "../../player/server-link.ts";

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
            <a href={linkTo(`api/office/export/${name}.csv`, location.href)} download>
              {name}.csv
            </a>{" "}
            <a href={linkTo(`api/office/export/${name}.parquet`, location.href)} download>
              {name}.parquet
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}
