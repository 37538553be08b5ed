// What a store asks of its database, whichever that is. All of it is synchronous: a step's records are kept before
// anything about the step leaves the process, so there is nothing that the process could do meanwhile.

export type Dialect = "sqlite" | "postgres";
export type SqlValue = string | number | null;
export type Row = Readonly<Record<string, unknown>>;

/** A statement with its parameters in the order of its placeholders. */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
}

/** One connection. Each method throws StorageError for what waiting or mending cures. */
export interface SqlDatabase {
  readonly dialect: Dialect;
  /** For people; never with a password. */
  readonly name: string;
  all(statement: Statement): readonly Row[];
  /** Row after row, for results that are too long to be held. */
  each(statement: Statement, take: (row: Row) => void): void;
  /** Returns how many rows were changed. */
  run(statement: Statement): number;
  /** One or more statements without parameters. */
  execute(sql: string): void;
  /** Does the work all or not at all; nothing else comes in between. */
  transaction<Result>(work: () => Result): Result;
  /** Reads what was there at one moment, whoever goes on writing. */
  snapshot<Result>(work: () => Result): Result;
  tableNames(): readonly string[];
  /** Resolves when everything that was committed outlasts a power cut too. */
  sync(): Promise<void>;
  close(): void;
}
