// What one can do to a home: steal from the company in five ways, pay, trip, reconnect, take its supply away.

import { Button } from "@mantine/core";
import { useState } from "react";
import type { StreetLayout } from "../../sim/contract/frame.ts";
import { THEFT_KINDS, type TheftKind, theftBit } from "../../sim/contract/theft.ts";
import { formatMoney } from "../player/format.ts";
import { act, useStreet } from "../player/store.ts";
import { THEFT_WORDS } from "../player/why.ts";

const STEAL_SHARE = 0.6;
const TOP_UP_MINOR = 30_000;
/** What each technique begins with: a share in percent, a hook in W. */
const SIZES: Readonly<Record<TheftKind, readonly number[]>> = {
  "partial-bypass": [30, 60, 90],
  hook: [500, 1_000, 2_000],
  "missing-neutral": [30, 60, 100],
  magnet: [30, 60, 90],
  "relay-bypass": [100],
};

interface ActionsProps {
  readonly row: number;
  readonly id: string;
  readonly layout: StreetLayout;
}

export function HomeActions({ row, id, layout }: ActionsProps) {
  const view = useStreet((store) => store.view);
  const owed = useStreet(({ beliefSupply }) => beliefSupply?.owedMinor[row] ?? 0);
  const isPrepaid = useStreet(({ beliefSupply }) => beliefSupply?.prepaidMinor[row] != null);
  const isOff = useStreet(({ beliefSupply, truthSupply }) => {
    const known = truthSupply?.relayOpen[row] ?? beliefSupply?.relayOpen[row];
    return known === 1;
  });
  const { address } = layout.supplies[row]!;
  return (
    <div className="actions">
      {view !== "company" && <StealButton row={row} id={id} address={address} />}
      {layout.currency !== "" && isPrepaid && (
        <Button
          color="teal.9"
          onClick={() =>
            act(
              { kind: "payment", target: id, amountMinor: TOP_UP_MINOR },
              `${address}: ${formatMoney(TOP_UP_MINOR, layout.currency)} paid; a token is on its way.`,
            )
          }
        >
          Top up {formatMoney(TOP_UP_MINOR, layout.currency)}
        </Button>
      )}
      {layout.currency !== "" && !isPrepaid && (
        <Button
          color="teal.9"
          disabled={owed <= 0}
          onClick={() =>
            act(
              { kind: "payment", target: id, amountMinor: owed },
              `${address}: ${formatMoney(owed, layout.currency)} paid.`,
            )
          }
        >
          {owed > 0 ? `Pay ${formatMoney(owed, layout.currency)}` : "Nothing owed"}
        </Button>
      )}
      {isOff ? (
        <Button
          variant="default"
          onClick={() =>
            act(
              { kind: "reconnect", target: id },
              `${address}: reconnection is on its way to the meter.`,
            )
          }
        >
          Reconnect
        </Button>
      ) : (
        <Button
          variant="default"
          onClick={() =>
            act(
              { kind: "trip", target: id },
              `${address}: the trip command is on its way to the meter.`,
            )
          }
        >
          Trip
        </Button>
      )}
      <Button
        variant="default"
        onClick={() => act({ kind: "inspect", target: id }, `${address}: a crew is sent.`)}
      >
        Send a crew
      </Button>
      {view !== "company" && <MoreActions row={row} id={id} address={address} />}
    </div>
  );
}

type StealProps = { readonly row: number; readonly id: string; readonly address: string };

function StealButton({ row, id, address }: StealProps) {
  const isStealing = useStreet(({ truthSupply }) => (truthSupply?.theftKinds[row] ?? 0) !== 0);
  if (isStealing) {
    return (
      <Button
        color="red"
        variant="light"
        onClick={() => act({ kind: "theft-stop", target: id }, `${address}: the theft is over.`)}
      >
        Stop stealing
      </Button>
    );
  }
  return (
    <Button
      color="red.9"
      onClick={() =>
        act(
          { kind: "theft-start", target: id, share: STEAL_SHARE },
          `${address}: 60 % of the current now flows around the meter.`,
        )
      }
    >
      Steal 60 %
    </Button>
  );
}

/** Other ways to steal, and what else can happen to a supply. */
function MoreActions({ row, id, address }: StealProps) {
  const [kind, setKind] = useState<TheftKind>("hook");
  const [size, setSize] = useState(SIZES.hook[1]!);
  const isCut = useStreet(({ truthSupply }) => truthSupply?.offReason[row] === "cut");
  const isFuseOpen = useStreet(({ truthSupply }) => truthSupply?.offReason[row] === "fuse");
  const atWork = useStreet(({ truthSupply }) => truthSupply?.theftKinds[row] ?? 0);
  const unit = kind === "hook" ? "W" : "%";
  const start = (): void => {
    const howMuch = kind === "hook" ? { powerW: size } : { share: size / 100 };
    const input = { kind: "theft-start", target: id, theft: kind, ...howMuch } as const;
    void act(input, `${address}: ${THEFT_WORDS[kind]}, ${size} ${unit}.`);
  };
  return (
    <details className="more-actions">
      <summary>More that can happen here</summary>
      <fieldset className="steal-form">
        <legend>Another way to steal</legend>
        <label>
          How{" "}
          <select
            value={kind}
            onChange={({ target }) => {
              const chosen = target.value as TheftKind;
              setKind(chosen);
              setSize(SIZES[chosen][Math.floor(SIZES[chosen].length / 2)]!);
            }}
          >
            {THEFT_KINDS.map((each) => (
              <option key={each} value={each}>
                {THEFT_WORDS[each]}
              </option>
            ))}
          </select>
        </label>
        <label>
          How much{" "}
          <select value={size} onChange={({ target }) => setSize(Number(target.value))}>
            {SIZES[kind].map((each) => (
              <option key={each} value={each}>
                {each} {unit}
              </option>
            ))}
          </select>
        </label>
        <Button color="red.9" onClick={start}>
          Begin
        </Button>
      </fieldset>
      {THEFT_KINDS.filter((each) => (atWork & theftBit(each)) !== 0).map((each) => (
        <Button
          key={each}
          variant="default"
          onClick={() =>
            act({ kind: "theft-stop", target: id, theft: each }, `${address}: it is taken away.`)
          }
        >
          Take away: {THEFT_WORDS[each]}
        </Button>
      ))}
      <Button
        variant="default"
        onClick={() =>
          act(
            { kind: isCut ? "power-restore" : "power-cut", target: id },
            isCut ? `${address}: supplied again.` : `${address}: its service cable is dead.`,
          )
        }
      >
        {isCut ? "Give supply back" : "Cut the service cable"}
      </Button>
      {isFuseOpen ? (
        <Button
          variant="default"
          onClick={() => act({ kind: "fuse-replace", target: id }, `${address}: new fuses.`)}
        >
          Replace the fuse
        </Button>
      ) : (
        <Button
          variant="default"
          onClick={() =>
            act({ kind: "short-circuit", target: id }, `${address}: a short circuit in the house.`)
          }
        >
          Short circuit
        </Button>
      )}
    </details>
  );
}
