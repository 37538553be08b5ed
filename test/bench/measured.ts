// One line of the bench.

export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The same quantity of what is compared with; null where there is nothing. */
  readonly baseline: number | null;
  /** Value ÷ baseline. */
  readonly ratio: number | null;
}

export interface Measured extends Row {
  /** Slowest ÷ fastest of the runs that count. */
  readonly spread: number;
  readonly target: string;
  /** False only where a ratio misses its target; absolute times never decide. */
  readonly isMet: boolean;
  /** False where an absolute target was not reached on this machine; said, and never decides. */
  readonly isReached?: boolean;
}
