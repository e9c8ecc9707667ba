import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Cleanup } from "./test-process.ts";

/** A service that identifies its users by a cookie, and redirects some of them. */
export class CookieServer {
  readonly url: string;
  /** The number of requests by path. */
  readonly requests = new Map<string, number>();
  /** The number of further requests of each session, by its cookie. */
  readonly visits = new Map<string, number>();
  #sessions = 0;

  private constructor(url: string) {
    this.url = url;
  }

  static async start(cleanup: Cleanup): Promise<CookieServer> {
    const server = createServer((request, response) => {
      const { status, headers } = cookies.answer(request);
      response.writeHead(status, headers).end("{}");
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const cookies = new CookieServer(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    cleanup.after(() => {
      server.close();
      server.closeAllConnections();
    });
    return cookies;
  }

  answer({ url = "", headers }: IncomingMessage): { status: number; headers: Record<string, string | string[]> } {
    this.requests.set(url, (this.requests.get(url) ?? 0) + 1);
    if (url === "/login") {
      this.#sessions++;
      return {
        status: 200,
        headers: { "set-cookie": [`session=${this.#sessions}; Path=/`, "other=x; Path=/elsewhere"] },
      };
    }
    if (url === "/moved") return { status: 302, headers: { location: "/login" } };
    const session = /^session=(\d+)$/.exec(headers.cookie ?? "")?.[1];
    if (session === undefined) return { status: 401, headers: {} };
    this.visits.set(session, (this.visits.get(session) ?? 0) + 1);
    return { status: 200, headers: {} };
  }
}
