// `meterville user add`: an account in a file for `serve --users`.

import { existsSync } from "node:fs";
import { chmod } from "node:fs/promises";
import { createInterface } from "node:readline";
import { issueSentence } from "../../contract/issue-sentence.ts";
import type { Role } from "../../contract/portal.ts";
import {
  hashPassword,
  PASSWORD_MAX_CHARACTERS,
  PASSWORD_MIN_CHARACTERS,
} from "../access/passwords.ts";
import { keyOf, readUsers, UserSchema } from "../access/users.ts";
import { EXIT } from "../exit-codes.ts";
import { CallerError } from "../failure.ts";
import { writeWhole } from "../files.ts";

export interface UserAddOptions {
  readonly role: Role;
  readonly supply?: string;
  readonly customer?: number;
  readonly users: string;
  readonly replace?: boolean;
}

/** Only its owner may read a file of users. */
const OWNERS_ONLY = 0o600;

export async function userAddCommand(
  name: string,
  { role, supply, customer, users: path, replace }: UserAddOptions,
): Promise<number> {
  const users = existsSync(path) ? readUsers(path) : new Map<string, unknown>();
  const key = keyOf(name);
  if (users.has(key) && replace !== true) {
    throw new CallerError(`${path}: there is a user ${name} already; --replace changes it`);
  }
  const shape = {
    ...{ name, role },
    ...(supply === undefined ? {} : { supply }),
    ...(customer === undefined ? {} : { customer }),
  };
  // What is wrong with the rest is said before anybody is asked for a password.
  checked({ ...shape, password: await hashPassword("") });
  const password = await readPassword();
  if (password.length < PASSWORD_MIN_CHARACTERS || password.length > PASSWORD_MAX_CHARACTERS) {
    throw new CallerError(
      `a password has ${PASSWORD_MIN_CHARACTERS} to ${PASSWORD_MAX_CHARACTERS} characters; three or four words are easy to keep`,
    );
  }
  users.set(key, checked({ ...shape, password: await hashPassword(password) }));
  const text = [...users.values()].map((user) => `${JSON.stringify(user)}\n`).join("");
  await writeWhole(path, Buffer.from(text), "users");
  await chmod(path, OWNERS_ONLY);
  process.stdout.write(`${name} may sign in as ${role}; serve it with --users ${path}\n`);
  return EXIT.done;
}

function checked(value: unknown): unknown {
  const parsed = UserSchema.safeParse(value, { error: issueSentence });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new CallerError(`${issue!.path.join(".")}: ${issue!.message}`);
}

/** The first line of standard input; at a terminal it is asked for and not shown. */
async function readPassword(): Promise<string> {
  const { stdin, stderr } = process;
  const isAsked = stdin.isTTY === true;
  if (isAsked) stderr.write("Password (it is not shown): ");
  if (isAsked) stdin.setRawMode(true);
  try {
    return isAsked ? await typed() : await firstLine();
  } finally {
    if (isAsked) stdin.setRawMode(false);
    if (isAsked) stderr.write("\n");
    stdin.pause();
  }
}

async function firstLine(): Promise<string> {
  for await (const line of createInterface({ input: process.stdin })) return line;
  throw new CallerError("no password came; write one line to standard input");
}

const ENTER = /[\r\n]/;
const INTERRUPTED = "\u0003";
const RUBBED_OUT = ["\u007f", "\b"];

function typed(): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const take = (chunk: Buffer): void => {
      for (const character of chunk.toString("utf8")) {
        if (character === INTERRUPTED) return end(() => reject(new CallerError("no account")));
        if (ENTER.test(character)) return end(() => resolve(text));
        text = RUBBED_OUT.includes(character) ? text.slice(0, -1) : text + character;
      }
    };
    const end = (say: () => void): void => {
      process.stdin.off("data", take);
      say();
    };
    process.stdin.on("data", take);
  });
}
