// “Branch here”: what the other run does at this moment, and off to the page of two runs.

import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import type { StreetLayout } from "../../sim/contract/frame.ts";
import type { TwinInput } from "../../sim/contract/input.ts";
import {
  isPriceChange,
  PRICE_PERCENT_MAX,
  PRICE_PERCENT_MIN,
} from "../../sim/contract/price-change.ts";
import { readNumber } from "../../sim/contract/typed-number.ts";
import { Dialog } from "../panels/dialog.tsx";
import { formatMoment } from "../player/format.ts";
import { localPlayer } from "../player/local-page.ts";
import { say, useStreet } from "../player/store.ts";
import { writeTwinLink } from "../player/twin-link.ts";
import { branchText } from "./branch-link.ts";

interface Change {
  readonly id: string;
  readonly label: string;
  readonly of: "home" | "mast" | "street" | "billed";
  inputs(target: string): readonly TwinInput[];
  title(name: string, percent: number): string;
}

/** What a home is chosen as, for all of them. */
const EVERYBODY = "";
const PERCENT_USUAL = "20";
const PERCENT_FIX = `Write a number from ${PRICE_PERCENT_MIN} to ${PRICE_PERCENT_MAX} that is not 0, such as 20.`;

const CHANGES: readonly Change[] = [
  {
    ...{ id: "bypass", label: "A thief leads 60 % of the current around the meter", of: "home" },
    inputs: (target) => [{ kind: "theft-start", target, theft: "partial-bypass", share: 0.6 }],
    title: (name) => `${name} begins to steal, 60 % around the meter`,
  },
  {
    ...{ id: "hook", label: "A thief hooks 2 kW before the meter", of: "home" },
    inputs: (target) => [{ kind: "theft-start", target, theft: "hook", powerW: 2_000 }],
    title: (name) => `${name} hooks 2 kW before its meter`,
  },
  {
    ...{ id: "mast-down", label: "A mast fails", of: "mast" },
    inputs: (target) => [{ kind: "mast-down", target }],
    title: (name) => `${name} goes down`,
  },
  {
    ...{ id: "cut-home", label: "A home loses its supply", of: "home" },
    inputs: (target) => [{ kind: "power-cut", target }],
    title: (name) => `${name} loses its supply`,
  },
  {
    ...{ id: "cut-street", label: "The whole street loses its supply", of: "street" },
    inputs: () => [{ kind: "power-cut" }],
    title: () => "the whole street loses its supply",
  },
  {
    ...{ id: "trip", label: "The company cuts a home off", of: "home" },
    inputs: (target) => [{ kind: "trip", target }],
    title: (name) => `the company cuts ${name} off`,
  },
  {
    ...{ id: "prices", label: "The tariff changes: a kWh has another price", of: "billed" },
    inputs: () => [],
    title: (name, percent) =>
      `a kWh costs ${name} ${Math.abs(percent)} % ${percent < 0 ? "less" : "more"} from the next day on`,
  },
];

interface BranchDialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

export function BranchDialog({ isOpen, onClose }: BranchDialogProps) {
  const layout = useStreet((store) => store.layout);
  const simMs = useStreet((store) => store.simMs);
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title="Branch here" size="lg">
      {layout === null ? null : <BranchForm layout={layout} simMs={simMs} />}
    </Dialog>
  );
}

function BranchForm({ layout, simMs }: { readonly layout: StreetLayout; readonly simMs: number }) {
  const selectedRow = useStreet((store) => store.selectedRow);
  const [id, setId] = useState(CHANGES[0]!.id);
  const change = CHANGES.find((each) => each.id === id)!;
  const [home, setHome] = useState(layout.supplies[Math.max(0, selectedRow)]?.id ?? "");
  const [mast, setMast] = useState(layout.masts[0]?.id ?? "");
  const [billed, setBilled] = useState(EVERYBODY);
  const [percent, setPercent] = useState(PERCENT_USUAL);
  const [problem, setProblem] = useState("");
  const [isBusy, setBusy] = useState(false);
  const target = change.of === "home" ? home : change.of === "mast" ? mast : "";
  const name = layout.supplies.find((each) => each.id === home)?.address ?? home;
  const names = {
    home: name,
    mast,
    street: "",
    billed: layout.supplies.find(({ id: each }) => each === billed)?.address ?? "everybody",
  };
  const open = async (): Promise<void> => {
    const isPrice = change.of === "billed";
    const prices = {
      ...{ atMs: simMs, percent: readNumber(percent) ?? 0 },
      ...(billed === EVERYBODY ? {} : { supply: billed }),
    };
    const fits = prices.percent !== 0 && isPriceChange(prices);
    if (isPrice && !fits) return setProblem(PERCENT_FIX);
    setProblem("");
    setBusy(true);
    const link = await linkFor({
      title: change.title(names[change.of], prices.percent),
      atMs: simMs,
      inputs: change.inputs(target),
      ...(isPrice ? { prices } : {}),
    });
    if (link === null) return setBusy(false);
    location.assign(link);
  };
  return (
    <div className="dialog-form">
      <p>
        From {formatMoment(layout, simMs)} on a second run goes its own way. Both are shown side by
        side, and what differs is listed.
      </p>
      <NativeSelect
        label="What happens in it"
        value={id}
        onChange={({ currentTarget }) => setId(currentTarget.value)}
        data={CHANGES.map((each) => ({ value: each.id, label: each.label }))}
        data-autofocus
      />
      {change.of === "home" && (
        <NativeSelect
          label="Home"
          value={home}
          onChange={({ currentTarget }) => setHome(currentTarget.value)}
          data={layout.supplies.map((each) => ({ value: each.id, label: each.address }))}
        />
      )}
      {change.of === "mast" && (
        <NativeSelect
          label="Mast"
          value={mast}
          onChange={({ currentTarget }) => setMast(currentTarget.value)}
          data={layout.masts.map((each) => each.id)}
        />
      )}
      {change.of === "billed" && (
        <>
          <NativeSelect
            label="For whom"
            value={billed}
            onChange={({ currentTarget }) => setBilled(currentTarget.value)}
            data={[
              { value: EVERYBODY, label: "Every home that gets bills" },
              ...layout.supplies.map((each) => ({ value: each.id, label: each.address })),
            ]}
          />
          <TextInput
            label="Change of the price of a kWh, in percent"
            inputMode="decimal"
            value={percent}
            aria-describedby="price-says"
            onChange={({ currentTarget }) => setPercent(currentTarget.value)}
          />
          <p id="price-says">
            20 makes it dearer by a fifth, −20 cheaper; fixed charges and taxes stay.
          </p>
          <p role="alert">{problem}</p>
        </>
      )}
      <Button loading={isBusy} onClick={() => void open()}>
        Run both side by side
      </Button>
    </div>
  );
}

/** The address of the two runs; null where there is none, and the page has said why. */
async function linkFor(branch: Parameters<typeof branchText>[0]): Promise<string | null> {
  const url = new URL("compare.html", location.href);
  const token = new URLSearchParams(location.search).get("token");
  if (token !== null) url.searchParams.set("token", token);
  const local = localPlayer();
  if (local === undefined) {
    url.searchParams.set("source", "server");
    url.hash = `branch=${branchText(branch)}`;
    return url.href;
  }
  const answer = await local.ask("source", null);
  if (answer === null) return null;
  try {
    const link = writeTwinLink(answer.source, url);
    const before = link.hash.replace(/^#/, "");
    link.hash = `${before}${before === "" ? "" : "&"}branch=${branchText(branch)}`;
    return link.href;
  } catch (error) {
    say((error as Error).message, true);
    return null;
  }
}
