import assert from "node:assert/strict";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { Handshakes, networkOf } from "../../../src/master/workers/handshakes.ts";
import { happens } from "../../protocol/socket-pair.ts";
import { patienceMs, waitUntil } from "../../support/wait-until.ts";

const withTimeout = { timeout: patienceMs };

/** A server that accepts connections and never admits one by itself. Addresses are those of 127.0.0.0/8; none is local. */
class Door {
  readonly handshakes: Handshakes;
  /** Why connections were dropped, with their addresses, in order. */
  readonly dropped: string[] = [];
  /** At the server, in the order in which they came. */
  readonly accepted: Socket[] = [];
  readonly #port: number;
  readonly #t: TestContext;

  private constructor(t: TestContext, port: number, timeoutMs: number) {
    this.#t = t;
    this.#port = port;
    this.handshakes = new Handshakes({
      timeoutMs,
      onDropped: (reason, address) => this.dropped.push(`${reason} ${address}`),
      isLocal: () => false,
    });
  }

  static async open(t: TestContext, timeoutMs = patienceMs): Promise<Door> {
    const server = createServer().listen(0, "127.0.0.1");
    await happens(server, "listening");
    const door = new Door(t, (server.address() as AddressInfo).port, timeoutMs);
    server.on("connection", (socket) => {
      socket.on("error", () => {});
      door.accepted.push(socket);
      door.handshakes.add(socket);
    });
    t.after(() => {
      door.handshakes.close();
      server.close();
    });
    return door;
  }

  /** Connects, and waits until the server has seen it. */
  async visit(localAddress: string): Promise<Socket> {
    const [socket] = await this.visits(1, () => localAddress);
    return socket as Socket;
  }

  async visits(count: number, localAddress: (index: number) => string): Promise<Socket[]> {
    const before = this.accepted.length;
    const sockets = Array.from({ length: count }, (_, index) =>
      connect({ host: "127.0.0.1", port: this.#port, localAddress: localAddress(index) }),
    );
    for (const socket of sockets) {
      socket.on("error", () => {});
      this.#t.after(() => socket.destroy());
    }
    await waitUntil("the connections", () => this.accepted.length === before + count);
    return sockets;
  }
}

test("a connection that is not admitted in time is dropped, one that is admitted is not", withTimeout, async (t) => {
  const door = await Door.open(t, 300);
  const slow = await door.visit("127.0.0.2");
  await door.visit("127.0.0.3");
  door.handshakes.admit(door.accepted[1] as Socket);
  await happens(slow, "close");
  assert.deepEqual(door.dropped, ["timeout 127.0.0.2"]);
  assert.equal(door.handshakes.size, 0);
  assert.equal(door.accepted[1]?.destroyed, false);
});

test("an address has at most 64 connections: its oldest makes room", withTimeout, async (t) => {
  const door = await Door.open(t);
  await door.visit("127.0.0.3");
  await door.visits(70, () => "127.0.0.2");
  assert.deepEqual(
    door.dropped,
    Array.from({ length: 6 }, () => "crowded 127.0.0.2"),
  );
  assert.deepEqual(
    door.accepted.map(({ destroyed }, index) => (destroyed ? index : null)).filter((index) => index !== null),
    [1, 2, 3, 4, 5, 6],
  );
});

test("all together have at most 256: strangers make room before a known address does", withTimeout, async (t) => {
  const door = await Door.open(t);
  await door.visit("127.0.1.1");
  door.handshakes.trust(door.accepted[0] as Socket);
  await door.visits(300, (index) => `127.0.2.${1 + Math.floor(index / 10)}`);
  assert.equal(door.handshakes.size, 256);
  assert.equal(door.accepted[0]?.destroyed, false);
  const late = await door.visit("127.0.1.1");
  assert.equal(door.handshakes.size, 256);
  assert.equal(late.destroyed, false);
});

test(
  "an address that was refused 20 times is dropped at once, unless a worker came from there",
  withTimeout,
  async (t) => {
    const door = await Door.open(t);
    await door.visit("127.0.0.2");
    await door.visit("127.0.0.3");
    const [guesser, fleet] = door.accepted as [Socket, Socket];
    for (let guess = 0; guess < 20; guess++) {
      door.handshakes.refused(guesser);
      door.handshakes.refused(fleet);
    }
    door.handshakes.trust(fleet);
    const guess = await door.visit("127.0.0.2");
    await waitUntil("it is dropped", () => guess.closed);
    await door.visit("127.0.0.3");
    assert.deepEqual(door.dropped, ["banned 127.0.0.2"]);
    assert.equal(door.handshakes.size, 3);
  },
);

test("a connection that ends by itself leaves nothing behind", withTimeout, async (t) => {
  const door = await Door.open(t);
  (await door.visit("127.0.0.2")).destroy();
  await waitUntil("it is forgotten", () => door.handshakes.size === 0);
  assert.deepEqual(door.dropped, []);
});

test("addresses are counted by host", () => {
  assert.equal(networkOf("10.0.0.7"), "10.0.0.7");
  assert.equal(networkOf("::ffff:10.0.0.7"), "10.0.0.7");
  assert.equal(networkOf("::1"), "::1");
  assert.equal(networkOf("2001:db8:1:2:3:4:5:6"), networkOf("2001:db8:1:2::9"));
  assert.notEqual(networkOf("2001:db8:1:2::9"), networkOf("2001:db8:1:3::9"));
  assert.equal(networkOf("fe80::1%eth0"), "fe80:0:0:0::/64");
});
