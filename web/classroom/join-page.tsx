// Joining a class: its code and a name, no password.

import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { CODE_CHARACTERS, LEARNER_NAME_CHARACTERS_MAX } from "../../sim/contract/classroom.ts";
import type { MeView } from "../../sim/contract/portal.ts";
import { forgetSession, send } from "../portal/api.ts";
import { CLASS_WORDS } from "./class-words.ts";
import { LanguageSwitch, linkInLanguage, usePageLanguage, usePageTitle } from "./page-language.tsx";

export function JoinPage({ me }: { readonly me: MeView }) {
  const [code, setCode] = useState(
    () => new URLSearchParams(location.search).get("code")?.slice(0, 20) ?? "",
  );
  const [name, setName] = useState("");
  const [problem, setProblem] = useState("");
  const [isBusy, setBusy] = useState(false);
  const words = CLASS_WORDS[usePageLanguage()];
  usePageTitle(words.joinTitle);
  const join = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setProblem("");
    const answer = await send<MeView>("api/class/join", { code, name });
    forgetSession();
    setBusy(false);
    if (answer.ok) location.assign(linkInLanguage("class"));
    else setProblem(answer.reason);
  };
  return (
    <main className="portal sign-in">
      <LanguageSwitch label={words.language} />
      <h1>{words.joinTitle}</h1>
      {me.role === "learner" && (
        <p>
          {words.youAre(me.name)} <a href={linkInLanguage("class")}>{words.goOn}</a>
          {words.oneMore}
        </p>
      )}
      {me.isSignedIn && me.role !== "learner" && <p role="status">{words.signedIn(me.name)}</p>}
      <form onSubmit={(event) => void join(event)}>
        <TextInput
          label={words.code}
          description={words.codeSays(CODE_CHARACTERS)}
          size="md"
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
          required
        />
        <TextInput
          label={words.name}
          description={words.nameSays}
          size="md"
          autoComplete="nickname"
          maxLength={LEARNER_NAME_CHARACTERS_MAX}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          required
        />
        <p role="alert" className="problem">
          {words.serverSays(problem)}
        </p>
        <Button type="submit" size="md" loading={isBusy}>
          {words.join}
        </Button>
      </form>
    </main>
  );
}
