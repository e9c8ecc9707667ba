import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { after, describe, it, type TestContext } from "node:test";
import { deepTest } from "../support/depth.ts";
import { SampleApi } from "../support/sample-api.ts";
import { type CodeBlock, readDocuments, root } from "./markdown.ts";
import { Shell } from "./shell.ts";

/** Commands that this test does not run. A block holds either these or others. */
const notRun: readonly { readonly command: RegExp; readonly because: string }[] = [
  { command: /^npm run demo$/, because: "it takes half a minute; CI runs it by itself" },
  { command: /^git clone … && cd muster$/, because: "this is the clone" },
  { command: /^npm install --save-dev /, because: "needs the registry of packages" },
  {
    command: /^DATABASE_URL=\S+ muster run examples\/clients\//,
    because: "needs a server of its own; tests/examples/clients starts one",
  },
  { command: /^npm test$/, because: "it is what runs this test" },
  { command: /^npm run plot-palette-api$/, because: "the test starts the API itself, on a free port" },
  {
    command: /^muster convert (?:shop\.har|request\.sh|api\.yaml|shop\.postman_collection\.json) /,
    because: "needs a file of another tool; tests/e2e/convert.test.ts and first-steps.test.ts convert some",
  },
  { command: /^(export \w+=\$\()?aws /, because: "needs a deployment in an AWS account" },
  {
    command: /^AWS_REGION=\S+ muster run examples\/cloudwatch\.ts /,
    because: "needs CloudWatch; tests/examples/cloudwatch.test.ts has one of its own",
  },
  {
    command: /^(?:MUSTER_TOKEN=\$\(openssl rand -hex 24\) )?docker (compose|build|run) /,
    because: "needs a Docker engine; deploy/compose-test.sh runs it where there is one",
  },
  {
    command: /^muster run load-test\.ts .*--(?:prometheus|otlp|webhook)/,
    because: "needs a receiver; tests/e2e/metrics-out.test.ts runs with some",
  },
  {
    command: /^muster (?:certs --host master\.example|(?:master load-test\.ts|worker) .*--tls-cert certs\/)/,
    because: "needs a name of the network; tests/e2e/mutual-tls.test.ts makes such certificates, and runs with them",
  },
];

const needsCurl = { skip: spawnSync("curl", ["--version"]).status === 0 ? false : "curl is not installed" };

/** Short, and never a statement about this machine's speed: the documents' own targets are replaced by ones that hold anywhere. */
const shortRun = [
  "--run-time=1s",
  ...["p50=1m", "p95=1m", "p99=1m", "requestsPerSecond=0.01", "concurrentUsers=0.5"].map(
    (target) => `--target=${target}`,
  ),
].join(" ");

const documents = await readDocuments();

function shellBlocks(path: string): readonly CodeBlock[] {
  return documents.find((document) => document.path === path)?.blocks.filter(({ language }) => language === "sh") ?? [];
}

function commandsOf({ text }: CodeBlock): string[] {
  return text.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#"));
}

function isNotRun(block: CodeBlock): boolean {
  const commands = commandsOf(block);
  const left = commands.filter((line) => notRun.some(({ command }) => command.test(line)));
  assert.ok(
    left.length === 0 || left.length === commands.length,
    `${block.place} mixes commands that are run and not run`,
  );
  return left.length > 0;
}

const api = await SampleApi.start({ after });

/** The README has a command of each kind: `npm test` runs those, and `npm run test:deep` those of the other documents. */
function hasEachKind(path: string): boolean {
  return path === "README.md";
}

function declareReal(path: string): typeof deepTest {
  return hasEachKind(path) ? (name, body) => it(name, body) : deepTest;
}

/** Each in a folder of its own, as some write files. */
function newShell(context: TestContext, env: Readonly<Record<string, string>> = {}): Promise<Shell> {
  return Shell.create(context, {
    MUSTER_HOST: api.url,
    SERVICE_URL: api.url,
    API_ENDPOINT: api.url,
    DOCS_RUN: shortRun,
    ...env,
  });
}

function scriptOf(block: CodeBlock): string {
  return block.text.replaceAll("http://127.0.0.1:8000", api.url);
}

/** Declares a test that runs a block. */
function runAlone(path: string, block: CodeBlock): void {
  declareReal(path)(`${block.place} run as they stand`, async (context) => {
    const shell = await newShell(context);
    await shell.start(context, scriptOf(block)).assertRan();
  });
}

/** Declares a test that runs the master and the workers of a document at the same time. */
function findEachOther(path: string, masters: readonly CodeBlock[], workers: readonly CodeBlock[]): void {
  declareReal(path)(`${path}: its master and its workers find each other`, async (context) => {
    assert.ok(masters.length === 1 && workers.length > 0, "one master and some workers per document");
    const shell = await newShell(context);
    const [master] = masters.map((block) =>
      shell.start(context, scriptOf(block), {
        DOCS_MASTER: `--master-bind-port=0 --expect-workers=${workers.length} --loglevel=info`,
      }),
    );
    assert.ok(master);
    const where = `--master-host=127.0.0.1 --master-port=${await master.masterPort()} --processes=1`;
    const started = workers.map((block) => shell.start(context, scriptOf(block), { DOCS_WORKER: where }));
    for (const each of [master, ...started]) await each.assertRan();
  });
}

describe("the commands in the documents", { concurrency: 6 }, () => {
  for (const { path } of documents) {
    const run = shellBlocks(path).filter((block) => !isNotRun(block));
    const masters = run.filter(({ text }) => text.includes("muster master "));
    const workers = run.filter(({ text }) => text.includes("muster worker "));
    const pages = run.filter(({ text }) => text.includes(" --ui"));
    const questions = pages.length === 0 ? [] : run.filter(({ text }) => text.includes("curl "));
    const together = [...masters, ...workers, ...pages, ...questions];
    for (const block of run.filter((one) => !together.includes(one))) runAlone(path, block);
    if (questions.length > 0) {
      it(`${path}: its web API answers all questions, one after the other`, needsCurl, async (context) => {
        const shell = await newShell(context);
        const [page] = pages.map((block) => shell.start(context, scriptOf(block), { DOCS_RUN: "--web-port=0" }));
        assert.ok(page !== undefined && pages.length === 1, "one page per document");
        const url = await page.webUrl();
        const asked = questions.map((block) => scriptOf(block).replaceAll("http://127.0.0.1:8089", url)).join("\n");
        const ready = `until curl -sSf ${url}/readyz; do sleep 0.1; done`;
        const answers = shell.start(context, `${ready}\n${asked}`);
        await answers.assertRan();
      });
    }
    if (masters.length + workers.length > 0) findEachOther(path, masters, workers);
  }

  it("every exception is still needed, and names a script that exists", async () => {
    const all = documents.flatMap(({ path }) => shellBlocks(path)).flatMap(commandsOf);
    for (const { command, because } of notRun)
      assert.ok(
        all.some((line) => command.test(line)),
        `${command}: ${because}`,
      );
    const { scripts } = JSON.parse(await readFile(`${root}package.json`, "utf8")) as {
      scripts: Record<string, string>;
    };
    for (const line of all) {
      const name = /^npm (?:run )?(?:-s )?([\w-]+)/.exec(line)?.[1];
      if (name !== undefined && name !== "install")
        assert.ok(Object.hasOwn(scripts, name), `package.json has no script ${name}`);
    }
  });

  it("shell commands are marked as such", () => {
    for (const { language, place } of documents.flatMap(({ blocks }) => blocks)) {
      assert.ok(["sh", "ts", "js", "proto", "python", "yaml", ""].includes(language), `${place}: ${language}`);
    }
  });
});
