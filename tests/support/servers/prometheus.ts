import { writeFile } from "node:fs/promises";
import path from "node:path";
import { prometheusProgram } from "../../../scripts/optional-tools.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import type { Cleanup } from "../test-process.ts";
import { unusedPort } from "../unused-port.ts";
import { ServerProcess } from "./server-process.ts";

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [atSeconds: number, value: string];
}

/** A Prometheus that scrapes one target each second, and takes remote writes. */
export class Prometheus {
  readonly url: string;

  private constructor(port: number) {
    this.url = `http://127.0.0.1:${port}`;
  }

  /** @param target where to scrape, "127.0.0.1:9464" */
  static async start(cleanup: Cleanup, target: string): Promise<Prometheus> {
    const [folder, port] = [await temporaryFolder(cleanup), await unusedPort()];
    const file = path.join(folder, "prometheus.yml");
    const job = { job_name: "muster", static_configs: [{ targets: [target] }] };
    // YAML holds JSON.
    await writeFile(file, JSON.stringify({ global: { scrape_interval: "1s" }, scrape_configs: [job] }));
    const words = [
      `--config.file=${file}`,
      `--storage.tsdb.path=${path.join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--web.enable-remote-write-receiver",
    ];
    await ServerProcess.start(cleanup, port, [prometheusProgram() ?? "prometheus", ...words]);
    return new Prometheus(port);
  }

  get remoteWriteUrl(): string {
    return `${this.url}/api/v1/write`;
  }

  /** The result of an instant query. @param atMs by default now. @throws Error if it is not valid */
  async query(expression: string, atMs = Date.now()): Promise<readonly Series[]> {
    const parameters = new URLSearchParams({ query: expression, time: String(atMs / 1_000) });
    const response = await fetch(`${this.url}/api/v1/query?${parameters}`);
    const { status, data, error } = (await response.json()) as {
      readonly status: string;
      readonly data: { readonly result: readonly Series[] };
      readonly error?: string;
    };
    if (status !== "success") throw new Error(`${expression}: ${error}`);
    return data.result;
  }

  /** The only value of an instant query; null without any. @throws Error if there are several */
  async value(expression: string): Promise<number | null> {
    const series = await this.query(expression);
    const [only] = series;
    if (series.length > 1) throw new Error(`${expression} has ${series.length} series`);
    return only === undefined ? null : Number(only.value[1]);
  }
}
