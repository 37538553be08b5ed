// What a lesson's file may say.

import { z } from "zod";
import {
  BELIEF_EVENT_KINDS,
  LESSON_PANELS,
  LESSON_VIEWS,
  PLAY_ROLES,
  TRUTH_EVENT_KINDS,
  VALUE_FIELDS,
  type ValueChannel,
} from "../../contract/lesson.ts";
import { Duration, Id } from "./schema.ts";

/** A text that a learner reads on a phone. */
const TEXT_CHARACTERS_MAX = 900;
const STEPS_MAX = 20;
const MINUTES_MAX = 180;

const Line = z.string().trim().min(1, "write the text").max(TEXT_CHARACTERS_MAX);
const TextSchema = z.strictObject({
  en: Line,
  hi: Line,
});
const Home = z.string("name a supply point of the scenario, such as home-3").min(1);
const channels = Object.keys(VALUE_FIELDS) as [ValueChannel, ...ValueChannel[]];
const Place = {
  channel: z.enum(channels, { error: `a channel is one of these: ${channels.join(", ")}` }),
  field: z.string(),
  home: Home,
};
const EVENT_KINDS = [...TRUTH_EVENT_KINDS, ...BELIEF_EVENT_KINDS] as const;
const withinFix = "within is how far an answer may be off, in the unit: 0 or more";

const CheckSchema = z.discriminatedUnion("is", [
  z.strictObject({ is: z.literal("selected"), home: Home }),
  z.strictObject({
    is: z.literal("view"),
    view: z.enum(LESSON_VIEWS, { error: `a view is one of these: ${LESSON_VIEWS.join(", ")}` }),
  }),
  z.strictObject({
    is: z.literal("opened"),
    panel: z.enum(LESSON_PANELS, { error: `a panel is one of these: ${LESSON_PANELS.join(", ")}` }),
  }),
  z.strictObject({ is: z.literal("looked-back"), from: Duration, until: Duration }),
  z.strictObject({ is: z.literal("reached"), at: Duration }),
  z.strictObject({
    is: z.literal("event"),
    event: z.enum(EVENT_KINDS, { error: `an event is one of these: ${EVENT_KINDS.join(", ")}` }),
    home: Home.optional(),
    from: Duration.optional(),
    until: Duration.optional(),
  }),
  z.strictObject({
    is: z.literal("value"),
    ...Place,
    above: z.number().optional(),
    below: z.number().optional(),
  }),
  z.strictObject({
    is: z.literal("number"),
    value: z.number().optional(),
    from: z.strictObject(Place).optional(),
    /** From the channel's unit to the answer's: 0.001 for kWh from Wh. */
    scale: z.number().default(1),
    within: z.number(withinFix).min(0, withinFix),
    unit: z.string().max(20),
  }),
  z.strictObject({
    is: z.literal("choice"),
    options: z.array(TextSchema).min(2, "a choice has two options at least").max(6),
    right: z.int().min(0),
  }),
  z.strictObject({ is: z.literal("home"), right: Home }),
]);

export const LessonSchema = z.strictObject({
  /** Version of the form: 1. */
  lesson: z.literal(1, { error: "write lesson: 1, the version of this form" }),
  id: Id,
  order: z.int().min(1).max(99),
  title: TextSchema,
  summary: TextSchema,
  minutes: z.int().min(1).max(MINUTES_MAX),
  /** The scenario's file, beside the folder of lessons. */
  scenario: z.string().regex(/^[\w./-]+\.yaml$/, "name the scenario's file, ../school-lane.yaml"),
  role: z
    .enum(PLAY_ROLES, { error: `a role is one of these: ${PLAY_ROLES.join(", ")}` })
    .default("watcher"),
  hidesTruth: z.boolean().default(false),
  start: z.strictObject({
    at: Duration,
    view: z
      .enum(LESSON_VIEWS, { error: `a view is one of these: ${LESSON_VIEWS.join(", ")}` })
      .default("truth"),
    home: Home.optional(),
  }),
  steps: z
    .array(
      z.strictObject({
        text: TextSchema,
        task: TextSchema,
        hints: z.array(TextSchema).max(4).default([]),
        at: Duration.optional(),
        checks: z.array(CheckSchema).min(1, "a step has one check at least").max(5),
        done: TextSchema,
      }),
    )
    .min(1, "a lesson has one step at least")
    .max(STEPS_MAX),
});
export type LessonFile = z.infer<typeof LessonSchema>;
