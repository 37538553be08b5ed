import { expect, test } from "vitest";
import { boundQueues, SESSION_MESSAGES_MAX } from "../../../sim/host/mqtt/session-bounds.ts";

/** A store that only counts, as aedes' does in its queues. */
function countingStore() {
  const queues = new Map<string, number>();
  return {
    queues,
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
