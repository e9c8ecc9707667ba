import assert from "node:assert/strict";
import { connectAsync } from "mqtt";
import { mosquittoProgram } from "../../../scripts/optional-tools.ts";
import { deepTest } from "../../support/depth.ts";
import { completedRun } from "../../support/muster-process.ts";
import { Mosquitto } from "../../support/servers/mosquitto.ts";
import { countsOf, example, kindsOf, runWithOutage } from "./client-runs.ts";

const options = { skip: mosquittoProgram() !== null ? false : "mosquitto is not installed" };
const published = "publish/messages/received";

deepTest(
  "mosquitto has received what two workers measured, from a connection of each user",
  async (t) => {
    const broker = await Mosquitto.start(t);
    const words = [example("mqtt"), "--users=8", "--spawn-rate=100", "--run-time=2s", "--workers=2"];
    const { result } = await completedRun(t, words, { MQTT_URL: broker.url });
    const { requests, failures } = countsOf(result);
    assert.deepEqual(failures, {}, JSON.stringify(result.errors));
    assert.deepEqual([requests.connect, requests.subscribe], [8, 8]);
    assert.equal((requests["publish temperature"] ?? 0) + (requests.command ?? 0), await broker.counter(published));
  },
  options,
);

deepTest(
  "mosquitto crashes in mid-run: messages time out, clients connect again, and the run ends",
  async (t) => {
    const broker = await Mosquitto.start(t);
    let seen = 0;
    const observer = await connectAsync(broker.url, { reconnectPeriod: 50 });
    t.after(() => observer.endAsync(true));
    observer.on("error", () => {}).on("message", () => seen++);
    await observer.subscribeAsync("devices/#");
    const server = {
      crash: () => broker.crash(),
      restart: () => {
        seen = 0;
        return broker.restart();
      },
    };
    const result = await runWithOutage(t, "mqtt", { MQTT_URL: broker.url }, server, () => Promise.resolve(seen));
    assert.deepEqual(kindsOf(result), ["timeout"]);
  },
  options,
);
