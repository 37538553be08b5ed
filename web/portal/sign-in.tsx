// Signing in: a name and a password; on this machine alone also the accounts of the demonstration.

import { Button, PasswordInput, TextInput } from "@mantine/core";
import { type FormEvent, useEffect, useState } from "react";
import type { DemoAccount, MeView, SignInView } from "../../sim/contract/portal.ts";
import { linkTo } from "../player/server-link.ts";
import { forgetSession, read, send } from "./api.ts";
import { homeOf, SignOut } from "./portal.tsx";

const HOMES_SHOWN = 6;

export function SignIn({ me }: { readonly me: MeView }) {
  const [view, setView] = useState<SignInView | null>(null);
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState("");
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    document.title = "Sign in · Meterville";
    void read<SignInView>("api/sign-in").then((answer) => {
      if (answer.ok) setView(answer.value);
      else setProblem(answer.reason);
    });
  }, []);
  const enter = async (as: { readonly name: string; readonly password: string }): Promise<void> => {
    setBusy(true);
    setProblem("");
    const answer = await send<MeView>("api/sign-in", as);
    forgetSession();
    setBusy(false);
    if (answer.ok) location.assign(linkTo(homeOf(answer.value), location.href));
    else setProblem(answer.reason);
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void enter({ name, password });
  };
  return (
    <main className="portal sign-in">
      <h1>Sign in to Meterville</h1>
      {me.isSignedIn && (
        <p>
          You are signed in as {me.name}. <a href={linkTo(homeOf(me), location.href)}>Go on</a> or{" "}
          <SignOut />
        </p>
      )}
      {view?.canSignIn === false && (
        <p role="status">
          Nobody can sign in here yet: start the server with <code>--users</code> and a file of
          users.
        </p>
      )}
      <form onSubmit={submit}>
        <TextInput
          label="Name"
          size="md"
          autoComplete="username"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          required
        />
        <PasswordInput
          label="Password"
          size="md"
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          required
          visibilityToggleButtonProps={{ "aria-label": "Show the password" }}
        />
        <p role="alert" className="problem">
          {problem}
        </p>
        <Button type="submit" size="md" loading={isBusy}>
          Sign in
        </Button>
      </form>
      {view !== null && view.demoPassword !== null && (
        <Demo
          view={view}
          choose={(chosen) => void enter({ name: chosen, password: view.demoPassword! })}
        />
      )}
    </main>
  );
}

interface DemoProps {
  readonly view: SignInView;
  readonly choose: (name: string) => void;
}

function Demo({ view, choose }: DemoProps) {
  const [word, setWord] = useState("");
  const isWanted = ({ name }: DemoAccount): boolean =>
    name.toLowerCase().includes(word.trim().toLowerCase());
  const staff = view.demo.filter(({ role }) => role !== "customer");
  const homes = view.demo.filter(({ role }) => role === "customer");
  const found = homes.filter(isWanted);
  return (
    <section aria-labelledby="demo-title" className="demo">
      <h2 id="demo-title">Accounts of the demonstration</h2>
      <p>
        On this machine only. Their password is <code>{view.demoPassword}</code>. Press one to sign
        in.
      </p>
      <h3>The company</h3>
      <ul className="demo-list">
        {staff.map(({ name, role }) => (
          <li key={name}>
            <Button variant="default" onClick={() => choose(name)}>
              {name === role ? name : `${name} (${role})`}
            </Button>
          </li>
        ))}
      </ul>
      <h3>Customers</h3>
      <TextInput
        label={`Find one of ${homes.length} homes`}
        type="search"
        value={word}
        onChange={(event) => setWord(event.currentTarget.value)}
      />
      <ul className="demo-list">
        {found.slice(0, HOMES_SHOWN).map(({ name }) => (
          <li key={name}>
            <Button variant="default" onClick={() => choose(name)}>
              {name}
            </Button>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p>No home has this in its address.</p>}
    </section>
  );
}
