// One field that finds everything: homes, views, paces and whatever has a key.

import { TextInput } from "@mantine/core";
import { type KeyboardEvent, useEffect, useState } from "react";
import { copyLink } from "../player/copy-link.ts";
import { KEYS, pageActions } from "../player/keys.ts";
import { SPEEDS, select, setPace, useStreet } from "../player/store.ts";
import { Dialog } from "./dialog.tsx";

const SHOWN_MAX = 12;

interface Choice {
  readonly id: string;
  readonly text: string;
  readonly hint: string;
  choose(): unknown;
}

function choices(): readonly Choice[] {
  const homes = useStreet.getState().layout?.supplies ?? [];
  return [
    ...homes.map(({ id, address, customer }, row) => ({
      id: `home-${row}`,
      text: address,
      hint: `${customer} · ${id}`,
      choose: () => select(row),
    })),
    ...KEYS.filter(({ keys }) => !keys.includes("Ctrl+k")).map(({ label, does, press }) => ({
      ...{ id: `key-${label}`, hint: label, choose: press },
      text: does[0]!.toUpperCase() + does.slice(1),
    })),
    ...SPEEDS.map((speed) => ({
      ...{ id: `speed-${speed}`, hint: "" },
      text: speed === null ? "Speed: as fast as possible" : `Speed: ${speed}×`,
      choose: () => setPace({ speed }),
    })),
    { id: "link", text: "Copy a link to this moment", hint: "", choose: copyLink },
  ];
}

/** Every word of what is written must be in the text or beside it. */
export function found<Item extends { readonly text: string; readonly hint: string }>(
  items: readonly Item[],
  query: string,
): readonly Item[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return items.filter(({ text, hint }) => {
    const all = `${text} ${hint}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

export function Palette() {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    pageActions.openPalette = () => setOpen(true);
  }, []);
  return (
    <Dialog
      isOpen={isOpen}
      onClose={() => setOpen(false)}
      title="Find homes, views and actions"
      size="lg"
    >
      {isOpen && <Finder onClose={() => setOpen(false)} />}
    </Dialog>
  );
}

function Finder({ onClose }: { readonly onClose: () => void }) {
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const shown = found(choices(), query).slice(0, SHOWN_MAX);
  const chosen = shown[Math.min(at, shown.length - 1)];
  const take = (choice: Choice | undefined): void => {
    if (choice === undefined) return;
    onClose();
    void choice.choose();
  };
  const press = (event: KeyboardEvent): void => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by !== undefined) {
      event.preventDefault();
      setAt(Math.min(shown.length - 1, Math.max(0, at + by)));
    } else if (event.key === "Enter") {
      event.preventDefault();
      take(chosen);
    }
  };
  return (
    <div className="finder">
      <TextInput
        aria-label="What to find"
        placeholder="2 Tamarind Lane, faster, difference …"
        value={query}
        data-autofocus
        role="combobox"
        aria-expanded={shown.length > 0}
        aria-controls="finder-choices"
        aria-activedescendant={chosen === undefined ? undefined : `choice-${chosen.id}`}
        onChange={({ currentTarget }) => {
          setQuery(currentTarget.value);
          setAt(0);
        }}
        onKeyDown={press}
      />
      <div role="listbox" id="finder-choices" aria-label="Found" className="finder-choices">
        {shown.map((choice) => (
          // The field keeps the focus and tells which one is chosen.
          <div
            key={choice.id}
            id={`choice-${choice.id}`}
            role="option"
            tabIndex={-1}
            aria-selected={choice === chosen}
            onPointerDown={(event) => {
              event.preventDefault();
              take(choice);
            }}
          >
            <span>{choice.text}</span>
            <span className="muted">{choice.hint}</span>
          </div>
        ))}
      </div>
      {shown.length === 0 && <p className="muted">Nothing here is called that.</p>}
    </div>
  );
}
