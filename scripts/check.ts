// `npm run check`: everything that can be said about the sources without running them. All checks run, so that one look shows all there is.

import { spawnSync } from "node:child_process";
import process from "node:process";

const colours = process.stdout.isTTY && process.env.CI === undefined;

const checks = [
  {
    name: "format, lint and import boundaries (biome)",
    command: ["biome", "ci", ".", `--colors=${colours ? "force" : "off"}`],
  },
  { name: "types (tsc)", command: ["tsc", "-p", "tsconfig.json", ...(colours ? ["--pretty"] : [])] },
  {
    name: "types of the web page (tsc)",
    command: ["tsc", "-p", "src/ui/tsconfig.json", ...(colours ? ["--pretty"] : [])],
  },
  { name: "unused files, exports and dependencies (knip)", command: ["knip", "--no-progress"] },
];

const results = checks.map(({ name, command: [program = "", ...args] }) => {
  console.log(`> ${program} ${args.join(" ")}`);
  // bootstrap.mjs has put node_modules/.bin first on PATH; on Windows what lies there are .cmd files, which need a shell.
  const { status, error } = spawnSync(program, args, { stdio: "inherit", shell: process.platform === "win32" });
  if (error) console.error(error.message);
  return { name, passed: status === 0 };
});

console.log();
for (const { name, passed } of results) console.log(`${passed ? "✓" : "✗"} ${name}`);
process.exitCode = results.every(({ passed }) => passed) ? 0 : 1;
