import { between, closed, defineTest, defineUser, env } from "muster-load";
import { LineClient } from "./line-client.ts";

const [host, port] = [env("TCP_HOST", "127.0.0.1"), Number(env("TCP_PORT", "7000"))];

const player = defineUser({
  name: "Player",
  pause: between("20ms", "60ms"),
  state: () => ({ connection: null as LineClient | null }),
  tasks: {
    async move(vu) {
      // A connection for each user, until it breaks.
      if (vu.state.connection === null || vu.state.connection.isClosed) {
        vu.state.connection = await vu.measure("connect", () => LineClient.connect(host, port), { kind: "TCP" });
      }
      const { connection } = vu.state;
      await vu.measure(
        "move",
        async (call) => {
          const request = `move ${vu.index} ${vu.iteration}`;
          const answer = await connection.ask(request, call.signal);
          call.bytesOut += request.length + 1;
          call.bytesIn += answer.length + 1;
          if (!answer.startsWith("ok")) call.fail(`the server said ${answer}`);
        },
        { kind: "TCP", timeout: "2s" },
      );
    },
  },
  onStop: (vu) => vu.state.connection?.close(),
});

export default defineTest({
  // Only vu.http uses it.
  host: "http://127.0.0.1",
  users: [player],
  load: closed({ users: 20, spawnRate: 20, duration: "30s" }),
  targets: { errorRate: "1%" },
  thresholds: { "response_time{name:move}": "p(95)<50" },
});
