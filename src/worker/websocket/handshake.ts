import { AsyncResource } from "node:async_hooks";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { ClientOptions, WebSocket } from "ws";
import { openSocket, reportReached, type SocketPlace } from "../http/own/socket.ts";
import { RequestTimes } from "../http/request-times.ts";
import { classify, type Failure } from "../http/response/failure.ts";

/** The class of ws; null until it is loaded, because most tests have no WebSockets. */
let WebSocketClass: typeof WebSocket | null = null;

/** Loads ws before the run if the code of the test mentions WebSockets, so that the first socket is not slower than others. */
export async function prepareWebSockets(source: string): Promise<void> {
  if (/\bwebsocket\b/.test(source)) await loadWebSockets();
}

/** The class of ws; null while it is not loaded. */
export function loadedWebSockets(): typeof WebSocket | null {
  return WebSocketClass;
}

export async function loadWebSockets(): Promise<typeof WebSocket> {
  WebSocketClass ??= (await import("ws")).WebSocket;
  return WebSocketClass;
}

/** The server has answered the request for an upgrade with something else. */
class UpgradeRefused extends Error {
  readonly code = "MUSTER_UPGRADE_REFUSED";
  readonly status: number;

  constructor(status: number, statusText: string) {
    super(`the server answered ${`${status} ${statusText}`.trim()} to the upgrade`);
    this.name = "UpgradeRefused";
    this.status = status;
  }
}

export interface HandshakeRequest {
  /** ws: or wss: */
  readonly url: string;
  readonly protocols: readonly string[];
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly place: SocketPlace;
  readonly compression: boolean;
  readonly maxMessageBytes: number;
  readonly closeTimeoutMs: number;
}

export interface HandshakeListener {
  /** `bytesIn` and `bytesOut`: the bytes that were read from and written to the connection so far. */
  opened(times: RequestTimes, bytesIn: number, bytesOut: number): void;
  failed(error: Error, failure: Failure): void;
  /** Called with the response, whether it is an upgrade or not. */
  answered(response: IncomingMessage): void;
}

/** The scope of the code that handles events of sockets: in no group and no measure, whichever code opened the socket. */
const outside = new AsyncResource("muster WebSocket");

/** Opens a socket and reports the outcome to `listener`. */
export function openWebSocket(
  Class: typeof WebSocket,
  request: HandshakeRequest,
  startedMs: number,
  listener: HandshakeListener,
): WebSocket {
  return outside.runInAsyncScope(() => new Handshake(request, startedMs, listener).begin(Class));
}

/** The steps from the first packet to the upgrade, with their times. */
class Handshake {
  readonly #request: HandshakeRequest;
  readonly #listener: HandshakeListener;
  readonly #times = new RequestTimes();
  readonly #startedMs: number;
  #socket: Socket | null = null;
  #isOver = false;

  constructor(request: HandshakeRequest, startedMs: number, listener: HandshakeListener) {
    this.#request = request;
    this.#listener = listener;
    this.#startedMs = startedMs;
    this.#times.restart(startedMs, startedMs);
  }

  begin(Class: typeof WebSocket): WebSocket {
    const { url, protocols, headers, compression, maxMessageBytes, closeTimeoutMs } = this.#request;
    const options: ClientOptions & { closeTimeout: number } = {
      perMessageDeflate: compression,
      maxPayload: maxMessageBytes,
      closeTimeout: closeTimeoutMs,
      // A list of values is sent as several headers, which the types of ws do not know.
      headers: headers as Record<string, string>,
      createConnection: (() => this.#connect()) as NonNullable<ClientOptions["createConnection"]>,
    };
    const socket = new Class(url, [...protocols], options);
    socket.on("upgrade", (response) => this.#answered(response));
    socket.on("unexpected-response", (_, response) => {
      this.#answered(response);
      const { statusCode = 0, statusMessage = "" } = response;
      const refused = new UpgradeRefused(statusCode, statusMessage);
      this.#fail(refused, { kind: kindOfStatus(statusCode), message: refused.message });
      socket.terminate();
    });
    socket.on("open", () => this.#opened());
    socket.on("error", (error) => this.#fail(error, failureOf(error)));
    return socket;
  }

  #connect(): Socket {
    const { place } = this.#request;
    const socket = openSocket(place, null);
    this.#socket = socket;
    const times = this.#times;
    socket.once("connect", () => {
      reportReached(place, socket);
      times.connectMs = performance.now() - this.#startedMs;
      if (!place.origin.isSecure) times.sentMs = this.#startedMs + times.connectMs;
    });
    if (place.origin.isSecure) {
      socket.once("secureConnect", () => {
        times.sentMs = performance.now();
        times.tlsMs = times.sentMs - this.#startedMs - times.connectMs;
      });
    }
    return socket;
  }

  #answered(response: IncomingMessage): void {
    this.#times.firstByteMs = performance.now();
    this.#listener.answered(response);
  }

  #opened(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#times.endedMs = performance.now();
    this.#listener.opened(this.#times, this.#socket?.bytesRead ?? 0, this.#socket?.bytesWritten ?? 0);
  }

  #fail(error: Error, failure: Failure): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#listener.failed(error, failure);
  }
}

function kindOfStatus(status: number): Failure["kind"] {
  if (status >= 500) return "5xx";
  return status >= 400 ? "4xx" : "protocol";
}

/** Classifies the error of a handshake. The errors of ws about an invalid response have no code. */
function failureOf(error: Error): Failure {
  const failure = classify(error);
  const hasCode = typeof Reflect.get(error, "code") === "string" || error instanceof AggregateError;
  return failure.kind === "other" && !hasCode ? { kind: "protocol", message: error.message } : failure;
}
