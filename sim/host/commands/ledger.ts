// `meterville ledger check`: does what a store keeps add up?

import { EXIT } from "../exit-codes.ts";
import { checkLedger } from "../ledger-check.ts";

/** Checks a store; returns 1 where its ledger does not hold. */
export async function ledgerCheckCommand(options: {
  readonly store: string;
  readonly json?: boolean;
}): Promise<number> {
  const verdict = checkLedger(options.store);
  const { postings, accounts, balanceMinor, ok, runs, bills, problem } = verdict;
  if (options.json === true) process.stdout.write(`${JSON.stringify(verdict)}\n`);
  else {
    process.stdout.write(
      `${postings} postings in ${accounts} accounts and ${bills} bills of ${runs} run(s); the accounts sum to ${balanceMinor}\n`,
    );
  }
  if (problem !== null) process.stderr.write(`the ledger does not hold: ${problem}\n`);
  return ok ? EXIT.done : EXIT.no;
}
