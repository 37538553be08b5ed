// A class of fifty against a real server: all join and watch at once, are judged, paused and shown the truth together;
// who drops comes back where they were; what is nonsense is answered with a sentence.

import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type ClassView,
  LEARNER_NAME_CHARACTERS_MAX,
  LEARNERS_MAX,
  type LearnerView,
} from "../../sim/contract/classroom.ts";
import type { ServerMessage } from "../../sim/contract/frame.ts";
import type { LessonAct, LessonJudged } from "../../sim/contract/lesson-act.ts";
import type { MeView } from "../../sim/contract/portal.ts";
import { type Serving, serve, withPath } from "../support/cli.ts";

const PASSWORD = "meterville-demo";
const LEARNERS = 50;
/** The bills of January are made; the first step of the lesson can be done. */
const BILLED_MS = 6 * 86_400_000 + 7 * 3_600_000;
const LESSON = "reading-a-bill";

let live: Serving;
beforeAll(async () => {
  live = await serve("scenarios/school-lane.yaml", "--paused", "--sign-in", "--no-mqtt");
});
afterAll(() => live.stop());

type Headers = Readonly<Record<string, string>>;
interface Told<Body> {
  readonly status: number;
  readonly body: Body & { readonly error?: string };
}

async function ask<Body>(path: string, headers: Headers = {}, body?: unknown): Promise<Told<Body>> {
  const answer = await fetch(withPath(live.url, path), {
    headers: { ...headers, "content-type": "application/json" },
    ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Told<Body>["body"] };
}

/** What a browser keeps of a session. */
async function session(path: string, body: unknown): Promise<Told<MeView> & { headers: Headers }> {
  const answer = await fetch(withPath(live.url, path), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const [cookie = ""] = (answer.headers.get("set-cookie") ?? "").split(";");
  const me = (await answer.json()) as Told<MeView>["body"];
  return {
    ...{ status: answer.status, body: me },
    headers: { cookie, "csrf-token": me.csrfToken ?? "" },
  };
}

interface Watching {
  readonly messages: readonly ServerMessage[];
  /** The newest of a kind. */
  last<Kind extends ServerMessage["kind"]>(
    kind: Kind,
  ): Extract<ServerMessage, { readonly kind: Kind }> | undefined;
  close(): void;
}

/** A learner's street page: its socket, and the channels that it asks for. */
async function watch(headers: Headers): Promise<Watching> {
  const address = new URL(withPath(live.url, "ws"));
  address.protocol = "ws:";
  // Node's own client sends headers too, which its type does not know.
  const options = { headers } as unknown as string[];
  const socket = new WebSocket(address, options);
  const messages: ServerMessage[] = [];
  socket.onmessage = ({ data }) => messages.push(JSON.parse(String(data)) as ServerMessage);
  await once(socket, "open");
  const channels = ["truth/street", "belief/street"];
  socket.send(JSON.stringify({ kind: "subscribe", channels, encoding: "json" }));
  return {
    messages,
    last: (kind) => messages.findLast((each) => each.kind === kind) as never,
    close: () => socket.close(),
  };
}

async function until<Value>(
  read: () => Value | Promise<Value>,
  isThere: (value: Value) => boolean,
): Promise<Value> {
  for (let tries = 0; tries < 1_200; tries++) {
    const value = await read();
    if (isThere(value)) return value;
    await pause(50);
  }
  throw new Error("it did not come within 60 s");
}

const SEEN: LessonAct["seen"] = {
  ...{ selected: "home-7", view: "company", opened: [], lookingBackMs: null, atMs: 0 },
};
const act = (headers: Headers, told: Partial<LessonAct>): Promise<Told<LessonJudged>> =>
  ask("api/class/progress", headers, { lesson: LESSON, step: 0, act: "look", seen: SEEN, ...told });

/** A line of CSV without commas in its cells but those that are quoted. */
const cells = (line: string): readonly string[] =>
  [...line.matchAll(/"((?:[^"]|"")*)"|([^,]+)|(?<=,|^)(?=,|$)/g)].map(
    ([, quoted, plain]) => quoted ?? plain ?? "",
  );

test("fifty join, are judged, paused and shown the truth together; one drops and comes back; one comes late", async () => {
  const teacher = await session("api/sign-in", { name: "teacher", password: PASSWORD });
  expect(teacher.status).toBe(200);
  const view = async (): Promise<ClassView> =>
    (await ask<ClassView>("api/class", teacher.headers)).body;
  const begun = await ask<ClassView>("api/class", teacher.headers, { lesson: LESSON });
  const { code } = begun.body;
  await ask("api/truth", teacher.headers, { isHidden: true });

  const joined = await Promise.all(
    Array.from({ length: LEARNERS }, (_, at) =>
      session("api/class/join", { code, name: `Learner ${at + 1}` }),
    ),
  );
  expect(joined.map(({ status }) => status)).toEqual(joined.map(() => 200));
  const pages = await Promise.all(joined.map(({ headers }) => watch(headers)));
  await until(
    () => pages.filter(({ last }) => last("hello") !== undefined).length,
    (count) => count === LEARNERS,
  );
  expect((await view()).learners).toHaveLength(LEARNERS);
  // Hidden is hidden, and nobody is told a digest that seeds could be tried against.
  expect(pages.every(({ last }) => last("hello")!.hiding.isHidden)).toBe(true);
  expect(pages.map(({ last }) => last("hello")!.scenario)).toEqual(
    pages.map(() => ({ name: "school-lane", sha256: null })),
  );

  // All at once before its time: the bill is not made yet, so the server counts no more than the selection.
  const early = await Promise.all(joined.map(({ headers }) => act(headers, {})));
  expect(early.map(({ body }) => body.progress.met)).toEqual(early.map(() => [false, true]));
  const tooEarly = await act(joined[0]!.headers, { act: "next" });
  expect([tooEarly.status, tooEarly.body.error]).toEqual([
    ...[409, "step 1 of reading-a-bill is not done yet: do its task, then go on"],
  ]);

  await ask("api/pace", teacher.headers, { speed: null, isPaused: false, untilMs: BILLED_MS });
  await until(
    async () => (await view()).clock.nowMs,
    (nowMs) => nowMs >= BILLED_MS,
  );
  await ask("api/pace", teacher.headers, { speed: 60, isPaused: false });
  await until(
    () => pages.filter(({ last }) => last("pace")?.pace.isPaused === false).length,
    (count) => count === LEARNERS,
  );
  await ask("api/pace", teacher.headers, { isPaused: true });
  await until(
    () => pages.filter(({ last }) => last("pace")?.pace.isPaused === true).length,
    (count) => count === LEARNERS,
  );

  // Everybody goes on; every other one types as in India, the rest with a comma.
  const done = await Promise.all(
    joined.map(async ({ headers }, at) => {
      await act(headers, {});
      await act(headers, { act: "next" });
      await act(headers, { step: 1, act: "answer", given: "lots" });
      await act(headers, { step: 1, act: "answer", given: "1,23,456.7" });
      const given = at % 2 === 0 ? "१४३.०३" : "143,03";
      return act(headers, { step: 1, act: "answer", given });
    }),
  );
  expect(
    done.map(({ body }) => [body.verdict, body.progress.step, body.progress.wrongTotal]),
  ).toEqual(done.map(() => ["right", 1, 1]));
  expect((await view()).learners.map(({ progress }) => progress?.met)).toEqual(
    done.map(() => [true]),
  );

  // A network that drops: the session is kept, and the learner is where they were.
  const [first] = joined;
  pages[0]!.close();
  const again = await watch(first!.headers);
  await until(
    () => again.last("hello"),
    (hello) => hello !== undefined,
  );
  const back = await ask<LearnerView>("api/class/me", first!.headers);
  expect([back.body.progress?.step, back.body.progress?.met]).toEqual([1, [true]]);

  const late = await session("api/class/join", { code, name: "Late" });
  const lateMe = await ask<LearnerView>("api/class/me", late.headers);
  expect([late.status, lateMe.body.lesson, lateMe.body.progress]).toEqual([200, LESSON, null]);
  expect((await act(late.headers, {})).body.progress.met).toEqual([true, true]);

  await ask("api/truth", teacher.headers, { isHidden: false });
  const watching = [again, ...pages.slice(1)];
  await until(
    () => watching.filter(({ last }) => last("hiding")?.hiding.isHidden === false).length,
    (count) => count === LEARNERS,
  );

  const csv = await fetch(withPath(live.url, "api/class/results.csv"), {
    headers: teacher.headers,
  });
  const [head, ...rows] = (await csv.text()).trim().split("\r\n").map(cells);
  const at = (name: string): number => head!.indexOf(name);
  expect(rows).toHaveLength(LEARNERS + 1);
  const [row] = rows;
  expect(["lesson", "step", "wrong_answers", "judged_by"].map((name) => row![at(name)])).toEqual([
    ...[LESSON, "2", "1", "server 2, page 1"],
  ]);

  // The class takes sixty, and says so to the next.
  for (let count = LEARNERS + 1; count < LEARNERS_MAX; count++) {
    const more = await session("api/class/join", { code, name: `More ${count}` });
    expect(more.status).toBe(200);
  }
  const tooMany = await session("api/class/join", { code, name: "One too many" });
  expect([tooMany.status, tooMany.body.error]).toEqual([
    ...[403, `the class is full: ${LEARNERS_MAX} learners are in it`],
  ]);
  for (const { close } of watching) close();
});

test("a wrong code, names that are none, and progress that is only claimed are each refused with a sentence", async () => {
  const teacher = await session("api/sign-in", { name: "teacher", password: PASSWORD });
  const begun = await ask<ClassView>("api/class", teacher.headers, { lesson: LESSON });
  const { code } = begun.body;
  const join = async (name: unknown, given: unknown = code): Promise<readonly unknown[]> => {
    const { status, body } = await session("api/class/join", { code: given, name });
    return [status, body.error];
  };
  const letters = /^\w+: a name has letters, digits, blanks and \. ' -$/;
  const length = new RegExp(`one to ${LEARNER_NAME_CHARACTERS_MAX} characters`);
  expect(await join("Anu", "AAAAAA")).toEqual([
    403,
    expect.stringMatching(/no class with this code/),
  ]);
  expect(await join("Anu", 7)).toEqual([400, expect.stringMatching(/^code: /)]);
  expect(await join("<b>Anu</b>")).toEqual([400, expect.stringMatching(letters)]);
  expect(await join("=1+1")).toEqual([400, expect.stringMatching(letters)]);
  expect(await join("Anu\u0000")).toEqual([400, expect.stringMatching(letters)]);
  expect(await join("   ")).toEqual([400, expect.stringMatching(length)]);
  expect(await join("A".repeat(10_000))).toEqual([400, expect.stringMatching(length)]);
  expect(await join(null)).toEqual([400, expect.stringMatching(length)]);
  expect(await join("अनु  ")).toEqual([200, undefined]);
  expect(await join("अनु")).toEqual([403, expect.stringMatching(/of this name/)]);
  expect((await ask<ClassView>("api/class", teacher.headers)).body.learners).toHaveLength(1);

  const mallory = await session("api/class/join", { code, name: "Mallory" });
  const forged = { lesson: LESSON, step: 4, met: [true], hints: 0, hintsTotal: 0, wrongTotal: 0 };
  const claim = await ask("api/class/progress", mallory.headers, { ...forged, isDone: true });
  expect([claim.status, claim.body.error]).toEqual([
    ...[403, expect.stringMatching(/^this server judges lessons itself: send what was done/)],
  ]);
  // Whoever says that they are further than they are is told where they are.
  const ahead = await act(mallory.headers, { step: 4, act: "answer", given: "0" });
  expect([ahead.body.progress.step, ahead.body.verdict]).toEqual([0, null]);
  const other = await act(mallory.headers, { lesson: "prepaid-trip" });
  expect([other.status, other.body.error]).toEqual([
    ...[409, "your class has the lesson reading-a-bill; open that one"],
  ]);
  const refused: readonly (readonly [Partial<Record<keyof LessonAct, unknown>>, RegExp])[] = [
    [{ lesson: "none" }, /there is no lesson none/],
    [{ act: "finish" }, /an act is one of these: look, answer, hint, next, again/],
    [{ act: "answer", given: "9".repeat(1_000) }, /write a shorter answer/],
    [{ step: -1 }, /^step: /],
    [{ seen: { ...SEEN, atMs: "now" } }, /^seen\.atMs: /],
  ];
  for (const [told, sentence] of refused) {
    const { status, body } = await act(mallory.headers, told as Partial<LessonAct>);
    expect([told, status, body.error]).toEqual([told, 400, expect.stringMatching(sentence)]);
  }
  const me = await ask<LearnerView>("api/class/me", mallory.headers);
  expect([me.status, me.body.progress?.step, me.body.progress?.isDone]).toEqual([200, 0, false]);
});
