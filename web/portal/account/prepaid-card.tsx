// Credit of a prepaid meter, as the meter said it last.

import { formatMoney } from "../../player/format.ts";
import type { PageProps } from "./account-pages.tsx";

export function PrepaidCard({ view }: PageProps) {
  const { currency, prepaid, state } = view;
  if (prepaid === null) return null;
  const { creditMinor, emergencyCreditMinor, lowCreditMinor } = prepaid;
  const isLow = creditMinor !== null && creditMinor <= lowCreditMinor;
  return (
    <section className="card" aria-labelledby="credit-title">
      <h2 id="credit-title">Your credit</h2>
      <p className="figure">
        {creditMinor === null ? "not known yet" : formatMoney(creditMinor, currency)}
      </p>
      {state === "no-credit" && (
        <p className="is-bad">Your supply is off. It comes back when the meter has a top-up.</p>
      )}
      {state !== "no-credit" && isLow && (
        <p className="is-bad">
          It is low. Below zero you have {formatMoney(emergencyCreditMinor, currency)} of emergency
          credit.
        </p>
      )}
      <p className="quiet">As your meter said it last.</p>
    </section>
  );
}
