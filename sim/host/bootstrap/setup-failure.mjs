// What a set-up step throws when it cannot go on, and how that reaches the person at the terminal.

/** Exit codes of set-up; the same numbers as in ../exit-codes.ts, which this Node may not be able to read. */
export const SETUP_EXIT = { input: 2, network: 3, interrupted: 130 };

/** One sentence that says what is wrong and what to do, with the exit code that goes with it. */
export class SetupFailure extends Error {
  /**
   * @param {string} message
   * @param {number} exitCode
   */
  constructor(message, exitCode) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** @param {string} text one line for the person who waits; stdout stays free for results. */
export function tell(text) {
  process.stderr.write(`meterville: ${text}\n`);
}

/**
 * Runs `work`; a SetupFailure becomes its sentence and exit code, anything else is our bug and is thrown on.
 * @param {() => Promise<void>} work
 */
export async function runSetup(work) {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof SetupFailure)) throw error;
    tell(error.message);
    process.exitCode = error.exitCode;
  }
}
