import { expect, test } from "vitest";
import { AtModem } from "../../../hil/modem/at-modem.ts";

/** A modem whose answers are at hand at once. */
function modem(): { readonly it: AtModem; readonly says: (line: string) => string } {
  let said = "";
  const it = new AtModem((text) => {
    said += text;
  });
  const says = (line: string): string => {
    said = "";
    for (const character of line) it.take(character.charCodeAt(0), 10_000);
    return said;
  };
  return { it, says };
}

test("it echoes until it is told not to, and answers what it knows with OK and else with ERROR", () => {
  const { says } = modem();
  expect(says("AT\r")).toBe("AT\r\r\nOK\r\n");
  says("ATE0\r");
  expect(says("AT\r")).toBe("\r\nOK\r\n");
  expect(says("AT+CPIN?\r")).toBe("\r\nERROR\r\n");
});

test("a text goes out after its prompt, and an escape leaves it", () => {
  const { it, says } = modem();
  says("ATE0\r");
  expect(says('AT+CMGS="+9199"\r')).toBe("\r\n> ");
  expect(says("hello\u001a")).toContain("+CMGS: 1");
  expect(it.texts).toEqual([{ to: "+9199", text: "hello", atMs: 10_000 }]);
  says('AT+CMGS="+9199"\r');
  says("no\u001b");
  expect(says("AT\r")).toBe("\r\nOK\r\n");
  expect(it.texts).toHaveLength(1);
});

test("a restart forgets the settings, and texts are lost until they are made again", () => {
  const { it, says } = modem();
  says("AT+CMGF=1\rAT+CNMI=2,2,0,0,0\r");
  it.deliver("+9199", "one", 10_000);
  expect(it.lostCount).toBe(0);
  it.restart(10_000);
  it.deliver("+9199", "two", 20_000);
  expect(it.lostCount).toBe(1);
});

test("its key turns it off and on when it is held for a second, not for less", () => {
  const { it, says } = modem();
  it.key(true, 0);
  it.key(false, 900);
  expect(says("AT\r")).not.toBe("");
  it.key(true, 1_000);
  it.key(false, 2_100);
  expect(says("AT\r")).toBe("");
  it.key(true, 3_000);
  it.key(false, 4_100);
  expect(says("AT\r")).toContain("OK");
  expect(it.keyPresses).toBe(2);
});
