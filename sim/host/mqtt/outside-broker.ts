// Somebody else's broker: one client, connected again and again, with a will that says `offline` where we are lost.

import mqtt, { type MqttClient } from "mqtt";
import { type Carrier, type CarrierEvents, OFFLINE, ONLINE } from "./carrier.ts";
import { createTopics } from "./topics.ts";

const CONNECT_WALL_MAX_MS = 10_000;
const KEEPALIVE_S = 15;
const RETRY_WALL_MIN_MS = 250;
const RETRY_WALL_MAX_MS = 2_000;

export interface OutsideBrokerOptions {
  readonly street: string;
  /** `mqtt://` or `mqtts://`, with user name and password where the broker wants them. */
  readonly url: string;
  /** The same for the whole run, so that the broker keeps commands for it while the connection is gone. */
  readonly clientId: string;
  readonly events: CarrierEvents;
}

/** Begins to connect; `up` comes when it has. Every connection is a new client: what it must send, the queue knows. */
export function openOutsideBroker(options: OutsideBrokerOptions): Carrier {
  const { url, clientId, events } = options;
  const topics = createTopics(options.street);
  let client: MqttClient;
  let isUp = false;
  let isClosing = false;
  let retryMs = RETRY_WALL_MIN_MS;
  let retry: NodeJS.Timeout | undefined;

  const connect = (): void => {
    const own = mqtt.connect(url, {
      clientId,
      clean: false,
      reconnectPeriod: 0,
      connectTimeout: CONNECT_WALL_MAX_MS,
      keepalive: KEEPALIVE_S,
      protocolVersion: 4,
      resubscribe: false,
      will: { topic: topics.server, payload: Buffer.from(OFFLINE), qos: 1, retain: true },
    });
    client = own;
    let reason = "it does not answer";
    own.handleMessage = (packet, done) => {
      const { topic, retain } = packet;
      if (topics.commandTarget(topic) === undefined) return done();
      const payload = packet.payload.toString();
      events.command({ topic, payload, isRetained: retain }, () => done());
    };
    own.on("error", (error) => {
      reason = reasonOf(error);
    });
    own.on("connect", () => {
      own.publish(topics.server, ONLINE, { qos: 1, retain: true });
      own.subscribe([...topics.commandFilters], { qos: 1 }, (error, granted) => {
        if (own !== client || !own.connected) return;
        if (error !== null || granted?.some(({ qos }) => qos === 128)) {
          const text =
            "the MQTT broker does not let us subscribe to commands; it gets readings only";
          events.misbehaved("subscribe", "broker", text);
        }
        isUp = true;
        retryMs = RETRY_WALL_MIN_MS;
        events.up();
      });
    });
    own.on("close", () => {
      if (own !== client || isClosing) return;
      own.end(true);
      isUp = false;
      events.down(reason);
      retry = setTimeout(connect, retryMs);
      retryMs = Math.min(2 * retryMs, RETRY_WALL_MAX_MS);
    });
  };
  connect();
  return {
    publish({ topic, payload, isRetained }, acknowledged) {
      const own = client;
      own.publish(topic, payload, { qos: 1, retain: isRetained }, (error) => {
        // A client that is replaced has not sent it, whatever it says.
        if (own === client && isUp && (error === undefined || error === null)) acknowledged();
      });
    },
    async close() {
      isClosing = true;
      clearTimeout(retry);
      if (isUp) {
        await client.publishAsync(topics.server, OFFLINE, { qos: 1, retain: true });
        await client.endAsync();
        await forgetSession(url, clientId);
      } else client.end(true);
    },
  };
}

/** A connection that wants nothing kept ends what the broker keeps for us (MQTT 3.1.1, 3.1.2.4). */
async function forgetSession(url: string, clientId: string): Promise<void> {
  const last = await mqtt.connectAsync(url, { clientId, clean: true, reconnectPeriod: 0 });
  await last.endAsync();
}

function reasonOf(error: Error & { readonly code?: string | number }): string {
  if (error.code === "ECONNREFUSED") return "nothing listens there";
  if (error.code === "ENOTFOUND") return "there is no such host";
  return error.message.slice(0, 120) || String(error.code ?? "it does not answer");
}
