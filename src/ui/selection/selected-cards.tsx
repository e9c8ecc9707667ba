import { count, milliseconds, millisecondsOf, percent, perSecondText } from "../../report/numbers.ts";
import { Card } from "../components/cards.tsx";
import type { SelectedFigures } from "./selected-figures.ts";

/** The main figures of the selected part of a run. */
export function SelectedCards({ figures }: { readonly figures: SelectedFigures }) {
  const { subject, iterations, peakUsers, worker, userClass } = figures;
  if (worker !== null) return <WorkerCards worker={worker} />;
  if (userClass != null) return <ClassCards figures={figures} userClass={userClass} />;
  if (subject === null) return null;
  return (
    <div class="cards">
      <RequestCards subject={subject} />
      <UserCard peakUsers={peakUsers} note={`${count(iterations)} iterations of all endpoints`} />
    </div>
  );
}

function RequestCards({ subject }: { readonly subject: NonNullable<SelectedFigures["subject"]> }) {
  const { requests, failures, requestsPerSecond, responseTimeMs } = subject;
  const time = (percentile: "50" | "95" | "99") => millisecondsOf(responseTimeMs?.percentiles[percentile], requests);
  return (
    <>
      <Card value={perSecondText(requestsPerSecond)} unit="req/s" note={`${count(requests)} requests`} />
      <Card
        value={percent(requests === 0 ? 0 : failures / requests)}
        unit="failed"
        note={`${count(failures)} ${failures === 1 ? "failure" : "failures"}`}
        {...(failures > 0 ? { tone: "failed" as const } : {})}
      />
      <Card
        value={time("95")}
        unit="ms p95"
        note={
          responseTimeMs === null
            ? "kept for the whole run only"
            : requests === 0
              ? "no requests"
              : `p50 ${time("50")}, p99 ${time("99")}, max ${milliseconds(responseTimeMs.max)}`
        }
      />
    </>
  );
}

function UserCard({ peakUsers, note }: { readonly peakUsers: number; readonly note: string }) {
  return <Card value={count(peakUsers)} unit={peakUsers === 1 ? "peak user" : "peak users"} note={note} />;
}

interface ClassCardsProps {
  readonly figures: SelectedFigures;
  readonly userClass: NonNullable<SelectedFigures["userClass"]>;
}

function ClassCards({ figures: { peakUsers, subject }, userClass }: ClassCardsProps) {
  const { executions, executionsPerSecond } = userClass;
  return (
    <div class="cards">
      <UserCard peakUsers={peakUsers} note="of this class" />
      <Card value={perSecondText(executionsPerSecond)} unit="iterations/s" note={`${count(executions)} begun`} />
      {subject !== null && <RequestCards subject={subject} />}
    </div>
  );
}

function WorkerCards({ worker }: Pick<SelectedFigures, "worker">) {
  if (worker == null) return null;
  const { requests, requestsPerSecond, cpu, utilisation, loopDelayP99Ms } = worker;
  return (
    <div class="cards">
      <Card value={perSecondText(requestsPerSecond)} unit="req/s" note={`${count(requests)} requests`} />
      <Card
        value={cpu === null ? "–" : percent(cpu.mean)}
        unit="CPU"
        note={cpu === null ? "not measured" : `at most ${percent(cpu.max)}`}
      />
      <Card
        value={utilisation === null ? "–" : percent(utilisation.mean)}
        unit="loop utilisation"
        note={utilisation === null ? "not measured" : `at most ${percent(utilisation.max)}`}
      />
      <Card
        value={loopDelayP99Ms === null ? "–" : milliseconds(loopDelayP99Ms)}
        unit="ms loop delay"
        note="p99 of the worst second"
      />
    </div>
  );
}
