import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { ConfigurationError } from "../../core/errors.ts";
import { packageFolder } from "../../core/own-files.ts";
import { writeNew } from "../../runner/outputs/output-file.ts";
import { stdout } from "../../runner/process/standard-streams.ts";
import { quoted } from "../../runner/written-command.ts";
import { parseHost, shownHost } from "../../scenario/definition/host.ts";
import { option } from "../options/option.ts";

interface InitOptions {
  readonly host: string;
}

export function initCommand(): Command {
  const command = new Command("init").description("write a first test file; never overwrites a file");
  return command
    .argument("[file]", "the test file", "load-test.ts")
    .addOption(option("-H, --host <url>", "base URL of the service").default("http://127.0.0.1:8000"))
    .action(init);
}

async function init(file: string, { host }: InitOptions): Promise<void> {
  if (!/\.[cm]?ts$/.test(file)) throw new ConfigurationError(`${file}: the name of a test file must end in .ts`);
  const base = parseHost(host);
  if (base.authorization !== null) {
    const shown = shownHost(base);
    throw new ConfigurationError(`a password must not be in the test file: use --host=${shown}, and set SERVICE_URL`);
  }
  await writeNew(file, testText(shownHost(base)));
  const lines = [`${file} is written: change what its user does.`];
  if (!existsSync("tsconfig.json")) {
    await writeNew("tsconfig.json", `${JSON.stringify(compilerSettings, null, 2)}\n`);
    lines.push("tsconfig.json is written, for your editor.");
  }
  const steps = [...installSteps(), `npx muster plan ${quoted(file)}`, `npx muster run ${quoted(file)}`];
  stdout.write(`${[...lines, "Next:", ...steps.map((step) => `  ${step}`)].join("\n")}\n`);
  stdout.write("Runs are stored in .muster/: keep it out of version control.\n");
}

/**
 * Returns the commands that make `npx muster` start this muster in this folder. Without a local installation, npx would look
 * for a package named muster in the registry, which belongs to someone else. npm installs the folder that this muster runs
 * from, so that the package need not be in a registry.
 */
function installSteps(): string[] {
  if (isInstalledFor(process.cwd())) return [];
  const folder = fileURLToPath(packageFolder).replace(/[/\\]$/, "");
  // Without a package.json, npm would install into a parent folder that has one. `npm init` rejects the names of many folders.
  const here = existsSync("package.json") ? "" : "--prefix . ";
  return [`npm install --save-dev ${here}${quoted(folder)}`];
}

function isInstalledFor(folder: string): boolean {
  if (existsSync(join(folder, "node_modules", "muster-load"))) return true;
  const parent = dirname(folder);
  return parent !== folder && isInstalledFor(parent);
}

/** For TypeScript 5.4 to 7. Not "nodenext", which treats the files of a package without `"type": "module"` as CommonJS. */
const compilerSettings = {
  compilerOptions: {
    target: "es2022",
    module: "esnext",
    moduleResolution: "bundler",
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    resolveJsonModule: true,
  },
};

function testText(host: string): string {
  return `import { between, closed, defineTest, defineUser, env } from "muster-load";

/** One visitor: does one of its tasks, pauses, and so on. */
const visitor = defineUser({
  name: "Visitor",
  pause: between("1s", "3s"),
  tasks: {
    // A task with weight 3 is done three times as often as one without.
    "front page": { weight: 3, run: (vu) => vu.http.get("/") },
    "search": async (vu) => {
      const found = await vu.http.get("/", { query: { q: "muster" }, name: "/ (search)" });
      vu.check("is answered in time", found.ok);
    },
  },
});

export default defineTest({
  host: env("SERVICE_URL", ${JSON.stringify(host)}),
  users: [visitor],
  // 10 visitors at a time, two more each second.
  load: closed({ users: 10, spawnRate: 2, duration: "30s" }),
  // What the service must keep to: otherwise the exit code is 99.
  targets: { p95: "500ms", errorRate: "1%" },
});
`;
}
