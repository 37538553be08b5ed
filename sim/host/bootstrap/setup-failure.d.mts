/** One sentence that says what is wrong and what to do, with the exit code that goes with it. */
export class SetupFailure extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode: number);
}
