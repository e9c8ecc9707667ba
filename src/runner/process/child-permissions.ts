import { lstatSync, mkdirSync } from "node:fs";
import { getCompileCacheDir } from "node:module";
import { devNull, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { TestPermissions } from "../../scenario/definition/define.ts";

/** With the warnings that some of the flags are new, or are to be used with care. */
const always = [
  "--permission",
  "--allow-fs-read=*",
  "--allow-net",
  // For the connection to the master. Node.js restricts threads as it does the process.
  "--allow-worker",
  ...["PERM0001", "PERM0002", "PERM0006", "ExperimentalWarning"].map((kind) => `--disable-warning=${kind}`),
];

export interface Restricted {
  readonly execArgv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * How a worker process is started in which the code of a test can write no files, start no processes, and load no native add-ons, unless the
 * test asks for it: Node.js's permission model. Null where Node.js does not have it, or not for the network (before version 25).
 */
export function restrictedStart({
  write = [],
  childProcess = false,
  addons = false,
}: TestPermissions): Restricted | null {
  if (!process.allowedNodeEnvironmentFlags.has("--allow-net")) return null;
  const isAllowedMore = write === true || write.length > 0 || childProcess || addons;
  const cache = isAllowedMore ? null : workersCache();
  const writable = [
    devNull,
    // Where workers count the permits that they use.
    join(tmpdir(), "muster-permits-*"),
    ...(cache === null ? [] : [join(cache, "*")]),
    ...(write === true ? ["*"] : write.flatMap((path) => [resolve(path), join(resolve(path), "*")])),
  ];
  return {
    execArgv: [
      ...process.execArgv,
      ...always,
      ...writable.map((path) => `--allow-fs-write=${path}`),
      ...(childProcess ? ["--allow-child-process"] : []),
      ...(addons ? ["--allow-addons"] : []),
      ...(isInspected() ? ["--allow-inspector"] : []),
    ],
    env: cache === null ? { NODE_DISABLE_COMPILE_CACHE: "1" } : { NODE_COMPILE_CACHE: cache },
  };
}

/**
 * The compiled code of workers that may do nothing more has a folder of its own: Node.js needs permission to write it, and what a test
 * writes there must not be run by a process that may do more. Workers that may keep no compiled code.
 */
function workersCache(): string | null {
  const own = getCompileCacheDir();
  if (own === undefined) return null;
  // Node.js names a folder of its version in the one that it was given.
  const folder = `${dirname(own)}-workers`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { uid, mode } = lstatSync(folder);
    return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0) ? folder : null;
  } catch {
    return null;
  }
}

/** Whether a debugger was requested, which workers serve, too. */
function isInspected(): boolean {
  return [...process.execArgv, process.env.NODE_OPTIONS ?? ""].some((word) => /--inspect/.test(word));
}
