// What to look at first, and the keys.

import { Checkbox, Kbd } from "@mantine/core";
import { useState } from "react";
import { areSingleKeysOn, KEYS, setSingleKeys } from "../player/keys.ts";
import { linkTo } from "../player/server-link.ts";
import { Dialog } from "./dialog.tsx";

export function Help({
  isOpen,
  onClose,
}: {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}) {
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title="A street with a thief" size="lg" centered>
      <ol className="help-steps">
        <li>Click a home, in the street or in the list, and read its meter.</li>
        <li>
          Press <b>Steal 60 %</b>: a bypass leads current around the meter. The lights stay on, the
          register slows down.
        </li>
        <li>
          Switch to <b>What the company knows</b>. Nothing has changed there: the company sees
          readings only. Speed up to 3 600×; within days its energy balance names the home.
        </li>
        <li>
          Take the masts <b>down</b>: readings stay in the meters and arrive late when they are
          back.
        </li>
        <li>
          <b>Trip</b> a home: the command travels over the same network, the relay opens, the home
          goes dark. <b>Pay</b> and it comes back.
        </li>
        <li>
          <b>Put a board in</b>: the meter of a home is now the real firmware in an emulated
          Arduino. <b>Look at meter</b> and press its buttons.
        </li>
      </ol>
      <p>
        A customer's account and the company's office have pages of their own:{" "}
        <a href={linkTo("sign-in", location.href)}>sign in</a>.
      </p>
      <table className="help-keys">
        <tbody>
          {KEYS.map(({ label, does }) => (
            <tr key={label}>
              <th scope="row">
                <Kbd>{label}</Kbd>
              </th>
              <td>{does}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <SingleKeys />
      <p className="muted">Drag to move the map, right-drag to turn, wheel to come closer.</p>
    </Dialog>
  );
}

/** Who dictates or leans on keys can switch those of one character off. */
function SingleKeys() {
  const [isOn, setOn] = useState(areSingleKeysOn);
  return (
    <Checkbox
      className="single-keys"
      label="Keys of a single character act (arrows and those with Ctrl always do)"
      checked={isOn}
      onChange={({ currentTarget }) => {
        setSingleKeys(currentTarget.checked);
        setOn(currentTarget.checked);
      }}
    />
  );
}
