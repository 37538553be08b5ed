// Paying: through a simulated provider that does what the customer of the demonstration chooses.

import { Button, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { plainMoneyText } from "../../../sim/contract/bill-form.ts";
import type { PaymentOrderView, ProviderWay } from "../../../sim/contract/portal.ts";
import { formatMoney } from "../../player/format.ts";
import { send } from "../api.ts";
import { usePolled } from "../polled.ts";
import type { PageProps } from "./account-pages.tsx";
import { amountAdvice, readAmount } from "./amount.ts";

const WAYS: readonly { readonly value: ProviderWay; readonly label: string }[] = [
  { value: "success", label: "pays at once" },
  { value: "delay", label: "takes five seconds" },
  { value: "failure", label: "refuses the payment" },
  { value: "duplicate", label: "calls back three times" },
];
const ORDERS_WALL_MS = 1_000;

export function PayForm({ view, base, again }: PageProps) {
  const { currency, owedMinor, prepaid } = view;
  const orders = usePolled<{ readonly orders: readonly PaymentOrderView[] }>(
    `${base}/payments`,
    ORDERS_WALL_MS,
  );
  const [text, setText] = useState<string | null>(null);
  const [way, setWay] = useState<ProviderWay>("success");
  const [problem, setProblem] = useState("");
  const [isBusy, setBusy] = useState(false);
  const usual = owedMinor > 0 ? plainMoneyText(owedMinor, currency) : "";
  const pay = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const amountMinor = readAmount(text ?? usual, currency);
    if (amountMinor === undefined) {
      setProblem(amountAdvice(currency));
      return;
    }
    setBusy(true);
    const answer = await send<PaymentOrderView>(`${base}/payments`, { amountMinor, way });
    setBusy(false);
    setProblem(answer.ok ? "" : answer.reason);
    if (!answer.ok) return;
    setText(null);
    orders.again();
    again();
  };
  const title = prepaid === null ? "Pay" : "Top up";
  return (
    <section className="card" aria-labelledby="pay-title">
      <h2 id="pay-title">{title}</h2>
      <form className="stack" onSubmit={(event) => void pay(event)}>
        <TextInput
          label={`Amount in ${currency}`}
          inputMode="decimal"
          size="md"
          value={text ?? usual}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <NativeSelect
          label="The simulated payment provider"
          size="md"
          data={WAYS}
          value={way}
          onChange={(event) => setWay(event.currentTarget.value as ProviderWay)}
        />
        <p role="alert" className="problem">
          {problem}
        </p>
        <Button type="submit" size="md" loading={isBusy}>
          {title}
        </Button>
      </form>
      <Orders orders={orders.value?.orders ?? []} currency={currency} />
    </section>
  );
}

const STATE_WORDS: Readonly<Record<PaymentOrderView["state"], string>> = {
  waiting: "waiting for the provider",
  paid: "paid",
  failed: "refused by the provider; nothing was taken",
};

function Orders({
  orders,
  currency,
}: {
  readonly orders: readonly PaymentOrderView[];
  readonly currency: string;
}) {
  return (
    <div aria-live="polite">
      {orders.length > 0 && (
        <>
          <h3>Your payments here</h3>
          <ul className="story-list orders">
            {orders.map(({ reference, amountMinor, state, callbacks }) => (
              <li key={reference}>
                <b>{formatMoney(amountMinor, currency)}</b>: {STATE_WORDS[state]}
                {callbacks > 1 && ` (the provider called ${callbacks} times; it was taken once)`}
                <br />
                <span className="quiet">{reference}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
