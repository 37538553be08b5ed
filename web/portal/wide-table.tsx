// A table that may be wider than a phone: it scrolls sideways in itself, by keys as well.

import type { ReactNode } from "react";

export function WideTable({
  name,
  children,
}: {
  readonly name: string;
  readonly children: ReactNode;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keys
    <section className="wide-scroll" aria-label={name} tabIndex={0}>
      <table className="plain">{children}</table>
    </section>
  );
}
