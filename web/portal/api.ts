// The portal's one way to the server: a value, or the sentence that says why not.

import { createCsrf } from "../player/csrf.ts";

export type Answer<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly status: number; readonly reason: string };

const NO_ANSWER = "The server does not answer. Try again in a moment.";
// The address may carry the token of the machine; what hangs below the page does not matter.
const address = new URL(location.href);
const token = address.searchParams.get("token");
const machine: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
const csrf = createCsrf(address, machine);

/** The next change asks for its header anew: somebody has signed in or out. */
export const forgetSession = (): void => csrf.forget();

export const addressOf = (path: string): string => new URL(path, address).href;

async function answerOf<Value>(asked: () => Promise<Response>): Promise<Answer<Value>> {
  try {
    const response = await asked();
    const body = (await response.json()) as Value & { readonly error?: string };
    if (response.ok) return { ok: true, value: body };
    const reason = body.error ?? `The server answered ${response.status}.`;
    return { ok: false, status: response.status, reason: sentence(reason) };
  } catch {
    return { ok: false, status: 0, reason: NO_ANSWER };
  }
}

export const read = <Value>(path: string): Promise<Answer<Value>> =>
  answerOf<Value>(() => fetch(addressOf(path), { headers: machine }));

export const send = <Value>(path: string, body: unknown): Promise<Answer<Value>> =>
  answerOf<Value>(() => csrf.post(path, body));

/** The server's sentences begin small. */
const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith(".") ? "" : "."}`;
