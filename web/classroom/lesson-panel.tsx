// The learner's side of a lesson: the list, the step with its task, hints and question, and what has been done of it.

import { Button, CloseButton, SegmentedControl } from "@mantine/core";
import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import { LESSON_LANGUAGES, type Lesson, type LessonLanguage } from "../../sim/contract/lesson.ts";
import { isStepDone, questionOf, stepOf } from "../../sim/contract/lesson-progress.ts";
import { formatMoment } from "../player/format.ts";
import { isLocalPage } from "../player/local-site.ts";
import { select, showView, useStreet } from "../player/store.ts";
import "../styles/lesson.css";
import { joinClass, useClass } from "./class-link.ts";
import { runUntil } from "./go-there.ts";
import { LESSON_LIST, openLesson, setLanguage, useLessonMode } from "./lesson-mode.ts";
import { LESSONS } from "./lessons.ts";
import { followPage, giveAnswer, goOn, showHint, takeUp, useProgress } from "./progress-store.ts";
import { LANGUAGE_NAMES, WORDS } from "./words.ts";

/** As a street is shown first. */
const LESSON_SPEED = 60;
const LANGUAGE_DATA = LESSON_LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }));

export function LessonPanel() {
  const id = useLessonMode(({ lesson }) => lesson);
  const lang = useLessonMode((mode) => mode.lang);
  const words = WORDS[lang];
  const lesson = LESSONS.find((each) => each.id === id);
  const [isAsked, setAsked] = useState(false);
  useEffect(() => {
    void joinClass().then(() => setAsked(true));
  }, []);
  return (
    <section className="panel lesson" aria-labelledby="lesson-title" lang={lang}>
      <div className="lesson-head">
        <h2 id="lesson-title">{lesson?.title[lang] ?? words.lessons}</h2>
        <CloseButton aria-label={words.close} onClick={() => openLesson(null)} />
      </div>
      <div className="lesson-tools">
        {lesson !== undefined && (
          <Button variant="default" size="compact-md" onClick={() => openLesson(LESSON_LIST)}>
            {words.back}
          </Button>
        )}
        <SegmentedControl
          aria-label={words.language}
          data={LANGUAGE_DATA}
          value={lang}
          onChange={(value) => setLanguage(value as LessonLanguage)}
        />
      </div>
      {lesson?.hidesTruth === true && <HidingNote lang={lang} />}
      {lesson === undefined ? (
        <LessonList missing={id === LESSON_LIST ? null : id} lang={lang} />
      ) : (
        isAsked && <OpenLesson key={lesson.id} lesson={lesson} lang={lang} />
      )}
    </section>
  );
}

/** Where a lesson hides the thief and the page cannot, or does not, it says so. */
function HidingNote({ lang }: { readonly lang: LessonLanguage }) {
  const isShown = useStreet(({ hiding, layout }) => layout !== null && !hiding.isHidden);
  const isDetective = useClass(({ view }) => view?.play === "detective");
  const words = WORDS[lang];
  if (!isShown || isDetective) return null;
  const isLocal = isLocalPage(new URL(location.href));
  return (
    <p className="lesson-note" role="note">
      {isLocal ? words.nothingHiddenHere : words.hideFirst}
    </p>
  );
}

function LessonList({
  missing,
  lang,
}: {
  readonly missing: string | null;
  readonly lang: LessonLanguage;
}) {
  const words = WORDS[lang];
  const isLocal = isLocalPage(new URL(location.href));
  return (
    <>
      <p role={missing === null ? undefined : "alert"}>
        {missing === null ? words.choose : words.noLesson(missing.slice(0, 40))}
      </p>
      <ol className="lesson-list">
        {LESSONS.map(({ id, title, summary, minutes, hidesTruth }) => (
          <li key={id}>
            <button type="button" onClick={() => openLesson(id)}>
              <b>{title[lang]}</b>
              <span>{summary[lang]}</span>
              <span className="muted">{words.minutes(minutes)}</span>
              {isLocal && hidesTruth && <span>{words.hidesOnServer}</span>}
            </button>
          </li>
        ))}
      </ol>
    </>
  );
}

interface LessonProps {
  readonly lesson: Lesson;
  readonly lang: LessonLanguage;
}

/** A lesson is taken up once its own street is there. */
function OpenLesson({ lesson, lang }: LessonProps) {
  const layout = useStreet((store) => store.layout);
  const scenario = useStreet((store) => store.scenario);
  if (layout === null) return null;
  const isOther =
    (scenario !== null && scenario.name !== lesson.scenario) ||
    homesOf(lesson).some((home) => !layout.supplies.some(({ id }) => id === home));
  if (isOther) return <OtherScenario lesson={lesson} lang={lang} />;
  const sha256 = scenario?.sha256 ?? lesson.scenarioSha256;
  return (
    <>
      {sha256 !== lesson.scenarioSha256 && <ChangedScenario lesson={lesson} lang={lang} />}
      <TakenLesson lesson={lesson} lang={lang} />
    </>
  );
}

/** Those that the lesson names. */
const homesOf = ({ steps }: Lesson): readonly string[] =>
  steps.flatMap(({ checks }) =>
    checks.flatMap((check) => ("home" in check && check.home !== undefined ? [check.home] : [])),
  );

function TakenLesson({ lesson, lang }: LessonProps) {
  const taken = useProgress((store) => store.lesson);
  useEffect(() => {
    takeUp(lesson);
    const { progress } = useProgress.getState();
    // Who comes back in the middle finds the page as it was left.
    if (progress?.step === 0 && progress.met.every((each) => !each)) showStart(lesson);
    return followPage();
  }, [lesson]);
  return taken === lesson ? <Step lesson={lesson} lang={lang} /> : null;
}

function showStart({ start }: Lesson): void {
  const { layout, hiding } = useStreet.getState();
  if (!hiding.isHidden) showView(start.view);
  const row = layout?.supplies.findIndex(({ id }) => id === start.home) ?? -1;
  select(row);
}

/** The lesson's own street, with its engine in this page; a server's page is left for that. */
async function playHere({ id, scenario }: Lesson): Promise<void> {
  const url = new URL(location.href);
  if (isLocalPage(url)) {
    const { openLocalRun } = await import("../player/local-page.ts");
    const source = { scenario, journal: [] };
    await openLocalRun({ source, speed: LESSON_SPEED, isPaused: true, untilMs: 0 });
    return;
  }
  url.search = "";
  url.hash = "";
  for (const [name, value] of Object.entries({ engine: "page", scenario, lesson: id })) {
    url.searchParams.set(name, value);
  }
  const lang = new URL(location.href).searchParams.get("lang");
  if (lang !== null) url.searchParams.set("lang", lang);
  location.assign(url);
}

function OtherScenario({ lesson, lang }: LessonProps) {
  const words = WORDS[lang];
  return (
    <div role="alert">
      <p>{words.otherScenario(lesson.scenario)}</p>
      <Button onClick={() => void playHere(lesson)}>{words.openHere}</Button>
      <p>{words.howToStart}</p>
      <code className="lesson-command">
        node sim/host/bootstrap/meterville.mjs serve scenarios/{lesson.scenario}.yaml --paused
      </code>
    </div>
  );
}

function ChangedScenario({ lesson, lang }: LessonProps) {
  const words = WORDS[lang];
  return (
    <div className="lesson-note" role="note">
      <p>{words.changedScenario(lesson.scenario)}</p>
      <Button variant="default" onClick={() => void playHere(lesson)}>
        {words.openHere}
      </Button>
    </div>
  );
}

function Step({ lesson, lang }: LessonProps) {
  const words = WORDS[lang];
  const progress = useProgress((store) => store.progress);
  const refusal = useProgress((store) => store.refusal);
  const heading = useRef<HTMLHeadingElement>(null);
  const number = progress?.step ?? 0;
  const isEnd = progress?.isDone === true;
  const [shown, setShown] = useState({ number, isEnd });
  useEffect(() => {
    if (shown.number === number && shown.isEnd === isEnd) return;
    setShown({ number, isEnd });
    heading.current?.focus();
  }, [number, isEnd, shown]);
  if (progress === null) return null;
  const { steps } = lesson;
  const step = stepOf(lesson, progress);
  const isDone = isStepDone(progress);
  if (isEnd) {
    return (
      <div className="lesson-end">
        <h3 ref={heading} tabIndex={-1}>
          {words.lessonDone}
        </h3>
        <progress max={1} value={1} aria-label={words.stepOf(steps.length, steps.length)} />
        <p>{words.result(progress.hintsTotal, progress.wrongTotal)}</p>
        <div className="lesson-buttons">
          <Button onClick={() => openLesson(LESSON_LIST)}>{words.back}</Button>
          <Button variant="default" onClick={() => takeUp(lesson, true)}>
            {words.again}
          </Button>
        </div>
      </div>
    );
  }
  return (
    <>
      <h3 ref={heading} tabIndex={-1}>
        {words.stepOf(number + 1, steps.length)}
      </h3>
      <progress
        max={steps.length}
        value={number + (isDone ? 1 : 0)}
        aria-label={words.stepOf(number + 1, steps.length)}
      />
      <Paragraphs text={step.text[lang]} />
      <GoThere lesson={lesson} lang={lang} />
      <div className="lesson-task">
        <h4>{words.task}</h4>
        <Paragraphs text={step.task[lang]} />
        <Question lesson={lesson} lang={lang} key={`${number}-${lang}`} />
      </div>
      <Hints lesson={lesson} lang={lang} />
      <div aria-live="polite" className="lesson-done">
        {isDone && (
          <>
            <p className="lesson-right">✓ {words.stepDone}</p>
            <Paragraphs text={step.done[lang]} />
          </>
        )}
      </div>
      {refusal !== "" && (
        <p role="alert" className="lesson-wrong">
          {words.refused(refusal)}
        </p>
      )}
      {isDone && (
        <Button size="md" onClick={goOn}>
          {number + 1 === steps.length ? words.finish : words.next}
        </Button>
      )}
    </>
  );
}

/** An empty line divides paragraphs. */
function Paragraphs({ text }: { readonly text: string }) {
  return text.split(/\n\s*\n/).map((paragraph) => <p key={paragraph}>{paragraph}</p>);
}

function GoThere({ lesson, lang }: LessonProps) {
  const words = WORDS[lang];
  const layout = useStreet((store) => store.layout);
  const runMs = useStreet(({ pace }) => pace?.simMs ?? 0);
  const canSteer = useClass(({ view }) => view === null);
  const step = useProgress(({ progress }) => progress?.step ?? 0);
  const [isGoing, setGoing] = useState(false);
  const wanted = useRef(true);
  useEffect(() => {
    wanted.current = true;
    return () => {
      wanted.current = false;
    };
  }, []);
  const atMs = Math.max(
    lesson.start.at,
    ...lesson.steps.slice(0, step + 1).map(({ at }) => at ?? 0),
  );
  if (layout === null || runMs >= atMs) return null;
  const go = async (): Promise<void> => {
    setGoing(true);
    await runUntil(atMs, () => wanted.current);
    if (wanted.current) setGoing(false);
  };
  return (
    <div className="lesson-wait">
      <p>{words.notThere(formatMoment(layout, atMs))}</p>
      {canSteer ? (
        <Button color="teal.9" loading={isGoing} onClick={() => void go()}>
          {words.goThere}
        </Button>
      ) : (
        <p>{words.teacherMoves}</p>
      )}
      <p className="for-readers" aria-live="polite">
        {isGoing ? words.going : ""}
      </p>
    </div>
  );
}

function Question({ lesson, lang }: LessonProps) {
  const words = WORDS[lang];
  const progress = useProgress((store) => store.progress)!;
  const verdict = useProgress((store) => store.verdict);
  const layout = useStreet((store) => store.layout);
  const selectedRow = useStreet((store) => store.selectedRow);
  const step = stepOf(lesson, progress);
  const question = questionOf(step);
  const selected = layout?.supplies[selectedRow]?.id ?? "";
  const [given, setGiven] = useState("");
  const name = useId();
  if (question === undefined) return null;
  const isAnswered = progress.met[step.checks.indexOf(question)] === true;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    giveAnswer(question.is === "home" && given === "" ? selected : given);
  };
  return (
    <form className="lesson-question" onSubmit={submit}>
      {question.is === "number" && (
        <label>
          {words.yourAnswer}
          <span className="lesson-field">
            <input
              type="text"
              inputMode="decimal"
              autoComplete="off"
              value={given}
              disabled={isAnswered}
              onChange={({ currentTarget }) => setGiven(currentTarget.value)}
            />
            {question.unit}
          </span>
        </label>
      )}
      {question.is === "choice" && (
        <fieldset disabled={isAnswered}>
          <legend>{words.yourAnswer}</legend>
          {question.options.map((option, row) => (
            <label key={option.en} className="lesson-option">
              <input
                type="radio"
                name={name}
                value={row}
                checked={given === String(row)}
                onChange={() => setGiven(String(row))}
              />
              {option[lang]}
            </label>
          ))}
        </fieldset>
      )}
      {question.is === "home" && (
        <label>
          {words.yourAnswer}
          <select
            value={given === "" ? selected : given}
            disabled={isAnswered}
            onChange={({ currentTarget }) => setGiven(currentTarget.value)}
          >
            <option value="">{words.chooseHome}</option>
            {layout?.supplies.map(({ id, address, customer }) => (
              <option key={id} value={id}>
                {address}, {customer}
              </option>
            ))}
          </select>
        </label>
      )}
      {!isAnswered && (
        <Button type="submit" color="teal.9">
          {words.check}
        </Button>
      )}
      <p role="status" className={verdict === "right" ? "lesson-right" : "lesson-wrong"}>
        {verdict === null ? "" : words.verdicts[verdict]}
      </p>
    </form>
  );
}

function Hints({ lesson, lang }: LessonProps) {
  const words = WORDS[lang];
  const progress = useProgress((store) => store.progress)!;
  const { hints } = stepOf(lesson, progress);
  if (hints.length === 0) return null;
  const shown = hints.slice(0, progress.hints);
  return (
    <div className="lesson-hints">
      <div aria-live="polite">
        {shown.map((hint) => (
          <p key={hint.en} className="lesson-hint">
            {hint[lang]}
          </p>
        ))}
      </div>
      {shown.length < hints.length ? (
        !isStepDone(progress) && (
          <Button variant="default" size="compact-md" onClick={showHint}>
            {words.hint} ({shown.length}/{hints.length})
          </Button>
        )
      ) : (
        <p className="muted">{words.noMoreHints}</p>
      )}
    </div>
  );
}
