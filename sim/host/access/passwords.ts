// Passwords as argon2id, by Node's own: algorithm, parameters, nonce and tag in one string, as PHC writes them.

import { argon2, randomBytes, timingSafeEqual } from "node:crypto";

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane; about 30 ms. */
const COST = { memory: 19_456, passes: 2, parallelism: 1 } as const;
const TAG_BYTES = 32;
const NONCE_BYTES = 16;
/** A file may ask for more than we do, but not for a machine's whole memory. */
const MEMORY_MAX_KIB = 262_144;
const PASSES_MAX = 10;
const LANES_MAX = 8;

export const PASSWORD_MIN_CHARACTERS = 10;
export const PASSWORD_MAX_CHARACTERS = 200;

interface Hashed {
  readonly cost: {
    readonly memory: number;
    readonly passes: number;
    readonly parallelism: number;
  };
  readonly nonce: Buffer;
  readonly tag: Buffer;
}

function tagOf(password: string, { cost, nonce, tag }: Hashed): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    argon2(
      "argon2id",
      { message: password.normalize("NFC"), nonce, ...cost, tagLength: tag.length },
      (error, made) => (error === null ? resolve(Buffer.from(made)) : reject(error)),
    );
  });
}

/** A string that `isPassword` understands; never twice the same. */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(NONCE_BYTES);
  const tag = await tagOf(password, { cost: COST, nonce, tag: Buffer.alloc(TAG_BYTES) });
  const { memory, passes, parallelism } = COST;
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(nonce)}$${base64(tag)}`;
}

/** Whether a password is the one that was hashed. */
export async function isPassword(password: string, hash: string): Promise<boolean> {
  const hashed = readHash(hash);
  if (hashed === undefined || password.length > PASSWORD_MAX_CHARACTERS) return false;
  return timingSafeEqual(await tagOf(password, hashed), hashed.tag);
}

/** Undefined for what is no hash of ours. */
export function readHash(text: string): Hashed | undefined {
  const found =
    /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d)\$([\w+/]{11,88})\$([\w+/]{22,88})$/.exec(
      text,
    );
  if (found === null) return undefined;
  const [memory, passes, parallelism] = [Number(found[1]), Number(found[2]), Number(found[3])];
  const isRight =
    parallelism >= 1 &&
    parallelism <= LANES_MAX &&
    passes >= 1 &&
    passes <= PASSES_MAX &&
    memory >= 8 * parallelism &&
    memory <= MEMORY_MAX_KIB;
  if (!isRight) return undefined;
  const [nonce, tag] = [Buffer.from(found[4]!, "base64"), Buffer.from(found[5]!, "base64")];
  return { cost: { memory, passes, parallelism }, nonce, tag };
}

const base64 = (bytes: Buffer): string => bytes.toString("base64").replace(/=+$/, "");
