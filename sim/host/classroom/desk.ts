// What each role is shown of the twin beside the street's page: a thief the truth of the own home, an operator the
// masts, a customer the own account.

import type { Desk } from "../../contract/classroom.ts";
import type { BeliefSupplyColumns, TruthStreet, TruthSupplyColumns } from "../../contract/frame.ts";
import { makeFrame } from "../../engine/frames.ts";
import type { Twin } from "../../engine/world.ts";
import type { Learner } from "./classroom.ts";

interface Columns {
  readonly truth: TruthSupplyColumns;
  readonly belief: BeliefSupplyColumns;
  readonly street: TruthStreet;
}

/** Made once a step, however many learners ask. */
export interface Desks {
  of(twin: Twin, learner: Learner): Desk | null;
}

export function createDesks(): Desks {
  let made: { twin: Twin; step: number; columns: Columns } | undefined;
  const columnsOf = (twin: Twin): Columns => {
    const { step } = twin.world.engine.clock;
    if (made?.twin !== twin || made.step !== step) {
      const columns = {
        truth: makeFrame(twin, "truth/supply").data as TruthSupplyColumns,
        belief: makeFrame(twin, "belief/supply").data as BeliefSupplyColumns,
        street: makeFrame(twin, "truth/street").data as TruthStreet,
      };
      made = { twin, step, columns };
    }
    return made.columns;
  };
  return {
    of(twin, { play, supply }) {
      const row = supply === null ? -1 : (twin.model.rowOfSupply.get(supply) ?? -1);
      switch (play) {
        case "operator":
          return operatorDesk(columnsOf(twin), twin);
        case "thief":
          return row < 0 ? null : thiefDesk(columnsOf(twin), row);
        case "customer":
          return row < 0 ? null : customerDesk(columnsOf(twin), row);
        case "watcher":
        case "detective":
          return null;
      }
    },
  };
}

const thiefDesk = ({ truth }: Columns, row: number): Desk => ({
  role: "thief",
  powerW: truth.activePowerW[row]!,
  unmeteredW: truth.unmeteredW[row]!,
  displayText: truth.displayText[row]!,
  isStealing: truth.theftKinds[row] !== 0,
  hasSupply: truth.offReason[row] === "",
});

function operatorDesk({ street }: Columns, { model }: Twin): Desk {
  const masts = model.resolved.layout.masts.map(({ id }, mast) => ({
    id,
    isUp: street.mastUp[mast] === 1,
    meters: street.mastMeters[mast] ?? 0,
    loadShare: street.mastLoadShare[mast] ?? 0,
  }));
  return { role: "operator", masts, inFlight: street.inFlight };
}

const customerDesk = ({ truth, belief }: Columns, row: number): Desk => ({
  role: "customer",
  // Whoever lives there sees the display of the meter, and whether the light is on.
  displayText: truth.displayText[row]!,
  hasSupply: truth.offReason[row] === "",
  state: belief.accountState[row]!,
  owedMinor: belief.owedMinor[row]!,
  prepaidMinor: belief.prepaidMinor[row] ?? null,
  readAt: belief.measuredAt[row] ?? null,
});
