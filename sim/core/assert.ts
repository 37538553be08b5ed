// Assertions: a broken one means that we are wrong, never the caller and never the world.

/** Thrown by `assert`; the host prints scenario, seed and step beside it and exits with 70. */
export class AssertionFailure extends Error {
  override readonly name = "AssertionFailure";
}

/** Throws `AssertionFailure` unless `condition` holds; `message` states expected and actual. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionFailure(message);
}

/** The `default` of an exhaustive switch: a new kind becomes a compile error. */
export function unreachable(value: never): never {
  throw new AssertionFailure(`unreachable value ${JSON.stringify(value)}`);
}
