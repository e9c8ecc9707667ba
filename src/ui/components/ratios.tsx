import { count, percent } from "../../report/numbers.ts";
import type { RunReport } from "../../report/page/model.ts";
import { type ClassRatio, classRatios, type TaskRatio } from "../data/class-ratios.ts";
import { PartButton } from "../selection/part-button.tsx";
import { TableBox } from "../tables/table-box.tsx";
import { usePage } from "./page-context.tsx";

/** The planned and actual shares of the user classes and their tasks. */
export function Ratios({ report }: { readonly report: RunReport }) {
  const classes = classRatios(report);
  if (classes.length === 0) return <p class="muted">this run has no record of its user classes</p>;
  return (
    <>
      <TableBox caption="User classes and their tasks">
        <thead>
          <tr>
            <th scope="col">class and its tasks</th>
            <NumberHead title="planned" />
            <NumberHead title="actual" />
            <th scope="col" aria-label="planned and actual as bars" />
            <NumberHead title="peak users" />
            <NumberHead title="executions" />
          </tr>
        </thead>
        {classes.map((one) => (
          <ClassBody key={`${one.scenario} ${one.name}`} ratio={one} />
        ))}
      </TableBox>
      <p class="muted below">
        The share of a class refers to the users of its scenario, the share of a task to the executions of its class. An
        execution counts when it starts, even if it fails. Tasks are counted for the whole run only: a class can be
        selected, a task cannot.
      </p>
    </>
  );
}

function NumberHead({ title }: { readonly title: string }) {
  return (
    <th scope="col" class="number">
      {title}
    </th>
  );
}

function ClassBody({ ratio }: { readonly ratio: ClassRatio }) {
  const { scenario, name, peakUsers, executions, tasks } = ratio;
  const isChosen = usePage().selection.userClass === name;
  return (
    <tbody>
      <tr class={`class-row ${isChosen ? "chosen" : ""}`.trim()}>
        <th scope="rowgroup" class="name">
          <PartButton change={{ kind: "class", userClass: name }}>
            {scenario === "" ? name : `${scenario} / ${name}`}
          </PartButton>
        </th>
        <Shares {...ratio} />
        <td class="number">{count(peakUsers)}</td>
        <td class="number">{executions === null ? "–" : count(executions)}</td>
      </tr>
      {tasks.map((task) => (
        <tr key={task.name}>
          <th scope="row" class="name task">
            {task.name}
          </th>
          <Shares {...task} />
          <td />
          <td class="number">{task.executions === null ? "–" : count(task.executions)}</td>
        </tr>
      ))}
    </tbody>
  );
}

/** A planned and an actual share as figures and as two bars. The upper bar is the planned share. */
function Shares({ planned, actual }: Pick<TaskRatio, "planned" | "actual">) {
  return (
    <>
      <td class="number">{percent(planned)}</td>
      <td class="number">{actual === null ? "–" : percent(actual)}</td>
      <td class="share" aria-hidden="true">
        <span class="bar planned" style={{ width: `${planned * 100}%` }} />
        <span class="bar" style={{ width: `${(actual ?? 0) * 100}%` }} />
      </td>
    </>
  );
}
