// Commands from a broker: read, journalled as inputs, answered, each id once. Later, once the company hears what
// became of an order, a second answer says so.

import type { BeliefEvent } from "../../contract/event.ts";
import type { JournalEntry } from "../../contract/input.ts";
import type { SimMs } from "../../core/time.ts";
import type { Accepted } from "../live.ts";
import { COMMAND_ID_RULE, type CommandTarget, isCommandId, NO_ID } from "./topics.ts";

/** An input is a few dozen bytes. */
const COMMAND_BYTES_MAX = 4 * 1024;
/** Ids that are remembered with their answers; the oldest is forgotten first. */
const COMMAND_IDS_REMEMBERED_MAX = 10_000;

/** Words that senders use for kinds of input. */
const KIND_ALIASES: Readonly<Record<string, string>> = { pay: "payment" };

export interface ReceivedCommand {
  readonly target: CommandTarget;
  readonly payload: string;
  /** It lay at the broker from before; a command is for now. */
  readonly isRetained: boolean;
}

/** What is published on `…/command/<id>`. */
export interface CommandAnswer {
  readonly supply: string | null;
  readonly id: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface CommandDesk {
  /** The answers to one command, in order. Never throws. */
  take(command: ReceivedCommand): readonly CommandAnswer[];
  /** After a step: what became of orders. */
  stepped(step: SteppedOrders): readonly CommandAnswer[];
  /** Takes up what the journal of an earlier process of this run keeps; what became of it is followed from now on. */
  remember(entries: readonly JournalEntry[], now: Pick<SteppedOrders, "endMs" | "isPending">): void;
}

/** What the desk needs to know of a step that has ended. */
export interface SteppedOrders {
  /** When the step began. */
  readonly startMs: SimMs;
  readonly endMs: SimMs;
  readonly events: readonly BeliefEvent[];
  /** Whether the company still waits for a meter's acknowledgement of such an order. */
  readonly isPending: (supply: string, kind: string) => boolean;
}

type Body = CommandAnswer["body"];

interface Remembered {
  readonly supply: string | null;
  readonly id: string;
  /** The input in canonical form: the same id with another content is another command. */
  readonly content: string;
  readonly answer: Body;
  outcome: Body | undefined;
}

/** An order whose outcome is waited for. */
interface OpenOrder {
  readonly remembered: Remembered;
  readonly seq: number;
  readonly kind: string;
  readonly supply: string;
  readonly amountMinor: unknown;
  readonly takesEffectAtMs: SimMs;
}

export interface CommandDeskOptions {
  /** Journals an input under the command's key; throws where the journal cannot be written. */
  readonly input: (raw: unknown, command: string) => Accepted;
  readonly idsRememberedMax?: number;
}

export function createCommandDesk(options: CommandDeskOptions): CommandDesk {
  const rememberedMax = options.idsRememberedMax ?? COMMAND_IDS_REMEMBERED_MAX;
  const known = new Map<string, Remembered>();
  const open = new Map<string, OpenOrder>();

  const keep = (key: string, remembered: Remembered): void => {
    known.set(key, remembered);
    if (known.size <= rememberedMax) return;
    const [oldest] = known.keys();
    known.delete(oldest!);
    open.delete(oldest!);
  };
  const accept = (key: string, remembered: Remembered, raw: Body, accepted: Acceptance): void => {
    keep(key, remembered);
    open.set(key, {
      remembered,
      seq: accepted.seq,
      kind: String(raw["kind"]),
      supply: String(raw["target"]),
      amountMinor: raw["amountMinor"],
      takesEffectAtMs: accepted.takesEffectAtMs,
    });
  };
  return {
    take(command) {
      const { supply } = command.target;
      const read = readCommand(command);
      if (!read.ok) return [{ supply, id: read.id, body: refusal(read.error) }];
      const { id, raw } = read;
      const key = keyOf(supply, id);
      const content = canonical(raw);
      const before = known.get(key);
      if (before !== undefined) return repeat(before, content);
      if (command.isRetained) {
        const error = "a command is for now: publish it again without the retain flag";
        return [{ supply, id, body: refusal(error) }];
      }
      const unsigned = refusalOfSigned(raw);
      if (unsigned !== undefined) return [{ supply, id, body: refusal(unsigned) }];
      const accepted = tryInput(options.input, raw, key);
      if (!accepted.ok) {
        const body = refusal(accepted.reason);
        if (!accepted.isPassing)
          keep(key, { supply, id, content, answer: body, outcome: undefined });
        return [{ supply, id, body }];
      }
      const answer = acceptance(accepted);
      accept(key, { supply, id, content, answer, outcome: undefined }, raw, accepted);
      return [{ supply, id, body: answer }];
    },
    stepped(step) {
      const answers: CommandAnswer[] = [];
      for (const [key, order] of open) {
        if (step.startMs < order.takesEffectAtMs) continue;
        const outcome = outcomeOf(order, step);
        if (outcome === undefined) continue;
        open.delete(key);
        order.remembered.outcome = outcome;
        const { supply, id } = order.remembered;
        answers.push({ supply, id, body: outcome });
      }
      return answers;
    },
    remember(entries, now) {
      for (const entry of entries) {
        if (entry.kind !== "input" || entry.command === undefined) continue;
        const place = placeOf(entry.command);
        const raw: Body = { ...entry.input };
        const accepted = { seq: entry.sequence, takesEffectAtMs: entry.takesEffectAtMs };
        const answer = acceptance(accepted);
        const remembered = { ...place, content: canonical(raw), answer, outcome: undefined };
        const isPending = now.isPending(String(raw["target"]), entry.input.kind);
        // What has had its step and is waited for no more was told of then.
        if (entry.takesEffectAtMs < now.endMs && !isPending) keep(entry.command, remembered);
        else accept(entry.command, remembered, raw, accepted);
      }
    },
  };
}

interface Acceptance {
  readonly seq: number;
  readonly takesEffectAtMs: SimMs;
}

const acceptance = ({ seq, takesEffectAtMs }: Acceptance): Body => ({
  ok: true,
  seq,
  takesEffectAtMs,
  state: "accepted",
});
const refusal = (error: string): Body => ({ ok: false, error });

/** An id belongs to its sender and topic: two homes may have one of the same name. */
const keyOf = (supply: string | null, id: string): string => `${supply ?? ""}/${id}`;

function placeOf(key: string): { readonly supply: string | null; readonly id: string } {
  const slash = key.indexOf("/");
  const supply = key.slice(0, slash);
  return { supply: supply === "" ? null : supply, id: key.slice(slash + 1) };
}

/** The first answer again, and what became of it since; never a second execution. */
function repeat(before: Remembered, content: string): readonly CommandAnswer[] {
  const { supply, id } = before;
  if (before.content !== content) {
    const error = `the id ${id} was used for another command; give each command its own`;
    return [{ supply, id, body: refusal(error) }];
  }
  const first = { supply, id, body: before.answer };
  return before.outcome === undefined ? [first] : [first, { supply, id, body: before.outcome }];
}

type Read =
  | { readonly ok: true; readonly id: string; readonly raw: Body }
  | { readonly ok: false; readonly id: string; readonly error: string };

/** Kinds that know no target. */
const STREET_KINDS: readonly string[] = ["set-step"];
const EXAMPLE = '{"kind": "trip", "id": "order-17"}';

function readCommand({ target, payload }: ReceivedCommand): Read {
  const wrong = (error: string, id = NO_ID): Read => ({ ok: false, id, error });
  if (payload.length > COMMAND_BYTES_MAX) {
    return wrong(`a command has at most ${COMMAND_BYTES_MAX / 1024} KiB`);
  }
  let value: unknown;
  try {
    value = JSON.parse(payload);
  } catch {
    return wrong(`a command is JSON such as ${EXAMPLE}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return wrong(`a command is a JSON object such as ${EXAMPLE}`);
  }
  const { id: given, ...fields } = value as { id?: unknown };
  const id = Number.isSafeInteger(given) ? String(given) : given;
  if (typeof id !== "string" || !isCommandId(id)) return wrong(`${COMMAND_ID_RULE}: ${EXAMPLE}`);
  const raw: Record<string, unknown> = { ...fields };
  const { kind } = raw;
  if (typeof kind === "string" && Object.hasOwn(KIND_ALIASES, kind)) {
    raw["kind"] = KIND_ALIASES[kind];
  }
  if (target.supply !== null) {
    const named = raw["target"];
    if (named !== undefined && named !== target.supply) {
      return wrong(`this topic is ${target.supply}'s; leave target out or publish to its own`, id);
    }
    if (STREET_KINDS.includes(String(raw["kind"]))) {
      return wrong(
        `${raw["kind"]} is for the whole street; publish it to the street's own topic, command`,
        id,
      );
    }
    raw["target"] = target.supply;
  }
  return { ok: true, id, raw };
}

function tryInput(
  input: CommandDeskOptions["input"],
  raw: Body,
  key: string,
): Exclude<Accepted, { ok: false }> | { ok: false; reason: string; isPassing: boolean } {
  try {
    const accepted = input(raw, key);
    return accepted.ok ? accepted : { ...accepted, isPassing: accepted.isOurs === true };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    // Nothing was accepted; the same id may try again.
    return { ok: false, reason: `the journal cannot be written: ${why}`, isPassing: true };
  }
}

/** JSON with keys in one order and texts as the journal keeps them; inputs are flat. */
function canonical(raw: Body): string {
  const names = Object.keys(raw).sort((a, b) => (a < b ? -1 : 1));
  const kept = (value: unknown) => (typeof value === "string" ? value.trim() : value);
  return JSON.stringify(names.map((name) => [name, kept(raw[name])]));
}

const ORDERS = {
  trip: { done: "tripped", undoneBy: ["reconnect-sent", "trip-cancelled"] },
  reconnect: { done: "reconnected", undoneBy: ["trip-sent"] },
} as const;

/** What became of a command by the events of a step; undefined while nobody knows. */
function outcomeOf(order: OpenOrder, step: SteppedOrders): Body | undefined {
  const { seq, kind, supply, amountMinor } = order;
  const own = step.events.filter((event) => "supply" in event && event.supply === supply);
  const done = (atMs: SimMs): Body => ({ ok: true, seq, state: "done", atMs });
  if (kind === "payment") {
    const arrived = own.find(
      (event) => event.kind === "payment" && event.amountMinor === amountMinor,
    );
    return arrived === undefined ? undefined : done(arrived.at);
  }
  // Whatever is no order to a meter has happened once its step has.
  if (kind !== "trip" && kind !== "reconnect") return done(step.startMs);
  const isPending = step.isPending(supply, kind);
  const { done: doneKind, undoneBy } = ORDERS[kind];
  for (const event of own) {
    if (event.kind === doneKind) return done(event.at);
    if (event.kind === "command-expired" && event.action === kind) {
      const error = `the meter did not acknowledge the ${kind} before it expired`;
      return { ok: false, seq, state: "expired", atMs: event.at, error };
    }
    if (event.kind === "command-dropped" && event.action === kind) {
      const error = `the company has too many orders waiting; the ${kind} was not sent`;
      return { ok: false, seq, state: "dropped", atMs: event.at, error };
    }
    if (!isPending && (undoneBy as readonly string[]).includes(event.kind)) {
      const error = `the ${kind} was withdrawn by what came after it`;
      return { ok: false, seq, state: "withdrawn", atMs: event.at, error };
    }
  }
  return isPending ? undefined : done(step.endMs);
}

/** Orders carry the name of who has signed in, and so do decisions about trips that wait; a broker knows no names. */
function refusalOfSigned({ kind, by }: Body): string | undefined {
  if (kind === "approve-trips" || kind === "refuse-trips") {
    return "who decides about trips that wait signs in at the server; send it there";
  }
  return by === undefined ? undefined : "an order over MQTT has no name; leave `by` out";
}
