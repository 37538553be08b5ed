// A learner's place in the class: who they are, what their role shows and may do, and the way to the street's page.

import { Button, NumberInput, Select } from "@mantine/core";
import { type ReactNode, useEffect, useState } from "react";
import type { Desk, LearnerView } from "../../sim/contract/classroom.ts";
import { STREET_ROLES } from "../../sim/contract/classroom.ts";
import type { PlayRole } from "../../sim/contract/lesson.ts";
import { formatMoney, formatPower } from "../player/format.ts";
import { linkTo } from "../player/server-link.ts";
import { forgetSession, send } from "../portal/api.ts";
import { usePolled } from "../portal/polled.ts";
import { momentText } from "./class-clock.ts";

const EVERY_WALL_MS = 1_000;

export const ROLE_WORDS: Readonly<
  Record<PlayRole, { readonly name: string; readonly says: string }>
> = {
  watcher: {
    name: "Watcher",
    says: "You see the street as your teacher shows it.",
  },
  thief: {
    name: "Thief",
    says: "You see what really happens in your own home, and nothing else. Take current past your meter, and do not be found.",
  },
  detective: {
    name: "Detective of the company",
    says: "You see what the company knows: readings, bills and suspicions, never the truth. Find the thief and send a crew.",
  },
  operator: {
    name: "Network operator",
    says: "You see the masts and their messages. You can take a mast out of service and put it back.",
  },
  customer: {
    name: "Customer",
    says: "You see your meter and your account. Pay what you owe, and keep the light on.",
  },
};

export function DeskPage() {
  const { value: view, problem, again } = usePolled<LearnerView>("api/class/me", EVERY_WALL_MS);
  const [notice, setNotice] = useState("");
  const [isCurtain, setCurtain] = useState(false);
  useEffect(() => {
    document.title = "Your class · Meterville";
  }, []);
  const act = async (input: object, done: string): Promise<void> => {
    const answer = await send("api/class/input", input);
    setNotice(answer.ok ? done : answer.reason);
    again();
  };
  if (isCurtain && view !== null) return <Curtain view={view} />;
  return (
    <main className="portal class-desk">
      <h1>Your class</h1>
      <p role="alert" className="problem">
        {problem}
      </p>
      {view !== null && (
        <>
          <p>
            <b>{view.name}</b>, {ROLE_WORDS[view.play].name.toLowerCase()}
            {view.address === null ? "" : ` at ${view.address}`} · {momentText(view.clock)}
            {view.isPaused ? " · the street stands still" : ""}
          </p>
          <p>{ROLE_WORDS[view.play].says}</p>
          {view.desk !== null && <RoleDesk desk={view.desk} view={view} act={act} />}
          {STREET_ROLES.includes(view.play) && (
            <p>
              <a className="class-go" href={streetLink(view)}>
                {view.lesson === null ? "Open the street" : "Open the street with the lesson"}
              </a>
            </p>
          )}
          <p role="status" className="class-notice">
            {notice}
          </p>
          <div className="class-buttons">
            {view.seats.length > 1 && (
              <Button variant="default" onClick={() => setCurtain(true)}>
                Hand the machine over
              </Button>
            )}
            <Button
              variant="default"
              onClick={() => location.assign(linkTo("join", location.href))}
            >
              One more player at this machine
            </Button>
            <Button variant="default" onClick={() => void leave()}>
              Leave the class
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
  location.assign(linkTo("join", location.href));
}

function streetLink({ lesson, play }: LearnerView): string {
  const url = new URL(linkTo("./", location.href), location.href);
  if (lesson !== null) url.searchParams.set("lesson", lesson);
  if (play === "detective") url.searchParams.set("view", "company");
  return url.href;
}

/** Nothing of the one who leaves is shown while the machine goes from hand to hand. */
function Curtain({ view }: { readonly view: LearnerView }) {
  const [problem, setProblem] = useState("");
  const take = async (learner: string): Promise<void> => {
    const answer = await send("api/class/seat", { learner });
    forgetSession();
    if (answer.ok) location.reload();
    else setProblem(answer.reason);
  };
  return (
    <main className="portal class-curtain">
      <h1>Hand the machine over</h1>
      <p>Look away until the next player has pressed their own name.</p>
      <ul className="demo-list">
        {view.seats.map(({ id, name }) => (
          <li key={id}>
            <Button size="lg" variant="default" onClick={() => void take(id)}>
              I am {name}
            </Button>
          </li>
        ))}
      </ul>
      <p role="alert" className="problem">
        {problem}
      </p>
    </main>
  );
}

interface DeskProps<Role extends Desk["role"]> {
  readonly desk: Extract<Desk, { readonly role: Role }>;
  readonly view: LearnerView;
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

const Display = ({ text }: { readonly text: string }) => (
  <figure className="class-meter">
    <figcaption>Display of the meter</figcaption>
    <pre className="class-display">{text}</pre>
  </figure>
);

const SHARES = [30, 60, 90] as const;

function ThiefDesk({ desk, act }: DeskProps<"thief">) {
  const [percent, setPercent] = useState("60");
  return (
    <Card title="Your home, as it really is">
      <Display text={desk.displayText} />
      <p>
        {desk.hasSupply ? "The light is on." : "The light is off."} {formatPower(desk.powerW)} flow
        into your home, {formatPower(desk.unmeteredW)} of it past the meter.
      </p>
      {desk.isStealing ? (
        <Button
          color="red.9"
          onClick={() => void act({ kind: "theft-stop" }, "The wire is taken away.")}
        >
          Take the wire away
        </Button>
      ) : (
        <div className="class-row">
          <Select
            label="Share of the current past the meter"
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
                `${percent} % of your current now flows past the meter.`,
              )
            }
          >
            Begin to steal
          </Button>
        </div>
      )}
    </Card>
  );
}

function OperatorDesk({ desk, act }: DeskProps<"operator">) {
  return (
    <Card title="Masts and messages">
      <p>{desk.inFlight} messages are on their way.</p>
      <ul className="class-masts">
        {desk.masts.map(({ id, isUp, meters, loadShare }) => (
          <li key={id}>
            <span>
              <b>{id}</b>: {isUp ? "in service" : "down"}, {meters} meters,{" "}
              {Math.round(100 * loadShare)} % full
            </span>
            <Button
              variant="default"
              onClick={() =>
                void act(
                  { kind: isUp ? "mast-down" : "mast-up", target: id },
                  isUp ? `${id} goes down.` : `${id} comes back.`,
                )
              }
            >
              {isUp ? `Take ${id} down` : `Put ${id} back`}
            </Button>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function CustomerDesk({ desk, view, act }: DeskProps<"customer">) {
  const [rupees, setRupees] = useState<string | number>(
    desk.owedMinor > 0 ? desk.owedMinor / 100 : 300,
  );
  const [problem, setProblem] = useState("");
  const pay = (): void => {
    const amountMinor = Math.round(Number(rupees) * 100);
    if (!Number.isFinite(amountMinor) || amountMinor <= 0) {
      setProblem("Write an amount above zero, such as 300.");
      return;
    }
    setProblem("");
    void act(
      { kind: "payment", amountMinor },
      `${formatMoney(amountMinor, view.currency)} are on their way to the company.`,
    );
  };
  return (
    <Card title="Your meter and your account">
      <Display text={desk.displayText} />
      <p>
        {desk.hasSupply ? "The light is on." : "The light is off."}{" "}
        {desk.prepaidMinor === null
          ? `You owe ${formatMoney(desk.owedMinor, view.currency)}.`
          : `Your credit is ${formatMoney(desk.prepaidMinor, view.currency)}.`}
      </p>
      <div className="class-row">
        <NumberInput
          label={`Amount in ${view.currency}`}
          value={rupees}
          onChange={setRupees}
          decimalScale={2}
          hideControls
        />
        <Button onClick={pay}>Pay</Button>
      </div>
      <p role="alert" className="problem">
        {problem}
      </p>
    </Card>
  );
}
