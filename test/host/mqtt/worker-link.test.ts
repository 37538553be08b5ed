import { createServer } from "node:net";
import { expect, test } from "vitest";
import { openWorkerLink } from "../../../sim/host/mqtt/worker-link.ts";

/** What a link says, and a promise for the next time that it says something. */
function hearing() {
  const said: string[] = [];
  let wake = (): void => {};
  const say = (text: string): void => {
    said.push(text);
    wake();
  };
  const events = {
    up: () => say("up"),
    down: (reason: string) => say(`down: ${reason}`),
    acknowledged: () => say("acknowledged"),
    command: () => say("command"),
    misbehaved: (_what: string, _who: string, text: string) => say(text),
  };
  const until = async (isThere: () => boolean): Promise<void> => {
    while (!isThere()) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return { said, events, until };
}

const embedded = { kind: "embedded", host: "127.0.0.1", token: null } as const;

test("a thread that fails is told of and started again, at the port that clients know", async () => {
  const { said, events, until } = hearing();
  const link = await openWorkerLink(
    { street: "street", place: { ...embedded, firstPort: 0, lastPort: 0 } },
    events,
    new URL("./failing.worker.ts", import.meta.url),
  );
  await until(() => said.length === 1);
  link.send(1, [{ topic: "t", payload: "p", isRetained: false }]);
  await until(() => said.filter((text) => text === "up").length === 2);
  expect(said).toEqual([
    "up",
    "down: out of ideas",
    "the MQTT thread failed (out of ideas); it is started again",
    "up",
  ]);
  expect(link.port).toBe(4_711);
  await link.close();
});

test("a port that is taken is refused with what to do instead, and no thread is left", async () => {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
  const { port } = holder.address() as { port: number };
  const { said, events } = hearing();
  const place = { ...embedded, firstPort: port, lastPort: port };
  await expect(openWorkerLink({ street: "street", place }, events)).rejects.toThrow(
    `MQTT port ${port} is in use; give another with --mqtt-port`,
  );
  expect(said).toEqual([]);
  holder.close();
});
