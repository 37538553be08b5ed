// How the page is shown: projector, table over the picture, folded side panels. Kept by the browser where it is a
// matter of the room, in the address where it is a matter of the lesson.

import { create } from "zustand";

export interface Modes {
  /** Light scenery, larger type, thicker lines: a projector cannot project black. */
  readonly isProjector: boolean;
  readonly isTableOpen: boolean;
  /** The single-line diagram takes the picture's place, or stands beside it where there is room. */
  readonly isDiagramOpen: boolean;
  /** What can be taken away from the page is offered. */
  readonly isExportOpen: boolean;
  /** Both side panels are away. */
  readonly isWide: boolean;
}

export const useModes = create<Modes>()(() => ({
  isProjector: false,
  isTableOpen: false,
  isDiagramOpen: false,
  isExportOpen: false,
  isWide: false,
}));

export const setMode = (change: Partial<Modes>): void => useModes.setState(change);
export const toggleMode = (name: keyof Modes): void =>
  useModes.setState((modes) => ({ [name]: !modes[name] }));
