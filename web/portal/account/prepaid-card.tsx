// Credit of a prepaid meter, and the tokens that were bought for it.

import { formatMoment, formatMoney } from "../../player/format.ts";
import type { PageProps } from "./account-pages.tsx";

export function PrepaidCard({ view }: PageProps) {
  const { clock, currency, prepaid, state } = view;
  if (prepaid === null) return null;
  const { creditMinor, emergencyCreditMinor, lowCreditMinor, tokens } = prepaid;
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
      {tokens.length > 0 && (
        <>
          <h3>Tokens</h3>
          <ul className="story-list">
            {tokens.map(({ token, amountMinor, at, isTaken }) => (
              <li key={token}>
                <code>{token}</code> for {formatMoney(amountMinor, currency)},{" "}
                {formatMoment(clock, at)}:{" "}
                {isTaken ? "your meter has counted it" : "on its way to your meter"}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
