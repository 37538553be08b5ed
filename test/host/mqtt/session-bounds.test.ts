import { expect, test } from "vitest";
import {
  boundQueues,
  createSessions,
  SESSION_MESSAGES_MAX,
} from "../../../sim/host/mqtt/session-bounds.ts";

/** A store that only counts, as aedes' does in its queues. */
function countingStore() {
  const queues = new Map<string, number>();
  return {
    queues,
    forgotten: [] as string[],
    async cleanSubscriptions({ id }: { readonly id: string }) {
      this.forgotten.push(id);
    },
    async *outgoingStream({ id }: { readonly id: string }) {
      for (let left = queues.get(id) ?? 0; left > 0; left--) yield {};
    },
    async outgoingEnqueueCombi(subscriptions: readonly { readonly clientId: string }[]) {
      for (const { clientId } of subscriptions) {
        queues.set(clientId, (queues.get(clientId) ?? 0) + 1);
      }
    },
    async outgoingClearMessageId({ id }: { readonly id: string }) {
      const count = queues.get(id) ?? 0;
      if (count === 0) return undefined;
      queues.set(id, count - 1);
      return {};
    },
  };
}

test("a session that is full gets no more, others do, and it does again once it has read", async () => {
  const store = countingStore();
  const full: string[] = [];
  boundQueues(store, (clientId) => full.push(clientId));
  const both = [{ clientId: "away" }, { clientId: "here" }];
  for (let message = 0; message < SESSION_MESSAGES_MAX + 3; message++) {
    await store.outgoingEnqueueCombi(both);
    await store.outgoingClearMessageId({ id: "here" });
  }
  expect(store.queues.get("away")).toBe(SESSION_MESSAGES_MAX);
  expect(store.queues.get("here")).toBe(0);
  expect(full).toEqual(["away", "away", "away"]);
  await store.outgoingClearMessageId({ id: "away" });
  await store.outgoingEnqueueCombi(both);
  expect(store.queues.get("away")).toBe(SESSION_MESSAGES_MAX);
  expect(full).toHaveLength(3);
});

test("one session too many: the one that was here least recently is forgotten with its queue", async () => {
  const store = countingStore();
  const here = new Set(["b"]);
  const sessions = createSessions(store, (id) => here.has(id), 3);
  await store.outgoingEnqueueCombi([{ clientId: "c" }, { clientId: "c" }]);
  for (const id of ["a", "b", "c", "a"]) expect(sessions.admit(id, true)).toBe(true);
  expect(store.forgotten).toEqual([]);
  expect(sessions.admit("d", true)).toBe(true); // b is here, c is not
  await new Promise((resolve) => setImmediate(resolve));
  expect(store.forgotten).toEqual(["c"]);
  expect(store.queues.get("c")).toBe(0);
  for (const id of ["a", "d"]) here.add(id);
  expect(sessions.admit("e", true)).toBe(false);
  expect(sessions.admit("e", false)).toBe(true);
  expect(sessions.admit("a", false)).toBe(true); // wants nothing kept any more
  expect(sessions.admit("e", true)).toBe(true);
});
