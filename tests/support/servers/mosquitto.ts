import { writeFile } from "node:fs/promises";
import path from "node:path";
import { connectAsync } from "mqtt";
import { mosquittoProgram } from "../../../scripts/optional-tools.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import type { Cleanup } from "../test-process.ts";
import { unusedPort } from "../unused-port.ts";
import { ServerProcess } from "./server-process.ts";

/** The MQTT broker mosquitto, which publishes its counters once a second. */
export class Mosquitto {
  readonly url: string;
  readonly #process: ServerProcess;

  private constructor(process: ServerProcess) {
    this.#process = process;
    this.url = `mqtt://127.0.0.1:${process.port}`;
  }

  static async start(cleanup: Cleanup): Promise<Mosquitto> {
    const [folder, port] = [await temporaryFolder(cleanup), await unusedPort()];
    const file = path.join(folder, "mosquitto.conf");
    const root = process.getuid?.() === 0 ? "user root\n" : "";
    await writeFile(file, `listener ${port} 127.0.0.1\nallow_anonymous true\nsys_interval 1\n${root}`);
    return new Mosquitto(await ServerProcess.start(cleanup, port, [mosquittoProgram() ?? "mosquitto", "-c", file]));
  }

  /** A counter of the broker, such as "publish/messages/received", after its next update. */
  async counter(name: string): Promise<number> {
    const client = await connectAsync(this.url);
    const wanted = `$SYS/broker/${name}`;
    const uptime = "$SYS/broker/uptime";
    let count = 0;
    let updates = 0;
    try {
      return await new Promise<number>((resolve) => {
        client.on("message", (topic, value) => {
          if (topic === wanted) count = Number(value.toString());
          // The first one is retained. A counter is published with the uptime, or before it.
          else if (++updates > 2) resolve(count);
        });
        void client.subscribeAsync([wanted, uptime]);
      });
    } finally {
      await client.endAsync(true);
    }
  }

  crash(): Promise<void> {
    return this.#process.kill("SIGKILL");
  }

  restart(): Promise<void> {
    return this.#process.start();
  }
}
