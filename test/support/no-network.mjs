// Loaded with `node --import` before a program under test: a connection to anything but this machine is refused and
// said on stderr. Listening stays as it is.

import dns from "node:dns";
import net from "node:net";

const LOOPBACK = new Set(["127.0.0.1", "::1", "localhost", undefined]);
const { connect } = net.Socket.prototype;
const { lookup } = dns;

net.Socket.prototype.connect = function refuse(...args) {
  const [options] = Array.isArray(args[0]) ? args[0] : args;
  const host = typeof options === "object" ? options.host : undefined;
  if (typeof options === "object" && options.path === undefined && !LOOPBACK.has(host)) {
    process.stderr.write(`network: a connection to ${host} was refused\n`);
    throw new Error(`no network: ${host}`);
  }
  return connect.apply(this, args);
};

dns.lookup = function refuse(host, ...rest) {
  if (LOOPBACK.has(host)) return lookup.call(dns, host, ...rest);
  process.stderr.write(`network: a lookup of ${host} was refused\n`);
  throw new Error(`no network: ${host}`);
};
