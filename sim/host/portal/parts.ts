// What the web for customers and officials keeps beside a live run.

import { join } from "node:path";
import type { JournalEntry } from "../../contract/input.ts";
import type { LiveRun } from "../live.ts";
import { RUN_FILE } from "../run-folder.ts";
import { type Consents, openConsents } from "./consents.ts";
import { openPaymentDesk, type PaymentDesk } from "./payment-desk.ts";
import { createSimulatedProvider } from "./simulated-provider.ts";
import { createSupplyNotes, type SupplyNotes } from "./supply-notes.ts";

export interface PortalParts {
  readonly notes: SupplyNotes;
  readonly payments: PaymentDesk;
  readonly consents: Consents;
}

export function openPortal(
  folder: string,
  run: LiveRun,
  journalled: readonly JournalEntry[],
): PortalParts & { close(): void } {
  const notes = createSupplyNotes(run.session.twin);
  run.followers.add(notes);
  const consents = openConsents(join(folder, RUN_FILE.consents));
  const payments = openPaymentDesk({
    ...{ path: join(folder, RUN_FILE.payments), provider: createSimulatedProvider(), journalled },
    input: (raw, command) => run.input(raw, command),
  });
  return {
    ...{ notes, payments, consents },
    close() {
      payments.close();
      consents.close();
    },
  };
}
