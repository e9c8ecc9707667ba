import { readFileSync } from "node:fs";
import { basename } from "node:path";

/** The bit of SIGHUP, signal 1, in the masks of /proc. */
const hangUpBit = 1n;
/** O_WRONLY of the access mode in the flags of a descriptor. */
const accessMode = 0o3;
const writeOnly = 0o1;

/**
 * Whether this process was started with SIGHUP ignored, as `nohup` does and as a shell after `trap '' HUP`. A Unix program
 * inherits that. Node.js does not: it restores the default of every signal before it runs any code, so that the mask of this
 * process does not show it. Three traces remain:
 *
 * - shells name the command that they start in `_`, and `nohup` leaves that as it is;
 * - on a terminal, `nohup` replaces standard input by one that cannot be read;
 * - a shell that ignores the signal, and still runs, shows this in its own mask.
 */
export function ignoresHangUp(environment: NodeJS.ProcessEnv = process.env, processes = "/proc"): boolean {
  if (basename(environment._ ?? "") === "nohup") return true;
  return isUnreadable(`${processes}/self/fdinfo/0`) || isIgnoredBy(`${processes}/${process.ppid}/status`);
}

function isUnreadable(file: string): boolean {
  const flags = /^flags:\s*([0-7]+)$/m.exec(textOf(file))?.[1];
  return flags !== undefined && (Number.parseInt(flags, 8) & accessMode) === writeOnly;
}

function isIgnoredBy(file: string): boolean {
  const mask = /^SigIgn:\s*([0-9a-f]+)$/m.exec(textOf(file))?.[1];
  return mask !== undefined && (BigInt(`0x${mask}`) & hangUpBit) !== 0n;
}

/** Returns the text of a file; "" if the system has no such file. */
function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
