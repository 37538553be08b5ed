// Who may sign in: the accounts of the demonstration, or a file of users with a line of JSON each. The file is read
// again when it has changed; whose role, supply or password is another then has to sign in again.

import { existsSync, readFileSync, statSync } from "node:fs";
import { z } from "zod";
import { issueSentence } from "../../contract/issue-sentence.ts";
import { ACCOUNT_ROLES, type DemoAccount } from "../../contract/portal.ts";
import { CallerError, fileReason } from "../failure.ts";
import { hashPassword, readHash } from "./passwords.ts";

/** As many as the name of an official in an order may have. */
export const NAME_MAX_CHARACTERS = 60;
/** The file is looked at again after so much wall time. */
const LOOK_WALL_MS = 1_000;
/** One password for every account of the demonstration: it is shown on the page. */
export const DEMO_PASSWORD = "meterville-demo";

export const UserSchema = z
  .strictObject({
    name: z.string("a name is text").trim().min(1, "a name has at least one character"),
    role: z.enum(ACCOUNT_ROLES, { error: `a role is one of these: ${ACCOUNT_ROLES.join(", ")}` }),
    /** The customer's own supply point. */
    supply: z.string("supply is the id of a supply point").min(1).optional(),
    /** Which of the customers that have lived there in turn. */
    customer: z
      .int("customer is a whole number: 1 for the first that lives there, 2 after a move-in")
      .positive("customers are counted from 1")
      .optional(),
    password: z
      .string("password is what user add writes")
      .refine((text) => readHash(text) !== undefined, "password is no argon2id; use user add"),
  })
  .refine(({ name }) => name.length <= NAME_MAX_CHARACTERS, {
    message: `a name has at most ${NAME_MAX_CHARACTERS} characters`,
    path: ["name"],
  })
  .refine(({ role, supply }) => (role === "customer") === (supply !== undefined), {
    message: "a customer has a supply, and nobody else has one",
    path: ["supply"],
  })
  .refine(({ role, customer }) => role === "customer" || customer === undefined, {
    message: "only a customer has a number",
    path: ["customer"],
  });
export type User = z.infer<typeof UserSchema>;

export interface Users {
  /** Large and small letters are the same. */
  find(name: string): { readonly user: User; readonly counter: number } | undefined;
  /** Ends every session of a name. */
  signOutEverywhere(name: string): void;
  /** What the sign-in page may list. */
  readonly demo: readonly DemoAccount[];
  readonly count: number;
}

/** Names that differ in case, or in how an accent is written, are one. */
export const keyOf = (name: string): string => name.trim().toLowerCase().normalize("NFC");

interface Table {
  readonly users: Map<string, User>;
  readonly counters: Map<string, number>;
}

function tableOver(table: Table, demo: readonly DemoAccount[], look: () => void): Users {
  return {
    find(name) {
      look();
      const key = keyOf(name);
      const user = table.users.get(key);
      return user === undefined ? undefined : { user, counter: table.counters.get(key) ?? 0 };
    },
    signOutEverywhere(name) {
      const key = keyOf(name);
      table.counters.set(key, (table.counters.get(key) ?? 0) + 1);
    },
    demo,
    get count() {
      return table.users.size;
    },
  };
}

/** Nobody can sign in. */
export const noUsers = (): Users =>
  tableOver({ users: new Map(), counters: new Map() }, [], () => undefined);

/** One customer a home by its address, two officials, and one of each other role. */
export async function demoUsers(
  supplies: readonly { readonly id: string; readonly address: string }[],
): Promise<Users> {
  const password = await hashPassword(DEMO_PASSWORD);
  const staff: readonly User[] = [
    { name: "official", role: "official", password },
    { name: "second official", role: "official", password },
    { name: "teacher", role: "teacher", password },
    { name: "engineer", role: "engineer", password },
    { name: "administrator", role: "administrator", password },
  ];
  const users = new Map(staff.map((user) => [keyOf(user.name), user]));
  for (const { id, address } of supplies) {
    // Two homes at one address: the second one's name is its id.
    const name = users.has(keyOf(address)) ? id : address;
    users.set(keyOf(name), { name, role: "customer", supply: id, password });
  }
  const demo = [...users.values()].map(({ name, role }) => ({ name, role }));
  return tableOver({ users, counters: new Map() }, demo, () => undefined);
}

/** The users of a file. Throws CallerError where it cannot be read now; later the last good one holds. */
export function fileUsers(path: string, tell: (sentence: string) => void): Users {
  const table: Table = { users: readUsers(path), counters: new Map() };
  let stamp = stampOf(path);
  let lookedMs = performance.now();
  const look = (): void => {
    if (performance.now() - lookedMs < LOOK_WALL_MS) return;
    lookedMs = performance.now();
    const now = stampOf(path);
    if (now === stamp) return;
    stamp = now;
    try {
      takeOver(table, readUsers(path));
    } catch (error) {
      if (!(error instanceof CallerError)) throw error;
      tell(`${error.message}; the users of before go on`);
    }
  };
  return tableOver(table, [], look);
}

function takeOver({ users, counters }: Table, next: Map<string, User>): void {
  for (const [key, user] of users) {
    const same = JSON.stringify(next.get(key)) === JSON.stringify(user);
    if (!same) counters.set(key, (counters.get(key) ?? 0) + 1);
  }
  users.clear();
  for (const [key, user] of next) users.set(key, user);
}

function stampOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? "" : `${stat.mtimeMs}/${stat.size}/${stat.ino}`;
}

/** By lower-case name. Throws CallerError with the line that is wrong. */
export function readUsers(path: string): Map<string, User> {
  if (!existsSync(path)) {
    throw new CallerError(`--users ${path}: there is no such file; make one with user add`);
  }
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new CallerError(`--users ${path}: ${fileReason(cause)}`, { cause });
  }
  const users = new Map<string, User>();
  text.split("\n").forEach((line, index) => {
    if (line.trim() === "" || line.startsWith("#")) return;
    const user = readUser(line, `${path}:${index + 1}`);
    const key = keyOf(user.name);
    if (users.has(key)) {
      throw new CallerError(`${path}:${index + 1}: there is a user ${user.name} above already`);
    }
    // In a file it is a person; who moves in later is another one.
    users.set(key, user.role === "customer" ? { ...user, customer: user.customer ?? 1 } : user);
  });
  return users;
}

function readUser(line: string, where: string): User {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new CallerError(`${where}: not a line of JSON; user add writes them`, { cause });
  }
  const parsed = UserSchema.safeParse(value, { error: issueSentence });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue!.path.join(".");
  throw new CallerError(`${where}: ${field === "" ? "" : `${field}: `}${issue!.message}`);
}
