// Payments of the portal: an order is on disk before the provider hears of it; what the provider calls back about is
// paid once, however often it calls and whenever this process dies in between.

import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import type { JournalEntry } from "../../contract/input.ts";
import type { PaymentOrderView, ProviderWay } from "../../contract/portal.ts";
import type { SimMs } from "../../core/time.ts";
import { openLines, readLines } from "../line-file.ts";
import type { Accepted } from "../live.ts";
import { StorageError } from "../storage-error.ts";

export interface PaymentOrder {
  readonly reference: string;
  readonly supply: string;
  readonly amountMinor: number;
  readonly way: ProviderWay;
  readonly orderedAt: SimMs;
}

/** What a provider says of an order, perhaps more than once. */
export interface ProviderCall {
  readonly reference: string;
  readonly isPaid: boolean;
}

/** Takes the customer's money somewhere else and calls back. */
export interface PaymentProvider {
  pay(order: PaymentOrder, callBack: (call: ProviderCall) => CallOutcome): void;
  close(): void;
}

/** `try-again`: it could not be kept now; the provider calls once more. */
export type CallOutcome = "paid" | "paid-before" | "failed" | "unknown" | "try-again";

export interface PaymentDesk {
  /** Throws StorageError; then there is no order. */
  order(asked: Omit<PaymentOrder, "reference">): PaymentOrderView;
  /** The newest first. */
  ordersOf(supply: string): readonly PaymentOrderView[];
  callBack(call: ProviderCall): CallOutcome;
  close(): void;
}

export interface PaymentDeskOptions {
  readonly path: string;
  readonly provider: PaymentProvider;
  /** The one door into the run; the order's reference is the payment's receipt, which is booked once. */
  readonly input: (raw: unknown) => Accepted;
  /** What the journal held when the run was opened. */
  readonly journalled: readonly JournalEntry[];
}

interface Kept extends PaymentOrder {
  state: PaymentOrderView["state"];
  callbacks: number;
}

type Line =
  | { readonly kind: "order"; readonly order: PaymentOrder }
  | { readonly kind: "call"; readonly call: ProviderCall };

/** Orders of one customer that are kept in mind; what was settled before them is in the file only. */
const KEPT_OF_ONE_MAX = 20;
/** Orders of one customer that may wait for the provider at once. */
export const WAITING_OF_ONE_MAX = 5;
const nameOf = ({ supply, reference }: PaymentOrder): string => `${supply}/${reference}`;

export function openPaymentDesk(options: PaymentDeskOptions): PaymentDesk {
  const { path, provider } = options;
  const orders = ordersOf(readLines(path));
  const lines = openLines(path, existsSync(path) ? "r+" : "wx", { name: "the payment orders" });
  const append = (line: Line): void => lines.append(JSON.stringify(line));
  const paidBefore = new Set(options.journalled.flatMap(namesIn));
  const callBack = (call: ProviderCall): CallOutcome => {
    const order = orders.get(call.reference);
    if (order === undefined) return "unknown";
    order.callbacks++;
    if (order.state === "paid") return "paid-before";
    if (!call.isPaid) {
      append({ kind: "call", call });
      order.state = "failed";
      return "failed";
    }
    if (!paidBefore.has(nameOf(order))) {
      const { supply: target, amountMinor, reference: receipt } = order;
      const accepted = options.input({ kind: "payment", target, amountMinor, receipt });
      if (!accepted.ok) return "try-again";
      paidBefore.add(nameOf(order));
    }
    order.state = "paid";
    append({ kind: "call", call });
    return "paid";
  };
  const askProvider = (order: Kept): void => {
    provider.pay(order, (call) => {
      try {
        return callBack(call);
      } catch (error) {
        if (error instanceof StorageError) return "try-again";
        throw error;
      }
    });
  };
  for (const order of orders.values()) {
    if (order.state === "waiting" && paidBefore.has(nameOf(order))) order.state = "paid";
    if (order.state === "waiting") askProvider(order);
  }
  return {
    order(asked) {
      const order: Kept = { ...asked, reference: newReference(), state: "waiting", callbacks: 0 };
      const { state, callbacks, ...kept } = order;
      append({ kind: "order", order: kept });
      orders.set(order.reference, order);
      forgetOld(orders, order.supply);
      askProvider(order);
      return viewOf(order);
    },
    ordersOf: (supply) =>
      [...orders.values()]
        .filter((order) => order.supply === supply)
        .reverse()
        .map(viewOf),
    callBack,
    close() {
      provider.close();
      lines.close();
    },
  };
}

/** A call about an order that is forgotten is about one that is unknown: it takes nothing. */
function forgetOld(orders: Map<string, Kept>, supply: string): void {
  const own = [...orders.values()].filter((order) => order.supply === supply);
  const settled = own.filter(({ state }) => state !== "waiting");
  const tooMany = Math.min(settled.length, own.length - KEPT_OF_ONE_MAX);
  for (const { reference } of settled.slice(0, Math.max(0, tooMany))) orders.delete(reference);
}

const viewOf = ({ supply: _, ...order }: Kept): PaymentOrderView => order;
const newReference = (): string => `pay-${randomBytes(6).toString("hex")}`;

/** How a journal names a payment of the portal; older ones have it as a command, without a receipt. */
function namesIn(entry: JournalEntry): readonly string[] {
  if (entry.kind !== "input" || entry.input.kind !== "payment") return [];
  const { target, receipt } = entry.input;
  if (receipt !== undefined) return [`${target}/${receipt}`];
  return entry.command === undefined ? [] : [entry.command];
}

function ordersOf(lines: readonly unknown[]): Map<string, Kept> {
  const orders = new Map<string, Kept>();
  for (const line of lines as readonly Line[]) {
    if (line.kind === "order") {
      orders.set(line.order.reference, { ...line.order, state: "waiting", callbacks: 0 });
      continue;
    }
    const order = orders.get(line.call.reference);
    if (order === undefined) continue;
    order.callbacks++;
    if (order.state !== "paid") order.state = line.call.isPaid ? "paid" : "failed";
  }
  for (const supply of new Set([...orders.values()].map((order) => order.supply))) {
    forgetOld(orders, supply);
  }
  return orders;
}
