import type { RunReport } from "../../report/model.ts";
import { count, percent } from "../../report/numbers.ts";
import { classRatios } from "../data/class-ratios.ts";
import { TableBox } from "../tables/table-box.tsx";

/** Who the users were and what they were to do, against who they were. */
export function Ratios({ report }: { readonly report: RunReport }) {
  const classes = classRatios(report);
  if (classes.length === 0) return <p class="muted">not known of this run</p>;
  return (
    <TableBox caption="User classes and their tasks">
      <thead>
        <tr>
          <th scope="col">class</th>
          <th scope="col" class="number">
            planned
          </th>
          <th scope="col" class="number">
            actual
          </th>
          <th scope="col" class="number">
            users at most
          </th>
          <th scope="col">its tasks, by share of its iterations</th>
        </tr>
      </thead>
      <tbody>
        {classes.map(({ scenario, name, planned, actual, peakUsers, tasks }) => (
          <tr key={`${scenario} ${name}`}>
            <td class="name">{scenario === "" ? name : `${scenario} / ${name}`}</td>
            <td class="number">{percent(planned)}</td>
            <td class="number">{actual === null ? "–" : percent(actual)}</td>
            <td class="number">{count(peakUsers)}</td>
            <td>
              <ul>
                {tasks.map((task) => (
                  <li key={task.name} class="share">
                    <span class="number">{percent(task.share)}</span> {task.name}
                    <span class="bar" style={{ width: `${task.share * 100}%` }} />
                  </li>
                ))}
              </ul>
            </td>
          </tr>
        ))}
      </tbody>
    </TableBox>
  );
}
