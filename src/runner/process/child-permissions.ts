import { lstatSync, mkdirSync } from "node:fs";
import { getCompileCacheDir } from "node:module";
import { devNull, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { TestPermissions } from "../../scenario/definition/define.ts";

/** The flags of all restricted workers. They turn off the warnings that some of the flags are new, or must be used with care. */
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
 * Returns how to start a worker process with Node.js's permission model: the code of a test cannot write files, start processes
 * or load native add-ons, unless the test asks for it. Null if Node.js has no permission model, or none for the network (before
 * version 25).
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
 * Returns the folder for the compiled code of workers without further permissions; null if there is none. It is separate,
 * because workers need permission to write it, and a process with more permissions must not run what a test writes there.
 * Workers with more permissions do not store compiled code.
 */
function workersCache(): string | null {
  const own = getCompileCacheDir();
  if (own === undefined) return null;
  // Node.js uses a folder for its version inside the folder that it was given.
  const folder = `${dirname(own)}-workers`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { uid, mode } = lstatSync(folder);
    return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0) ? folder : null;
  } catch {
    return null;
  }
}

/** Whether a debugger was requested. It can attach to workers, too. */
function isInspected(): boolean {
  return [...process.execArgv, process.env.NODE_OPTIONS ?? ""].some((word) => /--inspect/.test(word));
}
