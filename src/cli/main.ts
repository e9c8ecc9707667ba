import { Command, CommanderError } from "commander";
import { exitCodes, MusterError } from "../core/errors.ts";
import { nearestName } from "../core/nearest.ts";
import { printable } from "../core/readable-text.ts";
import { hideSecrets, keepGivenSecrets } from "../core/redaction/known-secrets.ts";
import { eraseSecrets, isSecretOption } from "../runner/process/own-secrets.ts";
import { processEnd } from "../runner/process/process-end.ts";
import { stderr, stdout } from "../runner/process/standard-streams.ts";
import { divertTestOutput, testOutput } from "../runner/process/test-output.ts";
import { unhandledErrors } from "../runner/process/unhandled-errors.ts";
import { version } from "../runner/process/version.ts";
import { certsCommand } from "./commands/certs.ts";
import { compareCommand } from "./commands/compare.ts";
import { convertCommand } from "./commands/convert.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { initCommand } from "./commands/init.ts";
import { masterCommand } from "./commands/master.ts";
import { planCommand } from "./commands/plan.ts";
import { reportCommand } from "./commands/report.ts";
import { runCommand } from "./commands/run.ts";
import { runsCommand } from "./commands/runs.ts";
import { tryCommand } from "./commands/try.ts";
import { workerCommand } from "./commands/worker.ts";
import { applyConfigFile } from "./options/config-file.ts";
import { secretsOfReceivers } from "./options/receiver-values.ts";

/** The output of commander. It prints no errors: `reportError` prints them in one line. */
const commandOutput = {
  writeOut: (text: string) => stdout.write(text),
  writeErr: (text: string) => stderr.write(text),
  getOutHasColors: () => stdout.isTTY,
  outputError: () => {},
};

/** Deletes the empty variables of muster. They count as not set, because compose files pass unset variables as empty ones. */
function dropEmptyVariables(environment: NodeJS.ProcessEnv): void {
  for (const [name, value] of Object.entries(environment)) {
    if (name.startsWith("MUSTER_") && value === "") delete environment[name];
  }
}

/** Runs the command line and ends the process with its exit code. Never throws. */
export async function main(argv: readonly string[]): Promise<void> {
  dropEmptyVariables(process.env);
  divertTestOutput(testOutput);
  processEnd.forbidOthers();
  unhandledErrors.catchAll();
  const program = new Command("muster")
    .description("a distributed load generator for HTTP services")
    .version(version, "-V, --version")
    .showSuggestionAfterError(true);
  const configured = [runCommand(), masterCommand(), workerCommand(), planCommand(runCommand()), tryCommand()];
  const others = [
    reportCommand(),
    compareCommand(),
    runsCommand(),
    initCommand(),
    convertCommand(),
    certsCommand(),
    doctorCommand(),
  ];
  const commands = [...configured, ...others];
  for (const command of commands) program.addCommand(command);
  keepGivenSecrets(process.env, {});
  program.hook("preAction", async (_, command) => {
    // Erase them before the configuration file is loaded, because it is code, too.
    eraseSecrets(secretsOf(command));
    await applyConfigFile(command, configured);
    keepGivenSecrets({}, command.opts());
  });
  for (const command of withSubcommands(program)) {
    command.exitOverride().configureOutput(commandOutput);
  }
  try {
    await program.parseAsync(argv, { from: "user" });
  } catch (error) {
    processEnd.exitCode = reportError(error, commandOf(program, argv));
  }
  testOutput.reportDropped();
  // Standard output first, because its failure is reported on standard error.
  await stdout.settled();
  await stderr.settled();
  // A timer or a socket that the test has left open must not keep the process alive.
  processEnd.now();
}

/** Returns the values of all flags that are secrets. */
function secretsOf(command: Command): string[] {
  const values = command.options
    .map((one) => one.attributeName())
    .filter(isSecretOption)
    .map((name) => command.getOptionValue(name));
  return [...values.filter((value) => typeof value === "string"), ...secretsOfReceivers(command.opts())];
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

/** Returns the command that the words name, such as `runs tag`. */
function commandOf(program: Command, argv: readonly string[]): Command {
  return argv.reduce((command, word) => command.commands.find((sub) => sub.name() === word) ?? command, program);
}

/** Prints an error in one line; a defect with its stack. Returns the exit code. */
function reportError(error: unknown, command: Command): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return exitCodes.passed;
    // Without a command, commander has already printed the help.
    const message = unknownFlag(error, command) ?? error.message;
    if (error.code !== "commander.help") stderr.write(`muster: ${oneLine(hideSecrets(message))}\n`);
    return exitCodes.badConfiguration;
  }
  if (error instanceof MusterError) {
    stderr.write(`muster: ${oneLine(hideSecrets(error.message))}\n`);
    return error.exitCode;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  stderr.write(`muster: a defect in muster: ${hideSecrets(text)}\n`);
  return exitCodes.defect;
}

/** Describes an unknown option that is written with its value, without that value: it may be a secret. Null for other errors. */
function unknownFlag({ code, message }: CommanderError, { options }: Command): string | null {
  const [, flag] = /^error: unknown option '(--[^=]*)=/.exec(message) ?? [];
  if (code !== "commander.unknownOption" || flag === undefined) return null;
  const near = nearestName(
    flag,
    options.flatMap(({ long }) => long ?? []),
  );
  return `unknown option '${flag}'${near === undefined ? "" : ` (Did you mean ${near}?)`}`;
}

/** Makes a message one printable line, because it may contain text from files, services and strangers. */
function oneLine(message: string): string {
  const line = message
    .replace(/^error: /, "")
    .replace(/\s*\n\s*/g, " ")
    .trim();
  return printable(line);
}
