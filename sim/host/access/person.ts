// Who asks: an account that has signed in, or the person at the machine.

import { CHANNELS, type ChannelName } from "../../contract/frame.ts";
import type { PlayRole } from "../../contract/lesson.ts";
import type { Side } from "../../contract/moments.ts";
import type { Role } from "../../contract/portal.ts";
import type { Hiding } from "../hiding.ts";

export interface Person {
  readonly name: string;
  readonly role: Role;
  /** A customer's own; null for everybody else. */
  readonly supply: string | null;
  /** Which of the customers that have lived there in turn; missing: whoever lives there now. */
  readonly customer?: number;
  /** A learner's id in the class, and the role there. */
  readonly learner?: string;
  readonly play?: PlayRole;
  /** False for the person at the machine. */
  readonly isSignedIn: boolean;
}

/** Whoever sits at the machine, or holds the token that it printed. */
export const AT_THE_MACHINE: Person = {
  name: "this machine",
  role: "engineer",
  supply: null,
  isSignedIn: false,
};

/** What of a run somebody may be shown. */
export type Seen = Pick<Hiding, "sides" | "channels" | "view">;

const BELIEF_CHANNELS: readonly ChannelName[] = CHANNELS.filter((name) =>
  name.startsWith("belief/"),
);
const BELIEF_SIDES: readonly Side[] = ["belief"];
const NOTHING: Seen = { sides: [], channels: [], view: { isHidden: true, needsCode: true } };

/** What the company knows, and nothing that reveals more. */
const COMPANYS: Seen = {
  sides: BELIEF_SIDES,
  channels: BELIEF_CHANNELS,
  view: { isHidden: true, needsCode: true },
};

/** Officials know what the company knows; customers, and learners with a home or masts, see their own pages only. */
export function seenBy(person: Person | null, hiding: Hiding): Seen {
  switch (person?.role) {
    case "teacher":
    case "engineer":
    case "administrator":
      return hiding;
    case "official":
      return COMPANYS;
    case "learner":
      if (person.play === "detective") return COMPANYS;
      // Whoever only watches sees what the teacher's street shows, and may not reveal more.
      return person.play === "watcher"
        ? {
            sides: hiding.sides,
            channels: hiding.channels,
            view: { isHidden: hiding.view.isHidden, needsCode: true },
          }
        : NOTHING;
    default:
      return NOTHING;
  }
}

export const maySteer = (person: Person | null): boolean =>
  person !== null && ["teacher", "engineer", "administrator"].includes(person.role);

/** Whether a sentence may say where things lie on the machine: to whoever works here. */
export const maySeeInside = (person: Person | null | undefined): boolean =>
  person != null && person.role !== "customer" && person.role !== "learner";
