// Who is to be cut off and who is, with the reason, what holds it back, and who has said yes; a second official decides
// here.

import { Button } from "@mantine/core";
import { useState } from "react";
import type {
  DisconnectionRow,
  DisconnectionsView,
  TripState,
} from "../../../sim/contract/office.ts";
import { ACCOUNT_WORDS } from "../../panels/account-words.ts";
import { formatMoment, formatMoney } from "../../player/format.ts";
import { send } from "../api.ts";
import { usePolled } from "../polled.ts";
import { WideTable } from "../wide-table.tsx";

const WORDS: Readonly<Record<DisconnectionRow["state"], string>> = {
  ...ACCOUNT_WORDS,
  ...({
    queued: "waits its turn",
    "waiting-approval": "waits for approval",
    refused: "refused for today",
    ordered: "ordered",
    sent: "sent to the meter",
    failed: "not answered, tried again",
  } satisfies Record<TripState, string>),
};

export function DisconnectionsPage() {
  const { value, problem, again } = usePolled<DisconnectionsView>("api/office/disconnections");
  return (
    <>
      <h1>Disconnections</h1>
      <p role="alert" className="problem">
        {problem}
      </p>
      {value?.rows.length === 0 && <p className="card">Nobody is to be cut off.</p>}
      {value !== null && value.rows.length > 0 && (
        <>
          <Batches view={value} again={again} />
          <Queue view={value} />
        </>
      )}
    </>
  );
}

interface Decision {
  readonly kind: "approve-trips" | "refuse-trips";
  readonly batch: string;
}

/** What waits for another official's word, batch by batch; each is asked about once more. */
function Batches({
  view: { rows },
  again,
}: {
  readonly view: DisconnectionsView;
  readonly again: () => void;
}) {
  const [said, setSaid] = useState("");
  const [asked, setAsked] = useState<Decision | null>(null);
  const waiting = rows.filter(({ state }) => state === "waiting-approval");
  const decide = async (decision: Decision): Promise<void> => {
    const answer = await send("api/inputs", decision);
    setAsked(null);
    setSaid(answer.ok ? "It is noted, and takes effect with the next step." : answer.reason);
    again();
  };
  return (
    <>
      {[...new Set(waiting.map(({ batch }) => batch))].map((batch) => {
        const homes = waiting.filter((row) => row.batch === batch).length;
        return (
          <section key={batch} className="card" aria-label={batch}>
            <p>
              <b>{batch}</b>: {homes} {homes === 1 ? "home waits" : "homes wait"} for an official
              who did not order it.
            </p>
            <div className="row">
              {asked?.batch === batch ? (
                <>
                  <Button onClick={() => void decide(asked)}>
                    {asked.kind === "approve-trips"
                      ? `Yes, cut off ${homes} ${homes === 1 ? "home" : "homes"}`
                      : `Yes, cut nobody off for ${batch} today`}
                  </Button>
                  <Button variant="default" onClick={() => setAsked(null)}>
                    Do not
                  </Button>
                </>
              ) : (
                <>
                  <Button onClick={() => setAsked({ kind: "approve-trips", batch })}>
                    Approve {batch}
                  </Button>
                  <Button
                    variant="default"
                    onClick={() => setAsked({ kind: "refuse-trips", batch })}
                  >
                    Refuse {batch}
                  </Button>
                </>
              )}
            </div>
          </section>
        );
      })}
      <p role="status" className="said">
        {said}
      </p>
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
      <td>{WORDS[row.state]}</td>
      <td>{row.since === null ? "" : formatMoment(clock, row.since)}</td>
      <td>
        {row.reason}
        {row.waitsFor !== "" && (
          <>
            <br />
            <span className="quiet">{row.waitsFor}</span>
          </>
        )}
      </td>
      <td className="number">{formatMoney(row.arrearsMinor, currency)}</td>
      <td>{approvalText(row)}</td>
    </tr>
  );
}

function approvalText({ batch, approvals, approvalsWanted }: DisconnectionRow): string {
  if (batch === "") return "nobody has to";
  if (approvals.length > 0) return approvals.join(", ");
  return approvalsWanted === 1 ? "one is wanted" : `${approvalsWanted} are wanted`;
}
