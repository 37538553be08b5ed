// What the web for customers and officials keeps beside a live run.

import { join } from "node:path";
import type { LiveRun } from "../live.ts";
import type { RunFiles } from "../run-files.ts";
import { RUN_FILE } from "../run-folder.ts";
import { type ArrearsIndex, createArrearsIndex } from "./arrears-index.ts";
import { type Consents, openConsents } from "./consents.ts";
import { createKeypads, type Keypads } from "./keypads.ts";
import { openPaymentDesk, type PaymentDesk } from "./payment-desk.ts";
import { createSimulatedProvider } from "./simulated-provider.ts";
import type { SupplyNotes } from "./supply-notes.ts";
import { createSupplySearch, type SupplySearch } from "./supply-search.ts";

export interface PortalParts {
  readonly notes: SupplyNotes;
  readonly payments: PaymentDesk;
  readonly consents: Consents;
  readonly keypads: Keypads;
  readonly arrears: ArrearsIndex;
  readonly search: SupplySearch;
}

export function openPortal(
  { folder, journalled, notes }: Pick<RunFiles, "folder" | "journalled" | "notes">,
  run: LiveRun,
): PortalParts & { close(): void } {
  const { twin } = run.session;
  const keypads = createKeypads();
  let renamed = 0;
  run.followers.add({
    stepped() {
      for (const each of twin.out.events) {
        if (each.side === "truth") {
          keypads.note(each.event);
          continue;
        }
        notes.note(each.event);
        if (each.event.kind === "moved-in" || each.event.kind === "meter-replaced") renamed++;
      }
    },
    shown() {},
  });
  const arrears = createArrearsIndex(twin);
  run.followers.add(arrears);
  const search = createSupplySearch(
    twin.model.records.supplies,
    twin.world.belief.accounts,
    () => renamed,
  );
  const consents = openConsents(join(folder, RUN_FILE.consents));
  const payments = unlessFailed(consents.close, () =>
    openPaymentDesk({
      ...{ path: join(folder, RUN_FILE.payments), provider: createSimulatedProvider(), journalled },
      input: (raw) => run.input(raw),
    }),
  );
  return {
    ...{ notes, payments, consents, keypads, arrears, search },
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
