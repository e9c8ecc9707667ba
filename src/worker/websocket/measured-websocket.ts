import type { WebSocket } from "ws";
import { describeValue } from "../../core/describe-value.ts";
import { nestedKind, onStopKind, websocketKind } from "../../core/measure-kind.ts";
import type {
  AskOptions,
  MessageFilter,
  PingOptions,
  ReceiveOptions,
  UserWebSocket,
  WebSocketClose,
  WebSocketData,
  WebSocketMessage,
} from "../../scenario/definition/protocols/websocket.ts";
import type { EndpointRecorder } from "../../stats/endpoint-recorder.ts";
import type { Failure } from "../http/response/failure.ts";
import { classify } from "../http/response/failure.ts";
import { mostOpenRequests, TooManyRequests } from "../http/too-many-requests.ts";
import { Measurement, type MeasurementOwner, recordUntimedFailure } from "../measure/measurement.ts";
import { OpenWait, type WaitOwner } from "../measure/open-wait.ts";
import { describeClose, isNormalClose, WebSocketError } from "./closing.ts";
import { KeptMessages, ReceivedMessage } from "./received-message.ts";
import { checkClose, type OutgoingMessage, outgoingMessage } from "./socket-arguments.ts";
import type { SocketCounters } from "./socket-counters.ts";
import type { SocketEvent } from "./socket-event.ts";
import { receiveRules, type SocketRules, type WaitRules, waitRules } from "./websocket-options.ts";

/** The user of a socket, as its sockets see it. */
export interface SocketOwner extends WaitOwner {
  readonly client: MeasurementOwner & {
    readonly usualLimitMs: number;
    endpointOf(method: string, name: string): EndpointRecorder;
    /** Called with each event of a socket, to show it; undefined in a run. */
    readonly onSocketEvent: ((event: SocketEvent) => void) | undefined;
  };
  readonly counters: SocketCounters;
  /** Called when the socket is closed. */
  closed(socket: MeasuredWebSocket): void;
  /** Called with an exception of the function `onMessage` of a test. */
  listenerThrew(error: unknown): void;
}

/** A wait for a message. */
interface MessageWait {
  readonly wait: OpenWait<WebSocketMessage>;
  readonly accepts: MessageFilter;
}

/** More bytes than this that the server does not read are a mistake, and would fill the memory. */
const mostUnsentBytes = 16 * 1024 * 1024;
const waitOptions = ["name", "tags", "timeout"];

/** An open socket of one user, until it is closed. */
export class MeasuredWebSocket implements UserWebSocket {
  readonly name: string;
  readonly #owner: SocketOwner;
  readonly #socket: WebSocket;
  readonly #rules: SocketRules;
  /** Counts the bytes of messages that belong to no measured wait. */
  readonly #endpoint: EndpointRecorder;
  readonly #openedMs = performance.now();
  /** Whether `onStop` has opened the socket. Such a socket does not count as load, whenever it closes. */
  readonly #isOfOnStop: boolean;
  readonly #kept: KeptMessages;
  /** The waits for messages, in the order in which they began. A message goes to the first wait that accepts it. */
  readonly #messageWaits = new Set<MessageWait>();
  readonly #pongWaits = new Map<string, OpenWait<number>>();
  readonly #closeWaits = new Set<OpenWait<WebSocketClose>>();
  readonly #whenClosed = Promise.withResolvers<WebSocketClose>();
  #closed: WebSocketClose | null = null;
  #isClosing = false;
  /** Why the socket closes if the server has sent invalid data; else null. */
  #fault: Failure | null = null;
  #bytesIn = 0;
  #bytesOut = 0;
  #pings = 0;

  constructor(owner: SocketOwner, socket: WebSocket, name: string, rules: SocketRules) {
    this.name = name;
    this.#owner = owner;
    this.#isOfOnStop = owner.client.isOfOnStop;
    this.#socket = socket;
    this.#rules = rules;
    this.#endpoint = owner.client.endpointOf(websocketKind, `connect ${name}`);
    this.#kept = new KeptMessages(rules.maxKeptMessages);
    socket.on("message", (data, isBinary) => this.#received(new ReceivedMessage(data as Buffer, isBinary)));
    socket.on("pong", (payload) => this.#ponged(payload.toString("latin1")));
    socket.on("error", (error) => {
      this.#fault ??= faultOf(error);
    });
    socket.on("close", (code, reason) => this.#ended({ code, reason: reason.toString() }));
  }

  get protocol(): string {
    return this.#socket.protocol;
  }

  get isOpen(): boolean {
    return this.#closed === null && !this.#isClosing && this.#socket.readyState === this.#socket.OPEN;
  }

  get closed(): WebSocketClose | null {
    return this.#closed;
  }

  send(data: WebSocketData): void {
    const message = outgoingMessage(this.#where("send"), data);
    this.#write("send", message);
    this.#endpoint.bytesOut += message.bytes.length;
  }

  receive(first?: MessageFilter | ReceiveOptions, second?: ReceiveOptions): Promise<WebSocketMessage> {
    const rules = receiveRules(this.#where("receive"), first, second);
    const wait = this.#begin<WebSocketMessage>(rules, rules.name ?? null, "message");
    try {
      const kept = this.#kept.take(rules.accepts);
      if (kept !== undefined) wait.resolve(kept, 0);
      else this.#awaitMessage(wait, rules.accepts);
    } catch (error) {
      wait.fail(asError(error), filterFailure(error));
    }
    return wait.promise;
  }

  ask(data: WebSocketData, options?: AskOptions): Promise<WebSocketMessage> {
    const rules = waitRules(this.#where("ask"), options, [...waitOptions, "answer"]);
    const message = outgoingMessage(this.#where("ask"), data);
    const wait = this.#begin<WebSocketMessage>(rules, rules.name ?? `ask ${this.name}`, "answer");
    this.#awaitMessage(wait, rules.accepts);
    if (!wait.isOpen) return wait.promise;
    try {
      this.#write("ask", message);
      wait.bytesOut = message.bytes.length;
    } catch (error) {
      wait.fail(asError(error), { kind: "reset", message: asError(error).message });
    }
    return wait.promise;
  }

  ping(options?: PingOptions): Promise<number> {
    const rules = waitRules(this.#where("ping"), options, waitOptions);
    const wait = this.#begin<number>(rules, rules.name ?? `ping ${this.name}`, "pong");
    if (this.#failsClosed(wait)) return wait.promise;
    const payload = String(this.#pings++);
    this.#pongWaits.set(payload, wait);
    wait.onFailed = () => this.#pongWaits.delete(payload);
    this.#socket.ping(payload);
    return wait.promise;
  }

  waitForClose(options?: Pick<ReceiveOptions, "timeout">): Promise<WebSocketClose> {
    const rules = waitRules(this.#where("waitForClose"), options, ["timeout"]);
    const wait = this.#begin<WebSocketClose>(rules, null, "close");
    if (this.#closed !== null) wait.resolve(this.#closed, 0);
    else {
      this.#closeWaits.add(wait);
      wait.onFailed = () => this.#closeWaits.delete(wait);
    }
    return wait.promise;
  }

  close(code = 1000, reason = ""): Promise<WebSocketClose> {
    checkClose(this.#where("close"), code, reason);
    this.#isClosing = true;
    this.#socket.close(code, reason);
    return this.#whenClosed.promise;
  }

  /** Ends the connection at once. */
  terminate(): void {
    this.#isClosing = true;
    this.#socket.terminate();
  }

  #where(method: string): string {
    return `the WebSocket ${this.name}: ${method}`;
  }

  /** @param name the name of the endpoint; null if the wait is not measured */
  #begin<Value>(rules: WaitRules, name: string | null, what: string): OpenWait<Value> {
    if (this.#owner.waits.size >= mostOpenRequests) throw new TooManyRequests();
    const { client } = this.#owner;
    const tags = rules.tags === undefined ? this.#rules.tags : { ...this.#rules.tags, ...rules.tags };
    const measurement = name === null ? null : new Measurement(client, { kind: websocketKind, name, tags });
    return new OpenWait(this.#owner, measurement, rules.limitMs ?? client.usualLimitMs, what);
  }

  #awaitMessage(wait: OpenWait<WebSocketMessage>, accepts: MessageFilter): void {
    if (this.#failsClosed(wait)) return;
    const entry = { wait, accepts };
    this.#messageWaits.add(entry);
    wait.onFailed = () => this.#messageWaits.delete(entry);
  }

  /** Fails the wait and returns true if the socket is not open. */
  #failsClosed(wait: OpenWait<unknown>): boolean {
    if (this.isOpen) return false;
    const error = this.#notOpen();
    wait.fail(error, { kind: "reset", message: error.message });
    return true;
  }

  #notOpen(): WebSocketError {
    const how = this.#closed === null ? "is closing" : `is closed (${describeClose(this.#closed)})`;
    return new WebSocketError(`the socket ${how}`, this.#closed);
  }

  /** @throws WebSocketError */
  #write(method: string, { bytes, isBinary }: OutgoingMessage): void {
    if (!this.isOpen) throw this.#notOpen();
    if (this.#socket.bufferedAmount > mostUnsentBytes) {
      throw new WebSocketError(
        `${this.#where(method)}: ${this.#socket.bufferedAmount} bytes are unsent because the server does not read them`,
        null,
      );
    }
    this.#socket.send(bytes, { binary: isBinary });
    this.#bytesOut += bytes.length;
    this.#owner.counters.sent();
    this.#owner.client.onSocketEvent?.({ kind: "sent", name: this.name, payload: bytes, isBinary });
  }

  #received(message: ReceivedMessage): void {
    this.#owner.counters.received();
    this.#bytesIn += message.length;
    const { body: payload, isBinary } = message;
    this.#owner.client.onSocketEvent?.({ kind: "received", name: this.name, payload, isBinary });
    const { onMessage } = this.#rules;
    if (onMessage !== undefined) this.#tell(onMessage, message);
    for (const entry of this.#messageWaits) {
      const { wait, accepts } = entry;
      try {
        if (!accepts(message)) continue;
      } catch (error) {
        wait.fail(asError(error), filterFailure(error));
        continue;
      }
      this.#messageWaits.delete(entry);
      if (wait.measurement === null) this.#endpoint.bytesIn += message.length;
      wait.resolve(message, message.length);
      return;
    }
    this.#endpoint.bytesIn += message.length;
    this.#kept.add(message);
  }

  #tell(onMessage: (message: WebSocketMessage) => unknown, message: ReceivedMessage): void {
    try {
      const result = onMessage(message);
      if (result instanceof Promise) result.catch((error) => this.#owner.listenerThrew(error));
    } catch (error) {
      this.#owner.listenerThrew(error);
    }
  }

  #ponged(payload: string): void {
    const wait = this.#pongWaits.get(payload);
    if (wait === undefined) return;
    this.#pongWaits.delete(payload);
    const startedMs = wait.measurement?.startedMs ?? 0;
    wait.resolve(performance.now() - startedMs, 0);
  }

  #ended(close: WebSocketClose): void {
    this.#closed = close;
    const failure = this.#fault ?? failureOf(close);
    const isAsked = this.#isClosing;
    this.#record(isAsked ? null : failure, close);
    const error = new WebSocketError(`the socket was closed: ${this.#fault?.message ?? describeClose(close)}`, close);
    const counted = { kind: failure?.kind ?? "reset", message: error.message } as const;
    for (const { wait } of [...this.#messageWaits]) wait.fail(error, counted);
    for (const wait of [...this.#pongWaits.values()]) wait.fail(error, counted);
    for (const wait of [...this.#closeWaits]) wait.resolve(close, 0);
    this.#owner.closed(this);
    this.#owner.client.onSocketEvent?.({ kind: "closed", name: this.name, close });
    this.#whenClosed.resolve(close);
  }

  /** Records the session, and its end if the end is a failure, which counts in the totals without a time. */
  #record(failure: Failure | null, { code }: WebSocketClose): void {
    const { client } = this.#owner;
    const { tags } = this.#rules;
    this.#owner.counters.closed(code, tags);
    const micros = (performance.now() - this.#openedMs) * 1_000;
    const ofSession = nestedKind(websocketKind);
    const [ofEnd, session] = this.#isOfOnStop
      ? [onStopKind(websocketKind), client.recorder.endpoint(onStopKind(ofSession), `session ${this.name}`)]
      : [websocketKind, client.recorder.endpoint(ofSession, `session ${this.name}`)];
    session.record(micros, micros, this.#bytesIn, this.#bytesOut);
    if (failure !== null) recordUntimedFailure(client, { kind: ofEnd, name: `close ${this.name}`, tags }, failure);
  }
}

/** Returns the failure of an end that the test did not request; null if the server closed the socket as planned. */
function failureOf(close: WebSocketClose): Failure | null {
  if (isNormalClose(close.code)) return null;
  return { kind: "reset", message: `the server closed the socket: ${describeClose(close)}` };
}

/** Returns the failure for an error of ws, which reports violations of the protocol and messages that are too large. */
function faultOf(error: Error): Failure {
  const code: unknown = Reflect.get(error, "code");
  return typeof code === "string" && code.startsWith("WS_ERR_")
    ? { kind: "protocol", message: error.message }
    : classify(error);
}

function filterFailure(error: unknown): Failure {
  return { kind: "check", message: `the filter of messages threw: ${asError(error).message}` };
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(describeValue(thrown), { cause: thrown });
}
