import { connectAsync, type MqttClient } from "mqtt";
import { between, closed, defineTest, defineUser, env } from "muster-load";

const url = env("MQTT_URL", "mqtt://127.0.0.1:1883");

// A connection for each user, as for a device. While it has no connection, the client keeps messages and sends them later: the time
// limit of the measures makes that a failure.
const device = defineUser({
  name: "Device",
  pause: between("20ms", "60ms"),
  state: () => ({ client: null as MqttClient | null }),
  async onStart(vu) {
    // The user tries again by itself: a client that could not connect is to give up.
    const client = await vu.measure("connect", () => connectAsync(url, { reconnectPeriod: 200 }, false), {
      kind: "MQTT",
    });
    client.on("error", () => {});
    vu.state.client = client;
    await vu.measure("subscribe", () => client.subscribeAsync(`devices/${vu.index}/commands`, { qos: 1 }), {
      kind: "MQTT",
    });
  },
  tasks: {
    async report(vu) {
      const { client } = vu.state;
      if (client === null) return;
      const message = JSON.stringify({ temperature: 20 + vu.random() });
      // Quality of service 1: it is done when the broker has confirmed the message.
      await vu.measure(
        "publish temperature",
        async (call) => {
          await client.publishAsync(`devices/${vu.index}/temperature`, message, { qos: 1 });
          call.bytesOut += message.length;
        },
        { kind: "MQTT", timeout: "1s" },
      );
    },
    // From the publisher to the broker and to a subscriber, which is the same client here.
    async "round trip"(vu) {
      const { client } = vu.state;
      if (client === null) return;
      const topic = `devices/${vu.index}/commands`;
      await vu.measure(
        "command",
        async ({ signal }) => {
          const arrived = messageOn(client, topic, signal);
          await Promise.all([client.publishAsync(topic, "restart", { qos: 1 }), arrived]);
        },
        { kind: "MQTT", timeout: "1s" },
      );
    },
  },
  onStop: (vu) => vu.state.client?.endAsync(true),
});

/** Waits for the next message. The listener is removed however the wait ends. */
async function messageOn(client: MqttClient, wanted: string, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onMessage = (topic: string) => {
    if (topic === wanted) resolve();
  };
  const onAbort = () => reject(signal.reason);
  client.on("message", onMessage);
  signal.addEventListener("abort", onAbort);
  try {
    await promise;
  } finally {
    client.off("message", onMessage);
    signal.removeEventListener("abort", onAbort);
  }
}

export default defineTest({
  // Only vu.http uses it.
  host: "http://127.0.0.1",
  users: [device],
  load: closed({ users: 20, spawnRate: 20, duration: "30s" }),
  targets: { errorRate: "1%" },
  thresholds: { "response_time{name:publish temperature}": "p(95)<50", "response_time{name:command}": "p(95)<100" },
});
