// Who asks: an account that has signed in, or the person at the machine.

import { CHANNELS, type ChannelName } from "../../contract/frame.ts";
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

/** Officials know what the company knows; customers see their own pages only. */
export function seenBy(person: Person | null, hiding: Hiding): Seen {
  switch (person?.role) {
    case "teacher":
    case "engineer":
    case "administrator":
      return hiding;
    case "official":
      return {
        sides: BELIEF_SIDES,
        channels: BELIEF_CHANNELS,
        // Nothing that an official may do reveals it.
        view: { isHidden: true, needsCode: true },
      };
    default:
      return NOTHING;
  }
}

export const maySteer = (person: Person | null): boolean =>
  person !== null && ["teacher", "engineer", "administrator"].includes(person.role);

/** Whether a sentence may say where things lie on the machine: to whoever works here. */
export const maySeeInside = (person: Person | null | undefined): boolean =>
  person != null && person.role !== "customer";
