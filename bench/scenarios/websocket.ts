import { closed, constant, defineTest, defineUser, pacing, type UserWebSocket } from "muster-load";

const load = closed({ users: 5_000, spawnRate: 500, duration: "10m" });

/** Many users with an open WebSocket each, who wait, or ask once a second. */
const member = defineUser({
  name: "Member",
  state: () => ({ socket: null as UserWebSocket | null }),
  onStart: async (vu) => {
    vu.state.socket = await vu.websocket("/echo");
  },
  tasks: { ask: (vu) => vu.state.socket?.ask('{"id":7,"text":"how are you?"}', { name: "ask" }) },
});

export default defineTest({
  users: [member],
  profiles: {
    // The first iteration of a user asks, too.
    idle: { load, pause: constant("1h") },
    "once-a-second": { load, pause: pacing("1s") },
  },
});
