// A lesson from its file, held against the scenario that it is played in.

import type { ScenarioIdentity } from "../../contract/frame.ts";
import {
  isQuestion,
  type Lesson,
  VALUE_FIELDS,
  type ValueChannel,
  type ValuePlace,
} from "../../contract/lesson.ts";
import { identityOf } from "./identity.ts";
import { LessonSchema } from "./lesson-schema.ts";
import { parseYaml } from "./parse.ts";
import { hintOf, type Problem, ScenarioError } from "./problem.ts";
import { beside, type ReadText, resolveScenario } from "./resolve.ts";

/** What a lesson has to fit. */
export interface LessonScenario {
  readonly identity: ScenarioIdentity;
  readonly homes: readonly string[];
  readonly durationMs: number;
}

type Path = readonly (string | number)[];

interface LessonText {
  readonly file: string;
  readonly text: string;
}

/** Whether a text is that of a lesson rather than of a scenario. */
export const isLessonText = (text: string): boolean => /^lesson\s*:/m.test(text);

/** Reads a lesson and its scenario. Throws ScenarioError with everything that is wrong with either. */
export function readLessonAt(file: string, read: ReadText): Lesson {
  return readLesson({ file, text: read(file) }, (scenario) => {
    const resolved = resolveScenario(beside(file, scenario), read, {});
    const { durationMs, records } = resolved;
    const homes = records.supplies.map(({ id }) => id);
    return { durationMs, homes, identity: identityOf(resolved) };
  });
}

/**
 * Reads and checks a lesson. `scenarioOf` reads the scenario that the file names, by that name.
 * Throws ScenarioError with everything that is wrong, by file, line and column.
 */
export function readLesson(
  { file, text }: LessonText,
  scenarioOf: (path: string) => LessonScenario,
): Lesson {
  const { value, placeOf } = parseYaml(text, file, LessonSchema);
  const scenario = scenarioOf(value.scenario);
  const { name, sha256 } = scenario.identity;
  const problems: Problem[] = [];
  const add = (path: Path, fix: string): void => {
    problems.push({ file, ...placeOf(path), field: path.join("."), fix });
  };
  const checkHome = (path: Path, home: string | undefined): void => {
    if (home === undefined || scenario.homes.includes(home)) return;
    add(path, `${name} has no home ${home}; ${hintOf(home, scenario.homes)}`);
  };
  const checkMoment = (path: Path, at: number | undefined): void => {
    if (at !== undefined && at > scenario.durationMs) add(path, `${name} ends before`);
  };
  const checkPlace = (path: Path, { channel, field, home }: ValuePlace): void => {
    checkHome([...path, "home"], home);
    const fields: readonly string[] = VALUE_FIELDS[channel as ValueChannel];
    if (!fields.includes(field)) {
      add([...path, "field"], `${channel} has no ${field}; ${hintOf(field, fields)}`);
    }
  };
  checkHome(["start", "home"], value.start.home);
  checkMoment(["start", "at"], value.start.at);
  value.steps.forEach(({ checks, at }, row) => {
    const place: Path = ["steps", row];
    checkMoment([...place, "at"], at);
    if (checks.filter(isQuestion).length > 1) {
      add([...place, "checks"], "a step asks one question; divide it into two steps");
    }
    checks.forEach((check, c) => {
      const here: Path = [...place, "checks", c];
      switch (check.is) {
        case "selected":
        case "event":
          checkHome([...here, "home"], check.home);
          break;
        case "home":
          checkHome([...here, "right"], check.right);
          break;
        case "looked-back":
          if (check.until <= check.from) add([...here, "until"], "write a moment after from");
          checkMoment([...here, "from"], check.from);
          break;
        case "reached":
          checkMoment([...here, "at"], check.at);
          break;
        case "value":
          if (check.above === undefined && check.below === undefined) {
            add(here, "write above or below, or both");
          }
          checkPlace(here, check);
          break;
        case "choice":
          if (check.right >= check.options.length) {
            add([...here, "right"], `options are counted 0 to ${check.options.length - 1}`);
          }
          break;
        case "number":
          if ((check.value === undefined) === (check.from === undefined)) {
            add(here, "write the right value, or from where the twin shows it");
          }
          if (check.from !== undefined) checkPlace([...here, "from"], check.from);
          break;
        default:
      }
    });
  });
  if (problems.length > 0) throw new ScenarioError(problems);
  const { lesson: _version, scenario: _file, ...rest } = value;
  return { ...rest, scenario: name, scenarioSha256: sha256 };
}
