// Who did what, for administrators.

import { TextInput } from "@mantine/core";
import { useState } from "react";
import type { AuditRecord } from "../../../sim/contract/audit.ts";
import { formatDuration } from "../../../sim/core/time.ts";
import { usePolled } from "../polled.ts";
import { WideTable } from "../wide-table.tsx";

export function AuditPage() {
  const [who, setWho] = useState("");
  const [target, setTarget] = useState("");
  const query = new URLSearchParams({ who, target });
  const { value, problem } = usePolled<{ readonly entries: readonly AuditRecord[] }>(
    `api/audit?${query}`,
  );
  return (
    <>
      <h1>Audit log</h1>
      <div className="row">
        <TextInput
          label="Who (whole name)"
          value={who}
          onChange={(event) => setWho(event.currentTarget.value)}
        />
        <TextInput
          label="About (whole name)"
          value={target}
          onChange={(event) => setTarget(event.currentTarget.value)}
        />
      </div>
      <p role="alert" className="problem">
        {problem}
      </p>
      {value !== null && <Entries entries={value.entries} />}
    </>
  );
}

function Entries({ entries }: { readonly entries: readonly AuditRecord[] }) {
  return (
    <WideTable name="Acts">
      <caption>The newest {entries.length} acts</caption>
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">In the run after</th>
          <th scope="col">Who</th>
          <th scope="col">Did what</th>
          <th scope="col">About</th>
          <th scope="col">Outcome</th>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <tr key={entry.id}>
            <td>{new Date(entry.atWallMs).toISOString().slice(0, 19).replace("T", " ")}</td>
            <td>{formatDuration(entry.atSimMs)}</td>
            <td>
              {entry.who}, {entry.role}
            </td>
            <td>{entry.act}</td>
            <td>{entry.target}</td>
            <td className={entry.outcome === "done" ? "" : "is-bad"}>
              {entry.outcome}
              {entry.detail !== "" && `: ${entry.detail}`}
            </td>
          </tr>
        ))}
      </tbody>
    </WideTable>
  );
}
