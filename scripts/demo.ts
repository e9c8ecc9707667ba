/** `npm run demo`: the sample API and a shortened standard run against it, on this machine. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const startTimeoutMs = 10_000;

const api = spawn(process.execPath, ["examples/plot-palette/api/main.ts", "--port=0"], {
  stdio: ["ignore", "pipe", "inherit"],
});
try {
  const url = await addressOf(api);
  const words = [
    "run",
    "examples/plot-palette/plot-palette.ts",
    "--profile=standard",
    "--workers=2",
    "--run-time=30s",
    `--host=${url}`,
    "--json=result.json",
    "--html=report.html",
    "--headless",
  ];
  process.stderr.write(`muster ${words.join(" ")}\n\n`);
  const muster = spawn(process.execPath, ["bin/muster.js", ...words], { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    // A terminal sends Ctrl-C to muster too; it ends by itself and this process after it.
    process.on(signal, () => signal === "SIGTERM" && muster.kill(signal));
  }
  const [code] = (await once(muster, "exit")) as [number | null];
  process.exitCode = code ?? 1;
} finally {
  api.kill("SIGTERM");
}

/** Waits for the line that names the address. */
async function addressOf(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("the API has no output");
  const lines = createInterface({ input: child.stdout });
  const signal = AbortSignal.timeout(startTimeoutMs);
  const [line] = (await once(lines, "line", { signal })) as [string];
  const url = /http:\/\/\S+/.exec(line)?.[0];
  if (url === undefined) throw new Error(`the API said: ${line}`);
  return url;
}
