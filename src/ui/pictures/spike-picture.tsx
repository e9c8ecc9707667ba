import { formatClock } from "../../core/duration.ts";
import { milliseconds } from "../../report/numbers.ts";
import type { RunReport } from "../../report/page/model.ts";
import { AnswerFigures } from "./answer-figures.tsx";
import { BoundLine, Path, Plane, rowHeight, xOf, yOf } from "./plane.tsx";
import { type AxisScale, positiveScale, timeScale } from "./scale.ts";
import { type SpikeMarks, type SpikeSpan, spikeMarks } from "./spike-marks.ts";

const height = 200;

/** Each spike of a run: its base, peak, absorption and recovery as periods over the response time. */
export function SpikePictures({ report }: { readonly report: Pick<RunReport, "result" | "windows"> }) {
  const pictures = spikeMarks(report);
  return (
    <>
      {pictures.map((marks, position) => (
        <SpikePicture key={marks.fromMs} marks={marks} name={pictures.length > 1 ? `Spike ${position + 1}` : "Spike"} />
      ))}
    </>
  );
}

function SpikePicture({ marks, name }: { readonly marks: SpikeMarks; readonly name: string }) {
  const { fromMs, toMs, p95, baseline, limits, spans, figures } = marks;
  const x = timeScale(fromMs, toMs);
  const measured = p95.flatMap(([, value]) => (value === null ? [] : [value]));
  const most = Math.max(baseline?.recoveredP95Ms ?? 0, ...measured);
  const inSight = limits.filter(({ bound }) => bound <= 3 * most);
  const base = baseline === null ? [] : [baseline.p95Ms, baseline.recoveredP95Ms];
  const y = positiveScale([...measured, ...base, ...inSight.map(({ bound }) => bound)]);
  const load = spans.find((span) => span.name === "peak");
  return (
    <>
      <AnswerFigures figures={figures} />
      <Plane
        title={`${name}: p95 of all requests, ms`}
        summary={spans.map(({ label }) => label).join("; ")}
        {...{ x, y, height }}
        rows={spans.length}
        xText={formatClock}
        yText={(value) => milliseconds(value).replace(/\.0+$/, "")}
      >
        {load !== undefined && (
          <rect
            class="spike-load"
            x={xOf(x, load.fromMs)}
            width={`${(x.share(load.toMs) - x.share(load.fromMs)) * 100}%`}
            y={-spans.length * rowHeight}
            height={height + spans.length * rowHeight}
          />
        )}
        {inSight.map(({ bound, label }) => (
          <BoundLine key={label} {...{ y, bound, label, height }} />
        ))}
        {baseline !== null && (
          <g class="marked muted">
            <line
              x1="0"
              x2="100%"
              y1={yOf(y, baseline.recoveredP95Ms, height)}
              y2={yOf(y, baseline.recoveredP95Ms, height)}
            />
            <text x="4" y={yOf(y, baseline.recoveredP95Ms, height) - 4}>
              {`recovered at or below ${milliseconds(baseline.recoveredP95Ms)}`}
            </text>
          </g>
        )}
        <Path {...{ x, y, height }} points={p95} class="measured" />
        {spans.map((span, row) => (
          <SpanBar key={span.name} {...{ span, x }} y={(row - spans.length) * rowHeight} />
        ))}
      </Plane>
    </>
  );
}

/** A period as a bar, with its text above. */
function SpanBar({ span, x, y }: { readonly span: SpikeSpan; readonly x: AxisScale; readonly y: number }) {
  const [from, to] = [x.share(span.fromMs), x.share(span.toMs)];
  const isRight = from > 0.5;
  return (
    <g class={`span ${span.tone}`}>
      <text x={`${(isRight ? to : from) * 100}%`} y={y + 11} text-anchor={isRight ? "end" : "start"}>
        {span.label}
      </text>
      <svg
        aria-hidden="true"
        x={`${from * 100}%`}
        y={y + 13}
        width={`${(to - from) * 100}%`}
        height="3"
        overflow="visible"
      >
        <rect class="filled" width="100%" height="3" />
        <rect class="filled" x="-1" width="2" height="6" y="-3" />
      </svg>
    </g>
  );
}
