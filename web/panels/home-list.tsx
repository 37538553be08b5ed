// Every home as a row: what the picture shows, for the keyboard, for screen readers and for small screens.

import { memo } from "react";
import type { StreetLayout } from "../../sim/contract/frame.ts";
import { formatPower } from "../player/format.ts";
import { type StreetStore, select, useStreet } from "../player/store.ts";
import { differences, FLAG } from "../scene/home-state.ts";
import { homeStates } from "../scene/home-states.ts";

const NONE: StreetLayout["supplies"] = [];

export function HomeList() {
  const supplies = useStreet(({ layout }) => layout?.supplies ?? NONE);
  return (
    <section className="panel home-list" aria-labelledby="homes-title">
      <h2 id="homes-title">Homes</h2>
      <ol>
        {supplies.map(({ id, address }, row) => (
          <HomeRow key={id} row={row} address={address} />
        ))}
      </ol>
    </section>
  );
}

interface Badge {
  readonly text: string;
  readonly kind: "theft" | "off" | "late" | "case" | "differs";
}

/** The marks of one home in the current view; the same words as in the legend. */
function badgesOf(store: StreetStore, row: number): Badge[] {
  const flags = homeStates(store)[row]?.flags ?? 0;
  const badges: Badge[] = [];
  if (flags & FLAG.theft) badges.push({ text: "theft", kind: "theft" });
  if (flags & FLAG.dark) badges.push({ text: "off", kind: "off" });
  if (flags & FLAG.suspected) badges.push({ text: "case", kind: "case" });
  if (flags & FLAG.late) badges.push({ text: "late", kind: "late" });
  if (flags & FLAG.differs) badges.push({ text: "differs", kind: "differs" });
  return badges;
}

function powerOf({ view, truthSupply, beliefSupply }: StreetStore, row: number): string {
  const watts = (view === "company" ? beliefSupply : truthSupply)?.activePowerW[row];
  return watts == null ? "–" : formatPower(watts);
}

const HomeRow = memo(function HomeRow({
  row,
  address,
}: {
  readonly row: number;
  readonly address: string;
}) {
  const isSelected = useStreet(({ selectedRow }) => selectedRow === row);
  const power = useStreet((store) => powerOf(store, row));
  const badges = useStreet((store) =>
    badgesOf(store, row)
      .map(({ text, kind }) => `${kind}:${text}`)
      .join(" "),
  );
  const why = useStreet((store) =>
    store.view === "difference" ? differences(store, row).join("; ") : "",
  );
  const choose = (): void => {
    select(row);
    void import("../scene/camera.tsx").then(({ showHome }) => showHome(row));
  };
  return (
    <li>
      <button
        type="button"
        className="home-row"
        aria-pressed={isSelected}
        onClick={choose}
        title={why}
      >
        <span className="home-address">{address}</span>
        {badges !== "" &&
          badges.split(" ").map((badge) => {
            const [kind, text] = badge.split(":");
            return (
              <span key={kind} className={`badge is-${kind}`}>
                {text}
              </span>
            );
          })}
        <span className="home-power">{power}</span>
      </button>
    </li>
  );
});
