// What an official may do at this account. Each is asked about first, goes into the run's journal, and stands in the
// audit log.

import { Button, NumberInput, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { plainMoneyText } from "../../../sim/contract/bill-form.ts";
import type { OfficeAccountView } from "../../../sim/contract/office.ts";
import { type ActFields, inputOf, type OfficeAct } from "../../../sim/contract/office-acts.ts";
import type { CustomerView } from "../../../sim/contract/portal.ts";
import { formatMoney } from "../../player/format.ts";
import { amountAdvice, readAmount } from "../account/amount.ts";
import { send } from "../api.ts";

interface ActWords {
  readonly title: string;
  /** What it does, before it is done. */
  readonly says: string;
  readonly asks: readonly (keyof ActFields)[];
  /** The amount that is meant most often, smallest coins. */
  readonly usualMinor?: (account: CustomerView) => number;
}

const ACTS: Readonly<Record<OfficeAct, ActWords>> = {
  payment: {
    title: "Take a payment",
    says: "The money is booked at once; a prepaid customer gets a token for it.",
    asks: ["amountMinor", "receipt"],
    usualMinor: ({ owedMinor }) => owedMinor,
  },
  "dispute-open": {
    title: "Put in dispute",
    says: "Nobody is reminded or cut off for it while it is looked into.",
    asks: ["amountMinor", "reason"],
    usualMinor: ({ owedMinor }) => owedMinor,
  },
  "dispute-upheld": {
    title: "Give back what is disputed",
    says: "The customer was right: what is in dispute is not owed.",
    asks: [],
  },
  "dispute-not-upheld": {
    title: "Ask for what is disputed",
    says: "The customer was not right: what was in dispute is owed again.",
    asks: [],
  },
  instalments: {
    title: "Agree instalments",
    says: "What is overdue is paid in equal parts, one a month.",
    asks: ["months"],
  },
  refund: {
    title: "Pay back",
    says: "Money that the customer is ahead is paid out.",
    asks: ["amountMinor"],
    usualMinor: ({ owedMinor }) => -owedMinor,
  },
  "write-off": {
    title: "Write off",
    says: "The company gives up this part of the debt.",
    asks: ["amountMinor", "reason"],
    usualMinor: ({ owedMinor }) => owedMinor,
  },
  "budget-begin": {
    title: "Begin budget billing",
    says: "From the next bill on the same amount is asked each month, and settled once a year.",
    asks: [],
  },
  "budget-end": {
    title: "End budget billing",
    says: "The next bill settles what was used.",
    asks: [],
  },
  "replace-meter": {
    title: "Replace the meter",
    says: "Another meter hangs here from now on; both are read, and the bill goes on without a break.",
    asks: [],
  },
  "move-out": {
    title: "Close the account",
    says: "The customer moves out: a final bill up to the end of today, and the deposit is settled.",
    asks: [],
  },
  trip: { title: "Cut off", says: "The meter is ordered to open its relay.", asks: [] },
  reconnect: { title: "Switch on", says: "The meter is ordered to close its relay.", asks: [] },
  inspect: { title: "Send a crew", says: "A crew goes there and looks.", asks: [] },
};
const REASON_CHARACTERS_MAX = 200;
const RECEIPT_CHARACTERS_MAX = 64;
const MONTHS_MIN = 2;
const MONTHS_MAX = 24;
const MONTHS_USUAL = 3;

interface Shown {
  readonly view: OfficeAccountView;
}

export function Acts({ view, again }: Shown & { readonly again: () => void }) {
  const [asked, setAsked] = useState<OfficeAct | null>(null);
  const [said, setSaid] = useState("");
  const choose = (act: OfficeAct | null): void => {
    setAsked(act);
    setSaid("");
  };
  const done = (sentence: string): void => {
    setAsked(null);
    setSaid(sentence);
    again();
  };
  const possible = view.acts.filter(({ refusal }) => refusal === "");
  const refused = view.acts.filter(({ refusal }) => refusal !== "");
  return (
    <section className="card" aria-labelledby="acts-title">
      <h2 id="acts-title">What can be done</h2>
      {asked === null ? (
        <div className="row">
          {possible.map(({ act }) => (
            <Button key={act} variant="default" onClick={() => choose(act)}>
              {ACTS[act].title}
            </Button>
          ))}
        </div>
      ) : (
        <ActForm key={asked} act={asked} view={view} done={done} leave={() => choose(null)} />
      )}
      <p role="status" className="said">
        {said}
      </p>
      {asked === null && refused.length > 0 && (
        <details>
          <summary>Not possible now</summary>
          <ul>
            {refused.map(({ act, refusal }) => (
              <li key={act}>
                {ACTS[act].title}: {refusal}
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

interface FormProps extends Shown {
  readonly act: OfficeAct;
  readonly done: (sentence: string) => void;
  readonly leave: () => void;
}

function ActForm({ act, view: { account }, done, leave }: FormProps) {
  const { title, says, asks, usualMinor } = ACTS[act];
  const { currency, supply, address } = account;
  const usual = Math.max(0, usualMinor?.(account) ?? 0);
  const [amount, setAmount] = useState(usual === 0 ? "" : plainMoneyText(usual, currency));
  const [months, setMonths] = useState<number | string>(MONTHS_USUAL);
  const [reason, setReason] = useState("");
  const [receipt, setReceipt] = useState("");
  const [problem, setProblem] = useState("");
  const [isBusy, setBusy] = useState(false);
  const amountMinor = readAmount(amount, currency);
  const order = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (asks.includes("amountMinor") && amountMinor === undefined) {
      return setProblem(amountAdvice(currency));
    }
    if (asks.includes("reason") && reason.trim() === "") return setProblem("Write the reason.");
    setBusy(true);
    const fields = { amountMinor: amountMinor ?? 0, months: Number(months), reason, receipt };
    const answer = await send("api/inputs", inputOf(act, supply, fields));
    setBusy(false);
    if (answer.ok) done("It is accepted and takes effect with the next step.");
    else setProblem(answer.reason);
  };
  const money =
    asks.includes("amountMinor") && amountMinor !== undefined
      ? `, ${formatMoney(amountMinor, currency)}`
      : "";
  return (
    <form className="stack" onSubmit={(event) => void order(event)}>
      <p>{says}</p>
      {asks.includes("amountMinor") && (
        <TextInput
          label={`Amount in ${currency}`}
          inputMode="decimal"
          size="md"
          value={amount}
          onChange={(event) => setAmount(event.currentTarget.value)}
        />
      )}
      {asks.includes("months") && (
        <NumberInput
          label="Months"
          size="md"
          min={MONTHS_MIN}
          max={MONTHS_MAX}
          allowDecimal={false}
          value={months}
          onChange={setMonths}
        />
      )}
      {asks.includes("reason") && (
        <TextInput
          label="Reason"
          size="md"
          maxLength={REASON_CHARACTERS_MAX}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      )}
      {asks.includes("receipt") && (
        <TextInput
          label="Number of the receipt, if there is one"
          description="The same number is never booked twice."
          size="md"
          maxLength={RECEIPT_CHARACTERS_MAX}
          value={receipt}
          onChange={(event) => setReceipt(event.currentTarget.value.trim())}
        />
      )}
      <p role="alert" className="problem">
        {problem}
      </p>
      <div className="row">
        <Button type="submit" size="md" loading={isBusy}>
          {title}
          {money}: {address}
        </Button>
        <Button variant="default" size="md" onClick={leave}>
          Do not
        </Button>
      </div>
    </form>
  );
}
