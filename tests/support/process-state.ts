import { readFile } from "node:fs/promises";

/** Whether a process still runs. A zombie, which has ended but was not waited for, does not. */
export async function isRunning(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // An orphan stays a zombie if process 1 waits for no children, as in many containers.
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return !/^\d+ \(.*\) Z/s.test(stat);
}
