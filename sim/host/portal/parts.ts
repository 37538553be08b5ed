// What the web for customers and officials keeps beside a live run.

import { join } from "node:path";
import type { LiveRun } from "../live.ts";
import type { RunFiles } from "../run-files.ts";
import { RUN_FILE } from "../run-folder.ts";
import { type Consents, openConsents } from "./consents.ts";
import { createKeypads, type Keypads } from "./keypads.ts";
import { openPaymentDesk, type PaymentDesk } from "./payment-desk.ts";
import { createSimulatedProvider } from "./simulated-provider.ts";
import type { SupplyNotes } from "./supply-notes.ts";

export interface PortalParts {
  readonly notes: SupplyNotes;
  readonly payments: PaymentDesk;
  readonly consents: Consents;
  readonly keypads: Keypads;
}

export function openPortal(
  { folder, journalled, notes }: Pick<RunFiles, "folder" | "journalled" | "notes">,
  run: LiveRun,
): PortalParts & { close(): void } {
  const { twin } = run.session;
  const keypads = createKeypads();
  run.followers.add({
    stepped() {
      for (const each of twin.out.events) {
        if (each.side === "belief") notes.note(each.event);
        else keypads.note(each.event);
      }
    },
    shown() {},
  });
  const consents = openConsents(join(folder, RUN_FILE.consents));
  const payments = openPaymentDesk({
    ...{ path: join(folder, RUN_FILE.payments), provider: createSimulatedProvider(), journalled },
    input: (raw, command) => run.input(raw, command),
  });
  return {
    ...{ notes, payments, consents, keypads },
    close() {
      payments.close();
      consents.close();
    },
  };
}
