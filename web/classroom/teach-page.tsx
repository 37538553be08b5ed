// The teacher's page: the code of the class, everybody's progress, roles, and what happens to all at once.

import { Button, PasswordInput, Select } from "@mantine/core";
import { useEffect, useState } from "react";
import type { ClassView, LearnerRow } from "../../sim/contract/classroom.ts";
import { HOME_ROLES } from "../../sim/contract/classroom.ts";
import { PLAY_ROLES, type PlayRole } from "../../sim/contract/lesson.ts";
import { shareDone } from "../../sim/contract/lesson-progress.ts";
import type { MeView } from "../../sim/contract/portal.ts";
import { linkTo } from "../player/server-link.ts";
import { type Answer, addressOf, send } from "../portal/api.ts";
import { usePolled } from "../portal/polled.ts";
import { momentText } from "./class-clock.ts";
import { ROLE_WORDS } from "./desk-page.tsx";
import { LESSONS } from "./lessons.ts";
import { QrPicture } from "./qr-picture.tsx";

const EVERY_WALL_MS = 2_000;
/** Who has been silent for longer has perhaps closed the page. */
const SILENT_SECONDS = 20;
const NO_LESSON = "";

const LESSON_DATA = [
  { value: NO_LESSON, label: "No lesson: free play" },
  ...LESSONS.map(({ id, title }) => ({ value: id, label: title.en })),
];

export function TeachPage({ me }: { readonly me: MeView }) {
  const { value: view, problem, again } = usePolled<ClassView>("api/class", EVERY_WALL_MS);
  const [notice, setNotice] = useState("");
  useEffect(() => {
    document.title = "Your class, teacher · Meterville";
  }, []);
  const ask = async (path: string, body: object, done: string): Promise<void> => {
    const answer: Answer<unknown> = await send(path, body);
    setNotice(answer.ok ? done : answer.reason);
    again();
  };
  return (
    <main className="portal is-office class-teach">
      <h1>Classroom</h1>
      <p role="alert" className="problem">
        {problem}
        {problem !== "" && me.role === null && (
          <a href={linkTo("sign-in?to=teach", location.href)}>Sign in as a teacher.</a>
        )}
      </p>
      {view !== null && <Class view={view} ask={ask} />}
      <p role="status" className="class-notice">
        {notice}
      </p>
    </main>
  );
}

interface ClassProps {
  readonly view: ClassView;
  readonly ask: (path: string, body: object, done: string) => Promise<void>;
}

function Class({ view, ask }: ClassProps) {
  const [lesson, setLesson] = useState(view.lesson ?? NO_LESSON);
  const chosen = lesson === NO_LESSON ? null : lesson;
  if (view.code === null) {
    return (
      <>
        {!view.needsSignIn && (
          <p role="note" className="class-warning">
            This server lets whoever sits at this machine see everything. To keep roles apart, start
            it with <code>--sign-in</code>, and for other machines with <code>--host</code> and{" "}
            <code>--users</code>.
          </p>
        )}
        <p>Start a class, show its code, and your learners join with a name and no password.</p>
        <div className="class-row">
          <Select
            label="Lesson"
            data={LESSON_DATA}
            value={lesson}
            allowDeselect={false}
            onChange={(value) => setLesson(value ?? NO_LESSON)}
          />
          <Button
            size="md"
            onClick={() => void ask("api/class", { lesson: chosen }, "The class has begun.")}
          >
            Start a class
          </Button>
        </div>
      </>
    );
  }
  const link = new URL(addressOf("join"));
  link.searchParams.set("code", view.code);
  return (
    <>
      <section className="class-code" aria-labelledby="code-title">
        <div>
          <h2 id="code-title">Join at {link.host}/join</h2>
          <p className="class-code-letters">
            <span className="for-readers-only">Code: </span>
            {view.code.slice(0, 3)} {view.code.slice(3)}
          </p>
          {!view.isOpen && <p>The code is too old to join with; start the class anew.</p>}
        </div>
        <QrPicture text={link.href} label={`QR code that leads to ${link.href}`} />
      </section>
      <section aria-labelledby="all-title">
        <h2 id="all-title">For everybody</h2>
        <p>
          {momentText(view.clock)}
          {view.isPaused ? ", the street stands still" : ", the street runs"}.{" "}
          {view.isHidden ? "The truth is hidden." : "The truth is shown to watchers."}
        </p>
        <div className="class-buttons">
          <Button
            onClick={() =>
              void ask(
                "api/pace",
                { isPaused: !view.isPaused },
                view.isPaused ? "The street runs on." : "Everybody's street stands still.",
              )
            }
          >
            {view.isPaused ? "Let all go on" : "Pause all"}
          </Button>
          <Truth view={view} ask={ask} />
          <Button
            component="a"
            variant="default"
            href={linkTo("./", location.href)}
            target="_blank"
            rel="noopener"
          >
            Open the street
          </Button>
          <Button
            component="a"
            variant="default"
            href={addressOf("api/class/results.csv")}
            download
          >
            Results as CSV
          </Button>
          <Button
            variant="default"
            onClick={() => void ask("api/class/end", {}, "The class is over.")}
          >
            End the class
          </Button>
        </div>
        <div className="class-row">
          <Select
            label="Lesson"
            data={LESSON_DATA}
            value={view.lesson ?? NO_LESSON}
            allowDeselect={false}
            onChange={(value) =>
              void ask(
                "api/class/lesson",
                { lesson: value === NO_LESSON ? null : value },
                "The class has another lesson; everybody begins at its start.",
              )
            }
          />
        </div>
      </section>
      <Learners view={view} ask={ask} />
    </>
  );
}

function Truth({ view, ask }: ClassProps) {
  const [code, setCode] = useState("");
  if (!view.isHidden) {
    return (
      <Button
        variant="default"
        onClick={() => void ask("api/truth", { isHidden: true }, "The truth is hidden now.")}
      >
        Hide the truth
      </Button>
    );
  }
  return (
    <>
      {view.needsCode && (
        <PasswordInput
          aria-label="Code to reveal the truth"
          placeholder="Code to reveal"
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
          visibilityToggleButtonProps={{ "aria-label": "Show the code" }}
        />
      )}
      <Button
        onClick={() =>
          void ask(
            "api/truth",
            { isHidden: false, ...(code === "" ? {} : { code }) },
            "The truth is revealed to everybody who watches.",
          )
        }
      >
        Reveal the truth
      </Button>
    </>
  );
}

function Learners({ view, ask }: ClassProps) {
  const { learners } = view;
  return (
    <section aria-labelledby="learners-title">
      <h2 id="learners-title">Learners: {learners.length}</h2>
      {learners.length === 0 && <p>Nobody has joined yet.</p>}
      {learners.length > 0 && (
        <ul className="class-learners">
          {learners.map((learner) => (
            <LearnerLine key={learner.id} learner={learner} view={view} ask={ask} />
          ))}
        </ul>
      )}
    </section>
  );
}

function LearnerLine({ learner, view, ask }: ClassProps & { readonly learner: LearnerRow }) {
  const { id, name, play, supply, silentSeconds } = learner;
  const [wanted, setWanted] = useState<PlayRole>(play);
  const assign = (role: PlayRole, home: string | null): void =>
    void ask(
      "api/class/assign",
      { learner: id, play: role, supply: home },
      `${name} is ${ROLE_WORDS[role].name.toLowerCase()} now.`,
    );
  const needsHome = HOME_ROLES.includes(wanted);
  return (
    <li aria-label={name}>
      <div>
        <b>{name}</b>
        {silentSeconds > SILENT_SECONDS && <span> · silent for {silentSeconds} s</span>}
        <Progress learner={learner} />
      </div>
      <Select
        label={`Role of ${name}`}
        data={PLAY_ROLES.map((role) => ({ value: role, label: ROLE_WORDS[role].name }))}
        value={wanted}
        allowDeselect={false}
        onChange={(value) => {
          const role = (value ?? "watcher") as PlayRole;
          setWanted(role);
          if (!HOME_ROLES.includes(role)) assign(role, null);
        }}
      />
      {needsHome && (
        <Select
          label={`Home of ${name}`}
          placeholder="Choose a home"
          searchable
          data={view.homes.map((home) => ({ value: home.id, label: home.address }))}
          value={wanted === play ? supply : null}
          onChange={(home) => {
            if (home !== null) assign(wanted, home);
          }}
        />
      )}
      <Button
        variant="default"
        aria-label={`Remove ${name}`}
        onClick={() =>
          void ask("api/class/remove", { learner: id }, `${name} is out of the class.`)
        }
      >
        Remove
      </Button>
    </li>
  );
}

function Progress({ learner: { name, progress } }: { readonly learner: LearnerRow }) {
  const lesson = LESSONS.find(({ id }) => id === progress?.lesson);
  if (progress === null || lesson === undefined) return <p>has not begun a lesson</p>;
  const { step, isDone, hintsTotal, wrongTotal } = progress;
  const text = isDone ? "finished" : `step ${step + 1} of ${lesson.steps.length}`;
  return (
    <p>
      {lesson.title.en}: {text}, {hintsTotal} hints, {wrongTotal} wrong answers
      <progress max={1} value={shareDone(lesson, progress)} aria-label={`Progress of ${name}`} />
    </p>
  );
}
