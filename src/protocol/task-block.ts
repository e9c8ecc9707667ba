import type { ClassTasks } from "../stats/interval-report.ts";
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./bytes.ts";

/*
 * How often the tasks of one class were executed, in a frame.
 *
 *   tasks  scenario className task*
 *   task   name executions
 */
export function writeTasks(writer: ByteWriter, { scenario, className, tasks }: ClassTasks): void {
  writer.text(scenario);
  writer.text(className);
  writer.varint(tasks.length);
  for (const { name, executions } of tasks) {
    writer.text(name);
    writer.varint(executions);
  }
}

export function readTasks(reader: ByteReader): ClassTasks {
  return {
    scenario: reader.text(),
    className: reader.text(),
    tasks: reader.list(() => ({ name: reader.text(), executions: reader.varint() })),
  };
}
