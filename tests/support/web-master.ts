import { MusterProcess, type ProcessOptions } from "./muster-process.ts";
import type { Cleanup } from "./test-process.ts";
import { patienceMs, waitUntil } from "./wait-until.ts";

export interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  /** An empty object if the body is not JSON. */
  readonly json: Body;
  readonly text: string;
}

/** The fields of an answer that tests read, unless they give a type of their own. */
export interface AnyBody {
  readonly id: string;
  readonly state: string;
  readonly code: string;
  readonly detail: string;
  readonly field?: string;
}

/** A `muster run` or `muster master` with its web API. */
export class WebMaster {
  readonly process: MusterProcess;
  readonly url: string;

  private constructor(process: MusterProcess, url: string) {
    this.process = process;
    this.url = url;
  }

  static async start(cleanup: Cleanup, words: readonly string[], options: ProcessOptions = {}): Promise<WebMaster> {
    const process = new MusterProcess(cleanup, [...words, "--web-port=0"], options);
    const [, url = ""] = await process.errorOutput(/the web page is at (https?:[^\s"]+)/);
    return new WebMaster(process, url);
  }

  async ask<Body = AnyBody>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<Body>> {
    const response = await fetch(this.url + path, {
      method,
      redirect: "manual",
      signal: AbortSignal.timeout(patienceMs),
      headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") === true;
    const json = (isJson ? JSON.parse(text) : {}) as Body;
    return { status: response.status, headers: response.headers, json, text };
  }

  get<Body = AnyBody>(path: string, headers?: Record<string, string>): Promise<Answer<Body>> {
    return this.ask<Body>("GET", path, undefined, headers);
  }

  post<Body = AnyBody>(path: string, body?: unknown): Promise<Answer<Body>> {
    return this.ask<Body>("POST", path, body);
  }

  /** Resolves when the session is in this state. */
  async until(state: string): Promise<void> {
    await waitUntil(`the state ${state}`, async () => (await this.get("/api/state")).json.state === state);
  }
}
