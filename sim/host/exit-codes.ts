// What the process says on its way out: the one table for every command.

/** Exit codes of every `meterville` command. */
export const EXIT = {
  /** Done, and the answer is yes. */
  done: 0,
  /** Done, and the answer is no: a test failed, two runs differ, the ledger does not balance. */
  no: 1,
  /** The caller must change something: option, scenario, suite, corrupt or foreign file, port in use. */
  input: 2,
  /** A device or network did not answer, or was lost under the policy `stop`. */
  device: 3,
  /** A time limit ran out. */
  timeLimit: 42,
  /** Our bug, a broken invariant included. */
  bug: 70,
  /** Interrupted, after the step and the recording are closed. */
  interrupted: 130,
} as const;
