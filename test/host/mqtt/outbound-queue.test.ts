import fc from "fast-check";
import { expect, test } from "vitest";
import {
  createOutboundQueue,
  type OutboundMessage,
} from "../../../sim/host/mqtt/outbound-queue.ts";

const message = (name: number): OutboundMessage => ({
  topic: "t",
  payload: String(name),
  isRetained: false,
});
const names = ({ messages }: { readonly messages: readonly OutboundMessage[] }): number[] =>
  messages.map(({ payload }) => Number(payload));
const queueOf = (count: number, bounds = { waitingMax: 5, repeatedMax: 2, underwayMax: 3 }) => {
  const queue = createOutboundQueue(bounds);
  for (let name = 1; name <= count; name++) queue.put(message(name));
  return queue;
};

test("as many are underway as the bound says; an acknowledgement lets the next ones go", () => {
  const queue = queueOf(5);
  expect(names(queue.take())).toEqual([1, 2, 3]);
  expect(names(queue.take())).toEqual([]);
  queue.acknowledge(2);
  expect(queue.take()).toMatchObject({ first: 4, messages: [message(4), message(5)] });
  expect(queue.waiting).toBe(3);
});

test("a sixth message where five may wait drops the oldest, and it is counted until the queue is empty", () => {
  const queue = queueOf(6);
  expect(queue.dropped).toBe(1);
  expect(names(queue.take())).toEqual([2, 3, 4]);
  queue.acknowledge(4);
  queue.take();
  queue.acknowledge(6);
  expect(queue).toMatchObject({ waiting: 0, dropped: 0 });
});

test("a message that is dropped while it is underway is not missed", () => {
  const queue = queueOf(5);
  queue.take();
  for (let name = 6; name <= 9; name++) queue.put(message(name));
  expect(names(queue.take())).toEqual([5, 6, 7]);
  queue.acknowledge(3);
  expect(queue.waiting).toBe(5);
  queue.acknowledge(7);
  expect(names(queue.take())).toEqual([8, 9]);
});

test("a new connection gets the two that were acknowledged last again, then everything else", () => {
  const queue = queueOf(5);
  queue.take();
  queue.acknowledge(3);
  queue.rewind();
  expect(names(queue.take())).toEqual([2, 3, 4]);
  queue.acknowledge(4);
  expect(names(queue.take())).toEqual([5]);
});

test("what is sent again is retained only where nothing newer of its topic is", () => {
  const queue = createOutboundQueue();
  const reading = (topic: string, payload: string) => ({ topic, payload, isRetained: true });
  for (const sent of [reading("a", "1"), reading("b", "1"), reading("a", "2")]) queue.put(sent);
  queue.take();
  queue.acknowledge(3);
  queue.rewind();
  const { messages } = queue.take();
  expect(messages.map(({ topic, payload }) => topic + payload)).toEqual(["a1", "b1", "a2"]);
  expect(messages.map(({ isRetained }) => isRetained)).toEqual([false, true, true]);
});

test("whatever breaks and whenever, each message arrives, and first copies arrive in order", () => {
  const action = fc.oneof(
    fc.record({ kind: fc.constant("put" as const) }),
    fc.record({ kind: fc.constant("take" as const) }),
    fc.record({
      kind: fc.constant("acknowledge" as const),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    fc.record({ kind: fc.constant("break" as const) }),
  );
  fc.assert(
    fc.property(fc.array(action, { maxLength: 200 }), (actions) => {
      const queue = createOutboundQueue({ waitingMax: 1_000, repeatedMax: 3, underwayMax: 4 });
      let made = 0;
      let through = 0;
      let underway: number[] = [];
      const arrived: number[] = [];
      const send = () => {
        const { first, messages } = queue.take();
        underway.push(...messages.map((_, index) => first + index));
      };
      const arrive = (count: number) => {
        for (const number of underway.splice(0, count)) {
          arrived.push(number);
          through = number;
          queue.acknowledge(number);
        }
      };
      for (const step of actions) {
        if (step.kind === "put") queue.put(message(++made));
        if (step.kind === "take") send();
        if (step.kind === "acknowledge") arrive(Math.ceil(step.share * underway.length));
        if (step.kind === "break") {
          underway = [];
          queue.rewind();
        }
      }
      while (through < made || underway.length > 0) {
        send();
        arrive(underway.length);
      }
      const firstCopies = [...new Set(arrived)];
      expect(firstCopies).toEqual(Array.from({ length: made }, (_, index) => index + 1));
    }),
    { seed: 1883, numRuns: 300 },
  );
});

test("a long run keeps no more than its bounds", () => {
  const queue = createOutboundQueue({ waitingMax: 10, repeatedMax: 10, underwayMax: 10 });
  for (let name = 1; name <= 10_000; name++) {
    queue.put(message(name));
    queue.take();
    queue.acknowledge(name);
  }
  queue.rewind();
  expect(names(queue.take())).toEqual(Array.from({ length: 10 }, (_, index) => 9_991 + index));
});
