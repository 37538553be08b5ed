// A name and a value on one line of a panel.

import type { ReactNode } from "react";

export function Fact({ name, value }: { readonly name: string; readonly value: ReactNode }) {
  return (
    <div className="fact">
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
