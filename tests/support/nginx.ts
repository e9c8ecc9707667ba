import { spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import path from "node:path";
import type { Cleanup } from "./test-process.ts";
import { unusedPort } from "./unused-port.ts";
import { waitUntil } from "./wait-until.ts";

/** A running nginx with one server, which ends with the test. */
export class Nginx {
  readonly port: number;
  readonly #folder: string;

  private constructor(port: number, folder: string) {
    this.port = port;
    this.#folder = folder;
  }

  /**
   * @param folder an empty folder, for the files of nginx
   * @param logFormat what it logs of each request, such as "$uri"
   * @param server the directives of the server beside `listen`; PORT stands for its port
   */
  static async start(
    cleanup: Cleanup,
    folder: string,
    {
      listen = "",
      logFormat,
      server,
    }: { readonly listen?: string; readonly logFormat: string; readonly server: string },
  ): Promise<Nginx> {
    const port = await unusedPort();
    const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${name};`);
    const configuration = `daemon off; worker_processes 1; pid nginx.pid; error_log stderr notice;
${process.getuid?.() === 0 ? "user root;" : ""}
events { worker_connections 1024; }
http {
  ${paths.join(" ")}
  log_format seen '${logFormat}';
  access_log access.log seen;
  keepalive_requests 1000000;
  server {
    listen 127.0.0.1:${port} ${listen};
    ${server.replaceAll("PORT", String(port))}
  }
}
`;
    await writeFile(path.join(folder, "nginx.conf"), configuration);
    const child = spawn("nginx", ["-p", folder, "-c", "nginx.conf", "-e", "stderr"], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    let hasEnded = false;
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    child.once("close", () => {
      hasEnded = true;
    });
    cleanup.after(async () => {
      child.kill("SIGTERM");
      await waitUntil("the end of nginx", () => hasEnded);
    });
    await waitUntil("nginx", async () => {
      if (hasEnded) throw new Error(`nginx ended: ${said}`);
      return await accepts(port);
    });
    return new Nginx(port, folder);
  }

  /** The log lines of the requests, in the order in which they ended. */
  async log(): Promise<string[]> {
    return (await readFile(path.join(this.#folder, "access.log"), "utf8")).split("\n").slice(0, -1);
  }
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  return (await new Promise((resolve) => {
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
  }).finally(() => socket.destroy())) as boolean;
}
