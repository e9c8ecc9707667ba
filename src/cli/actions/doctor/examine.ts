import { exitCodes } from "../../../core/errors.ts";
import { type Style, styleFor } from "../../../report/text/style.ts";
import { processEnd } from "../../../runner/process/process-end.ts";
import { stdout } from "../../../runner/process/standard-streams.ts";
import type { Finding } from "./finding.ts";
import { cores, localPorts, memory, nodeVersion, openFiles, timers } from "./machine-checks.ts";
import { checkPort, service } from "./network-checks.ts";
import { store } from "./store-check.ts";

export interface DoctorOptions {
  readonly host?: string;
  readonly dataDir: string;
  readonly masterBindPort: number;
  readonly webPort: number;
}

/** `muster doctor`: checks all requirements of a run, prints a line about each, and sets the exit code. */
export async function examine({ host, dataDir, masterBindPort, webPort }: DoctorOptions): Promise<void> {
  const findings = [
    nodeVersion(),
    cores(),
    memory(),
    openFiles(),
    localPorts(),
    await timers(),
    store(dataDir),
    await checkPort(masterBindPort, "a master"),
    await checkPort(webPort, "the web page"),
    ...(host === undefined ? [] : await service(host)),
  ].filter((finding) => finding !== null);
  const style = styleFor(stdout, process.env);
  stdout.write(`${findings.map((finding) => lineOf(finding, style)).join("\n")}\n`);
  if (findings.some(({ level }) => level === "bad")) processEnd.exitCode = exitCodes.badConfiguration;
}

function lineOf({ level, what, found, advice }: Finding, style: Style): string {
  const mark = { good: style.passed("✓"), doubtful: style.invalid("!"), bad: style.failed("✗") }[level];
  return `${mark} ${what}: ${found}${advice === null ? "" : `\n    ${advice}`}`;
}
