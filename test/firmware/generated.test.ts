// What firmware/generate.ts would write is what lies there; the README's tables are the contract's.

import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { generatedFiles } from "../../firmware/generate.ts";

const FIRMWARE = resolve(import.meta.dirname, "../../firmware");

test.each(generatedFiles())(
  "firmware/$path is what `npm run firmware` writes",
  ({ path, text }) => {
    expect(readFileSync(join(FIRMWARE, path), "utf8")).toBe(text);
  },
);
