// What `serve` is told of brokers, and how their addresses are written.

import { CallerError } from "../failure.ts";
import type { BrokerAddress } from "./socket-bridge.ts";
import type { BrokerPlace } from "./worker-messages.ts";

const DEFAULT_MQTT_PORT = 1883;
const PORTS_TRIED_MAX = 20;
const USER_NAME = "meterville";

export interface BrokerOptions {
  /** False with `--no-mqtt`. */
  readonly mqtt?: boolean;
  readonly mqttPort?: number;
  /** Somebody else's broker. */
  readonly broker?: string;
  readonly host?: string;
}

/** Where messages go; null for nowhere. Throws CallerError for an address that is none. */
export function brokerPlace(
  options: BrokerOptions,
  run: { readonly runId: string; readonly token: string | null },
): BrokerPlace | null {
  const { broker, mqttPort } = options;
  if (options.mqtt === false) return null;
  if (broker !== undefined) {
    return {
      kind: "outside",
      url: brokerUrl(broker),
      clientId: `meterville-${run.runId.slice(0, 8)}`,
    };
  }
  const firstPort = mqttPort ?? DEFAULT_MQTT_PORT;
  const lastPort = mqttPort === undefined ? firstPort + PORTS_TRIED_MAX : firstPort;
  const host = options.host ?? "127.0.0.1";
  return { kind: "embedded", host, firstPort, lastPort, token: run.token };
}

/** Where this process reaches its own broker; null with somebody else's. */
export function ownBroker(place: BrokerPlace | null, port: number | null): BrokerAddress | null {
  if (place?.kind !== "embedded" || port === null) return null;
  const isEverywhere = place.host === "0.0.0.0" || place.host === "::";
  return { host: isEverywhere ? "127.0.0.1" : place.host, port };
}

/** The address that clients connect to, without anybody else's password. */
export function mqttUrl(place: BrokerPlace, hostName: string, port: number | null): string {
  if (place.kind === "embedded") {
    const login = place.token === null ? "" : `${USER_NAME}:${place.token}@`;
    return `mqtt://${login}${hostName}:${port}`;
  }
  const url = new URL(place.url);
  url.username = "";
  url.password = "";
  return url.href.replace(/\/$/, "");
}

function brokerUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !["mqtt:", "mqtts:"].includes(url.protocol) || url.hostname === "") {
    throw new CallerError(`--broker ${text}: write an address such as mqtt://localhost:1883`);
  }
  return text;
}
