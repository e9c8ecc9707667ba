import { formatClock } from "../../core/duration.ts";
import { count, milliseconds } from "../../report/numbers.ts";
import type { Result } from "../../report/result/result-schema.ts";
import { keyOf } from "../data/endpoint-key.ts";

type Failure = Result["errors"][number];
type Sample = NonNullable<Failure["samples"]>[number];

/** Some of the failed requests of each error: what was sent and received. Secrets are masked already. */
export function FailedRequests({ errors }: { readonly errors: readonly Failure[] }) {
  const shown = errors.filter(({ samples = [] }) => samples.length > 0);
  if (shown.length === 0) return null;
  return (
    <div class="below">
      <h3>Failed requests</h3>
      {shown.map((error) => (
        <details key={`${error.kind} ${keyOf(error)} ${error.message}`}>
          <summary>
            <span class="number">{count(error.count)} ×</span> {keyOf(error)}: {error.message}
          </summary>
          {(error.samples ?? []).map((sample) => (
            <SampleText key={`${sample.atMs} ${sample.worker} ${sample.user}`} sample={sample} />
          ))}
        </details>
      ))}
    </div>
  );
}

function SampleText({ sample }: { readonly sample: Sample }) {
  const { atMs, worker, user, durationMs, phasesMs, request, requestBody, response, responseBody } = sample;
  const phases = Object.entries(phasesMs ?? {}).filter(([, phaseMs]) => phaseMs > 0);
  return (
    <>
      <p class="muted">
        at <span class="number">{formatClock(atMs)}</span>, user {user} on worker {worker}, after{" "}
        {milliseconds(durationMs)} ms
        {phasesMs === null ? ", not sent" : ""}
        {phases.length > 0 && ` (${phases.map(([name, phaseMs]) => `${name} ${milliseconds(phaseMs)}`).join(", ")})`}
      </p>
      <pre class="stack message">
        {joined(request, requestBody)}
        {response === "" ? "\n\nno response" : `\n\n${joined(response, responseBody)}`}
      </pre>
    </>
  );
}

function joined(head: string, body: string): string {
  return body === "" ? head : `${head}\n\n${body}`;
}
