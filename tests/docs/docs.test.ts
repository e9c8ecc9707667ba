import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";
import { describe, it, type TestContext } from "node:test";
import type { Command } from "commander";
import * as z from "zod";
import { certsCommand } from "../../src/cli/commands/certs.ts";
import { compareCommand } from "../../src/cli/commands/compare.ts";
import { convertCommand } from "../../src/cli/commands/convert.ts";
import { doctorCommand } from "../../src/cli/commands/doctor.ts";
import { initCommand } from "../../src/cli/commands/init.ts";
import { masterCommand } from "../../src/cli/commands/master.ts";
import { planCommand } from "../../src/cli/commands/plan.ts";
import { reportCommand } from "../../src/cli/commands/report.ts";
import { runCommand } from "../../src/cli/commands/run.ts";
import { runsCommand } from "../../src/cli/commands/runs.ts";
import { tryCommand } from "../../src/cli/commands/try.ts";
import { workerCommand } from "../../src/cli/commands/worker.ts";
import { exitCodes } from "../../src/core/errors.ts";
import { scenarioReport } from "../../src/core/plan/plan-report.ts";
import { metricNamesAndAliases } from "../../src/core/thresholds/metrics.ts";
import { masterMessage } from "../../src/protocol/master-messages.ts";
import { refusalReasons } from "../../src/protocol/version.ts";
import { workerMessage } from "../../src/protocol/worker-messages.ts";
import { resultSchema } from "../../src/report/result/result-schema.ts";
import { loadTest, plannedScenarios } from "../../src/runner/load-test.ts";
import { MusterProcess } from "../support/muster-process.ts";
import { anchorsOf, type Document, readDocuments, root, tableRows } from "./markdown.ts";

const documents = await readDocuments();

function documentAt(path: string): Document {
  const found = documents.find((document) => document.path === path);
  assert.ok(found, `${path} is missing`);
  return found;
}

/** The words in backticks. */
function codeIn({ prose }: Document): Set<string> {
  return new Set([...prose.matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code));
}

describe("links", () => {
  for (const document of documents) {
    it(`${document.path}: those inside the project lead somewhere`, () => {
      for (const [, link = ""] of document.prose.matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^https?:/.test(link)) continue;
        const [file = "", anchor] = link.split("#");
        const path = file === "" ? document.path : normalize(join(dirname(document.path), file));
        assert.ok(existsSync(join(root, path)), `${link} leads to ${path}, which is missing`);
        if (anchor === undefined) continue;
        assert.ok(anchorsOf(documentAt(path)).has(anchor), `${path} has no heading #${anchor}`);
      }
    });
  }
});

describe("files and folders of the code", () => {
  for (const document of ["docs/how-it-works.md", "CONTRIBUTING.md"].map(documentAt)) {
    it(`${document.path} names those that exist`, () => {
      let folder = "";
      for (const [, name = ""] of document.prose.matchAll(/`((?:[\w.-]+\/)*[\w.-]+(?:\/|\.(?:tsx?|mjs|jsonc?)))`/g)) {
        if (name.includes("/")) folder = name.slice(0, name.lastIndexOf("/"));
        // A name without a folder is in the one before it, or in the root.
        const places = name.includes("/") ? [name] : [join(folder, name), name];
        if (name !== "result.json")
          assert.ok(
            places.some((place) => existsSync(join(root, place))),
            `${name} in ${folder}`,
          );
      }
    });
  }

  it("CONTRIBUTING.md has each folder of src on its map, with its folders", async () => {
    const rows = tableRows(documentAt("CONTRIBUTING.md").text.split("## Map of the code")[1]?.split("\n## ")[0] ?? "");
    const mapped = rows.slice(1).map(([folder = "", question = ""]) => {
      const names = [...question.matchAll(/`([\w-]+)`/g)].map(([, name = ""]) => name);
      return [plain(folder), names.sort()] as const;
    });
    const folders = await Promise.all(
      (await foldersIn("src")).map(async (folder) => [folder, await foldersIn(`src/${folder}`)] as const),
    );
    assert.deepEqual(Object.fromEntries(mapped), Object.fromEntries(folders));
  });
});

async function foldersIn(path: string): Promise<string[]> {
  const entries = await readdir(join(root, path), { withFileTypes: true });
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
}

describe("TypeScript in the documents", () => {
  const blocks = documents.flatMap((document) => document.blocks).filter(({ language }) => language === "ts");

  it("has no type errors, and every test in it can be planned", async (context) => {
    const folder = await folderInsideRepository(context);
    const files = await Promise.all(
      blocks.map(async ({ place, text }) => {
        const name = `${place.replace(/[^\w]+/g, "-")}.ts`;
        await writeFile(join(folder, name), text);
        for (const [, path = ""] of text.matchAll(/\bfile\((?:env\("\w+", )?"([\w./-]+)"/g)) {
          await mkdir(dirname(join(folder, path)), { recursive: true });
          await writeFile(join(folder, path), "");
        }
        return { name, place, isTest: text.includes("export default defineTest(") };
      }),
    );
    const compiler = join(root, "node_modules/typescript/bin/tsc");
    const { status, stdout } = spawnSync(process.execPath, [compiler, "-p", folder], { encoding: "utf8" });
    assert.equal(status, 0, stdout);
    for (const { name, place, isTest } of files) {
      if (!isTest) continue;
      // As `muster plan` does.
      const loaded = await loadTest([join(folder, name)], {});
      for (const scenario of plannedScenarios(loaded)) assert.ok(scenarioReport(scenario, 1), place);
    }
  });

  it("README.md shows the example as it is", async () => {
    const example = await readFile(join(root, "examples/plot-palette/first-test.ts"), "utf8");
    assert.equal(documentAt("README.md").blocks.find(({ language }) => language === "ts")?.text, example);
  });
});

/** Where the compiler finds the repository's packages; git does not see it. */
async function folderInsideRepository(context: TestContext): Promise<string> {
  const folder = join(root, ".muster", `docs-${process.pid}`);
  await mkdir(folder, { recursive: true });
  context.after(() => rm(folder, { recursive: true, force: true }));
  const paths = {
    "muster-load": ["../../src/index.ts"],
    "muster-load/aws": ["../../src/scenario/auth/aws.ts"],
    "muster-load/grpc": ["../../src/worker/grpc/grpc.ts"],
    "muster-load/result": ["../../src/report/result/result-schema.ts"],
  };
  const config = { extends: "../../tsconfig.json", compilerOptions: { paths }, include: ["*.ts"] };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
  return folder;
}

const commands = [
  ...[runCommand(), masterCommand(), workerCommand(), planCommand(runCommand()), tryCommand(), reportCommand()],
  ...[compareCommand(), runsCommand(), initCommand(), convertCommand(), certsCommand(), doctorCommand()],
];

/** What `muster … --help` prints, without a process for each. */
function helpOf(words: readonly string[]): string {
  const find = (known: readonly Command[], [word, ...rest]: readonly string[]): Command => {
    const command = known.find((one) => one.name() === word);
    assert.ok(command, `there is no command ${words.join(" ")}`);
    return rest.length === 0 ? command : find(command.commands, rest);
  };
  return find(commands, words).helpInformation();
}

interface Flag {
  readonly names: string;
  readonly variable: string;
  readonly default: string;
}

describe("reference/cli.md", () => {
  it("is compared with what the command prints", async (context) => {
    const help = new MusterProcess(context, ["run", "--help"]);
    assert.equal((await help.ended()).code, 0);
    assert.deepEqual(flagsIn(help.stdout), flagsIn(helpOf(["run"])));
  });

  const rows = tableRows(documentAt("docs/reference/cli.md").text).filter((cells) => cells.length === 8);
  const [header = [], ...flagRows] = rows;

  for (const command of ["run", "master", "worker", "plan"]) {
    it(`lists the flags of muster ${command}, their variables and defaults`, () => {
      const column = header.indexOf(command);
      const written = flagRows
        .filter((cells) => cells[column] === "✓")
        .map(([names = "", variable = "", value = ""]) => ({
          names: plain(names),
          variable: plain(variable),
          default: plain(value),
        }));
      const printed = flagsIn(helpOf([command]));
      // One row may serve several commands, of which only some have a default of their own.
      const comparable = written.map((flag) => {
        const same = printed.find(({ names }) => names === flag.names);
        return same?.default === "" ? { ...flag, default: "" } : flag;
      });
      assert.deepEqual(comparable.sort(byNames), printed.sort(byNames));
    });
  }
});

describe("reference/cli.md: commands with a section of their own", () => {
  const sections = documentAt("docs/reference/cli.md")
    .text.split(/^## muster /m)
    .slice(1);
  const withFlags = sections.filter((section) => section.includes("| flag | variable |"));

  it("there are some", () => assert.ok(withFlags.length > 0));

  for (const section of withFlags) {
    const [command = ""] = section.split("\n");
    it(`lists the flags of muster ${command}, their variables and defaults`, () => {
      const [, ...rows] = tableRows(section.split(/^## /m)[0] ?? "").filter((cells) => cells.length === 4);
      const written = rows.map(([names = "", variable = "", value = ""]) => ({
        names: plain(names),
        variable: plain(variable),
        default: plain(value),
      }));
      assert.deepEqual(written.sort(byNames), flagsIn(helpOf(command.split(" "))).sort(byNames));
    });
  }
});

function flagsIn(help: string): Flag[] {
  const options = help.slice(help.indexOf("Options:\n") + "Options:\n".length);
  return options.split(/^ {2}(?=-)/m).flatMap((entry) => {
    const text = entry.replace(/\s+/g, " ");
    const [, short, long] = /^(?:(-\w), )?(--[\w-]+)/.exec(text) ?? [];
    if (long === undefined) return [];
    return {
      names: short === undefined ? long : `${short}, ${long}`,
      variable: /env: (\w+)/.exec(text)?.[1] ?? "",
      default: /\(default: "?(.+?)"?(?:, env: |\))/.exec(text)?.[1] ?? "",
    };
  });
}

function plain(cell: string): string {
  return cell.replaceAll("`", "");
}

function byNames(a: Flag, b: Flag): number {
  return a.names < b.names ? -1 : 1;
}

describe("the reference names everything there is", () => {
  it("result-json.md: every field of the schema", () => {
    const known = codeIn(documentAt("docs/reference/result-json.md"));
    for (const name of propertyNames(z.toJSONSchema(resultSchema))) assert.ok(known.has(name), name);
  });

  it("exit codes, in README.md and exit-codes.md", () => {
    const codes = Object.values(exitCodes).map(String).sort();
    for (const path of ["README.md", "docs/reference/exit-codes.md"]) {
      const written = tableRows(documentAt(path).text).flatMap(([first = ""]) => (/^\d+$/.test(first) ? [first] : []));
      assert.deepEqual(written.sort(), codes, path);
    }
  });

  it("metrics-and-thresholds.md: every metric and k6's names", () => {
    const { text } = documentAt("docs/reference/metrics-and-thresholds.md");
    const sameInK6 = new Set(["iterations", "checks", "dropped_iterations"]);
    for (const name of metricNamesAndAliases) assert.ok(sameInK6.has(name) || text.includes(`\`${name}\``), name);
  });

  it("protocol.md: every message and every refusal", () => {
    const known = codeIn(documentAt("docs/reference/protocol.md"));
    const types = [...masterMessage.options, ...workerMessage.options].map((option) => option.shape.type.value);
    for (const name of ["hello", ...types, ...Object.keys(refusalReasons)]) assert.ok(known.has(name), name);
  });
});

/** The names of all properties anywhere in a JSON schema. */
function propertyNames(schema: unknown): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const { properties = {} } = schema as { properties?: object };
  return [
    ...Object.keys(properties),
    ...Object.values(schema).flatMap(propertyNames),
    ...Object.values(properties).flatMap(propertyNames),
  ];
}
