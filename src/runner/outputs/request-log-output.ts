import { hideSecretsIn } from "../../core/redaction/known-secrets.ts";
import { phaseNames } from "../../core/request-phase.ts";
import type { RequestRow } from "../../protocol/request-rows.ts";
import { count, rounded } from "../../report/numbers.ts";
import type { OutputOptions } from "../run-options.ts";
import { LineOutput } from "./line-output.ts";
import { standardOutput } from "./output-file.ts";
import { printWritten } from "./output-files.ts";
import type { RunOutput, StartedRun } from "./run-output.ts";

const closeTimeoutMs = 5_000;

/** `--request-log`: writes one line of JSON for each request, to a file or to standard output. */
export class RequestLogOutput implements RunOutput {
  readonly name: string;
  readonly wantedRequests: NonNullable<RunOutput["wantedRequests"]>;
  readonly #path: string;
  readonly #options: OutputOptions;
  /** The open log; null before `begin`. */
  #file: LineOutput | null = null;
  #written = 0;
  #notWritten = 0;
  /** The time of the start of the load, in ms since 1970; null until it has begun. */
  #startedAtMs: number | null = null;
  #outcome: () => { readonly startedAt: Date | null } = () => ({ startedAt: null });

  constructor(path: string, options: OutputOptions) {
    this.name = `--request-log ${path}`;
    this.wantedRequests = { share: options.requestLogSample ?? 1, hasSampled: false };
    this.#path = path;
    this.#options = options;
  }

  /** Opens the log. A resumed run appends to the file. */
  begin({ definition, master }: StartedRun): void {
    this.#outcome = () => master.outcomeSoFar;
    this.#file = new LineOutput(this.#path, { appends: definition.restored !== null, mode: 0o600 });
  }

  async requests(worker: number, rows: readonly RequestRow[], leftOut: number): Promise<void> {
    const logged = rows.filter(({ isLogged }) => isLogged);
    this.#notWritten += leftOut;
    if (logged.length === 0) return;
    if (await this.#write(worker, logged)) this.#written += logged.length;
    else this.#notWritten += logged.length;
  }

  /** Returns a warning about the requests that are missing in the log. */
  async settle(): Promise<readonly string[]> {
    // The warning contains the reason of a failure.
    await this.#file?.end(closeTimeoutMs).catch(() => {});
    const missing = this.#missing;
    return missing === null ? [] : [missing];
  }

  finish(): void {
    if (this.#path !== standardOutput) printWritten([this.#path], this.#options);
  }

  close(): void {
    this.#file?.close();
  }

  get #missing(): string | null {
    if (this.#notWritten === 0) return null;
    const all = this.#written + this.#notWritten;
    const why = this.#file?.fault?.message ?? "they were more than the master takes";
    return `${this.name}: ${count(this.#notWritten)} of ${count(all)} requests were not written (${why})`;
  }

  /** Returns whether the lines were written. */
  async #write(worker: number, rows: readonly RequestRow[]): Promise<boolean> {
    const file = this.#file;
    if (file === null || file.fault !== null || file.isFull) return false;
    this.#startedAtMs ??= this.#outcome().startedAt?.getTime() ?? null;
    const startedAtMs = this.#startedAtMs;
    const text = rows
      .map((row) => `${JSON.stringify(hideSecretsIn(requestLine(row, worker, startedAtMs)))}\n`)
      .join("");
    return await file.write(text);
  }
}

/** Makes one line of the request log. Fields without a value are left out. */
function requestLine(row: RequestRow, worker: number, startedAtMs: number | null): Record<string, unknown> {
  const { atMs, user, scenario, className, group, method, name, url, status, failure, error } = row;
  const { serviceMs, responseMs, phasesMs, bytesIn, bytesOut, traceId, spanId, isSampled } = row;
  return {
    ...(startedAtMs === null ? {} : { time: new Date(startedAtMs + atMs).toISOString() }),
    atMs: rounded(atMs),
    worker,
    user,
    scenario,
    class: className,
    ...(group === "" ? {} : { group }),
    method,
    name,
    url,
    status,
    ...(failure === "" ? {} : { failure, error }),
    serviceMs: rounded(serviceMs),
    responseMs: rounded(responseMs),
    ...(phasesMs.length === 0 ? {} : { phasesMs: phasesOf(phasesMs) }),
    bytesIn,
    bytesOut,
    ...(traceId === "" ? {} : { traceId, spanId, sampled: isSampled }),
  };
}

function phasesOf(phasesMs: readonly number[]): Record<string, number> {
  return Object.fromEntries(phaseNames.map((phase, position) => [phase, rounded(phasesMs[position] ?? 0)]));
}
