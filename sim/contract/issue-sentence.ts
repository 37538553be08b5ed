// What is wrong with a value that somebody wrote, in our words: where a schema says nothing better itself.

import type { z } from "zod";

type Issue = z.core.$ZodRawIssue;

const TYPES: Readonly<Record<string, string>> = {
  number: "a number",
  int: "a whole number",
  string: "a text",
  boolean: "true or false",
  array: "a list",
  tuple: "a list",
  object: "keys with values, such as key: value",
  null: "null",
};

const counted = (count: number | bigint, of: string): string =>
  `${count} ${Number(count) === 1 ? of : of === "entry" ? "entries" : `${of}s`}`;

/** A sentence for an issue, to be given to `safeParse` as its `error`; undefined leaves the library its own. */
export function issueSentence(issue: Issue): string | undefined {
  switch (issue.code) {
    case "invalid_type": {
      const what = TYPES[issue.expected] ?? issue.expected;
      return issue.input === undefined ? `it is missing; write ${what}` : `write ${what}`;
    }
    case "too_small":
      return `write ${bound("at least", "more than", issue.minimum, issue)}`;
    case "too_big":
      return `write ${bound("at most", "less than", issue.maximum, issue)}`;
    case "invalid_value": {
      const values = issue.values.map(String).join(", ");
      return issue.values.length === 1 ? `write ${values}` : `write one of these: ${values}`;
    }
    case "not_multiple_of":
      return `write a multiple of ${issue.divisor}`;
    case "unrecognized_keys": {
      const [key = ""] = issue.keys;
      return `it knows no "${key.slice(0, 60)}"; leave that out`;
    }
    case "invalid_union": {
      const forms = issue.errors.flatMap(([first]) => (first === undefined ? [] : [first.message]));
      const words = forms
        .filter((form, index) => forms.indexOf(form) === index)
        .map((form) => form.replace(/^write /, ""));
      return words.length === 0 ? undefined : `write ${words.join(", or ")}`;
    }
    default:
      return undefined;
  }
}

function bound(
  inclusive: string,
  exclusive: string,
  limit: number | bigint,
  issue: { readonly origin: string; readonly inclusive?: boolean | undefined },
): string {
  const { origin } = issue;
  if (origin === "array") return `${inclusive} ${counted(limit, "entry")}`;
  if (origin === "string") return `${inclusive} ${counted(limit, "character")}`;
  const isInclusive = issue.inclusive !== false;
  return `a number of ${isInclusive ? inclusive : exclusive} ${limit}`;
}
