// Readers of options that several commands have.

import { InvalidArgumentError } from "commander";

/** Fifteen digits are exact in any number. */
export const wholeNumber = (text: string): number => {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("write a whole number, 0 or more.");
  if (text.length > 15) throw new InvalidArgumentError("write at most 15 digits.");
  return Number(text);
};
