import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Cleanup } from "./test-process.ts";
import { patienceMs } from "./wait-until.ts";

interface Visitor {
  csrf: string;
  token: string;
  user: string;
}

/**
 * A shop with a login page for browsers. It refuses every value that it has not issued to this visitor: a session, the
 * hidden field of a form, a token, the id of an order. A key of an order must be new.
 */
export class StaleValuesService {
  readonly url: string;
  /** Refused requests, as "POST /login: csrf". */
  readonly refused: string[] = [];
  /** The number of orders that were paid. */
  paid = 0;
  readonly #visitors = new Map<string, Visitor>();
  readonly #orders = new Map<string, Visitor>();
  readonly #keys = new Set<string>();

  private constructor(url: string) {
    this.url = url;
  }

  static async start(cleanup: Cleanup): Promise<StaleValuesService> {
    let service: StaleValuesService | undefined;
    const server = createServer((request, response) => void service?.answer(request, response));
    server.listen(0, "127.0.0.1");
    await once(server, "listening", { signal: AbortSignal.timeout(patienceMs) });
    cleanup.after(() => {
      server.closeAllConnections();
      server.close();
    });
    service = new StaleValuesService(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return service;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = Buffer.concat(await request.toArray()).toString();
    const { pathname } = new URL(request.url ?? "", this.url);
    const visitor = this.#visitors.get(/\bsid=(\w+)/.exec(request.headers.cookie ?? "")?.[1] ?? "");
    const key = `${request.method} ${pathname}`;
    if (key === "GET /login") return this.#loginPage(response);
    if (key === "GET /favicon.ico") return void response.writeHead(404).end();
    if (visitor === undefined) return this.#refuse(response, key, "session");
    if (key === "POST /login") {
      const form = new URLSearchParams(text);
      if (form.get("csrf") !== visitor.csrf) return this.#refuse(response, key, "csrf");
      visitor.csrf = "used";
      visitor.user = randomBytes(3).toString("hex");
      return void response.writeHead(303, { location: `/users/${visitor.user}/shop` }).end();
    }
    if (pathname.startsWith("/users/")) {
      if (pathname !== `/users/${visitor.user}/shop`) return this.#refuse(response, key, "user");
      return void response.setHeader("content-type", "text/html").end(shopPage(visitor.token));
    }
    if (request.headers.authorization !== `Bearer ${visitor.token}`) return this.#refuse(response, key, "token");
    const order = this.#order(key, visitor, text);
    if (typeof order === "string") return this.#refuse(response, key, order);
    response.setHeader("content-type", "application/json").end(JSON.stringify(order));
  }

  #loginPage(response: ServerResponse): void {
    const sid = randomBytes(8).toString("hex");
    const visitor = {
      csrf: `${randomBytes(12).toString("base64")}=+`,
      token: randomBytes(16).toString("hex"),
      user: "",
    };
    this.#visitors.set(sid, visitor);
    response.setHeader("set-cookie", `sid=${sid}; Path=/; HttpOnly`).setHeader("content-type", "text/html");
    const csrf = visitor.csrf.replaceAll("+", "&#43;");
    response.end(`<!doctype html><form method="post" action="/login">
      <input name="user"><input name="password" type="password">
      <input type="hidden" name="csrf" value="${csrf}"><button>Log in</button></form>`);
  }

  /** The JSON of a response; what is wrong with the request, otherwise. */
  #order(key: string, visitor: Visitor, text: string): object | string {
    if (key === "POST /api/orders") {
      const { once: fresh } = JSON.parse(text) as { once: string };
      if (this.#keys.has(fresh)) return "key";
      this.#keys.add(fresh);
      const id = String(100 + this.#orders.size);
      this.#orders.set(id, visitor);
      return { order: { id: Number(id), count: 2 } };
    }
    const [, id, payment] = /^(?:GET \/api\/orders\/(\d+)|POST \/api\/payments\/(\d+))$/.exec(key) ?? [];
    const number = id ?? payment ?? "";
    if (this.#orders.get(number) !== visitor) return "order";
    if (payment === undefined) return { pay: `/api/payments/${id}` };
    if ((JSON.parse(text) as { orderId: number }).orderId !== Number(payment)) return "body";
    this.#orders.delete(payment);
    this.#orders.set(`paid ${payment}`, visitor);
    this.paid++;
    return {};
  }

  #refuse(response: ServerResponse, key: string, what: string): void {
    this.refused.push(`${key}: ${what}`);
    response.writeHead(403).end("{}");
  }
}

function shopPage(token: string): string {
  return `<!doctype html><meta name="api-token" content="${token}"><button id="buy">Buy</button><output></output><script>
    document.querySelector("#buy").onclick = async () => {
      const authorization = "Bearer " + document.querySelector("meta").content;
      const call = async (method, url, body) => (await fetch(url, {
        method, headers: { authorization, "content-type": "application/json" }, body: body && JSON.stringify(body),
      })).json();
      const key = ([1e7]+-1e3+-4e3+-8e3+-1e11).replace(/[018]/g, (c) => (c ^ crypto.getRandomValues(new Uint8Array(1))[0] & 15 >> c / 4).toString(16));
      const { order } = await call("POST", "/api/orders", { article: "chair-red", count: 2, once: key });
      const { pay } = await call("GET", "/api/orders/" + order.id);
      await call("POST", pay, { orderId: order.id, method: "card" });
      document.querySelector("output").textContent = "paid";
    };
  </script>`;
}
