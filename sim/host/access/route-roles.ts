// Who may call what: every route, in one place. What is not here nobody may call; a test walks all routes with all roles.

import { ACCOUNT_INPUT_KINDS } from "../../contract/account-input.ts";
import { STREET_ROLES } from "../../contract/classroom.ts";
import type { InputKind } from "../../contract/input.ts";
import type { PlayRole } from "../../contract/lesson.ts";
import type { Role } from "../../contract/portal.ts";
import type { Person } from "./person.ts";

export interface RouteRule {
  /** `anybody`: also who has not signed in. */
  readonly roles: readonly Role[] | "anybody";
  /** Of learners only those with one of these roles in the class; missing: all whom `roles` names. */
  readonly plays?: readonly PlayRole[];
  /** Name of the act in the audit log; missing: reading it is none. */
  readonly act?: string;
}

/** Those who may see and steer the whole twin, the truth included. */
const STEERING: readonly Role[] = ["teacher", "engineer", "administrator"];
const STAFF: readonly Role[] = ["official", ...STEERING];
/** A customer may call these for the own supply point only: `:supply` stands in each of them. */
const OWN: readonly Role[] = ["customer", ...STAFF];
/** The street's page, also for learners who watch or look for thieves. */
const STREET: RouteRule = { roles: [...STAFF, "learner"], plays: STREET_ROLES };
const LEARNER: readonly Role[] = ["learner"];
const CUSTOMER: readonly Role[] = ["customer"];
const ANYBODY = { roles: "anybody" } as const;

/** By method and pattern, as the server registers them; HEAD is as GET. */
export const ROUTE_RULES: Readonly<Record<string, RouteRule>> = {
  "GET /": ANYBODY,
  "GET /sign-in": ANYBODY,
  "GET /account": ANYBODY,
  "GET /office": ANYBODY,
  // The page's own files: they hold nothing of a run.
  "GET /*": ANYBODY,

  "GET /api/me": ANYBODY,
  "GET /api/sign-in": ANYBODY,
  "POST /api/sign-in": { ...ANYBODY, act: "sign-in" },
  "POST /api/sign-out": { ...ANYBODY, act: "sign-out" },

  "GET /teach": ANYBODY,
  "GET /join": ANYBODY,
  "GET /class": ANYBODY,
  "GET /api/class": { roles: STEERING },
  "POST /api/class": { roles: STEERING, act: "class-start" },
  "POST /api/class/lesson": { roles: STEERING, act: "class-lesson" },
  "POST /api/class/end": { roles: STEERING, act: "class-end" },
  "POST /api/class/assign": { roles: STEERING, act: "class-assign" },
  "POST /api/class/remove": { roles: STEERING, act: "class-remove" },
  "GET /api/class/results.csv": { roles: STEERING, act: "export-class" },
  "POST /api/class/join": { ...ANYBODY, act: "class-join" },
  "POST /api/class/seat": { roles: LEARNER, act: "class-seat" },
  "GET /api/class/me": { roles: LEARNER },
  "POST /api/class/progress": { roles: LEARNER, act: "class-progress" },
  "POST /api/class/input": { roles: LEARNER, act: "input" },

  "GET /api/pace": STREET,
  "POST /api/pace": { roles: STEERING, act: "pace" },
  "GET /api/state": { roles: STAFF },
  "GET /api/boards": { roles: STEERING },
  "POST /api/inputs": { ...STREET, act: "input" },
  "POST /api/start-over": { roles: STEERING, act: "start-over" },
  "GET /api/truth": { roles: STEERING },
  "POST /api/truth": { roles: STEERING, act: "truth" },
  "GET /api/source": { roles: STEERING },
  "GET /api/moments": STREET,
  "GET /api/moments/at": STREET,
  "GET /api/moments/block": STREET,
  "GET /api/report.html": { roles: STAFF, act: "export/report" },
  "GET /api/report.pdf": { roles: STAFF, act: "export/report" },
  "GET /api/disconnections": { roles: STAFF },
  "GET /api/supplies/:id": STREET,
  "GET /api/supplies/:id/history": STREET,
  "GET /ws": STREET,
  "GET /mqtt": { roles: STEERING },

  "GET /api/account/:supply": { roles: OWN },
  "GET /api/account/:supply/use": { roles: OWN },
  "GET /api/account/:supply/bills": { roles: OWN },
  "GET /api/account/:supply/bills/:cycle": { roles: OWN },
  "GET /api/account/:supply/bills/:cycle/pdf": { roles: OWN, act: "export/bill" },
  "GET /api/account/:supply/alerts": { roles: OWN },
  "GET /api/account/:supply/outages": { roles: OWN },
  "GET /api/account/:supply/payments": { roles: OWN },
  "POST /api/account/:supply/payments": { roles: CUSTOMER, act: "payment-order" },
  "GET /api/account/:supply/consent": { roles: OWN },
  "POST /api/account/:supply/consent": { roles: CUSTOMER, act: "consent" },
  // What a meter's display says is for who stands before it.
  "GET /api/account/:supply/keypad": { roles: CUSTOMER },
  "POST /api/account/:supply/keypad": { roles: CUSTOMER, act: "token-typed" },
  "GET /api/account/:supply/readings.csv": { roles: OWN, act: "export-readings" },

  "GET /api/office/search": { roles: STAFF },
  "GET /api/office/arrears": { roles: STAFF },
  "GET /api/office/disconnections": { roles: STAFF },
  "GET /api/office/board": { roles: STAFF },
  "GET /api/office/supplies/:id": { roles: STAFF },
  "GET /api/office/supplies/:id/postings": { roles: STAFF },
  "GET /api/office/tariffs": { roles: STAFF },
  "POST /api/office/tariff-trial": { roles: STAFF, act: "tariff-trial" },
  "GET /api/office/export/:file": { roles: STAFF, act: "export" },
  "GET /api/audit": { roles: ["administrator"] },
};

/** Inputs of the office: money, supply and crews. Whatever else changes the street is not its business. */
export const OFFICE_INPUTS: readonly InputKind[] = [
  "payment",
  "dispute-open",
  "dispute-close",
  "trip",
  "reconnect",
  "approve-trips",
  "refuse-trips",
  "inspect",
  ...ACCOUNT_INPUT_KINDS,
];

/** Inputs that say who orders them. */
const SIGNED_INPUTS: readonly InputKind[] = [
  "trip",
  "reconnect",
  "approve-trips",
  "refuse-trips",
  "inspect",
];

/** The same input in the name of who has signed in: nobody orders, or approves, as somebody else. */
export function signedBy({ name, isSignedIn }: Person, body: unknown): unknown {
  const { kind } = (body ?? {}) as { readonly kind?: InputKind };
  if (!isSignedIn || kind === undefined || !SIGNED_INPUTS.includes(kind)) return body;
  return { ...(body as object), by: name };
}

/** The rule of a route as the server knows it; undefined: nobody may. */
export function ruleOf(method: string, url: string): RouteRule | undefined {
  return ROUTE_RULES[`${method === "HEAD" ? "GET" : method} ${url}`];
}

/** Whether a role may call what a rule stands for; null: nobody has signed in. */
export function mayCall(rule: RouteRule | undefined, role: Role | null): boolean {
  if (rule === undefined) return false;
  return rule.roles === "anybody" || (role !== null && rule.roles.includes(role));
}
