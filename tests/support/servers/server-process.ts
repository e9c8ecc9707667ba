import { type ChildProcess, spawn } from "node:child_process";
import { connect } from "node:net";
import type { Cleanup } from "../test-process.ts";
import { waitUntil } from "../wait-until.ts";

/** Who the process is; by default who runs the tests. Some servers refuse to run as root. */
export interface ProcessOwner {
  readonly uid?: number;
  readonly gid?: number;
}

/** A server of another project, such as a database, on a port of its own. It can be killed and started again; it ends with the test. */
export class ServerProcess {
  readonly port: number;
  readonly #command: readonly string[];
  readonly #owner: ProcessOwner;
  #child: ChildProcess | null = null;
  #said = "";

  private constructor(port: number, command: readonly string[], owner: ProcessOwner) {
    this.port = port;
    this.#command = command;
    this.#owner = owner;
  }

  static async start(
    cleanup: Cleanup,
    port: number,
    command: readonly string[],
    owner: ProcessOwner = {},
  ): Promise<ServerProcess> {
    const server = new ServerProcess(port, command, owner);
    cleanup.after(() => server.kill("SIGKILL"));
    await server.start();
    return server;
  }

  /** Starts it, and waits until it accepts connections. */
  async start(): Promise<void> {
    const [program = "", ...words] = this.#command;
    const child = spawn(program, words, { stdio: ["ignore", "pipe", "pipe"], cwd: "/", ...this.#owner });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.#said += text;
      });
    }
    this.#child = child;
    child.once("error", (error) => {
      this.#said += error.message;
    });
    child.once("close", () => {
      if (this.#child === child) this.#child = null;
    });
    await waitUntil(program, async () => {
      if (this.#child === null) throw new Error(`${program} ended: ${this.#said}`);
      return await accepts(this.port);
    });
  }

  /** Ends it by a signal, and waits for its end. */
  async kill(signal: NodeJS.Signals): Promise<void> {
    this.#child?.kill(signal);
    await waitUntil(`the end of ${this.#command[0]}`, () => this.#child === null);
  }
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  return await new Promise<boolean>((resolve) => {
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
  }).finally(() => socket.destroy());
}
