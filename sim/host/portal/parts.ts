// What the web for customers and officials keeps beside a live run.

import { join } from "node:path";
import type { JournalEntry } from "../../contract/input.ts";
import type { LiveRun } from "../live.ts";
import { RUN_FILE } from "../run-folder.ts";
import { type ArrearsIndex, createArrearsIndex } from "./arrears-index.ts";
import { type Consents, openConsents } from "./consents.ts";
import { openPaymentDesk, type PaymentDesk } from "./payment-desk.ts";
import { createSimulatedProvider } from "./simulated-provider.ts";
import { createSupplyNotes, type SupplyNotes } from "./supply-notes.ts";
import { createSupplySearch, type SupplySearch } from "./supply-search.ts";

export interface PortalParts {
  readonly notes: SupplyNotes;
  readonly payments: PaymentDesk;
  readonly consents: Consents;
  readonly arrears: ArrearsIndex;
  readonly search: SupplySearch;
}

export function openPortal(
  folder: string,
  run: LiveRun,
  journalled: readonly JournalEntry[],
): PortalParts & { close(): void } {
  const { twin } = run.session;
  const notes = createSupplyNotes(twin);
  const arrears = createArrearsIndex(twin);
  run.followers.add(notes).add(arrears);
  const search = createSupplySearch(twin.model.records.supplies);
  const consents = openConsents(join(folder, RUN_FILE.consents));
  const payments = unlessFailed(consents.close, () =>
    openPaymentDesk({
      ...{ path: join(folder, RUN_FILE.payments), provider: createSimulatedProvider(), journalled },
      input: (raw) => run.input(raw),
    }),
  );
  return {
    ...{ notes, payments, consents, arrears, search },
    close() {
      payments.close();
      consents.close();
    },
  };
}

/** What was opened before is closed where the next thing cannot be opened. */
function unlessFailed<Opened>(close: () => void, open: () => Opened): Opened {
  try {
    return open();
  } catch (error) {
    close();
    throw error;
  }
}
