import { execFile } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);

export interface MissingTool {
  readonly tool: string;
  /** What this machine goes without. */
  readonly consequence: string;
}

/** Tools that some tests need and that a machine may lack. Said aloud before a run, so that a skipped test surprises nobody. */
export async function missingOptionals(): Promise<MissingTool[]> {
  const [curl, nginx, hasDocker, hasNamespaces] = await Promise.all([
    hasCurl(),
    hasNginx(),
    // `docker --version` answers without an engine; this asks the engine.
    anySucceeds(["docker"], ["version", "--format", "{{.Server.Version}}"]),
    canMakeNamespaces(),
  ]);
  return [
    ...(chromiumPath() !== null
      ? []
      : [{ tool: "chromium", consequence: "tests of the web page in a browser are skipped" }]),
    ...(curl
      ? []
      : [
          {
            tool: "curl",
            consequence: "the examples of the web API are not run, and the HTTP engine is compared with undici only",
          },
        ]),
    ...(nginx ? [] : [{ tool: "nginx", consequence: "the test of TLS, redirects and gzip against it is skipped" }]),
    ...(hasDocker ? [] : [{ tool: "a running Docker engine", consequence: "the docker compose test is skipped" }]),
    ...(hasNamespaces
      ? []
      : [{ tool: "network and mount namespaces", consequence: "tests that need them are skipped" }]),
    ...(fakeTimeLibrary() !== null
      ? []
      : [{ tool: "libfaketime", consequence: "the test of wrong wall clocks is skipped" }]),
  ];
}

export function hasCurl(): Promise<boolean> {
  return anySucceeds(["curl"], ["--version"]);
}

export function hasNginx(): Promise<boolean> {
  return anySucceeds(["nginx"], ["-v"]);
}

/** Whether this process may make networks and mounts of its own: root with `ip` and `unshare`. */
export async function canMakeNamespaces(): Promise<boolean> {
  const tries = await Promise.all([
    anySucceeds(["ip"], ["netns", "list"]),
    anySucceeds(["unshare"], ["--mount", "--net", "true"]),
  ]);
  return tries.every(Boolean);
}

/** The browser that tests of the web page run; null when none is installed. */
export function chromiumPath(): string | null {
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  const candidates = ["chromium", "chromium-browser", "google-chrome"].flatMap((name) =>
    folders.map((folder) => path.join(folder, name)),
  );
  return candidates.find((file) => existsSync(file)) ?? null;
}

/** The library that gives a process another wall clock; null when it is not installed. */
export function fakeTimeLibrary(): string | null {
  return globSync("/usr/lib/*/faketime/libfaketime.so.1")[0] ?? null;
}

async function anySucceeds(commands: readonly string[], args: readonly string[]): Promise<boolean> {
  const attempts = commands.map((command) => execute(command, args, { timeout: 10_000 }));
  return (await Promise.allSettled(attempts)).some(({ status }) => status === "fulfilled");
}
