// `meterville board swap`: asks a live twin to put a device into a meter's slot, or to take it out.

import type { TwinInput } from "../../contract/input.ts";
import { EXIT } from "../exit-codes.ts";
import { CallerError } from "../failure.ts";

const ANSWER_WALL_MS = 10_000;

/** `to`: the address that `serve` printed. Without a device the simulated meter comes back. */
export async function boardSwapCommand(
  target: string,
  device: string | undefined,
  { to }: { readonly to: string },
): Promise<number> {
  const input: TwinInput =
    device === undefined ? { kind: "swap-out", target } : { kind: "swap-in", target, device };
  const answer = await ask(addressOf(to), input);
  if (answer.status !== 202) {
    throw new CallerError(`${target}: ${await complaintIn(answer)}`);
  }
  process.stdout.write(
    device === undefined
      ? `${target}: the simulated meter comes back with the next step\n`
      : `${target}: ${device} comes in with the next step\n`,
  );
  return EXIT.done;
}

function addressOf(to: string): URL {
  if (!URL.canParse(to) || !/^https?:$/.test(new URL(to).protocol)) {
    throw new CallerError(
      `--to ${to}: give the address that serve printed, such as http://127.0.0.1:4380/`,
    );
  }
  return new URL(to);
}

async function ask(to: URL, input: TwinInput): Promise<Response> {
  const token = to.searchParams.get("token");
  try {
    return await fetch(new URL("/api/inputs", to), {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(input),
      signal: AbortSignal.timeout(ANSWER_WALL_MS),
    });
  } catch (cause) {
    throw new CallerError(
      `${to.origin}: no twin answers there; start one with: meterville serve, and give the address that it prints`,
      { cause },
    );
  }
}

async function complaintIn(answer: Response): Promise<string> {
  const text = await answer.text();
  try {
    const { error } = JSON.parse(text) as { readonly error?: string };
    if (error !== undefined) return error;
  } catch {
    // Something else than a twin answers there.
  }
  return `the twin answered ${answer.status}; is this the address that serve printed?`;
}
