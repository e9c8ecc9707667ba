import { figureChange, figureName, figureValue } from "../../report/comparison/comparison-cells.ts";
import {
  type Difference,
  type DrawnInterval,
  differencesOf,
  drawnIntervals,
  type ShownComparison,
} from "../data/comparison.ts";
import { keyOf } from "../data/endpoint-key.ts";
import { TableBox } from "../tables/table-box.tsx";

const looks = {
  worse: { tone: "failed", mark: "✗", word: "worse" },
  better: { tone: "passed", mark: "✓", word: "better" },
  same: { tone: "muted", mark: "=", word: "no change that matters" },
  unclear: { tone: "muted", mark: "~", word: "not certain" },
} as const;

/** The differences between two runs with their confidence intervals, the certain ones first. */
export function DifferenceList({ comparison }: { readonly comparison: ShownComparison }) {
  const { listed, more } = differencesOf(comparison);
  const drawn = drawnIntervals(listed);
  const isJudged = comparison.asked.isSame;
  return (
    <>
      <TableBox caption="Differences">
        <thead>
          <tr>
            <th scope="col">differences</th>
            <th scope="col">figure</th>
            <th scope="col" class="number">
              before
            </th>
            <th scope="col" class="number">
              after
            </th>
            <th scope="col" class="number">
              change
            </th>
            <th scope="col" class="interval">
              less · 99 % interval · more
            </th>
            <th scope="col">what is known</th>
          </tr>
        </thead>
        <tbody>
          {listed.map((difference, position) => (
            <Row key={`${keyOf(difference)} ${difference.figure}`} {...{ difference, isJudged }} at={drawn[position]} />
          ))}
        </tbody>
      </TableBox>
      {more > 0 && <p class="muted">and {more} more certain differences, which the table below has</p>}
    </>
  );
}

interface RowProps {
  readonly difference: Difference;
  readonly at: DrawnInterval | null | undefined;
  readonly isJudged: boolean;
}

function Row({ difference, at, isJudged }: RowProps) {
  const { method, figure, before, after, change, outcome } = difference;
  const { tone, mark, word } = looks[outcome];
  const shown = (value: number | null) => (value === null ? "–" : figureValue(figure, value));
  const unit = figure.startsWith("p") ? " ms" : "";
  return (
    <tr>
      <td class="name">{method === "" ? "all endpoints" : keyOf(difference)}</td>
      <td>
        {figureName(figure)}
        {unit}
      </td>
      <td class="number">{shown(before)}</td>
      <td class="number">{shown(after)}</td>
      <td class={`number ${isJudged ? tone : ""}`}>{change === null ? "–" : figureChange(figure, change)}</td>
      <td class="interval">{at && <IntervalPicture at={at} tone={tone} />}</td>
      <td>
        {isJudged ? (
          <>
            <span class={tone}>
              {mark} {word}
            </span>
            <span class="muted">{knownText(difference)}</span>
          </>
        ) : (
          <span class="muted">not judged</span>
        )}
      </td>
    </tr>
  );
}

/** ": +18 % to +24 %", or the reason why the difference is not known. */
function knownText({ figure, interval, outcome, because }: Difference): string {
  const span =
    interval === null ? null : `${figureChange(figure, interval.low)} to ${figureChange(figure, interval.high)}`;
  if (outcome !== "unclear") return span === null ? "" : `: ${span}`;
  return `: ${[because, span === null ? null : `it may be ${span}`].filter((text) => text !== null).join("; ")}`;
}

/** The interval as a bar, the change as a dot, and no change as a line. A bar that leaves the picture ends in an arrow. */
function IntervalPicture({ at, tone }: { readonly at: DrawnInterval; readonly tone: string }) {
  const x = (share: number) => 4 + share * 192;
  return (
    <svg class={`interval-picture ${tone}`} viewBox="0 0 200 16" aria-hidden="true">
      <line x1="100" x2="100" y1="0" y2="16" class="zero" />
      <line x1={x(at.low)} x2={x(at.high)} y1="8" y2="8" class="reach" />
      {at.isCutLow && <path d="M6 4 L1 8 L6 12" class="arrow" />}
      {at.isCutHigh && <path d="M194 4 L199 8 L194 12" class="arrow" />}
      <circle cx={x(at.change)} cy="8" r="4" />
    </svg>
  );
}
