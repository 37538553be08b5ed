// How the page is shown: projector, table over the picture, folded side panels. Kept by the browser where it is a
// matter of the room, in the address where it is a matter of the lesson.

import { create } from "zustand";

export interface Modes {
  /** Light scenery, larger type, thicker lines: a projector cannot project black. */
  readonly isProjector: boolean;
  readonly isTableOpen: boolean;
  /** The single-line diagram is over the picture, or beside it where both panels are away. */
  readonly isDiagramOpen: boolean;
  /** Both side panels are away. */
  readonly isWide: boolean;
}

export const useModes = create<Modes>()(() => ({
  isProjector: false,
  isTableOpen: false,
  isDiagramOpen: false,
  isWide: false,
}));

export const setMode = (change: Partial<Modes>): void => useModes.setState(change);
/** Table and diagram lie at one place: opening one closes the other. */
const INSTEAD: Partial<Record<keyof Modes, keyof Modes>> = {
  isTableOpen: "isDiagramOpen",
  isDiagramOpen: "isTableOpen",
};
export const toggleMode = (name: keyof Modes): void =>
  useModes.setState((modes) => {
    const other = INSTEAD[name];
    return { [name]: !modes[name], ...(other === undefined ? {} : { [other]: false }) };
  });
