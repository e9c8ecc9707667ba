import { fileURLToPath } from "node:url";
import {
  Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
} from "@grpc/grpc-js";
import { fromJSON, type ServiceDefinition } from "@grpc/proto-loader";
import { readProto } from "../../../src/scenario/bundle/proto-file.ts";

interface GetOrder {
  readonly order_id: string;
  readonly fail_with: number;
  readonly delay_ms: number;
}

interface Watch {
  readonly count: number;
  readonly fail_with: number;
  readonly gap_ms: number;
}

const protoPath = fileURLToPath(new URL("fixtures/shop.proto", import.meta.url));
export const shopProto = { file: "shop.proto", json: readProto(protoPath).json };

/** Does not keep the process: a call may have been cancelled. */
const later = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms).unref());

/** A real server of `shop.v1.Orders`, which counts what it receives. */
export class OrdersServer implements AsyncDisposable {
  readonly #server = new Server();
  calls = 0;
  messages = 0;
  /** The peers of its calls: one per connection. */
  readonly peers = new Set<string>();
  readonly cancelled: string[] = [];
  /** The names under which clients have called it. */
  readonly authorities = new Set<string>();
  readonly traceparents: string[] = [];
  port = 0;

  static async start({
    credentials = ServerCredentials.createInsecure(),
    port = 0,
    address = "",
  } = {}): Promise<OrdersServer> {
    const started = new OrdersServer();
    const definition = fromJSON(shopProto.json, { longs: String, defaults: true });
    started.#server.addService(definition["shop.v1.Orders"] as ServiceDefinition, started.#implementation());
    started.port = await new Promise((resolve, reject) => {
      started.#server.bindAsync(address || `127.0.0.1:${port}`, credentials, (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
    return started;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  #implementation() {
    const took = (call: { getPeer(): string; getHost(): string; readonly metadata: Metadata }) => {
      this.calls++;
      this.authorities.add(call.getHost());
      this.traceparents.push(...call.metadata.get("traceparent").map(String));
      this.peers.add(call.getPeer());
    };
    const orderOf = (order_id: string) => ({
      ...{ order_id, total_cents: "9007199254740993", state: 1, seal: Buffer.from([1, 2]) },
      price: { currency_code: "EUR", units: "5" },
    });
    return {
      Get: (call: ServerUnaryCall<GetOrder, object>, answer: sendUnaryData<object>) => {
        took(call);
        this.messages++;
        const { order_id, fail_with, delay_ms } = call.request;
        const head = new Metadata();
        head.set("x-token", String(call.metadata.get("x-token")[0] ?? ""));
        call.sendMetadata(head);
        const trailers = new Metadata();
        trailers.set("x-cost", "7");
        call.on("cancelled", () => this.cancelled.push(order_id));
        const reply = () =>
          fail_with === 0
            ? answer(null, orderOf(order_id), trailers)
            : answer({ code: fail_with, details: `order ${order_id}`, metadata: trailers });
        if (delay_ms === 0) reply();
        else void later(delay_ms).then(reply);
      },
      List: async (call: ServerWritableStream<Watch, object>) => {
        took(call);
        this.messages++;
        call.on("cancelled", () => this.cancelled.push("list"));
        const { count, fail_with, gap_ms } = call.request;
        for (let number = 0; number < count && !call.cancelled; number++) {
          if (gap_ms > 0) await later(gap_ms);
          call.write(orderOf(String(number)));
        }
        if (fail_with === 0) call.end();
        else call.emit("error", { code: fail_with, details: "no more" });
      },
      Upload: (call: ServerReadableStream<object, object>, answer: sendUnaryData<object>) => {
        took(call);
        let count = 0;
        call.on("data", () => {
          this.messages++;
          count++;
        });
        call.on("end", () => answer(null, { count }));
        call.on("cancelled", () => this.cancelled.push("upload"));
      },
      Talk: (call: ServerDuplexStream<GetOrder, object>) => {
        took(call);
        call.on("data", ({ order_id, fail_with, delay_ms }: GetOrder) => {
          this.messages++;
          if (fail_with !== 0) call.emit("error", { code: fail_with, details: "no more" });
          else if (delay_ms === 0) call.write(orderOf(order_id));
        });
        call.on("end", () => call.end());
        call.on("cancelled", () => this.cancelled.push("talk"));
      },
    };
  }

  stop(): void {
    this.#server.forceShutdown();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
  }
}
