// Every house rule that a parser can hold.

import { IMPORT_RULES } from "./import-rules.ts";
import { NAME_AND_TEXT_RULES } from "./name-and-text-rules.ts";
import { ORDER_RULES } from "./order-rules.ts";
import { PURE_RULES } from "./pure-rules.ts";
import type { Rule } from "./rule.ts";

export const RULES: readonly Rule[] = [
  ...IMPORT_RULES,
  ...PURE_RULES,
  ...ORDER_RULES,
  ...NAME_AND_TEXT_RULES,
];
