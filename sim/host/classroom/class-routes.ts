// A class over HTTP: the teacher's routes, joining, and what a learner may ask and do.

import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import {
  type ClassView,
  LEARNER_NAME_CHARACTERS_MAX,
  type LearnerView,
  PLAY_INPUTS,
} from "../../contract/classroom.ts";
import type { InputKind } from "../../contract/input.ts";
import { issueSentence } from "../../contract/issue-sentence.ts";
import { LESSON_PANELS, LESSON_VIEWS, type Lesson, PLAY_ROLES } from "../../contract/lesson.ts";
import { judgeAct, judgedBy, LESSON_ACTS, type LessonJudged } from "../../contract/lesson-act.ts";
import { type LessonProgress, shareDone } from "../../contract/lesson-progress.ts";
import type { MeView } from "../../contract/portal.ts";
import type { Access } from "../access/access.ts";
import { type Person, seenBy } from "../access/person.ts";
import type { Hiding } from "../hiding.ts";
import { csvOf } from "../portal/csv.ts";
import { clockOf } from "../portal/customer-view.ts";
import type { Served } from "../server.ts";
import { mustBeShown } from "../server-errors.ts";
import type { Classroom, Learner } from "./classroom.ts";
import { createDesks } from "./desk.ts";
import { sightOfLearner } from "./learner-sight.ts";

/** Tries of one address in a minute: a class behind one router joins at the same time. */
const JOINS_MAX = 120;
/** What one learner may change in a minute. */
const ACTS_MAX = 60;
/** Pages tell what they show up to three times a second. */
const LOOKS_MAX = 240;
const MINUTE_WALL_MS = 60_000;
/** Pages ask every second or two. */
const SEATS_MAX = 8;

const nameFix = `write a name of one to ${LEARNER_NAME_CHARACTERS_MAX} characters`;
const JoinSchema = z.strictObject({
  code: z.string("write the code of the class").max(20, "a code has six letters and digits"),
  name: z
    .string(nameFix)
    .trim()
    .min(1, nameFix)
    .max(LEARNER_NAME_CHARACTERS_MAX, nameFix)
    // Letters of any script, and what names are written with.
    .regex(
      /^[\p{Letter}\p{Mark}\p{Number} .'’-]+$/u,
      "a name has letters, digits, blanks and . ' -",
    ),
});
const StartSchema = z.strictObject({ lesson: z.string().nullable() });
const roleFix = `a role is one of these: ${PLAY_ROLES.join(", ")}`;
const AssignSchema = z.strictObject({
  learner: z.string(),
  play: z.enum(PLAY_ROLES, { error: roleFix }),
  supply: z.string().nullable(),
});
const LearnerSchema = z.strictObject({ learner: z.string() });
const ANSWER_CHARACTERS_MAX = 200;
const Moment = z.number().min(0).max(Number.MAX_SAFE_INTEGER);
const ActSchema = z.strictObject({
  lesson: z.string().max(60),
  step: z.int().min(0).max(1_000),
  act: z.enum(LESSON_ACTS, { error: `an act is one of these: ${LESSON_ACTS.join(", ")}` }),
  given: z.string().max(ANSWER_CHARACTERS_MAX, "write a shorter answer").optional(),
  seen: z.strictObject({
    selected: z.string().max(80),
    view: z.enum(LESSON_VIEWS),
    opened: z.array(z.enum(LESSON_PANELS)).max(LESSON_PANELS.length),
    lookingBackMs: Moment.nullable(),
    atMs: Moment,
  }),
});
/** What a page might say of its own progress. */
const CLAIMS = ["met", "isDone", "hintsTotal", "wrongTotal"] as const;
const NO_CLAIMS =
  "this server judges lessons itself: send what was done (look, answer, hint, next or again), not that it is done";

export interface ClassRoutes {
  readonly classroom: Classroom;
  readonly access: Access;
  readonly hiding: Hiding;
  /** Read when the first class asks for them. */
  readonly lessons: () => readonly Lesson[];
  readonly now: () => Served;
  readonly needsSignIn: boolean;
}

/** A body that a schema takes, or the sentence that says what is wrong with it. */
function bodyOf<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> | string {
  const read = schema.safeParse(body ?? {}, { error: issueSentence });
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const field = issue?.path.join(".") ?? "";
  return field === "" ? (issue?.message ?? "this cannot be read") : `${field}: ${issue?.message}`;
}

export function addClassRoutes(server: FastifyInstance, options: ClassRoutes): void {
  addTeacherRoutes(server, options);
  addLearnerRoutes(server, options);
}

function addTeacherRoutes(
  server: FastifyInstance,
  { classroom, hiding, lessons, now, needsSignIn }: ClassRoutes,
): void {
  const lessonFault = (id: string | null): string | null =>
    id === null || lessons().some((each) => each.id === id)
      ? null
      : `there is no lesson ${id.slice(0, 40)}; known: ${lessons()
          .map((each) => each.id)
          .join(", ")}`;
  const view = (): ClassView => {
    const served = now();
    mustBeShown(served.run);
    const { supplies } = served.run.session.twin.model.resolved.layout;
    const { isHidden, needsCode } = hiding.view;
    return {
      ...{ code: classroom.code, lesson: classroom.lesson, isOpen: classroom.isOpen },
      learners: classroom.learners.map(({ id, name, play, supply, progress, seenWallMs }) => ({
        ...{ id, name, play, supply, progress },
        silentSeconds: Math.max(0, Math.round((Date.now() - seenWallMs) / 1000)),
      })),
      homes: supplies.map(({ id, address }) => ({ id, address })),
      isPaused: served.run.paceView().isPaused,
      ...{ isHidden, needsCode, needsSignIn, clock: clockOf(served) },
    };
  };
  server.get("/api/class", async () => view());
  server.post("/api/class", async (request, reply) => {
    const asked = bodyOf(StartSchema, request.body);
    if (typeof asked === "string") return reply.status(400).send({ error: asked });
    const fault = lessonFault(asked.lesson);
    if (fault !== null) return reply.status(400).send({ error: fault });
    classroom.start(asked.lesson);
    return view();
  });
  server.post("/api/class/lesson", async (request, reply) => {
    const asked = bodyOf(StartSchema, request.body);
    if (typeof asked === "string") return reply.status(400).send({ error: asked });
    const fault = lessonFault(asked.lesson);
    if (fault !== null) return reply.status(400).send({ error: fault });
    classroom.choose(asked.lesson);
    return view();
  });
  server.post("/api/class/end", async () => {
    classroom.end();
    return view();
  });
  server.post("/api/class/assign", async (request, reply) => {
    const asked = bodyOf(AssignSchema, request.body);
    if (typeof asked === "string") return reply.status(400).send({ error: asked });
    const { learner, play, supply } = asked;
    request.actTarget = classroom.find(learner)?.name;
    const { rowOfSupply } = now().run.session.twin.model;
    if (supply !== null && !rowOfSupply.has(supply)) {
      return reply.status(400).send({ error: `there is no home ${supply.slice(0, 40)}` });
    }
    const fault = classroom.assign(learner, play, supply);
    if (fault !== null) return reply.status(409).send({ error: fault });
    return view();
  });
  server.post("/api/class/remove", async (request, reply) => {
    const asked = bodyOf(LearnerSchema, request.body);
    if (typeof asked === "string") return reply.status(400).send({ error: asked });
    request.actTarget = classroom.find(asked.learner)?.name;
    if (!classroom.remove(asked.learner)) {
      return reply.status(409).send({ error: "this learner has left the class" });
    }
    return view();
  });
  server.get("/api/class/results.csv", async (_request, reply) => {
    const columns = [
      ...["name", "role", "home", "lesson", "step", "steps", "done_percent"],
      ...["finished", "hints", "wrong_answers", "judged_by"],
    ];
    const rows = classroom.learners.map(({ name, play, supply, progress }) => {
      const lesson = lessons().find(({ id }) => id === progress?.lesson);
      const known = progress === null || lesson === undefined ? null : { progress, lesson };
      return [
        ...[name, play, supply, known?.lesson.id ?? null],
        known === null ? null : known.progress.step + 1,
        known === null ? null : known.lesson.steps.length,
        known === null ? null : Math.round(100 * shareDone(known.lesson, known.progress)),
        known === null ? null : known.progress.isDone ? "yes" : "no",
        known?.progress.hintsTotal ?? null,
        known?.progress.wrongTotal ?? null,
        known === null ? null : judgesOf(known.lesson, known.progress),
      ];
    });
    return reply
      .header("content-type", "text/csv; charset=utf-8")
      .header("content-disposition", 'attachment; filename="class-results.csv"')
      .send(csvOf(columns, rows));
  });
}

function addLearnerRoutes(
  server: FastifyInstance,
  { classroom, access, hiding, lessons, now }: ClassRoutes,
): void {
  const desks = createDesks();
  /** The door has let a learner in: the class knows them. */
  const learnerOf = ({ person }: FastifyRequest): Learner =>
    classroom.find(person?.learner ?? "") as Learner;
  const joining = {
    config: { rateLimit: { max: JOINS_MAX, timeWindow: MINUTE_WALL_MS, allowList: () => false } },
  };
  const limited = (max: number) => ({
    config: {
      rateLimit: {
        ...{ max, timeWindow: MINUTE_WALL_MS, allowList: () => false },
        // A whole class may sit behind one address.
        keyGenerator: ({ person, ip }: FastifyRequest) => person?.learner ?? ip,
      },
    },
  });
  const acting = limited(ACTS_MAX);
  const judging = limited(LOOKS_MAX);
  const lessonFault = (lesson: Lesson, { run }: Served): string | null => {
    if (classroom.lesson !== null && classroom.lesson !== lesson.id) {
      return `your class has the lesson ${classroom.lesson}; open that one`;
    }
    const { name } = run.session.twin.model.resolved;
    return name === lesson.scenario
      ? null
      : `${lesson.id} is played in ${lesson.scenario}, and ${name} runs here; ask your teacher`;
  };
  server.post("/api/class/join", joining, async (request, reply) => {
    const asked = bodyOf(JoinSchema, request.body);
    if (typeof asked === "string") return reply.status(400).send({ error: asked });
    const seats = access.seatsOf(request).filter((id) => classroom.find(id) !== undefined);
    if (seats.length >= SEATS_MAX) {
      return reply.status(409).send({ error: `${SEATS_MAX} play at this machine already` });
    }
    const learner = classroom.join(asked.code, asked.name);
    request.actBy = asked.name;
    if (typeof learner === "string") return reply.status(403).send({ error: learner });
    access.signInLearner(request, learner.id, [...seats, learner.id]);
    return {
      ...{ role: "learner", supply: null, name: learner.name, isSignedIn: true },
      csrfToken: reply.generateCsrf(),
    } satisfies MeView;
  });
  server.post("/api/class/seat", async (request, reply) => {
    const asked = bodyOf(LearnerSchema, request.body);
    if (typeof asked === "string") return reply.status(400).send({ error: asked });
    const seats = access.seatsOf(request).filter((id) => classroom.find(id) !== undefined);
    if (!seats.includes(asked.learner)) {
      return reply.status(403).send({ error: "only who has joined at this machine plays here" });
    }
    access.signInLearner(request, asked.learner, seats);
    return {};
  });
  server.get("/api/class/me", async (request): Promise<LearnerView> => {
    const served = now();
    mustBeShown(served.run);
    const learner = learnerOf(request);
    learner.seenWallMs = Date.now();
    const { twin } = served.run.session;
    const { layout } = twin.model.resolved;
    const { name, play, supply, progress } = learner;
    const seats = access.seatsOf(request).flatMap((id) => classroom.find(id) ?? []);
    return {
      ...{ name, play, supply, progress, lesson: classroom.lesson },
      address: layout.supplies.find(({ id }) => id === supply)?.address ?? null,
      isPaused: served.run.paceView().isPaused,
      ...{ clock: clockOf(served), currency: layout.currency, desk: desks.of(twin, learner) },
      seats: seats.map((seat) => ({ id: seat.id, name: seat.name })),
    };
  });
  server.post("/api/class/progress", judging, async (request, reply) => {
    const body = request.body;
    if (typeof body === "object" && body !== null && CLAIMS.some((claim) => claim in body)) {
      return reply.status(403).send({ error: NO_CLAIMS });
    }
    const act = bodyOf(ActSchema, body);
    if (typeof act === "string") return reply.status(400).send({ error: act });
    const lesson = lessons().find(({ id }) => id === act.lesson);
    if (lesson === undefined) {
      return reply.status(400).send({ error: `there is no lesson ${act.lesson.slice(0, 40)}` });
    }
    const learner = learnerOf(request);
    learner.seenWallMs = Date.now();
    const served = now();
    mustBeShown(served.run);
    const fault = lessonFault(lesson, served);
    if (fault !== null) return reply.status(409).send({ error: fault });
    const sight = sightOfLearner(served, seenBy(request.person, hiding), act.seen);
    const judged = judgeAct(lesson, learner.progress, act, sight);
    if (typeof judged === "string") return reply.status(409).send({ error: judged });
    learner.progress = judged.progress;
    return judged satisfies LessonJudged;
  });
  server.post("/api/class/input", acting, async (request, reply) => {
    const input = learnersInput(request.person!, request.body);
    if (typeof input === "string") return reply.status(403).send({ error: input });
    const accepted = now().run.input(input);
    if (!accepted.ok) {
      return reply.status(accepted.isOurs === true ? 503 : 400).send({ error: accepted.reason });
    }
    const { seq, takesEffectAtMs } = accepted;
    return reply.status(202).send({ seq, takesEffectAtMs });
  });
}

/** How many conditions the server has judged, and how many are of what the page said that it shows. */
function judgesOf(lesson: Lesson, progress: LessonProgress): string {
  const { server, page } = judgedBy(lesson, progress);
  return `server ${server}, page ${page}`;
}

/** What a learner may ask of the twin, at the own home where the role has one; or the sentence that says why not. */
export function learnersInput({ play = "watcher", supply, name }: Person, body: unknown): unknown {
  const { kind, ...rest } = (body ?? {}) as { readonly kind?: unknown };
  const allowed: readonly InputKind[] = PLAY_INPUTS[play];
  if (!(allowed as readonly unknown[]).includes(kind)) {
    return `a ${play}'s inputs are ${allowed.join(", ")}`;
  }
  const target = supply === null ? {} : { target: supply };
  return { ...rest, kind, ...target, ...(kind === "inspect" ? { by: name } : {}) };
}
