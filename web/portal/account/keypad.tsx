// The meter's keypad: somebody who is at home types twenty digits, and the display answers.

import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { TokenResult } from "../../../sim/contract/meter-device.ts";
import type { KeypadView } from "../../../sim/contract/portal.ts";
import { formatMoment } from "../../player/format.ts";
import { send } from "../api.ts";
import { usePolled } from "../polled.ts";
import type { PageProps } from "./account-pages.tsx";

const RESULT_WORDS: Readonly<Record<TokenResult, string>> = {
  accepted: "The meter has taken the token.",
  "half-a-key": "The meter has half of its new key; type the other token too.",
  rejected: "The meter does not know this token. Look at its 20 digits again.",
  used: "The meter has taken this token before; each is good once.",
  old: "The token is too old; a newer one has been taken.",
  overflow: "The meter has no room for so much credit; use some first.",
  "key-expired": "The meter's key has expired; type the tokens of its new key first.",
  locked: "The meter is locked after too many wrong tokens; wait and try again.",
  "wrong-kind": "The token is for a meter of another kind.",
};
const DARK = "The display is dark: the meter has no supply, or does not answer.";
const KEYPAD_WALL_MS = 1_000;

export function Keypad({ base, view: { clock }, again }: PageProps) {
  const keypad = usePolled<KeypadView>(`${base}/keypad`, KEYPAD_WALL_MS);
  const [token, setToken] = useState("");
  const [problem, setProblem] = useState("");
  const [isBusy, setBusy] = useState(false);
  const type = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    const answer = await send(`${base}/keypad`, { token });
    setBusy(false);
    setProblem(answer.ok ? "" : answer.reason);
    if (!answer.ok) return;
    setToken("");
    keypad.again();
    again();
  };
  const answers = keypad.value?.answers ?? [];
  const keyed = answers.map((each, at) => ({ ...each, key: `${each.at}/${answers.length - at}` }));
  return (
    <section className="card" aria-labelledby="keypad-title">
      <h2 id="keypad-title">Your meter's keypad</h2>
      <form className="stack" onSubmit={(event) => void type(event)}>
        <TextInput
          label="Token"
          placeholder="1234 5678 9012 3456 7890"
          inputMode="numeric"
          size="md"
          maxLength={60}
          value={token}
          onChange={(event) => setToken(event.currentTarget.value)}
        />
        <p role="alert" className="problem">
          {problem}
        </p>
        <Button type="submit" size="md" loading={isBusy}>
          Enter
        </Button>
      </form>
      <ul className="story-list keypad" aria-live="polite">
        {keyed.map(({ key, at, result }) => (
          <li key={key}>
            <span className="quiet">{formatMoment(clock, at)}</span>
            <br />
            {result === null ? DARK : RESULT_WORDS[result]}
          </li>
        ))}
      </ul>
    </section>
  );
}
