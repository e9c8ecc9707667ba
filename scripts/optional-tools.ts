import { execFile } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);

export interface MissingTool {
  readonly tool: string;
  /** What this machine goes without. */
  readonly consequence: string;
}

/** Tools that some tests need and that a machine may lack. Said aloud before a run, so that a skipped test surprises nobody. */
export async function missingOptionals(): Promise<MissingTool[]> {
  const [hasChromium, hasDocker] = await Promise.all([
    anySucceeds(["chromium", "chromium-browser", "google-chrome"], ["--version"]),
    // `docker --version` answers without an engine; this asks the engine.
    anySucceeds(["docker"], ["version", "--format", "{{.Server.Version}}"]),
  ]);
  return [
    ...(hasChromium ? [] : [{ tool: "chromium", consequence: "tests of the web page in a browser are skipped" }]),
    ...(hasDocker ? [] : [{ tool: "a running Docker engine", consequence: "the docker compose test is skipped" }]),
  ];
}

async function anySucceeds(commands: readonly string[], args: readonly string[]): Promise<boolean> {
  const attempts = commands.map((command) => execute(command, args, { timeout: 10_000 }));
  return (await Promise.allSettled(attempts)).some(({ status }) => status === "fulfilled");
}
