// A stranger's script: plain Johnny-Five on a serial port, with nothing of ours. Prints what it saw as one line of JSON.

import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const five = require("johnny-five");
const { Firmata } = require("firmata-io");
const { SerialPort } = require("serialport");

const transport = new SerialPort({ path: process.argv[2], baudRate: 115_200 });
transport.on("open", () =>
  // node-serialport issue 3148: received bytes wait for a turn of the event loop.
  transport.port.poller.on("readable", () => setImmediate(() => {})),
);
const io = new Firmata(transport, { reportVersionTimeout: 300 });
const board = new five.Board({ io, repl: false, debug: false });
const began = Date.now();

board.on("ready", () => {
  const { firmware, pins } = board.io;
  let blinks = 0;
  const led = new five.Led(13);
  led.blink(20, () => {
    blinks++;
    if (blinks < 5) return;
    const seen = {
      firmware: firmware.name,
      pins: pins.length,
      readyMs: Date.now() - began,
      blinks,
    };
    process.stdout.write(`${JSON.stringify(seen)}\n`, () => process.exit(0));
  });
});
