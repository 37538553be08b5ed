// Joining a class: its code and a name, no password.

import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useEffect, useState } from "react";
import { CODE_CHARACTERS, LEARNER_NAME_CHARACTERS_MAX } from "../../sim/contract/classroom.ts";
import type { MeView } from "../../sim/contract/portal.ts";
import { linkTo } from "../player/server-link.ts";
import { forgetSession, send } from "../portal/api.ts";

export function JoinPage({ me }: { readonly me: MeView }) {
  const [code, setCode] = useState(
    () => new URLSearchParams(location.search).get("code")?.slice(0, 20) ?? "",
  );
  const [name, setName] = useState("");
  const [problem, setProblem] = useState("");
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    document.title = "Join a class · Meterville";
  }, []);
  const join = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setProblem("");
    const answer = await send<MeView>("api/class/join", { code, name });
    forgetSession();
    setBusy(false);
    if (answer.ok) location.assign(linkTo("class", location.href));
    else setProblem(answer.reason);
  };
  return (
    <main className="portal sign-in">
      <h1>Join a class</h1>
      {me.role === "learner" && (
        <p>
          You are in the class as {me.name}. <a href={linkTo("class", location.href)}>Go on</a>, or
          join here as one more who plays at this machine.
        </p>
      )}
      {me.isSignedIn && me.role !== "learner" && (
        <p role="status">
          You are signed in as {me.name}. Whoever joins at this machine takes your place here; open
          a private window to stay.
        </p>
      )}
      <form onSubmit={(event) => void join(event)}>
        <TextInput
          label="Code of the class"
          description={`${CODE_CHARACTERS} letters and digits; your teacher shows them`}
          size="md"
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
          required
        />
        <TextInput
          label="Your name"
          description="As your teacher will see it; a nickname will do"
          size="md"
          autoComplete="nickname"
          maxLength={LEARNER_NAME_CHARACTERS_MAX}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          required
        />
        <p role="alert" className="problem">
          {problem}
        </p>
        <Button type="submit" size="md" loading={isBusy}>
          Join
        </Button>
      </form>
    </main>
  );
}
