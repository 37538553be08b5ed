// The customer's account: what is open, where the ladder leads and why, and the bills with their working.

import { Button } from "@mantine/core";
import { lazy, Suspense, useEffect, useState } from "react";
import type { SupplyAccountView } from "../../sim/contract/account.ts";
import type { Bill } from "../../sim/contract/billing.ts";
import type { StreetLayout } from "../../sim/contract/frame.ts";
import { formatEnergy, formatMoment, formatMoney } from "../player/format.ts";
import { readAccount } from "../player/store.ts";
import { billSentence, billSum, lineWorking, nextStep } from "../player/why.ts";
import { Dialog } from "./dialog.tsx";
import { Fact } from "./fact.tsx";
import { Why } from "./why.tsx";

/** The account is asked for again this often while a home is shown. */
const ACCOUNT_WALL_MS = 2_000;
const BILLS_SHOWN = 6;

export function useAccount(id: string): SupplyAccountView | null {
  const [account, setAccount] = useState<SupplyAccountView | null>(null);
  useEffect(() => {
    let isShown = true;
    const read = async (): Promise<void> => {
      const view = await readAccount(id);
      if (isShown && view !== null) setAccount(view);
    };
    setAccount(null);
    void read();
    const timer = window.setInterval(read, ACCOUNT_WALL_MS);
    return () => {
      isShown = false;
      window.clearInterval(timer);
    };
  }, [id]);
  return account;
}

interface AccountProps {
  readonly account: SupplyAccountView;
  readonly layout: StreetLayout;
}

export function AccountCard({
  id,
  layout,
}: {
  readonly id: string;
  readonly layout: StreetLayout;
}) {
  const account = useAccount(id);
  if (account === null || layout.currency === "") return null;
  return (
    <>
      <Ladder account={account} layout={layout} />
      <OpenItems account={account} layout={layout} />
      <Bills account={account} layout={layout} />
    </>
  );
}

function Ladder({ account: { outlook }, layout }: AccountProps) {
  if (outlook === null || outlook.steps.length === 0) return null;
  const next = nextStep(outlook);
  const day = (at: number): string => formatMoment(layout, at);
  return (
    <div className="ladder">
      {next !== undefined && (
        <p>
          <b>Next:</b> {next.sentence}
          {next.at !== null && ` Not before ${day(next.at)}.`}
        </p>
      )}
      {outlook.heldBecause !== "" && <p className="held-because">{outlook.heldBecause}</p>}
      <Why of="the state of this account">
        <ol className="story">
          {outlook.steps.map(({ name, at, isDone, sentence }) => (
            <li key={name} className={isDone ? "is-done" : "is-open"}>
              <span className="muted">
                {isDone ? "✓ " : "○ "}
                {at === null ? "" : day(at)}
              </span>{" "}
              {sentence}
            </li>
          ))}
        </ol>
        <p className="muted">By the policy: {outlook.policy}</p>
      </Why>
    </div>
  );
}

function OpenItems({ account, layout }: AccountProps) {
  if (account.openItems.length === 0) return null;
  return (
    <>
      <h3>Open</h3>
      <dl>
        {account.openItems.map(({ label, amountMinor, dueAt }) => (
          <Fact
            key={`${label}/${dueAt}`}
            name={`${label}, due ${formatMoment(layout, dueAt).replace(/ \d\d:\d\d$/, "")}`}
            value={formatMoney(amountMinor, layout.currency)}
          />
        ))}
      </dl>
    </>
  );
}

function Bills({ account, layout }: AccountProps) {
  const bills = account.bills.slice(-BILLS_SHOWN).reverse();
  const [newest, ...older] = bills;
  if (newest === undefined) return null;
  return (
    <>
      <h3>
        Last bill: {formatEnergy(newest.energyWh)}
        {newest.isEstimated ? ", estimated" : ""}
      </h3>
      <BillLines bill={newest} layout={layout} />
      {older.map((bill) => (
        <details key={bill.id} className="older-bill">
          <summary>
            {formatMoment(layout, bill.issuedAt).replace(/ \d\d:\d\d$/, "")}:{" "}
            {formatMoney(bill.amountMinor, layout.currency)}
          </summary>
          <BillLines bill={bill} layout={layout} />
        </details>
      ))}
    </>
  );
}

function BillLines({ bill, layout }: { readonly bill: Bill; readonly layout: StreetLayout }) {
  const { currency } = layout;
  const keyed = bill.lines.map((line, at) => ({ line, key: `${bill.id}/${at}` }));
  return (
    <>
      <dl className="bill">
        {keyed.map(({ line, key }) => (
          <Fact key={key} name={line.label} value={formatMoney(line.amountMinor, currency)} />
        ))}
        <Fact name="Total" value={<b>{formatMoney(bill.amountMinor, currency)}</b>} />
      </dl>
      <ReadBill id={bill.id} />
      <Why of={`bill ${bill.id}`}>
        <p>{billSentence(bill, layout)}</p>
        <ol className="working">
          {keyed.map(({ line, key }) => (
            <li key={key}>
              {line.label}: {lineWorking(line, currency)}
            </li>
          ))}
        </ol>
        <p>{billSum(bill, currency)}</p>
      </Why>
    </>
  );
}

const BillPaper = lazy(async () => ({
  default: (await import("../portal/bill-paper.tsx")).BillPaper,
}));

function ReadBill({ id }: { readonly id: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        Read the bill
      </Button>
      <Dialog isOpen={isOpen} onClose={() => setOpen(false)} title={`Bill ${id}`} size="lg">
        <Suspense fallback={<p>The bill is fetched …</p>}>
          <BillPaper id={id} />
        </Suspense>
      </Dialog>
    </>
  );
}
