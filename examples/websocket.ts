import { between, closed, defineTest, defineUser, type UserWebSocket } from "muster-load";

interface Reply {
  readonly id: number;
}

const member = defineUser({
  name: "Member",
  pause: between("100ms", "300ms"),
  state: () => ({ socket: null as UserWebSocket | null, asked: 0 }),
  // One socket for all iterations of the user. It is closed with the user.
  async onStart(vu) {
    vu.state.socket = await vu.websocket("/chat", { timeout: "5s" });
    await vu.state.socket.ask({ join: "lobby" }, { name: "join" });
  },
  tasks: {
    // The round trip is an endpoint: "WS say".
    say: {
      weight: 3,
      async run(vu) {
        const id = vu.state.asked++;
        const answer = (message: { json<Value>(): Value }) => message.json<Reply>().id === id;
        await vu.state.socket?.ask({ say: "hello", id }, { name: "say", answer, timeout: "2s" });
      },
    },
    // Sends without an answer. The message is counted.
    async typing(vu) {
      vu.state.socket?.send({ typing: true });
    },
  },
});

export default defineTest({
  host: "http://127.0.0.1:8080",
  users: [member],
  load: closed({ users: 20, spawnRate: 20, duration: "10s" }),
  thresholds: {
    "response_time{name:connect /chat}": "p(95)<500",
    "response_time{name:say}": "p(95)<200",
    "failures{method:WS}": "rate<0.01",
    "websocket_closes{code:1006}": "count==0",
    messages_out: "rate>1",
  },
});
