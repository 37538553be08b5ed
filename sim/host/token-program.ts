// The options of `meterville token`.

import { type Command, InvalidArgumentError, Option } from "commander";
import { wholeNumber } from "./option-readers.ts";

type Ending = <Args extends readonly unknown[]>(
  action: (...args: Args) => Promise<number>,
) => (...args: Args) => Promise<void>;

const energy = (text: string): number => {
  if (!/^\d{1,12}(\.\d+)?$/.test(text)) throw new InvalidArgumentError("write kWh, such as 12.5.");
  return Number(text);
};

const meter = (): Option =>
  new Option("--meter <number>", "eleven digits, or a serial such as M-0001").makeOptionMandatory();

const at = (): Option =>
  new Option("--at <moment>", "now unless given: 2026-01-12T09:30Z, with the zone");

/** Adds `token vend` and `token check`. */
export function addTokenCommands(program: Command, ending: Ending): void {
  const token = program
    .command("token")
    .description("make and read prepayment tokens for simulated meters; no real meter takes them")
    .addHelpText(
      "after",
      "\nSimulated, in the manner of STS: not certified, not interoperable.\n\nExample:\n  meterville token vend --meter M-0001 --amount-minor 50000\n",
    );
  token
    .command("vend")
    .description("make a token of 20 digits for one meter; amounts round up, for the customer")
    .addOption(meter())
    .addOption(
      new Option("--amount-minor <number>", "money, in smallest coins").argParser(wholeNumber),
    )
    .addOption(new Option("--kwh <number>", "energy, in tenths of a kWh").argParser(energy))
    .addOption(new Option("--limit-w <number>", "a power limit; 0: none").argParser(wholeNumber))
    .option("--clear-credit", "take the credit away")
    .option("--clear-tamper", "clear the meter's suspicions")
    .option("--reconnect", "close the relay that the company opened before")
    .option("--next-key", "two tokens that move the meter to the key of the next base date")
    .addOption(
      new Option("--test <number>", "a test token, good at every meter; 0: all of them").argParser(
        wholeNumber,
      ),
    )
    .addOption(at())
    .option("--json", "print one JSON object and nothing else")
    .addHelpText(
      "after",
      "\nExample:\n  meterville token vend --meter 01000000016 --amount-minor 50000 --at 2026-01-12T09:30Z\n  meterville token vend --meter M-0001 --kwh 12.5 --json\n",
    )
    .action(
      ending(async (options) => (await import("./commands/token.ts")).tokenVendCommand(options)),
    );
  token
    .command("check")
    .description("read a token as a meter would: accept or reject, and what it says")
    .argument("<token>", "20 digits; quote it where there are spaces")
    .addOption(meter())
    .addOption(at())
    .option("--json", "print one JSON object and nothing else")
    .addHelpText(
      "after",
      "\nExample:\n  meterville token check '1972 2088 1606 5062 3546' --meter M-0001\n",
    )
    .action(
      ending(async (text: string, options) =>
        (await import("./commands/token.ts")).tokenCheckCommand(text, options),
      ),
    );
}
