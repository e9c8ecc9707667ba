import type { Connections, Exchange, HeaderSource, HttpEngine } from "./engine.ts";
import { Network } from "./network/network.ts";

/**
 * Returns an engine that sends requests with `engine`, each through a `dispatch` that `dispatchBy` creates for the
 * connections of a user.
 */
export function engineBetween(
  engine: HttpEngine,
  dispatchBy: (connections: Connections, network: Network) => Connections["dispatch"],
): HttpEngine {
  return {
    ...engine,
    createConnections: (network = Network.usual) => {
      const connections = engine.createConnections(network);
      return {
        dispatch: dispatchBy(connections, network),
        retire: () => connections.retire(),
        destroy: () => connections.destroy(),
      };
    },
  };
}

/** An exchange between an engine and the exchange that follows a request. It passes on each call of the engine. */
export class ExchangeBetween<Following extends Exchange = Exchange> implements Exchange {
  readonly exchange: Following;

  constructor(exchange: Following) {
    this.exchange = exchange;
  }

  holdTime(): void {
    this.exchange.holdTime?.();
  }

  releaseTime(nowMs: number): void {
    this.exchange.releaseTime?.(nowMs);
  }

  sent(sentMs: number, connectMs: number, tlsMs: number): void {
    this.exchange.sent(sentMs, connectMs, tlsMs);
  }

  written(writtenMs: number): void {
    this.exchange.written(writtenMs);
  }

  head(status: number, headers: HeaderSource, firstByteMs: number): void {
    this.exchange.head(status, headers, firstByteMs);
  }

  reconnects(nowMs: number): boolean {
    return this.exchange.reconnects(nowMs);
  }

  body(bytes: Buffer, from: number, to: number): void {
    this.exchange.body(bytes, from, to);
  }

  ended(endedMs: number, bytesIn: number, bytesOut: number): void {
    this.exchange.ended(endedMs, bytesIn, bytesOut);
  }

  failed(error: Error, bytesIn: number, bytesOut: number): void {
    this.exchange.failed(error, bytesIn, bytesOut);
  }
}
