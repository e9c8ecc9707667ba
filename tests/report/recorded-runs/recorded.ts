import { closed, constant, counter, defineTest, defineUser, gauge, iterations, open, rate, trend } from "muster-load";

const ordersPlaced = counter("orders_placed");
const cartSize = trend("cart_size");
const fromCache = rate("from_cache");
const queueLength = gauge("queue_length");

const buyer = defineUser({
  name: "Buyer",
  weight: 3,
  pause: constant("20ms"),
  tags: ["money"],
  onStart: (vu) => vu.http.get("/templates", { name: "/start" }),
  tasks: {
    browse: {
      weight: 3,
      run: async (vu) => {
        const response = await vu.http.get("/jobs", { tags: { kind: "list" } });
        vu.check("listed", response.status === 200);
        fromCache.add(vu.iteration % 2 === 0);
        queueLength.set(vu.iteration % 7);
      },
    },
    order: async (vu) => {
      await vu.group("order", async () => {
        await vu.http.post("/jobs", { json: { prompt: "x" }, expect: [201, 400, 401, 422] });
        await vu.group("wait", () => vu.sleep("1ms"));
      });
      ordersPlaced.add();
      cartSize.add(1 + (vu.iteration % 9), { tags: { plan: "gold" } });
    },
  },
});

const loser = defineUser({
  name: "Loser",
  fixedCount: 1,
  pause: constant("50ms"),
  tasks: {
    miss: (vu) => vu.http.get("/no-such-page"),
    fall: () => {
      throw new Error("the task has thrown");
    },
  },
});

const slow = defineUser({ name: "Slow", weight: 0, tasks: { wait: (vu) => vu.http.get("/jobs") } });

export default defineTest({
  users: [buyer, loser, slow],
  setup: async ({ http }) => {
    await http.get("/templates");
    return { prepared: true };
  },
  teardown: ({ http }) => http.get("/jobs"),
  profiles: {
    passed: {
      load: closed({ users: 8, spawnRate: 8, duration: "4s" }),
      users: { Buyer: 1 },
      targets: { p95: "5s", errorRate: "1%" },
      thresholds: { "response_time{kind:list}": "p(95)<5000", checks: "rate>0.99", cart_size: "max<10" },
    },
    failed: {
      load: closed({
        stages: [
          { duration: "2s", target: 6 },
          { duration: "2s", target: 2 },
        ],
      }),
      thresholds: { failures: "rate<0.001", response_time: { threshold: "p(95)<5000", window: "1s" } },
    },
    dropped: { load: open({ rate: 60, duration: "4s", maxUsers: 3, whenBusy: "drop" }), users: { Slow: 1 } },
    aborted: {
      load: closed({ users: 6, spawnRate: 12, duration: "1m" }),
      thresholds: { failures: { threshold: "rate<0.001", abortOnFail: true, delayAbortEval: "1s" } },
    },
    counted: { load: iterations({ users: 4, total: 120 }), users: { Buyer: 1 } },
    long: { load: closed({ users: 8, spawnRate: 8, duration: "1m" }), targets: { p95: "5s" } },
    brief: { load: closed({ users: 8, spawnRate: 8, duration: "7s" }), users: { Buyer: 1 }, targets: { p95: "5s" } },
    together: {
      load: {
        buyers: { load: closed({ users: 4, spawnRate: 8, duration: "3s" }), users: { Buyer: 1 } },
        arrivals: { load: open({ rate: 30, duration: "2s" }), users: { Slow: 1 }, startAfter: "1s" },
      },
    },
  },
});
