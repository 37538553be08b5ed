// Truth and belief of one home side by side, with what differs between them in words and numbers.

import { THEFT_KINDS, theftBit } from "../../sim/contract/theft.ts";
import {
  formatAge,
  formatEnergy,
  formatPercent,
  formatPower,
  formatRegister,
  formatVoltage,
} from "../player/format.ts";
import { type StreetStore, useStreet } from "../player/store.ts";
import { THEFT_WORDS } from "../player/why.ts";
import { DIFFERS_IN, type DiffersIn, differenceBits, differences } from "../scene/home-state.ts";

export interface ComparedFact {
  readonly kind: DiffersIn;
  readonly name: string;
  readonly truth: string;
  readonly belief: string;
  readonly isOther: boolean;
}

const NOT_KNOWN = "not known";

/** Supply, relay, register and theft of one home; none before both channels have come. */
export function comparedFacts(store: StreetStore, row: number): readonly ComparedFact[] {
  const { truthSupply: truth, beliefSupply: belief, simMs } = store;
  if (truth === null || belief === null) return [];
  const bits = differenceBits(store, row);
  const fact = (
    kind: DiffersIn,
    name: string,
    ofTruth: string,
    ofBelief: string,
  ): ComparedFact => ({
    ...{ kind, name, truth: ofTruth, belief: ofBelief },
    isOther: (bits & DIFFERS_IN[kind]) !== 0,
  });
  const off = truth.offReason[row] ?? "";
  const volts = formatVoltage(truth.voltageV[row] ?? 0);
  const supply =
    off === "cut" ? "cable dead, 0 V" : off === "fuse" ? "fuse blown, 0 V" : `there, ${volts}`;
  const measuredAt = belief.measuredAt[row] ?? null;
  const age = measuredAt === null ? "" : `, ${formatAge(Math.max(0, simMs - measuredAt))} ago`;
  const relay = belief.relayOpen[row] ?? null;
  const knownWh = belief.importWh[row] ?? null;
  const trueWh = truth.importWh[row] ?? 0;
  const kinds = THEFT_KINDS.filter((kind) => ((truth.theftKinds[row] ?? 0) & theftBit(kind)) !== 0);
  const theft =
    kinds.length === 0
      ? "none"
      : `${kinds.map((kind) => THEFT_WORDS[kind]).join(", ")}, ${formatPower(truth.unmeteredW[row] ?? 0)} uncounted`;
  const isSuspected = (belief.caseId[row] ?? "") !== "";
  return [
    fact(
      "supply",
      "Supply",
      supply,
      belief.isOut[row] === 1 ? "taken to be out" : "taken to be there",
    ),
    fact(
      "relay",
      "Relay",
      truth.relayOpen[row] === 1 ? "open" : "closed",
      relay === null ? NOT_KNOWN : `${relay === 1 ? "open" : "closed"}${age}`,
    ),
    fact("register", "Register", formatRegister(trueWh), registerWords(trueWh, knownWh, age)),
    fact(
      "theft",
      "Theft",
      theft,
      isSuspected ? `suspected, ${formatPercent(belief.suspicion[row] ?? 0)}` : "not suspected",
    ),
  ];
}

function registerWords(trueWh: number, knownWh: number | null, age: string): string {
  if (knownWh === null) return NOT_KNOWN;
  const lacksWh = trueWh - knownWh;
  const by =
    lacksWh === 0 ? "" : `; ${formatEnergy(Math.abs(lacksWh))} ${lacksWh > 0 ? "less" : "more"}`;
  return `${formatRegister(knownWh)}${age}${by}`;
}

export function Differing({ row }: { readonly row: number }) {
  const text = useStreet((store) => differences(store, row).join("; "));
  // As a text, so that the card is drawn anew only where a word of it is another.
  const told = useStreet((store) => JSON.stringify(comparedFacts(store, row)));
  const facts = JSON.parse(told) as readonly ComparedFact[];
  return (
    <>
      <p className={text === "" ? "muted" : "differs-text"}>
        {text === "" ? "The company knows this home as it is." : `This home ${text}.`}
      </p>
      {facts.length > 0 && (
        <table className="compared">
          <caption className="for-readers">Truth and belief of this home</caption>
          <thead>
            <tr>
              <td />
              <th scope="col">In truth</th>
              <th scope="col">The company has</th>
            </tr>
          </thead>
          <tbody>
            {facts.map(({ kind, name, truth, belief, isOther }) => (
              <tr key={kind} className={isOther ? "is-other" : undefined}>
                <th scope="row">
                  {name}
                  {isOther && (
                    <>
                      <span aria-hidden="true"> ≠</span>
                      <span className="for-readers"> differs</span>
                    </>
                  )}
                </th>
                <td>{truth}</td>
                <td>{belief}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
