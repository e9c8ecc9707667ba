import type { IncomingMessage } from "node:http";
import type { Clock } from "./clock.ts";
import type { Traffic } from "./counting/traffic.ts";
import { type ApiResponse, Exchange } from "./exchange.ts";
import type { Misbehaviour } from "./misbehaviour/misbehaviour.ts";
import { errorReply, type Reply } from "./reply.ts";
import { MAX_BODY_BYTES, readBody } from "./request-body.ts";
import { RequestError } from "./request-error.ts";
import type { Router } from "./router.ts";

/** What the service is made of. */
export interface ServiceParts {
  readonly router: Router;
  readonly traffic: Traffic;
  readonly misbehaviour: Misbehaviour;
  readonly clock: Clock;
}

const TOO_LARGE = errorReply(413, `the body is larger than ${MAX_BODY_BYTES} bytes`, "(body)");
const INTERNAL_ERROR = errorReply(500, "internal error");
const UNAVAILABLE = errorReply(503, "overloaded");
/** Held answers are looked at this often, so that a stall that is called off ends soon for them too. */
const MAX_HOLD_MS = 1_000;

/** The way of a request: counted, body read, admitted, held until due, handled, answered. */
export class Service {
  readonly #router: Router;
  readonly #traffic: Traffic;
  readonly #misbehaviour: Misbehaviour;
  readonly #clock: Clock;

  constructor(parts: ServiceParts) {
    this.#router = parts.router;
    this.#traffic = parts.traffic;
    this.#misbehaviour = parts.misbehaviour;
    this.#clock = parts.clock;
  }

  readonly onRequest = (request: IncomingMessage, response: ApiResponse): void => {
    const exchange = new Exchange(request, response, this.#router.match(request.method ?? "", request.url ?? ""));
    response.exchange = exchange;
    response.on("close", this.#onClose);
    if (exchange.route.scope !== "control") this.#traffic.begin(exchange, this.#clock());
    if (!exchange.route.takesBody) {
      this.#admit(exchange);
      return;
    }
    readBody(request, {
      onBody: (text, bytes) => {
        exchange.body = text;
        exchange.bytesIn = bytes;
        this.#admit(exchange);
      },
      onBodyTooLarge: () => exchange.send(TOO_LARGE),
    });
  };

  #admit(exchange: Exchange): void {
    if (exchange.route.scope !== "service") {
      exchange.send(answerOf(exchange));
      return;
    }
    const { fate, dueMs } = this.#misbehaviour.admit(this.#clock());
    exchange.fate = fate;
    exchange.dueMs = dueMs;
    this.#release(exchange);
  }

  /** Answers when it is time to; timers are checked against the clock, as they fire up to 1 ms early. */
  readonly #release = (exchange: Exchange): void => {
    const nowMs = this.#clock();
    const waitMs = Math.max(exchange.dueMs, this.#misbehaviour.releaseMs(nowMs)) - nowMs;
    if (waitMs > 0) {
      exchange.timer = setTimeout(this.#release, Math.min(Math.ceil(waitMs), MAX_HOLD_MS), exchange);
      return;
    }
    switch (exchange.fate) {
      case "reset":
        exchange.request.socket.resetAndDestroy();
        break;
      case "error":
        exchange.send(INTERNAL_ERROR);
        break;
      case "unavailable":
        exchange.send(UNAVAILABLE);
        break;
      case "answer":
        exchange.send(answerOf(exchange));
    }
  };

  /** Called on the response, finished or not. */
  readonly #onClose = closeListener((exchange) => {
    exchange.closed = true;
    clearTimeout(exchange.timer);
    this.#traffic.end(exchange);
  });
}

/** One listener for all responses instead of a closure for each. */
function closeListener(onClose: (exchange: Exchange) => void): (this: ApiResponse) => void {
  return function (this: ApiResponse) {
    if (this.exchange !== undefined) onClose(this.exchange);
  };
}

function answerOf(exchange: Exchange): Reply {
  try {
    return exchange.route.handle(exchange);
  } catch (error) {
    if (error instanceof RequestError) return errorReply(error.status, error.message, error.field);
    console.error(`plot-palette api: ${exchange.route.key} failed:`, error);
    return INTERNAL_ERROR;
  }
}
