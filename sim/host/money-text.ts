// Money and the working of a bill's line in the form of their currency, for terminals.

import type { BillLine } from "../contract/billing.ts";
import { partText } from "../contract/explain-bill.ts";

/** Whose way of writing numbers goes with a currency. */
const LOCALES: Readonly<Record<string, string>> = { INR: "en-IN", GBP: "en-GB", EUR: "en-IE" };

function formOf(currency: string, digits?: number): Intl.NumberFormat {
  const more = digits === undefined ? {} : { maximumFractionDigits: digits };
  return new Intl.NumberFormat(LOCALES[currency] ?? "en", { style: "currency", currency, ...more });
}

/** How many decimals the smallest coin of a currency is: 2 for the paisa, 0 for the yen. */
function decimalsOf(currency: string): number {
  return formOf(currency).resolvedOptions().maximumFractionDigits ?? 2;
}

/** `₹1,374.65` */
export function moneyOf(amountMinor: number, currency: string): string {
  return formOf(currency).format(amountMinor / 10 ** decimalsOf(currency));
}

/** A price with the thousandths of a coin that it has. */
function priceOf(milliMinor: number, currency: string): string {
  const decimals = decimalsOf(currency);
  return formOf(currency, decimals + 3).format(milliMinor / 10 ** (decimals + 3));
}

/** `50 kWh × ₹3.25`: what one multiplies to come to the amount; empty where nothing is multiplied. */
export function lineText(line: BillLine, currency: string): string {
  const { quantity, unit, part, isMeanPrice } = line;
  const price = priceOf(line.priceMilliMinor, currency);
  const share = part === undefined ? "" : partText(part);
  switch (unit) {
    case "Wh":
      return `${quantity / 1000} kWh ${isMeanPrice === true ? "at about" : "×"} ${price}`;
    case "VAh":
      return `${quantity / 1000} kVAh × ${price}`;
    case "VA":
      return `${quantity / 1000} kVA × ${price}${share}`;
    case "W":
      return `${quantity / 1000} kW × ${price}${share}`;
    case "month":
      return `${quantity} month × ${price}${share}`;
    case "day":
      return `${quantity} days × ${price}`;
    case "percent":
      return `${quantity} % of ${price}`;
    case "amount":
    case "correction":
      return "";
  }
}
