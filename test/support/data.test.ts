import { expect, test } from "vitest";
import { PROJECT_ROOT } from "../../sim/host/files.ts";
import { type Outcome, withoutMissingData } from "../run/outcome.ts";
import { dataFile, missingData } from "./data.ts";

function notesOfSkips(path: string): readonly (string | undefined)[] {
  const notes: (string | undefined)[] = [];
  const context = {
    skip(isMissing: boolean, note?: string) {
      if (isMissing) notes.push(note);
    },
  };
  dataFile(context, path, PROJECT_ROOT);
  return notes;
}

test("a test that needs a file that is not there is skipped, and the note names the file", () => {
  expect(notesOfSkips("feeders/nowhere.dss")).toEqual([
    "missing data: feeders/nowhere.dss; set METERVILLE_DATA to the folder that holds feeders/",
  ]);
});

test("a test whose file is there runs", () => {
  expect(notesOfSkips("package.json")).toEqual([]);
});

test("where data has to be there, the note turns the skip into a failure", () => {
  const skipped: Outcome = { state: "skipped", name: "a", reason: missingData("feeders/x") };
  expect(withoutMissingData([skipped])[0]?.state).toBe("failed");
});
