import { count, milliseconds, millisecondsOf, percent, perSecondText } from "../../report/numbers.ts";
import { Card } from "../components/cards.tsx";
import type { CheckFigures, SelectedFigures } from "./selected-figures.ts";

/** The main figures of the selected part of a run. */
export function SelectedCards({ figures }: { readonly figures: SelectedFigures }) {
  const { subject, iterations, peakUsers, worker, userClass, group, check } = figures;
  if (worker !== null) return <WorkerCards worker={worker} />;
  if (userClass != null) return <ClassCards figures={figures} userClass={userClass} />;
  if (group != null) return <GroupCards group={group} />;
  if (check != null) return <CheckCards check={check} />;
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
      <FailedCard failures={failures} of={requests} />
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

function GroupCards({ group }: { readonly group: NonNullable<SelectedFigures["group"]> }) {
  const { count: times, failures, ratePerSecond, durationMs, activeTimeMs } = group;
  const time = (of: typeof durationMs, percentile: "50" | "95" | "99") =>
    millisecondsOf(of?.percentiles[percentile], times);
  return (
    <div class="cards">
      <Card value={perSecondText(ratePerSecond)} unit="groups/s" note={`${count(times)} ended`} />
      <FailedCard failures={failures} of={times} />
      <Card
        value={time(durationMs, "95")}
        unit="ms p95"
        note={
          durationMs === null
            ? "kept for the whole run only"
            : `p50 ${time(durationMs, "50")}, p99 ${time(durationMs, "99")}, max ${milliseconds(durationMs.max)}`
        }
      />
      <Card
        value={time(activeTimeMs, "95")}
        unit="ms active p95"
        note={activeTimeMs === null ? "kept for the whole run only" : "without pauses"}
      />
    </div>
  );
}

function CheckCards({ check: { passes, failures, perSecond } }: { readonly check: CheckFigures }) {
  const made = passes + failures;
  return (
    <div class="cards">
      <Card
        value={percent(made === 0 ? 0 : passes / made)}
        unit="passed"
        note={`${count(passes)} of ${count(made)}`}
        {...(failures > 0 ? { tone: "failed" as const } : {})}
      />
      <Card value={count(failures)} unit={failures === 1 ? "failure" : "failures"} note="of this check" />
      <Card value={perSecondText(perSecond)} unit="checks/s" note={`${count(made)} made`} />
    </div>
  );
}

function FailedCard({ failures, of }: { readonly failures: number; readonly of: number }) {
  return (
    <Card
      value={percent(of === 0 ? 0 : failures / of)}
      unit="failed"
      note={`${count(failures)} ${failures === 1 ? "failure" : "failures"}`}
      {...(failures > 0 ? { tone: "failed" as const } : {})}
    />
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
