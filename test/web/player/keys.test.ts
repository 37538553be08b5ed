import { expect, test } from "vitest";
import { KEYS, keyPressed } from "../../../web/player/keys.ts";

const typed = (key: string, held: { shift?: true; ctrl?: true; alt?: true; meta?: true } = {}) =>
  keyPressed({
    key,
    shiftKey: held.shift === true,
    ctrlKey: held.ctrl === true,
    altKey: held.alt === true,
    metaKey: held.meta === true,
  })?.label;

test("no key does two things, and each has a label and a sentence", () => {
  const all = KEYS.flatMap(({ keys }) => keys);
  expect(new Set(all).size).toBe(all.length);
  const labels = KEYS.map(({ label }) => label);
  expect(new Set(labels).size).toBe(labels.length);
  for (const { does } of KEYS) expect(does).toMatch(/^[a-z].{5,}/);
});

test.for([
  [typed(" "), "Space"],
  [typed("ArrowLeft"), "←"],
  [typed("ArrowRight", { shift: true }), "Shift →"],
  [typed("ArrowRight", { ctrl: true }), "Ctrl →"],
  [typed("ArrowLeft", { meta: true }), "Ctrl ←"],
  [typed("L", { shift: true }), "Shift L"],
  [typed("j"), "J"],
  [typed(","), ","],
  [typed("+", { shift: true }), "+"],
  [typed("l"), "L"],
  [typed("?", { shift: true }), "?"],
  [typed("?"), "?"],
  [typed("/", { shift: true }), "/"],
  [typed("]"), "]"],
  [typed("N", { shift: true }), "Shift N"],
  [typed("k", { ctrl: true }), "Ctrl K"],
  [typed("K", { meta: true }), "Ctrl K"],
])("%s is %s", ([found, label]) => {
  expect(found).toBe(label);
});

test.for([
  [typed("f", { ctrl: true }), "the browser's own search"],
  [typed("l", { ctrl: true }), "the browser's address line"],
  [typed("ArrowLeft", { alt: true }), "the browser's way back"],
  [typed("q"), "a letter that means nothing"],
])("%s stays %s", ([found]) => {
  expect(found).toBeUndefined();
});

test("what can be switched off is every key of one character, and no other", () => {
  const single = KEYS.filter(({ isSingle }) => isSingle).map(({ label }) => label);
  expect(single).toEqual([
    "Space",
    "J",
    "K",
    "L",
    ",",
    ".",
    "+",
    "−",
    "I",
    "O",
    "X",
    "B",
    "[",
    "]",
    "1",
    "2",
    "3",
    "F",
    "/",
    "T",
    "D",
    "E",
    "P",
    "N",
    "?",
  ]);
});
