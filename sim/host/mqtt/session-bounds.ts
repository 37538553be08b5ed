// Bounds on what our broker keeps for subscribers that are away: how many sessions, how many messages for each.

/** A session is a client that asked to be remembered (`clean: false`). */
export const SESSIONS_MAX = 64;
export const SESSION_MESSAGES_MAX = 10_000;

/** The part of aedes' store that keeps sessions. */
export interface QueueingStore {
  cleanSubscriptions(client: { readonly id: string }): Promise<unknown>;
  outgoingStream(client: { readonly id: string }): AsyncIterable<unknown>;
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

/** Which clients asked to be remembered. */
export interface Sessions {
  /** A client connects; false where it can neither be remembered nor anybody else be forgotten for it. */
  admit(clientId: string, isRemembered: boolean): boolean;
}

/** Where one session too many is wanted, the one that was here least recently is forgotten, unless it is here now. */
export function createSessions(
  store: QueueingStore,
  isHere: (clientId: string) => boolean,
  sessionsMax = SESSIONS_MAX,
): Sessions {
  /** In the order of their last coming. */
  const known = new Set<string>();
  return {
    admit(clientId, isRemembered) {
      const isKnown = known.delete(clientId);
      if (!isRemembered) return true;
      if (!isKnown && known.size >= sessionsMax) {
        const away = [...known].find((id) => !isHere(id));
        if (away === undefined) return false;
        known.delete(away);
        void forget(store, away);
      }
      known.add(clientId);
      return true;
    },
  };
}

async function forget(store: QueueingStore, id: string): Promise<void> {
  await store.cleanSubscriptions({ id });
  for await (const packet of store.outgoingStream({ id })) {
    await store.outgoingClearMessageId({ id }, packet);
  }
}
