// Bounds on what our broker keeps for subscribers that are away: how many sessions, how many messages for each.

/** A session is a client that asked to be remembered (`clean: false`). */
export const SESSIONS_MAX = 64;
export const SESSION_MESSAGES_MAX = 10_000;

/** The part of aedes' store that queues messages for sessions. */
export interface QueueingStore {
  outgoingEnqueueCombi(
    subscriptions: readonly { readonly clientId: string }[],
    packet: unknown,
  ): Promise<void>;
  outgoingClearMessageId(client: { readonly id: string }, packet: unknown): Promise<unknown>;
}

/** Makes a store drop what comes for a session that is full; `full` hears of each. */
export function boundQueues(store: QueueingStore, full: (clientId: string) => void): void {
  const waiting = new Map<string, number>();
  const enqueue = store.outgoingEnqueueCombi.bind(store);
  const clear = store.outgoingClearMessageId.bind(store);
  store.outgoingEnqueueCombi = async (subscriptions, packet) => {
    const open = subscriptions.filter(({ clientId }) => {
      const count = waiting.get(clientId) ?? 0;
      if (count >= SESSION_MESSAGES_MAX) {
        full(clientId);
        return false;
      }
      waiting.set(clientId, count + 1);
      return true;
    });
    await enqueue(open, packet);
  };
  store.outgoingClearMessageId = async (client, packet) => {
    const cleared = await clear(client, packet);
    const count = waiting.get(client.id);
    if (cleared !== undefined && count !== undefined) {
      if (count > 1) waiting.set(client.id, count - 1);
      else waiting.delete(client.id);
    }
    return cleared;
  };
}
