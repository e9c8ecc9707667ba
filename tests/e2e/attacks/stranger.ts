import assert from "node:assert/strict";
import { connect } from "node:net";
import type { TestContext } from "node:test";
import { WebSocket } from "ws";
import { newNonce, proofOf } from "../../../src/protocol/authentication.ts";
import { protocolVersion } from "../../../src/protocol/version.ts";
import { happens } from "../../protocol/socket-pair.ts";
import { waitUntil } from "../../support/wait-until.ts";
import type { Attack, AttackTarget } from "./attack.ts";

const upgrade = [
  "GET / HTTP/1.1",
  "Host: x",
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "Sec-WebSocket-Version: 13",
  "\r\n",
].join("\r\n");
const masked = (first: number) => Buffer.from([first, 0x80, 0, 0, 0, 0]);
const many = (frame: Buffer) => Buffer.concat(Array.from({ length: 20_000 }, () => frame));
/** A frame that promises 16 MB, of which a part follows. */
const largeFrame = Buffer.concat([
  Buffer.from([0x81, 0xff, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]),
  Buffer.alloc(100_000),
]);

/** Sends bytes over TCP. The master closes the connection, after an answer of this HTTP status; null if it gives none. */
function tcp(name: string, bytes: string | readonly (string | Buffer)[], status: string | null, again = ""): Attack {
  return {
    name,
    async attack(t, { workerPort }) {
      const socket = connect(workerPort, "127.0.0.1");
      t.after(() => socket.destroy());
      let answer = "";
      socket.on("error", () => {});
      socket.on("data", (data) => {
        answer += data.toString("latin1");
      });
      for (const part of [bytes].flat()) socket.write(part as string | Buffer);
      const trickle = setInterval(() => again !== "" && socket.write(again), 200);
      t.after(() => clearInterval(trickle));
      await waitUntil("the master to close the connection", () => socket.closed);
      assert.equal(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1] ?? null, status, answer);
    },
  };
}

type Answer = (challenge: string, target: AttackTarget) => object;

/** Says something over a WebSocket, and answers the challenge of the master, if there is one. The master refuses with this reason. */
function refused(name: string, first: string | Buffer | object, reason: string, answer: Answer = () => ({})): Attack {
  return {
    name,
    async attack(t: TestContext, target) {
      const socket = new WebSocket(`ws://127.0.0.1:${target.workerPort}`, { perMessageDeflate: false });
      t.after(() => socket.terminate());
      const heard: { type: string; nonce: string; reason: string }[] = [];
      socket.on("message", (data) => {
        const message = JSON.parse(String(data));
        heard.push(message);
        if (message.type === "challenge") socket.send(JSON.stringify(answer(message.nonce, target)));
      });
      socket.on("open", () => {
        socket.send(typeof first === "string" || first instanceof Buffer ? first : JSON.stringify(first));
      });
      const [code] = await happens(socket, "close");
      assert.equal(code, 4001);
      assert.equal(heard.at(-1)?.reason, reason);
      // It has learned nothing of the run, and nothing by which it could try tokens.
      assert.ok(heard.every(({ type }) => type === "challenge" || type === "refused"));
      assert.doesNotMatch(target.master.stderr.replaceAll("\n", " "), /[\p{Cc}\u202e]/u);
    },
  };
}

const nonce = newNonce();
const introduction = { type: "introduction", protocol: protocolVersion, nonce };
const identity = { id: "a stranger", host: "nowhere", pid: 1, version: "0", session: null };
const proof = (text: string) => ({ type: "proof", proof: text });
const evil = "\u001b]0;PWNED\u0007\u001b[2J\r\n12:00:00 info  a forged line \u202e";

/** A stranger reaches the ports of a master, and knows neither a token nor a session. */
export const strangerAttacks: readonly Attack[] = [
  tcp("headers of 9 KB are refused", upgrade.replace("Host: x", `Host: x\r\nX-Large: ${"x".repeat(9_000)}`), "431"),
  tcp("a WebSocket on another path is refused", upgrade.replace("GET /", "GET /admin"), "404"),
  tcp(
    "a browser, which names its origin, is refused",
    upgrade.replace("Host: x", "Host: x\r\nOrigin: http://evil"),
    "401",
  ),
  tcp("a body of 1 GB is not waited for", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\nabc", "404"),
  tcp("what is not HTTP is refused", "\u0000\u0001\u0002 nonsense\r\n\r\n", "400"),
  tcp(
    "two lengths of a body, to smuggle a request, are refused",
    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na",
    "400",
  ),
  tcp("a frame that promises 16 MB ends after 64 KiB", [upgrade, largeFrame], "101"),
  tcp("20,000 empty fragments end after 64 KiB", [upgrade, masked(0x01), many(masked(0x00))], "101"),
  tcp("20,000 pings end after 64 KiB", [upgrade, many(masked(0x89))], "101"),
  tcp("a connection that says nothing ends after 5 s", "", null),
  tcp("headers that never end are cut after 5 s", "GET / HTTP/1.1\r\nHost: x\r\n", null, "x: y\r\n"),
  tcp("a WebSocket on which nothing is said ends after 5 s", upgrade, "101"),
  refused("a proof of a guessed token is refused", introduction, "token", (master) =>
    proof(proofOf("guessed", "worker", { worker: nonce, master })),
  ),
  refused("a proof with an empty token is refused", introduction, "token", (master) =>
    proof(proofOf("", "worker", { worker: nonce, master })),
  ),
  refused("the proof of another connection is refused", introduction, "token", (_, { token }) =>
    proof(proofOf(token, "worker", { worker: nonce, master: newNonce() })),
  ),
  refused("the proof of a master is no proof of a worker", introduction, "token", (master, { token }) =>
    proof(proofOf(token, "master", { worker: nonce, master })),
  ),
  refused("a hello instead of a proof is refused", introduction, "bad-message", () => ({ type: "hello", ...identity })),
  refused("a hello without an introduction is refused", { type: "hello", ...identity }, "bad-message"),
  refused(
    "an earlier version is refused",
    { type: "hello", protocol: 10, token: "t", ...identity },
    "protocol-version",
  ),
  refused("a binary frame is refused", Buffer.from([1, 255, 255]), "bad-message"),
  refused("JSON of 10,000 levels is refused", "[".repeat(10_000) + "]".repeat(10_000), "bad-message"),
  refused(
    "control characters of a stranger are in no log",
    { ...introduction, type: evil, [evil]: evil },
    "bad-message",
  ),
];
