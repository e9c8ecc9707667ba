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
    ...(postgresPrograms() !== null
      ? []
      : [{ tool: "PostgreSQL", consequence: "the tests of pg against it are skipped" }]),
    ...(redisProgram() !== null
      ? []
      : [{ tool: "redis-server", consequence: "the tests of ioredis against it are skipped" }]),
    ...(mosquittoProgram() !== null
      ? []
      : [{ tool: "mosquitto", consequence: "the tests of mqtt against it are skipped" }]),
    ...(prometheusProgram() !== null
      ? []
      : [{ tool: "prometheus", consequence: "the tests of metrics against it are skipped" }]),
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

export function redisProgram(): string | null {
  return inPath("redis-server");
}

export function prometheusProgram(): string | null {
  return inPath("prometheus");
}

/** Debian installs it for administrators. */
export function mosquittoProgram(): string | null {
  return inPath("mosquitto");
}

/** The folder with the programs of the newest PostgreSQL that is installed; null without one. */
export function postgresPrograms(): string | null {
  const folders = globSync("/usr/lib/postgresql/*/bin/initdb").map((file) => path.dirname(file));
  return folders.toSorted((a, b) => a.localeCompare(b, "en", { numeric: true })).at(-1) ?? null;
}

/** Whether this process may make networks and mounts of its own: root with `ip` and `unshare`. */
export async function canMakeNamespaces(): Promise<boolean> {
  const tries = await Promise.all([
    anySucceeds(["ip"], ["netns", "list"]),
    anySucceeds(["unshare"], ["--mount", "--net", "true"]),
  ]);
  return tries.every(Boolean);
}

/** The browser that tests of the web page run: the headless shell if there is one, as it takes half of the CPU time; null when none is installed. */
export function chromiumPath(): string | null {
  return inPath("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome");
}

/** The library that gives a process another wall clock; null when it is not installed. */
export function fakeTimeLibrary(): string | null {
  return globSync("/usr/lib/*/faketime/libfaketime.so.1")[0] ?? null;
}

/** The first of these programs that is in a folder of PATH, or in that of programs for administrators; null without one. */
function inPath(...names: readonly string[]): string | null {
  const folders = [...(process.env.PATH ?? "").split(path.delimiter), "/usr/sbin"];
  const candidates = names.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  return candidates.find((file) => existsSync(file)) ?? null;
}

async function anySucceeds(commands: readonly string[], args: readonly string[]): Promise<boolean> {
  const attempts = commands.map((command) => execute(command, args, { timeout: 10_000 }));
  return (await Promise.allSettled(attempts)).some(({ status }) => status === "fulfilled");
}
