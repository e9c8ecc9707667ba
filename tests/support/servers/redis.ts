import { Redis } from "ioredis";
import { temporaryFolder } from "../temporary-folder.ts";
import type { Cleanup } from "../test-process.ts";
import { unusedPort } from "../unused-port.ts";
import { ServerProcess } from "./server-process.ts";

/** A Redis server that writes each command to its disk before it answers. */
export class RedisServer {
  readonly url: string;
  readonly #process: ServerProcess;

  private constructor(process: ServerProcess) {
    this.#process = process;
    this.url = `redis://127.0.0.1:${process.port}`;
  }

  static async start(cleanup: Cleanup): Promise<RedisServer> {
    const [folder, port] = [await temporaryFolder(cleanup), await unusedPort()];
    const durable = ["--save", "", "--appendonly", "yes", "--appendfsync", "always"];
    const words = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, ...durable];
    return new RedisServer(await ServerProcess.start(cleanup, port, ["redis-server", ...words]));
  }

  /** How often the server has executed this command since its start. */
  async calls(command: string): Promise<number> {
    return Number(
      new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(await this.#with((one) => one.info("commandstats")))?.[1] ?? 0,
    );
  }

  async get(key: string): Promise<number> {
    return Number(await this.#with((one) => one.get(key)));
  }

  crash(): Promise<void> {
    return this.#process.kill("SIGKILL");
  }

  restart(): Promise<void> {
    return this.#process.start();
  }

  async #with<Value>(use: (client: Redis) => Promise<Value>): Promise<Value> {
    const client = new Redis(this.url);
    try {
      return await use(client);
    } finally {
      client.disconnect();
    }
  }
}
