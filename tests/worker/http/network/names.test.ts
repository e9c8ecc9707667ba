import assert from "node:assert/strict";
import { ADDRCONFIG, type LookupAddress } from "node:dns";
import { test } from "node:test";
import type { ResolveOptions } from "../../../../src/scenario/connections/connection.ts";
import { Names, type Resolve } from "../../../../src/worker/http/network/names.ts";

const four = (last: number): LookupAddress => ({ address: `10.0.0.${last}`, family: 4 });
const six = (last: number): LookupAddress => ({ address: `fd00::${last}`, family: 6 });

/** Names that a resolver of ours resolves, on a clock of ours. */
class Resolved {
  nowMs = 0;
  asked = 0;
  hints = 0;
  answer: readonly LookupAddress[] | NodeJS.ErrnoException = [six(1), four(1)];
  readonly names: Names;

  constructor(options: ResolveOptions) {
    const resolve: Resolve = (_name, { hints = 0, order }, found) => {
      this.asked++;
      this.hints = hints;
      assert.equal(order, undefined, "that of the process");
      const { answer } = this;
      setImmediate(() => (answer instanceof Error ? found(answer, []) : found(null, answer)));
    };
    this.names = new Names(options, resolve, () => this.nowMs);
  }

  /** The addresses in the order in which a connection tries them. */
  lookup(family = 0, hints = 0): Promise<string[]> {
    return new Promise((done, failed) => {
      this.names.lookup("api.test", { all: true, family, hints }, (error, addresses) => {
        if (error !== null) failed(error);
        else done((addresses as LookupAddress[]).map(({ address }) => address));
      });
    });
  }
}

test("without a policy, each connection resolves the name, and tries the addresses as the system orders them", async () => {
  const resolved = new Resolved({});
  assert.deepEqual(await resolved.lookup(), ["fd00::1", "10.0.0.1"]);
  resolved.answer = [four(2)];
  assert.deepEqual(await resolved.lookup(0, ADDRCONFIG), ["10.0.0.2"]);
  assert.deepEqual([resolved.asked, resolved.hints], [2, ADDRCONFIG]);
});

test("with a ttl, an answer is used for that long, and asked for once by all that wait", async () => {
  const resolved = new Resolved({ ttl: "5s" });
  const [first, second] = await Promise.all([resolved.lookup(), resolved.lookup()]);
  assert.deepEqual([first, second], [first, ["fd00::1", "10.0.0.1"]]);
  resolved.answer = [four(2)];
  resolved.nowMs = 4_999;
  assert.deepEqual([await resolved.lookup(), resolved.asked], [first, 1]);
  resolved.nowMs = 5_000;
  assert.deepEqual([await resolved.lookup(), resolved.asked], [["10.0.0.2"], 2]);
});

test('with the ttl "inf", a name is resolved once; a failure is not kept', async () => {
  const resolved = new Resolved({ ttl: "inf" });
  resolved.answer = Object.assign(new Error("getaddrinfo EAI_AGAIN api.test"), { code: "EAI_AGAIN" });
  await assert.rejects(Promise.all([resolved.lookup(), resolved.lookup()]), { code: "EAI_AGAIN" });
  resolved.answer = [four(1)];
  await resolved.lookup();
  resolved.nowMs = 1e12;
  assert.deepEqual([await resolved.lookup(), resolved.asked], [["10.0.0.1"], 2]);
});

test("round-robin: each connection begins with the next address, and the others follow", async () => {
  const resolved = new Resolved({ select: "round-robin" });
  resolved.answer = [four(1), four(2), six(1), four(3)];
  const orders: string[] = [];
  for (let connection = 0; connection < 6; connection++) {
    orders.push((await resolved.lookup()).map((address) => address.at(-1)).join(""));
  }
  // It begins anywhere. The other family is for when none of these works.
  const start = ["1231", "2311", "3121"].indexOf(orders[0] ?? "");
  const cycle = ["1231", "2311", "3121"];
  assert.deepEqual(
    orders,
    orders.map((_, connection) => cycle[(start + connection) % 3]),
  );
});

test("random: every address comes first at times", async () => {
  const resolved = new Resolved({ select: "random" });
  resolved.answer = [four(1), four(2)];
  const firsts = new Set<string | undefined>();
  for (let connection = 0; connection < 200; connection++) firsts.add((await resolved.lookup())[0]);
  assert.equal(firsts.size, 2);
});

test("a family is preferred, or the only one; a name without an address of it is not found", async () => {
  assert.deepEqual(await new Resolved({ family: "prefer-ipv4" }).lookup(), ["10.0.0.1", "fd00::1"]);
  assert.deepEqual(await new Resolved({ family: "prefer-ipv6" }).lookup(), ["fd00::1", "10.0.0.1"]);
  assert.deepEqual(await new Resolved({ family: "ipv4" }).lookup(), ["10.0.0.1"]);
  const sixOnly = new Resolved({ family: "ipv6" });
  sixOnly.answer = [four(1)];
  await assert.rejects(sixOnly.lookup(), { code: "ENOTFOUND", message: "api.test has no IPv6 address" });
  // A connection from a local address has one family.
  assert.deepEqual(await new Resolved({}).lookup(4), ["10.0.0.1"]);
});

test("the family that a connection had to fall back to comes first from then on, and a slow attempt is not given up", async () => {
  const resolved = new Resolved({});
  assert.equal(resolved.names.optionsFor("api.test").autoSelectFamilyAttemptTimeout, undefined);
  resolved.names.connected("api.test", undefined);
  assert.deepEqual(await resolved.lookup(), ["fd00::1", "10.0.0.1"]);
  resolved.names.connected("api.test", ["fd00::1:443", "10.0.0.1:443"]);
  assert.deepEqual(await resolved.lookup(), ["10.0.0.1", "fd00::1"]);
  assert.equal(resolved.names.optionsFor("api.test").autoSelectFamilyAttemptTimeout, 120_000);
  assert.equal(resolved.names.optionsFor("other.test").autoSelectFamilyAttemptTimeout, undefined);
  resolved.names.connected("api.test", ["fd00::1:443"]);
  assert.deepEqual(await resolved.lookup(), ["fd00::1", "10.0.0.1"]);
});
