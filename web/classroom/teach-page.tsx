// The teacher's page: the code of the class, everybody's progress, roles, and what happens to all at once.

import { Button, PasswordInput, Select } from "@mantine/core";
import { useState } from "react";
import type { ClassView, LearnerRow } from "../../sim/contract/classroom.ts";
import { HOME_ROLES } from "../../sim/contract/classroom.ts";
import { PLAY_ROLES, type PlayRole } from "../../sim/contract/lesson.ts";
import { shareDone } from "../../sim/contract/lesson-progress.ts";
import type { MeView } from "../../sim/contract/portal.ts";
import { linkTo } from "../player/server-link.ts";
import { type Answer, addressOf, send } from "../portal/api.ts";
import { usePolled } from "../portal/polled.ts";
import { momentText } from "./class-clock.ts";
import { CLASS_WORDS } from "./class-words.ts";
import { LESSONS } from "./lessons.ts";
import { LanguageSwitch, linkInLanguage, usePageLanguage, usePageTitle } from "./page-language.tsx";
import { QrPicture } from "./qr-picture.tsx";

const EVERY_WALL_MS = 2_000;
/** Who has been silent for longer has perhaps closed the page. */
const SILENT_SECONDS = 20;
const NO_LESSON = "";

export function TeachPage({ me }: { readonly me: MeView }) {
  const { value: view, problem, again } = usePolled<ClassView>("api/class", EVERY_WALL_MS);
  const [notice, setNotice] = useState("");
  const words = CLASS_WORDS[usePageLanguage()];
  usePageTitle(words.teachTitle);
  const ask = async (path: string, body: object, done: string): Promise<void> => {
    const answer: Answer<unknown> = await send(path, body);
    setNotice(answer.ok ? done : words.serverSays(answer.reason));
    again();
  };
  return (
    <main className="portal is-office class-teach">
      <LanguageSwitch label={words.language} />
      <h1>{words.classroom}</h1>
      <p role="alert" className="problem">
        {words.serverSays(problem)}
        {problem !== "" && me.role === null && (
          <a href={linkTo("sign-in?to=teach", location.href)}>{words.signIn}</a>
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
  const lang = usePageLanguage();
  const words = CLASS_WORDS[lang];
  const lessonData = [
    { value: NO_LESSON, label: words.freePlay },
    ...LESSONS.map(({ id, title }) => ({ value: id, label: title[lang] })),
  ];
  const hidesTruth = LESSONS.some(({ id, hidesTruth: hides }) => id === view.lesson && hides);
  const [lesson, setLesson] = useState(view.lesson ?? NO_LESSON);
  const chosen = lesson === NO_LESSON ? null : lesson;
  if (view.code === null) {
    return (
      <>
        {!view.needsSignIn && (
          <p role="note" className="class-warning">
            {words.openServer}
          </p>
        )}
        <p>{words.howTo}</p>
        <div className="class-row">
          <Select
            label={words.lesson}
            data={lessonData}
            value={lesson}
            allowDeselect={false}
            onChange={(value) => setLesson(value ?? NO_LESSON)}
          />
          <Button size="md" onClick={() => void ask("api/class", { lesson: chosen }, words.begun)}>
            {words.start}
          </Button>
        </div>
      </>
    );
  }
  const link = new URL(addressOf("join"));
  link.searchParams.set("code", view.code);
  if (lang !== "en") link.searchParams.set("lang", lang);
  return (
    <>
      <section className="class-code" aria-labelledby="code-title">
        <div>
          <h2 id="code-title">{words.joinAt(`${link.host}/join`)}</h2>
          <p className="class-code-letters">
            <span className="for-readers-only">{words.codeIs}</span>
            {view.code.slice(0, 3)} {view.code.slice(3)}
          </p>
          {!view.isOpen && <p>{words.codeOld}</p>}
        </div>
        <QrPicture text={link.href} label={words.qr(link.href)} />
      </section>
      <section aria-labelledby="all-title">
        <h2 id="all-title">{words.everybody}</h2>
        <p>
          {momentText(view.clock, lang)}, {view.isPaused ? words.standsStill : words.runs}.{" "}
          {view.isHidden ? words.hidden : words.shown}
        </p>
        {hidesTruth && !view.isHidden && (
          <p role="note" className="class-warning">
            {words.shownThough}
          </p>
        )}
        <div className="class-buttons">
          <Button
            onClick={() =>
              void ask(
                "api/pace",
                { isPaused: !view.isPaused },
                view.isPaused ? words.goes : words.paused,
              )
            }
          >
            {view.isPaused ? words.letGo : words.pauseAll}
          </Button>
          <Truth view={view} ask={ask} />
          <Button
            component="a"
            variant="default"
            href={linkInLanguage("./")}
            target="_blank"
            rel="noopener"
          >
            {words.openStreet}
          </Button>
          <Button
            component="a"
            variant="default"
            href={addressOf("api/class/results.csv")}
            download
          >
            {words.results}
          </Button>
          <Button variant="default" onClick={() => void ask("api/class/end", {}, words.ended)}>
            {words.end}
          </Button>
        </div>
        <div className="class-row">
          <Select
            label={words.lesson}
            data={lessonData}
            value={view.lesson ?? NO_LESSON}
            allowDeselect={false}
            onChange={(value) =>
              void ask(
                "api/class/lesson",
                { lesson: value === NO_LESSON ? null : value },
                words.otherLesson,
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
  const words = CLASS_WORDS[usePageLanguage()];
  const [code, setCode] = useState("");
  if (!view.isHidden) {
    return (
      <Button
        variant="default"
        onClick={() => void ask("api/truth", { isHidden: true }, words.hiddenNow)}
      >
        {words.hide}
      </Button>
    );
  }
  return (
    <>
      {view.needsCode && (
        <PasswordInput
          aria-label={words.revealCode}
          placeholder={words.codeToReveal}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
          visibilityToggleButtonProps={{ "aria-label": words.showCode }}
        />
      )}
      <Button
        onClick={() =>
          void ask(
            "api/truth",
            { isHidden: false, ...(code === "" ? {} : { code }) },
            words.revealed,
          )
        }
      >
        {words.reveal}
      </Button>
    </>
  );
}

function Learners({ view, ask }: ClassProps) {
  const words = CLASS_WORDS[usePageLanguage()];
  const { learners } = view;
  return (
    <section aria-labelledby="learners-title">
      <h2 id="learners-title">{words.learners(learners.length)}</h2>
      {learners.length === 0 && <p>{words.nobody}</p>}
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
  const words = CLASS_WORDS[usePageLanguage()];
  const { id, name, play, supply, silentSeconds } = learner;
  const [wanted, setWanted] = useState<PlayRole>(play);
  const assign = (role: PlayRole, home: string | null): void =>
    void ask(
      "api/class/assign",
      { learner: id, play: role, supply: home },
      words.isNow(name, words.roles[role].name),
    );
  const needsHome = HOME_ROLES.includes(wanted);
  return (
    <li aria-label={name}>
      <div>
        <b>{name}</b>
        {silentSeconds > SILENT_SECONDS && <span> · {words.silent(silentSeconds)}</span>}
        <Progress learner={learner} />
      </div>
      <Select
        label={words.roleOf(name)}
        data={PLAY_ROLES.map((role) => ({ value: role, label: words.roles[role].name }))}
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
          label={words.homeOf(name)}
          placeholder={words.chooseHome}
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
        aria-label={words.removeName(name)}
        onClick={() => void ask("api/class/remove", { learner: id }, words.removed(name))}
      >
        {words.remove}
      </Button>
    </li>
  );
}

function Progress({ learner: { name, progress } }: { readonly learner: LearnerRow }) {
  const lang = usePageLanguage();
  const words = CLASS_WORDS[lang];
  const lesson = LESSONS.find(({ id }) => id === progress?.lesson);
  if (progress === null || lesson === undefined) return <p>{words.notBegun}</p>;
  const { step, isDone, hintsTotal, wrongTotal } = progress;
  const text = isDone ? words.finished : words.atStep(step + 1, lesson.steps.length);
  return (
    <p>
      {lesson.title[lang]}: {text}, {words.counts(hintsTotal, wrongTotal)}
      <progress max={1} value={shareDone(lesson, progress)} aria-label={words.progressOf(name)} />
    </p>
  );
}
