// What changes in a home during a run: people who are away, and what they buy.

import type { SimMs } from "../../core/time.ts";
import { APPLIANCE_NAMES } from "../../plant/loads/appliance-table.ts";
import type { SupplySpec } from "../../plant/spec.ts";
import type { Faults } from "./faults.ts";
import type { Scenario } from "./schema.ts";

type Path = readonly (string | number)[];
type CustomerRow = Exclude<Scenario["customers"], string>[number];

/** Nothing in most homes: what is not said is not there. */
export function homeChangesOf(
  { away, buys }: Pick<CustomerRow, "away" | "buys">,
  path: Path,
  {
    moment,
    faults,
  }: { readonly moment: (text: string, path: Path) => SimMs; readonly faults: Faults },
): Pick<SupplySpec, "away" | "buys"> {
  const spans = away.map((span, k) => {
    const from = moment(span.from, [...path, "away", k, "from"]);
    const until = moment(span.until, [...path, "away", k, "until"]);
    if (until <= from) {
      const fix = `who is away comes back later; write a moment after ${span.from}`;
      faults.add([...path, "away", k, "until"], fix);
    }
    return { from, until };
  });
  const bought = buys.map(({ appliance, from }, k) => {
    if (!APPLIANCE_NAMES.includes(appliance)) {
      const field = [...path, "buys", k, "appliance"];
      faults.unknown(field, "appliance", appliance, APPLIANCE_NAMES);
    }
    return { appliance, from: moment(from, [...path, "buys", k, "from"]) };
  });
  return {
    ...(spans.length === 0 ? {} : { away: spans }),
    ...(bought.length === 0 ? {} : { buys: bought }),
  };
}
