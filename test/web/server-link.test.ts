import { expect, test } from "vitest";
import { billPath, linkTo } from "../../web/player/server-link.ts";

test("a link keeps the machine's token and nothing else of the page's address", () => {
  const page = "http://127.0.0.1:8888/account?token=abc%2F1&to=office#/bills";
  expect(linkTo(billPath("supply-07/2026-01", "hi", "pdf"), page)).toBe(
    "http://127.0.0.1:8888/api/account/supply-07/bills/2026-01/pdf?lang=hi&token=abc%2F1",
  );
  expect(linkTo("sign-in", page)).toBe("http://127.0.0.1:8888/sign-in?token=abc%2F1");
  expect(linkTo("sign-in", "http://127.0.0.1:8888/?view=truth")).toBe(
    "http://127.0.0.1:8888/sign-in",
  );
});

test("a bill that is no month's has an address of its own too", () => {
  expect(billPath("supply-01/assessment/case-1", "en")).toBe(
    "api/account/supply-01/bills/assessment%2Fcase-1?lang=en",
  );
});
