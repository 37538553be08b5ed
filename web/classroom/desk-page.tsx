// A learner's place in the class: who they are, what their role shows and may do, and the way to the street's page.

import { Button, NumberInput, Select } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { Desk, LearnerView } from "../../sim/contract/classroom.ts";
import { STREET_ROLES } from "../../sim/contract/classroom.ts";
import { formatMoney, formatPower } from "../player/format.ts";
import { forgetSession, send } from "../portal/api.ts";
import { usePolled } from "../portal/polled.ts";
import { momentText } from "./class-clock.ts";
import { CLASS_WORDS, type ClassWords } from "./class-words.ts";
import { LanguageSwitch, linkInLanguage, usePageLanguage, usePageTitle } from "./page-language.tsx";

const EVERY_WALL_MS = 1_000;

export function DeskPage() {
  const { value: view, problem, again } = usePolled<LearnerView>("api/class/me", EVERY_WALL_MS);
  const [notice, setNotice] = useState("");
  const [isCurtain, setCurtain] = useState(false);
  const lang = usePageLanguage();
  const words = CLASS_WORDS[lang];
  usePageTitle(words.yourClass);
  const act = async (input: object, done: string): Promise<void> => {
    const answer = await send("api/class/input", input);
    setNotice(answer.ok ? done : words.serverSays(answer.reason));
    again();
  };
  if (isCurtain && view !== null) return <Curtain view={view} />;
  return (
    <main className="portal class-desk">
      <LanguageSwitch label={words.language} />
      <h1>{words.yourClass}</h1>
      <p role="alert" className="problem">
        {words.serverSays(problem)}
      </p>
      {view !== null && (
        <>
          <p>
            <b>{view.name}</b>,{" "}
            {words.roleAt(words.roles[view.play].name.toLowerCase(), view.address)} ·{" "}
            {momentText(view.clock, lang)}
            {view.isPaused ? ` · ${words.standsStill}` : ""}
          </p>
          <p>{words.roles[view.play].says}</p>
          {view.desk !== null && <RoleDesk desk={view.desk} view={view} act={act} words={words} />}
          {STREET_ROLES.includes(view.play) && (
            <p>
              <a className="class-go" href={streetLink(view)}>
                {view.lesson === null ? words.openStreet : words.openLesson}
              </a>
            </p>
          )}
          <p role="status" className="class-notice">
            {notice}
          </p>
          <div className="class-buttons">
            {view.seats.length > 1 && (
              <Button variant="default" onClick={() => setCurtain(true)}>
                {words.handOver}
              </Button>
            )}
            <Button variant="default" onClick={() => location.assign(linkInLanguage("join"))}>
              {words.onePlayerMore}
            </Button>
            <Button variant="default" onClick={() => void leave()}>
              {words.leave}
            </Button>
          </div>
        </>
      )}
    </main>
  );
}

async function leave(): Promise<void> {
  await send("api/sign-out", {});
  forgetSession();
  location.assign(linkInLanguage("join"));
}

function streetLink({ lesson, play }: LearnerView): string {
  const url = new URL(linkInLanguage("./"));
  if (lesson !== null) url.searchParams.set("lesson", lesson);
  if (play === "detective") url.searchParams.set("view", "company");
  return url.href;
}

/** Nothing of the one who leaves is shown while the machine goes from hand to hand. */
function Curtain({ view }: { readonly view: LearnerView }) {
  const words = CLASS_WORDS[usePageLanguage()];
  const [problem, setProblem] = useState("");
  const take = async (learner: string): Promise<void> => {
    const answer = await send("api/class/seat", { learner });
    forgetSession();
    if (answer.ok) location.reload();
    else setProblem(answer.reason);
  };
  return (
    <main className="portal class-curtain">
      <h1>{words.handOver}</h1>
      <p>{words.lookAway}</p>
      <ul className="demo-list">
        {view.seats.map(({ id, name }) => (
          <li key={id}>
            <Button size="lg" variant="default" onClick={() => void take(id)}>
              {words.iAm(name)}
            </Button>
          </li>
        ))}
      </ul>
      <p role="alert" className="problem">
        {words.serverSays(problem)}
      </p>
    </main>
  );
}

interface DeskProps<Role extends Desk["role"]> {
  readonly desk: Extract<Desk, { readonly role: Role }>;
  readonly view: LearnerView;
  readonly words: ClassWords;
  readonly act: (input: object, done: string) => Promise<void>;
}

function RoleDesk({ desk, ...rest }: DeskProps<Desk["role"]>) {
  switch (desk.role) {
    case "thief":
      return <ThiefDesk desk={desk} {...rest} />;
    case "operator":
      return <OperatorDesk desk={desk} {...rest} />;
    case "customer":
      return <CustomerDesk desk={desk} {...rest} />;
  }
}

function Card({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="class-card" aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

const Display = ({ text, title }: { readonly text: string; readonly title: string }) => (
  <figure className="class-meter">
    <figcaption>{title}</figcaption>
    <pre className="class-display">{text}</pre>
  </figure>
);

const SHARES = [30, 60, 90] as const;

function ThiefDesk({ desk, act, words }: DeskProps<"thief">) {
  const [percent, setPercent] = useState("60");
  return (
    <Card title={words.yourHome}>
      <Display text={desk.displayText} title={words.display} />
      <p>
        {desk.hasSupply ? words.lightOn : words.lightOff}{" "}
        {words.flow(formatPower(desk.powerW), formatPower(desk.unmeteredW))}
      </p>
      {desk.isStealing ? (
        <Button color="red.9" onClick={() => void act({ kind: "theft-stop" }, words.wireAway)}>
          {words.takeWireAway}
        </Button>
      ) : (
        <div className="class-row">
          <Select
            label={words.share}
            data={SHARES.map((share) => ({ value: String(share), label: `${share} %` }))}
            value={percent}
            allowDeselect={false}
            onChange={(value) => setPercent(value ?? "60")}
          />
          <Button
            color="red.9"
            onClick={() =>
              void act(
                { kind: "theft-start", share: Number(percent) / 100 },
                words.begunToSteal(percent),
              )
            }
          >
            {words.steal}
          </Button>
        </div>
      )}
    </Card>
  );
}

function OperatorDesk({ desk, act, words }: DeskProps<"operator">) {
  return (
    <Card title={words.masts}>
      <p>{words.onTheirWay(desk.inFlight)}</p>
      <ul className="class-masts">
        {desk.masts.map(({ id, isUp, meters, loadShare }) => (
          <li key={id}>
            <span>
              <b>{id}</b>: {words.mast(isUp, meters, Math.round(100 * loadShare))}
            </span>
            <Button
              variant="default"
              onClick={() =>
                void act(
                  { kind: isUp ? "mast-down" : "mast-up", target: id },
                  words.mastChanges(id, isUp),
                )
              }
            >
              {words.changeMast(id, isUp)}
            </Button>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function CustomerDesk({ desk, view, act, words }: DeskProps<"customer">) {
  const [rupees, setRupees] = useState<string | number>(
    desk.owedMinor > 0 ? desk.owedMinor / 100 : 300,
  );
  const [problem, setProblem] = useState("");
  const pay = (): void => {
    const amountMinor = Math.round(Number(rupees) * 100);
    if (!Number.isFinite(amountMinor) || amountMinor <= 0) {
      setProblem(words.noAmount);
      return;
    }
    setProblem("");
    void act({ kind: "payment", amountMinor }, words.paid(formatMoney(amountMinor, view.currency)));
  };
  return (
    <Card title={words.account}>
      <Display text={desk.displayText} title={words.display} />
      <p>
        {desk.hasSupply ? words.lightOn : words.lightOff}{" "}
        {desk.prepaidMinor === null
          ? words.owes(formatMoney(desk.owedMinor, view.currency))
          : words.credit(formatMoney(desk.prepaidMinor, view.currency))}
      </p>
      <div className="class-row">
        <NumberInput
          label={words.amount(view.currency)}
          value={rupees}
          onChange={setRupees}
          decimalScale={2}
          hideControls
        />
        <Button onClick={pay}>{words.pay}</Button>
      </div>
      <p role="alert" className="problem">
        {problem}
      </p>
    </Card>
  );
}
