import assert from "node:assert/strict";
import { request } from "node:http";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { patienceMs } from "../../support/wait-until.ts";
import type { Attack, AttackTarget } from "./attack.ts";

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** A request as it is: `fetch` would change its path and refuse its Host header. */
function ask(
  { webUrl }: AttackTarget,
  path: string,
  { method = "GET", headers = {}, body }: Asked = {},
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(webUrl);
    const asked = request({ hostname, port, path, method, headers, timeout: patienceMs }, (response) => {
      let text = "";
      response.on("data", (piece) => {
        text += piece;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
      response.on("error", reject);
    });
    asked.on("error", reject).end(body);
  });
}

const json = { "content-type": "application/json" };

async function runIdOf(target: AttackTarget): Promise<string> {
  const { text } = await ask(target, "/api/state");
  const { runId, state } = JSON.parse(text) as { runId: string; state: string };
  assert.equal(state, "running");
  return runId;
}

/** The request is refused with this status, and the run goes on as it was. */
function refused(name: string, status: number, path: string | ((id: string) => string), asked: Asked = {}): Attack {
  return {
    name,
    attack: async (_t, target) => {
      const id = await runIdOf(target);
      const answer = await ask(target, typeof path === "string" ? path : path(id), asked);
      assert.equal(answer.status, status, answer.text.slice(0, 500));
      assert.equal(await runIdOf(target), id);
    },
  };
}

const stop = (id: string) => `/api/runs/${id}/stop`;
const stopForm = { method: "POST", body: '{"mode":"at-once"}' };

/** A page of another site, or a person with less rights than needed, uses the web page of a master. */
export const pageAttacks: readonly Attack[] = [
  refused("a page of another site stops the run", 403, stop, {
    ...stopForm,
    headers: { ...json, origin: "https://evil.example" },
  }),
  refused("a page of another port of this machine stops the run", 403, stop, {
    ...stopForm,
    headers: { ...json, origin: "http://127.0.0.1:1", "sec-fetch-site": "same-site" },
  }),
  refused("a sandboxed frame stops the run", 403, stop, { ...stopForm, headers: { ...json, origin: "null" } }),
  refused("a browser says that another site asks, without an origin", 403, stop, {
    ...stopForm,
    headers: { ...json, "sec-fetch-site": "cross-site" },
  }),
  refused("a form of another site sends JSON as text, which needs no permission", 415, stop, {
    ...stopForm,
    headers: { "content-type": "text/plain" },
  }),
  refused("a form of another site sends its fields", 415, stop, {
    method: "POST",
    body: "mode=at-once",
    headers: { "content-type": "application/x-www-form-urlencoded" },
  }),
  refused("a link stops the run by GET", 400, stop),
  refused("a name that was rebound to 127.0.0.1 reads the run", 421, "/api/runs", {
    headers: { host: "evil.example" },
  }),
  refused("a rebound name stops the run", 421, stop, { ...stopForm, headers: { ...json, host: "evil.example:8089" } }),
  refused("a host name that only contains this machine's", 421, "/api/state", {
    headers: { host: "127.0.0.1.evil.example" },
  }),
  refused("an image of another site makes the master render a report", 403, (id) => `/api/runs/${id}/files/html`, {
    headers: { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" },
  }),
  refused("a path leads out of the files of the page", 404, "/assets/..%2f..%2f..%2fpackage.json"),
  refused("a path with raw dots leads out of the files of the page", 404, "/assets/../../../../etc/passwd"),
  refused("the id of a run is SQL", 404, `/api/runs/${encodeURIComponent("x' OR '1'='1")}`),
  refused("the id of a run is a path", 404, `/api/runs/${encodeURIComponent("../../etc/passwd")}/files/html`),
  refused("a form sets the prototype of objects", 400, "/api/plan", {
    method: "POST",
    headers: json,
    body: '{"__proto__":{"users":1},"constructor":{"prototype":{"users":1}}}',
  }),
  refused("a form is nested deeper than a stack", 400, "/api/plan", {
    method: "POST",
    headers: json,
    body: `{"classes":${"[".repeat(20_000)}${"]".repeat(20_000)}}`,
  }),
  refused("a form has more bytes than any form", 413, "/api/plan", {
    method: "POST",
    headers: json,
    body: JSON.stringify({ host: "x".repeat(70_000) }),
  }),
  refused("a head has more bytes than a browser sends", 431, "/api/state", {
    headers: { "x-filler": "x".repeat(20_000) },
  }),
  {
    name: "a token in a URL whose path names another host",
    attack: async (_t, target) => {
      const { headers } = await ask(target, "//evil.example/%2e%2e?token=guess");
      assert.equal(headers.location, undefined);
    },
  },
  {
    name: "another site shows the page in a frame, or loads its scripts' data",
    attack: async (_t, target) => {
      const { headers } = await ask(target, "/", { headers: { accept: "text/html" } });
      assert.match(String(headers["content-security-policy"]), /frame-ancestors 'self'/);
      const state = await ask(target, "/api/state");
      assert.equal(state.headers["access-control-allow-origin"], undefined);
      assert.equal(state.headers["x-content-type-options"], "nosniff");
    },
  },
  {
    name: "scripts in the report of a run use the API of the page",
    attack: async (_t, target) => {
      const { headers } = await ask(target, `/api/runs/${await runIdOf(target)}/files/html`);
      assert.match(String(headers["content-security-policy"]), /^default-src 'none'.*sandbox allow-scripts/);
    },
  },
  {
    name: "one request hides another one behind two lengths",
    attack: async (_t, target) => {
      const { hostname, port } = new URL(target.webUrl);
      const id = await runIdOf(target);
      const socket = connect(Number(port), hostname);
      const hidden = `POST /api/runs/${id}/stop HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 18\r\n\r\n{"mode":"at-once"}`;
      socket.write(
        `POST /api/plan HTTP/1.1\r\nhost: localhost\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
      );
      const answer = await new Promise<string>((resolve) =>
        socket
          .once("data", (data) => resolve(String(data)))
          .once("error", () => resolve(""))
          .once("close", () => resolve("")),
      );
      socket.destroy();
      assert.match(answer, /^HTTP\/1\.1 400 /);
      await delay(50);
      assert.equal(await runIdOf(target), id);
    },
  },
  {
    name: "more clients than the live stream has room for",
    attack: async (_t, target) => {
      const { hostname, port } = new URL(target.webUrl);
      const sockets = Array.from({ length: 120 }, () => {
        const socket = connect(Number(port), hostname);
        socket.on("error", () => {});
        socket.write("GET /api/live HTTP/1.1\r\nhost: localhost\r\n\r\n");
        return socket;
      });
      const heads = await Promise.all(
        sockets.map(
          (socket) =>
            new Promise<string>((resolve) => socket.once("data", (data) => resolve(String(data).slice(0, 12)))),
        ),
      );
      for (const socket of sockets) socket.destroy();
      assert.ok(heads.includes("HTTP/1.1 503"), String(new Set(heads)));
      assert.ok(heads.filter((head) => head === "HTTP/1.1 200").length <= 100);
    },
  },
];
