import { readFile } from "node:fs/promises";

/** Whether a process still runs. One that has ended but that nobody has waited for (a zombie) does not. */
export async function isRunning(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // An orphan stays a zombie where process 1 waits for nobody, as in many containers.
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return !/^\d+ \(.*\) Z/s.test(stat);
}
