import type { Result } from "../../report/result/result-schema.ts";
import type { Window } from "../../stats/windows.ts";
import type { MetricFamily } from "../metrics/metric-family.ts";
import type { PrometheusEndpoint, ScrapedRun } from "../metrics/prometheus-endpoint.ts";
import { familiesOf } from "../metrics/run-families.ts";
import type { ReportSource, RunOutput, StartedRun } from "./run-output.ts";

/** `--prometheus`: serves the metrics of the run at the endpoint of this process, also after its end. */
export class PrometheusOutput implements RunOutput, ScrapedRun {
  readonly name = "--prometheus";
  readonly #endpoint: PrometheusEndpoint;
  #run: StartedRun | null = null;
  #usersByClass: ReadonlyMap<string, number> = new Map();
  #result: Result | null = null;

  constructor(endpoint: PrometheusEndpoint) {
    this.#endpoint = endpoint;
  }

  get runId(): string {
    return this.#run?.definition.runId ?? "";
  }

  get isFinal(): boolean {
    return this.#result !== null;
  }

  families(): readonly MetricFamily[] {
    if (this.#run === null) return [];
    const { definition, master } = this.#run;
    return familiesOf({ definition, master, usersByClass: this.#usersByClass, result: this.#result });
  }

  begin(run: StartedRun): void {
    this.#run = run;
    this.#endpoint.serve(this);
  }

  window({ users }: Window): void {
    this.#usersByClass = users.byClass;
  }

  finish({ result }: ReportSource): void {
    this.#result = result;
  }
}
