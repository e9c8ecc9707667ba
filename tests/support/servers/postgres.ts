import { execFile } from "node:child_process";
import { chown } from "node:fs/promises";
import { userInfo } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { postgresPrograms } from "../../../scripts/optional-tools.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import type { Cleanup } from "../test-process.ts";
import { unusedPort } from "../unused-port.ts";
import { patienceMs, waitUntil } from "../wait-until.ts";
import { type ProcessOwner, ServerProcess } from "./server-process.ts";

const execute = promisify(execFile);

/** A PostgreSQL server with an empty database, which counts the calls of each statement (pg_stat_statements). */
export class Postgres {
  readonly url: string;
  readonly #process: ServerProcess;

  private constructor(process: ServerProcess) {
    this.#process = process;
    this.url = `postgres://tester@127.0.0.1:${process.port}/postgres`;
  }

  static async start(cleanup: Cleanup): Promise<Postgres> {
    const [folder, port, owner] = [await temporaryFolder(cleanup), await unusedPort(), await unprivileged()];
    const programs = postgresPrograms();
    if (programs === null) throw new Error("PostgreSQL is not installed");
    const [data, { uid, gid }] = [path.join(folder, "data"), owner];
    if (uid !== undefined && gid !== undefined) await chown(folder, uid, gid);
    const initial = ["-D", data, "-U", "tester", "-A", "trust", "--no-sync", "--locale=C", "--encoding=UTF8"];
    await execute(path.join(programs, "initdb"), initial, { cwd: "/", timeout: patienceMs, ...owner });
    const settings = [
      ...["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "max_connections=60"],
      "shared_preload_libraries=pg_stat_statements",
    ];
    const words = ["-D", data, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])];
    const server = new Postgres(
      await ServerProcess.start(cleanup, port, [path.join(programs, "postgres"), ...words], owner),
    );
    await server.query("create extension pg_stat_statements");
    return server;
  }

  /** Runs one statement on a connection of its own, as soon as the server takes it. */
  async query(text: string): Promise<Record<string, unknown>[]> {
    return await waitUntil(text, async () => {
      const client = new pg.Client({ connectionString: this.url });
      try {
        await client.connect();
      } catch (error) {
        // It is starting up.
        if ((error as { code?: string }).code === "57P03") return null;
        throw error;
      }
      try {
        return (await client.query(text)).rows as Record<string, unknown>[];
      } finally {
        await client.end();
      }
    });
  }

  /** How often the server has executed statements that begin so. */
  async calls(beginning: string): Promise<number> {
    const [row] = await this.query(
      `select coalesce(sum(calls), 0)::int as calls from pg_stat_statements where query like '${beginning}%'`,
    );
    return Number(row?.calls);
  }

  /** Ends it without a shutdown, as a crash does. What was committed is kept. */
  crash(): Promise<void> {
    return this.#process.kill("SIGQUIT");
  }

  restart(): Promise<void> {
    return this.#process.start();
  }
}

/** PostgreSQL refuses to run as root. */
async function unprivileged(): Promise<ProcessOwner> {
  if (userInfo().uid !== 0) return {};
  const id = async (flag: string) => Number((await execute("id", [flag, "postgres"])).stdout);
  return { uid: await id("-u"), gid: await id("-g") };
}
