import type { IncomingMessage } from "node:http";
import { describeValue, tagOf } from "../../core/describe-value.ts";
import { InvalidValue } from "../../core/invalid-value.ts";
import { websocketKind } from "../../core/measure-kind.ts";
import type { UserWebSocket, WebSocketOptions } from "../../scenario/definition/protocols/websocket.ts";
import type { VirtualUserClient } from "../http/client.ts";
import { defects } from "../http/defects.ts";
import { parseOrigin } from "../http/own/origin.ts";
import type { Target } from "../http/request/target.ts";
import { VirtualUserStopped } from "../http/response/failure.ts";
import { mostOpenRequests, TooManyRequests } from "../http/too-many-requests.ts";
import { Measurement } from "../measure/measurement.ts";
import { OpenWait } from "../measure/open-wait.ts";
import type { RecordedParts } from "../recorded-parts.ts";
import { type HandshakeRequest, loadedWebSockets, loadWebSockets, openWebSocket } from "./handshake.ts";
import { MeasuredWebSocket, type SocketOwner } from "./measured-websocket.ts";
import { SocketCounters } from "./socket-counters.ts";
import { type SocketRules, socketRules } from "./websocket-options.ts";

/** The time that the server has to confirm a close, in ms. It is shorter for an aborted user: see `abandonAfterMs` of the user pool. */
const closeTimeoutMs = 2_000;
const abortedCloseMs = 500;
const goingAway = 1001;
/** Headers that the handshake itself sets. */
const ownHeaders: ReadonlySet<string> = new Set(["connection", "upgrade", "content-length"]);

/** The WebSockets of one user. They are open until the test closes them or the user ends. */
export class UserWebSockets implements SocketOwner {
  readonly waits = new Set<OpenWait<unknown>>();
  readonly client: VirtualUserClient;
  readonly counters: SocketCounters;
  readonly listenerThrew: (error: unknown) => void;
  readonly #open = new Set<MeasuredWebSocket>();
  #isStopped = false;

  constructor(client: VirtualUserClient, parts: RecordedParts, listenerThrew: (error: unknown) => void) {
    this.client = client;
    this.counters = new SocketCounters(client.recorder, parts);
    this.listenerThrew = listenerThrew;
  }

  /**
   * Opens a socket, and records the connect.
   * @throws InvalidValue for an invalid argument; VirtualUserStopped; else the error that prevented the socket from opening
   */
  connect(url: unknown, given?: WebSocketOptions): Promise<UserWebSocket> {
    if (this.#open.size + this.waits.size >= mostOpenRequests) throw new TooManyRequests();
    const promise = this.#connect(url, given);
    // A connect that the test does not await has been recorded, and must not end the process.
    promise.catch(() => {});
    return promise;
  }

  async #connect(url: unknown, given: WebSocketOptions | undefined): Promise<UserWebSocket> {
    const where = `vu.websocket(${typeof url === "string" ? JSON.stringify(url) : "…"})`;
    const target = this.#targetOf(where, url);
    const rules = socketRules(where, given);
    const headers = this.#headersTo(target, rules);
    const place = this.client.placeFor(parseOrigin(target.origin));
    const Class = loadedWebSockets() ?? (await loadWebSockets());
    if (this.#isStopped) throw new VirtualUserStopped();
    const name = rules.name ?? target.name;
    const measurement = new Measurement(this.client, {
      ...{ kind: websocketKind, name: `connect ${name}`, tags: rules.tags },
    });
    const wait = new OpenWait<UserWebSocket>(
      this,
      measurement,
      rules.limitMs ?? this.client.usualLimitMs,
      "open socket",
    );
    const request: HandshakeRequest = {
      ...{ url: target.origin.replace(/^http/, "ws") + target.path, protocols: rules.protocols, headers },
      ...{ compression: rules.compression, maxMessageBytes: rules.maxMessageBytes, closeTimeoutMs },
      place,
    };
    const socket = openWebSocket(Class, request, measurement.startedMs, {
      opened: (times, bytesIn, bytesOut) => {
        wait.bytesOut = bytesOut;
        const opened = new MeasuredWebSocket(this, socket, name, rules);
        this.#open.add(opened);
        wait.resolve(opened, bytesIn, times);
      },
      failed: (error, failure) => wait.fail(error, failure),
      answered: (response) => this.#keepCookies(target, response),
    });
    wait.onFailed = () => socket.terminate();
    return await wait.promise;
  }

  /** Called when the code of an iteration or a hook has ended. Returns how many measured waits of this code are still open. */
  leaveOpen(): number {
    let left = 0;
    for (const wait of this.waits) if (wait.leave()) left++;
    return left;
  }

  /** Interrupts all waits, refuses new sockets, and begins to close all open sockets. */
  abort(): void {
    this.#isStopped = true;
    for (const wait of [...this.waits]) wait.interrupt();
    for (const socket of [...this.#open]) if (socket.isOpen) void socket.close(goingAway);
    if (this.#open.size > 0) setTimeout(() => this.terminate(), abortedCloseMs).unref();
  }

  /** Closes all sockets. Resolves when they are closed, which takes a limited time. */
  async close(): Promise<void> {
    this.#isStopped = true;
    for (const wait of [...this.waits]) wait.interrupt();
    await Promise.all([...this.#open].map((socket) => socket.close(goingAway)));
  }

  /** Ends all connections at once. */
  terminate(): void {
    this.#isStopped = true;
    for (const wait of [...this.waits]) wait.interrupt();
    for (const socket of [...this.#open]) socket.terminate();
  }

  interrupted(): void {
    this.client.interrupted();
  }

  closed(socket: MeasuredWebSocket): void {
    this.#open.delete(socket);
  }

  #keepCookies(target: Target, { headers }: IncomingMessage): void {
    const values = headers["set-cookie"];
    if (values === undefined) return;
    try {
      this.client.keepCookies(target, values);
    } catch (error) {
      defects.contain(error);
    }
  }

  /** @throws InvalidValue, InvalidRequest */
  #targetOf(where: string, url: unknown): Target {
    const text = tagOf(url) === "URL" ? String(url) : url;
    if (typeof text !== "string") {
      throw new InvalidValue(
        `${where}: the URL is ${describeValue(url)}; expected a path, such as "/chat", or a ws: URL`,
      );
    }
    return this.client.resolve(text.replace(/^\s*ws(?=s?:)/i, "http"));
  }

  #headersTo(target: Target, rules: SocketRules): Record<string, string | string[]> {
    const headers: Record<string, string | string[]> = {};
    for (const [name, value] of this.client.headersTo(target, rules.headers).entries()) {
      const key = name.toLowerCase();
      if (ownHeaders.has(key)) continue;
      const before = headers[key];
      headers[key] = before === undefined ? value : [before, value].flat();
    }
    const traceparent = headers.traceparent === undefined ? this.client.nextTraceparent() : null;
    if (traceparent !== null) headers.traceparent = traceparent;
    return headers;
  }
}
