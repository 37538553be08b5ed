// How the page is shown: projector, table over the picture, folded side panels. Kept by the browser where it is a
// matter of the room, in the address where it is a matter of the lesson.

import { create } from "zustand";

export interface Modes {
  /** Light scenery, larger type, thicker lines: a projector cannot project black. */
  readonly isProjector: boolean;
  readonly isTableOpen: boolean;
  /** Both side panels are away. */
  readonly isWide: boolean;
}

export const useModes = create<Modes>()(() => ({
  isProjector: false,
  isTableOpen: false,
  isWide: false,
}));

export const setMode = (change: Partial<Modes>): void => useModes.setState(change);
export const toggleMode = (name: keyof Modes): void =>
  useModes.setState((modes) => ({ [name]: !modes[name] }));
