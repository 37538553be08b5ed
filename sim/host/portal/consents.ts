// What customers allow: whether their use is part of their neighbours' mean. Kept in the run's folder, a line a change.

import { existsSync } from "node:fs";
import { openLines, readLines } from "../line-file.ts";

export interface Consents {
  /** Unless a customer has said otherwise a home takes part. */
  sharesUse(supply: string): boolean;
  /** On disk when it returns. Throws StorageError. */
  set(supply: string, sharesUse: boolean): void;
  close(): void;
}

interface Line {
  readonly supply: string;
  readonly sharesUse: boolean;
  readonly at: string;
}

export function openConsents(path: string): Consents {
  const refused = new Set<string>();
  const take = ({ supply, sharesUse }: Pick<Line, "supply" | "sharesUse">): void => {
    if (sharesUse) refused.delete(supply);
    else refused.add(supply);
  };
  for (const line of readLines(path) as readonly Line[]) take(line);
  const lines = openLines(path, existsSync(path) ? "r+" : "wx", { name: "the consents" });
  return {
    sharesUse: (supply) => !refused.has(supply),
    set(supply, sharesUse) {
      lines.append(JSON.stringify({ supply, sharesUse, at: new Date().toISOString() }));
      take({ supply, sharesUse });
    },
    close: lines.close,
  };
}
