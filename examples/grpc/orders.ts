import { between, closed, defineTest, defineUser } from "muster-load";
import { grpcClient } from "muster-load/grpc";
import proto from "./orders.proto";

// Without `host`, calls go to the host of the test. "http:" is gRPC without TLS.
const orders = grpcClient({ proto, metadata: { "x-client": "muster" } });

interface Order {
  readonly orderId: string;
  readonly totalCents: string;
}

const buyer = defineUser({
  name: "Buyer",
  pause: between("50ms", "150ms"),
  tasks: {
    "get order": async (vu) => {
      const reply = await orders.call<Order>(vu, "shop.v1.Orders/Get", { orderId: "a-1" }, { deadline: "2s" });
      vu.check("is the order", reply.message?.orderId === "a-1");
    },
  },
});

export default defineTest({
  host: "http://127.0.0.1:50051",
  users: [buyer],
  load: closed({ users: 20, spawnRate: 20, duration: "10s" }),
  thresholds: {
    "response_time{name:shop.v1.Orders/Get}": "p(95)<200",
    "failures{method:GRPC}": "rate<0.01",
    checks: "rate>0.99",
  },
});
