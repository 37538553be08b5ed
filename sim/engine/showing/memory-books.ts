// What a run without a store remembers of its readings and bills: as much as a page asks for.

import type { Bill } from "../../contract/billing.ts";
import type { SimMs } from "../../core/time.ts";
import type { StepOutputs } from "../world.ts";
import type { Books } from "./account-view.ts";
import { INTERVALS_KEPT } from "./truth-history.ts";

interface Register {
  readonly measuredAt: SimMs;
  readonly importWh: number;
}

export interface MemoryBooks extends Books {
  /** Takes what a step handed out. */
  note(out: Pick<StepOutputs, "readings" | "bills">): void;
}

export function createMemoryBooks(): MemoryBooks {
  const registers = new Map<string, Register[]>();
  const bills = new Map<string, Bill[]>();
  const listOf = <Value>(lists: Map<string, Value[]>, supply: string): Value[] => {
    const list = lists.get(supply) ?? [];
    lists.set(supply, list);
    return list;
  };
  return {
    note(out) {
      for (const { supply, measuredAt, importWh } of out.readings) {
        const list = listOf(registers, supply);
        list.push({ measuredAt, importWh });
        if (list.length >= 2 * INTERVALS_KEPT) list.splice(0, list.length - INTERVALS_KEPT);
      }
      for (const bill of out.bills) listOf(bills, bill.supply).push(bill);
    },
    registersOf: (supply, fromMs) =>
      (registers.get(supply) ?? [])
        .filter(({ measuredAt }) => measuredAt >= fromMs)
        .sort((a, b) => a.measuredAt - b.measuredAt),
    billPage: (supply, { limit }) => (bills.get(supply) ?? []).slice(-limit).reverse(),
  };
}
