// Where the reference data lies, and how a test says that it is not there.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { dataRoot } from "../../sim/host/files.ts";

/** The part of Vitest's test context that is needed here. */
export interface Skipping {
  skip(condition: boolean, note?: string): void;
}

/**
 * The path of a reference file, such as `feeders/ieee-13/IEEE13Nodeckt.dss`. Where it is missing the test is
 * skipped, and the note says what to do; with CI=true the closing report counts that as a failure.
 */
export function dataFile(context: Skipping, path: string, root: string = dataRoot()): string {
  const file = join(root, path);
  context.skip(!existsSync(file), missingData(path));
  return file;
}

/** The note of a skip for want of data; the closing report knows it by its first words. */
export function missingData(path: string): string {
  return `missing data: ${path}; set METERVILLE_DATA to the folder that holds feeders/`;
}
