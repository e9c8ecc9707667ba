import { Redis } from "ioredis";
import { between, closed, defineTest, defineUser, env } from "muster-load";

const url = env("REDIS_URL", "redis://127.0.0.1:6379");

/**
 * A client that says what fails. By default, ioredis sends commands again after a reconnect, which would count a command twice in the
 * server, and lets them wait while it has no connection.
 */
function connect(): Redis {
  const client = new Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    retryStrategy: () => 100,
  });
  client.on("error", () => {});
  return client;
}

// One connection for all users of a worker: ioredis sends the commands of all of them over it.
const shared = connect();

const reader = defineUser({
  name: "Reader",
  pause: between("20ms", "60ms"),
  tasks: {
    read: (vu) => vu.measure("get price", () => shared.get("price"), { kind: "REDIS" }),
  },
});

// A connection for each user.
const counter = defineUser({
  name: "Counter",
  pause: between("20ms", "60ms"),
  state: () => ({ redis: connect() }),
  tasks: {
    count: (vu) => vu.measure("count visit", () => vu.state.redis.incr("visits"), { kind: "REDIS" }),
  },
  onStop: (vu) => vu.state.redis.disconnect(),
});

export default defineTest({
  // Only vu.http uses it.
  host: "http://127.0.0.1",
  users: [reader, counter],
  load: closed({ users: 20, spawnRate: 20, duration: "30s" }),
  targets: { errorRate: "1%" },
  thresholds: { "response_time{method:REDIS}": "p(95)<20" },
  setup: async () => void (await shared.set("price", "7")),
  onWorkerStop: () => shared.disconnect(),
});
