// The names under which a run is seen and steered at a broker. Street and supply points are ids of the scenario:
// lower-case letters, digits and hyphens, so each is one level of a topic.

export const TOPIC_ROOT = "meterville";

/** Answers to commands whose id cannot be read go where no id can be. */
export const NO_ID = "no-id";

/** What may follow a supply point or the street in a topic; no command may be called so. */
const TAKEN_LEVELS = new Set([NO_ID, "reading", "status", "event", "server", "command"]);

const COMMAND_ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/;
export const COMMAND_ID_RULE =
  "an id is 1 to 64 letters, digits, dots, colons, hyphens or underscores, begins with a letter or digit, " +
  `and is none of ${[...TAKEN_LEVELS].join(", ")}`;

/** The topics of one street; a null supply is the street itself. */
export interface Topics {
  readonly street: string;
  /** `online` while the run is there, `offline` once it is not; retained. */
  readonly server: string;
  /** Filters that match every command topic of the street and nothing else. */
  readonly commandFilters: readonly [string, string];
  reading(supply: string): string;
  status(supply: string): string;
  event(supply: string | null): string;
  command(supply: string | null): string;
  answer(supply: string | null, id: string): string;
  /** Whom a command topic is about; undefined for every other topic. */
  commandTarget(topic: string): CommandTarget | undefined;
}

export interface CommandTarget {
  readonly supply: string | null;
}

export function createTopics(street: string): Topics {
  const base = `${TOPIC_ROOT}/${street}`;
  const at = (supply: string | null, last: string): string =>
    supply === null ? `${base}/${last}` : `${base}/${supply}/${last}`;
  return {
    street,
    server: `${base}/server`,
    commandFilters: [`${base}/+/command`, `${base}/command`],
    reading: (supply) => at(supply, "reading"),
    status: (supply) => at(supply, "status"),
    event: (supply) => at(supply, "event"),
    command: (supply) => at(supply, "command"),
    answer: (supply, id) => at(supply, `command/${id}`),
    commandTarget(topic) {
      const levels = topic.split("/");
      const isOurs = levels[0] === TOPIC_ROOT && levels[1] === street;
      if (!isOurs || levels.at(-1) !== "command") return undefined;
      if (levels.length === 3) return { supply: null };
      return levels.length === 4 ? { supply: levels[2]! } : undefined;
    },
  };
}

/** Whether a sender's id can be the last level of an answer's topic. */
export function isCommandId(id: string): boolean {
  return COMMAND_ID.test(id) && !TAKEN_LEVELS.has(id);
}
