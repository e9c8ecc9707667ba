import assert from "node:assert/strict";
import { test } from "node:test";
import { defineUser } from "../../../src/index.ts";
import type { HeaderList, RequestOptions } from "../../../src/scenario/definition/http.ts";
import { DefaultHeaders } from "../../../src/worker/http/request/default-headers.ts";
import { TestClient, TestServer, withTimeout } from "./fixture.ts";

/** The lines of the heads that arrived at a server, one list per request. */
class HeadServer implements AsyncDisposable {
  readonly heads: string[][] = [];
  readonly server: TestServer;

  private constructor(server: TestServer) {
    this.server = server;
  }

  static async start(): Promise<HeadServer> {
    const heads: string[][] = [];
    const server = await TestServer.raw((socket) => {
      let text = "";
      socket.setEncoding("latin1").on("data", (more: string) => {
        text += more;
        const end = text.indexOf("\r\n\r\n");
        const length = Number(/^content-length: (\d+)/im.exec(text)?.[1] ?? 0);
        if (end < 0 || text.length < end + 4 + length) return;
        heads.push(text.slice(0, end).split("\r\n"));
        text = "";
        socket.write("HTTP/1.1 204 No Content\r\n\r\n");
      });
    });
    const started = new HeadServer(server);
    heads.push = (...all) => started.heads.push(...all);
    return started;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
  }
}

async function headOf(method: string, options: RequestOptions, engine: "own" | "undici" = "own"): Promise<string[]> {
  await using server = await HeadServer.start();
  const headers = DefaultHeaders.of({ "X-Default": "d", accept: "a/b" });
  using client = new TestClient(server.server.url, engine, undefined, { headers });
  const response = await client.http.request(method, "/", options);
  assert.equal(response.error, null);
  const [head = []] = server.heads;
  return head.map((line) => line.replace(String(server.server.port), "PORT"));
}

test(
  "a list of headers is sent in its order and spelling, also repeated names and those that muster adds",
  withTimeout,
  async () => {
    const headers: HeaderList = [
      ["ACCEPT", "text/html"],
      ["X-Id", 1],
      ["Content-Length", 2],
      ["x-other", "é"],
      ["Connection", "Keep-Alive"],
      ["X-ID", "2"],
      ["Host", "api.test"],
      ["Cookie", "a=1"],
    ];
    assert.deepEqual(await headOf("POST", { headers, body: "ab" }), [
      "POST / HTTP/1.1",
      ...["ACCEPT: text/html", "X-Id: 1", "Content-Length: 2", "x-other: é", "Connection: Keep-Alive"],
      ...["X-ID: 2", "Host: api.test", "Cookie: a=1", "X-Default: d"],
    ]);
    assert.deepEqual(
      await headOf("POST", {
        headers: [
          ["B", "1"],
          ["A", "2"],
        ],
        json: {},
      }),
      [
        "POST / HTTP/1.1",
        ...["host: 127.0.0.1:PORT", "connection: keep-alive", "B: 1", "A: 2", "X-Default: d", "accept: a/b"],
        ...["content-type: application/json", "content-length: 2"],
      ],
    );
  },
);

test(
  "an object of headers is sent in its order, after Host, and a list as a value as one header each",
  withTimeout,
  async () => {
    const headers = { "X-B": ["1", 2], "X-A": "3", Host: "api.test" };
    assert.deepEqual(await headOf("GET", { headers }), [
      "GET / HTTP/1.1",
      ...["Host: api.test", "connection: keep-alive", "X-B: 1", "X-B: 2", "X-A: 3", "X-Default: d", "accept: a/b"],
    ]);
  },
);

test(
  "a list works with undici, too, which decides about the place of Host, Connection and Content-Length",
  withTimeout,
  async () => {
    const headers: HeaderList = [
      ["B", "1"],
      ["Content-Length", "2"],
      ["A", "2"],
      ["B", "3"],
      ["connection", "close"],
      ["host", "api.test"],
    ];
    const head = await headOf("POST", { headers, body: "ab" }, "undici");
    assert.deepEqual(
      head.filter((line) => /^[AB]:/.test(line)),
      ["B: 1", "A: 2", "B: 3"],
    );
    assert.deepEqual(head.filter((line) => /^(?:host|content-length|connection):/i.test(line)).sort(), [
      ...["connection: close", "content-length: 2", "host: api.test"],
    ]);
  },
);

test("a connection that a list asks to close is closed", withTimeout, async () => {
  await using server = await TestServer.http((_, response) => response.end("x"));
  using client = new TestClient(server.url);
  for (let count = 0; count < 2; count++) await client.http.get("/", { headers: [["Connection", "close"]] });
  assert.equal(server.sockets.length, 2);
});

for (const [what, headers, message] of [
  ["no pair", ["accept"], /the list of headers contains the string "accept"; expected a name and a value/],
  ["a pair without a value", [["accept", null]], /the list of headers contains a list/],
  ["three parts", [["a", "b", "c"]], /the list of headers contains a list/],
  ["a name that is none", [["a b", "c"]], /"a b" is not a valid header name/],
  ["a line break", [["a", "b\r\nc: d"]], /contains a line break/],
  [
    "two hosts",
    [
      ["host", "a"],
      ["Host", "b"],
    ],
    /more than one host/,
  ],
  [
    "two lengths",
    [
      ["content-length", 0],
      ["Content-Length", 0],
    ],
    /more than one content-length/,
  ],
  ["a wrong length", [["content-length", 5]], /its content-length is 5, and its body has 0 bytes/],
  ["another connection", [["connection", "upgrade"]], /connection can be "close" or "keep-alive", once/],
] as const) {
  test(`a request with headers that are not valid is refused: ${what}`, withTimeout, async () => {
    using client = new TestClient("http://127.0.0.1:1");
    await assert.rejects(client.http.get("/", { headers } as unknown as RequestOptions), (error: Error) => {
      assert.match(error.message, message);
      return true;
    });
  });
}

for (const engine of ["own", "undici"] as const) {
  test(`any method is sent as written, a standard one in upper case (${engine})`, withTimeout, async () => {
    for (const [method, sent] of [
      ["purge", "purge"],
      ["Lock", "Lock"],
      ["VERSION-CONTROL", "VERSION-CONTROL"],
      ["patch", "PATCH"],
      ["trace", "TRACE"],
    ] as const) {
      assert.equal((await headOf(method, {}, engine))[0], `${sent} / HTTP/1.1`);
    }
  });
}

test("a redirect keeps the order, and takes no credentials to another origin", withTimeout, async () => {
  await using elsewhere = await HeadServer.start();
  await using server = await TestServer.http((_, response) => {
    response.writeHead(307, { location: `${elsewhere.server.url}/there` }).end();
  });
  using client = new TestClient(server.url);
  const headers: HeaderList = [
    ["B", "1"],
    ["Authorization", "Bearer x"],
    ["A", "2"],
    ["Host", "api.test"],
  ];
  assert.equal((await client.http.get("/", { headers, maxRedirects: 1 })).status, 204);
  assert.deepEqual(
    elsewhere.heads[0]?.map((line) => line.replace(/:.*/, "")),
    ["GET /there HTTP/1.1", "host", "connection", "B", "A"],
  );
});

// Compiles: a list as TypeScript infers it.
void defineUser({
  name: "User",
  tasks: {
    get: (vu) =>
      vu.http.get("/", {
        headers: [
          ["A", "1"],
          ["B", 2],
        ],
      }),
  },
});
