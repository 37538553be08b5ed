// “Why?” beside a figure: opens the sentence and the numbers that it comes from.

import type { ReactNode } from "react";

export function Why({ of, children }: { readonly of: string; readonly children: ReactNode }) {
  return (
    <details className="why">
      <summary aria-label={`Why: ${of}`}>Why?</summary>
      <div className="why-text">{children}</div>
    </details>
  );
}
