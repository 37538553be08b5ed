// Tokens that the company has told this customer: twenty digits each, for the meter's keypad.

import type { TokenView } from "../../../sim/contract/portal.ts";
import { formatMoment, formatMoney } from "../../player/format.ts";
import type { PageProps } from "./account-pages.tsx";

export function TokenList({ view: { tokens, clock, currency } }: Pick<PageProps, "view">) {
  if (tokens.length === 0) return null;
  return (
    <section className="card" aria-labelledby="tokens-title">
      <h2 id="tokens-title">Your tokens</h2>
      <p className="quiet">
        They are sent to your meter. If one does not get there, type its 20 digits on the meter's
        keypad; each is good once.
      </p>
      <ul className="story-list">
        {tokens.map((told) => (
          <li key={told.token}>
            <code className="token">{told.token}</code>
            <br />
            {purposeText(told, currency)}, {formatMoment(clock, told.at)}
          </li>
        ))}
      </ul>
    </section>
  );
}

function purposeText({ purpose, amountMinor, isTaken }: TokenView, currency: string): string {
  switch (purpose) {
    case "money":
      return `${formatMoney(amountMinor, currency)}: ${isTaken ? "your meter has counted it" : "on its way to your meter"}`;
    case "key":
      return "half of a new key for your meter; it brings no money";
    case "reconnect":
      return "switches your supply on again; type it at the meter";
  }
}
