import { formatClock } from "../../core/duration.ts";
import { count, milliseconds } from "../../report/numbers.ts";
import type { ExceptionReport, RunReport } from "../../report/page/model.ts";
import type { Result } from "../../report/result/result-schema.ts";
import { keyOf } from "../data/endpoint-key.ts";
import type { SelectedFigures } from "../selection/selected-figures.ts";
import { isByEndpoint } from "../selection/selection.ts";
import { Unkept } from "../selection/unkept.tsx";
import { FailureTable } from "../tables/failure-table.tsx";
import { TraceId } from "../tables/slowest-table.tsx";
import { usePage } from "./page-context.tsx";

interface FailureListsProps {
  readonly report: Pick<RunReport, "exceptions">;
  /** The failures of the selected part of the run. */
  readonly failures: Result["errors"];
  readonly figures: SelectedFigures;
}

/** The failures of the selected part of a run, some of the failed requests, and the exceptions of the test's code. */
export function FailureLists({ report, failures, figures }: FailureListsProps) {
  const { selection } = usePage();
  const { worker, error } = selection;
  if (worker === null && !isByEndpoint(selection)) return <Unkept what="Failures" />;
  if (worker !== null) {
    return (
      <>
        <Unkept what="Counts of failures" />
        <FailedRequests errors={failures} isOfOne />
        <ExceptionList exceptions={report.exceptions.filter((one) => isThrown(failures, one))} />
      </>
    );
  }
  return (
    <>
      <FailureTable errors={failures} requests={figures.subject?.requests ?? 0} />
      <FailedRequests errors={failures} />
      <ExceptionList exceptions={report.exceptions.filter(({ message }) => error === "" || message === error)} />
    </>
  );
}

function isThrown(failures: Result["errors"], { name, message }: RunReport["exceptions"][number]): boolean {
  return failures.some((one) => one.kind === "exception" && one.name === name && one.message === message);
}

type Failure = Result["errors"][number];
type Sample = NonNullable<Failure["samples"]>[number];

interface FailedRequestsProps {
  readonly errors: readonly Failure[];
  /** Whether the requests are those of one worker. Errors are not counted by worker. */
  readonly isOfOne?: boolean;
}

/** Some of the failed requests of each error: what was sent and received. Secrets are already masked. */
function FailedRequests({ errors, isOfOne = false }: FailedRequestsProps) {
  const shown = errors.filter(({ samples = [] }) => samples.length > 0);
  if (shown.length === 0) return null;
  return (
    <div class="below">
      <h3>Failed requests</h3>
      {shown.map((error) => (
        <details key={`${error.kind} ${keyOf(error)} ${error.message}`}>
          <summary>
            {!isOfOne && <span class="number">{count(error.count)} × </span>}
            {keyOf(error)}: {error.message}
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
  const { atMs, worker, user, durationMs, phasesMs, request, requestBody, response, responseBody, traceId } = sample;
  const phases = Object.entries(phasesMs ?? {}).filter(([, phaseMs]) => phaseMs > 0);
  return (
    <>
      <p class="muted">
        at <span class="number">{formatClock(atMs)}</span>, user {user} on worker {worker}, after{" "}
        {milliseconds(durationMs)} ms
        {phasesMs === null ? ", not sent" : ""}
        {phases.length > 0 && ` (${phases.map(([name, phaseMs]) => `${name} ${milliseconds(phaseMs)}`).join(", ")})`}
        {traceId !== undefined && (
          <>
            , trace <TraceId traceId={traceId} />
          </>
        )}
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

/** The exceptions that the code of the test threw, with their stacks. */
function ExceptionList({ exceptions }: { readonly exceptions: readonly ExceptionReport[] }) {
  if (exceptions.length === 0) return null;
  return (
    <>
      <h3>Exceptions of the test's code</h3>
      {exceptions.map(({ name, message, stack, count: times }) => (
        <details key={`${name} ${message}`}>
          <summary>
            <span class="number">{count(times)} ×</span> {name}: {message}
          </summary>
          {stack === "" ? <p class="muted">no stack</p> : <pre class="stack">{stack}</pre>}
        </details>
      ))}
    </>
  );
}
