// What the web for customers and officials keeps beside a live run.

import { join } from "node:path";
import type { LiveRun } from "../live.ts";
import type { RunFiles } from "../run-files.ts";
import { RUN_FILE } from "../run-folder.ts";
import { type Consents, openConsents } from "./consents.ts";
import { openPaymentDesk, type PaymentDesk } from "./payment-desk.ts";
import { createSimulatedProvider } from "./simulated-provider.ts";
import type { SupplyNotes } from "./supply-notes.ts";

export interface PortalParts {
  readonly notes: SupplyNotes;
  readonly payments: PaymentDesk;
  readonly consents: Consents;
}

export function openPortal(
  { folder, journalled, notes }: Pick<RunFiles, "folder" | "journalled" | "notes">,
  run: LiveRun,
): PortalParts & { close(): void } {
  const { twin } = run.session;
  run.followers.add({
    stepped() {
      for (const { side, event } of twin.out.events) if (side === "belief") notes.note(event);
    },
    shown() {},
  });
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
