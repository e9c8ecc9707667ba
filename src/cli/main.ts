import { Command, CommanderError } from "commander";
import { exitCodes, MusterError } from "../core/errors.ts";
import { compareCommand } from "./compare-command.ts";
import { applyConfigFile } from "./config-file.ts";
import { convertCommand } from "./convert-command.ts";
import { doctorCommand } from "./doctor-command.ts";
import { initCommand } from "./init-command.ts";
import { masterCommand } from "./master-command.ts";
import { planCommand } from "./plan-command.ts";
import { reportCommand } from "./report-command.ts";
import { runCommand } from "./run-command.ts";
import { runsCommand } from "./runs-command.ts";
import { version } from "./version.ts";
import { workerCommand } from "./worker-command.ts";

/** A variable that is set to nothing counts as not set: compositions pass on what they were not given that way. */
function dropEmptyVariables(environment: NodeJS.ProcessEnv): void {
  for (const [name, value] of Object.entries(environment)) {
    if (name.startsWith("MUSTER_") && value === "") delete environment[name];
  }
}

/** Runs the command line and ends the process with its exit code. Never throws. */
export async function main(argv: readonly string[]): Promise<void> {
  dropEmptyVariables(process.env);
  const program = new Command("muster")
    .description("a distributed load generator for HTTP services")
    .version(version, "-V, --version")
    .showSuggestionAfterError(true);
  const configured = [runCommand(), masterCommand(), workerCommand(), planCommand()];
  const others = [reportCommand(), compareCommand(), runsCommand(), initCommand(), convertCommand(), doctorCommand()];
  const commands = [...configured, ...others];
  for (const command of commands) program.addCommand(command);
  program.hook("preAction", (_, command) => applyConfigFile(command, configured));
  for (const command of withSubcommands(program)) {
    // One line for what is wrong, printed below.
    command.exitOverride().configureOutput({ outputError: () => {} });
  }
  try {
    await program.parseAsync(argv, { from: "user" });
  } catch (error) {
    process.exitCode = report(error);
  }
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  // A timer or a socket that the test has left open must not keep the command alive.
  process.exit();
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

/** Resolves when everything written so far is on its way; at once when nobody reads any more. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.once("error", () => resolve());
    stream.write("", () => resolve());
  });
}

function report(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return exitCodes.passed;
    // Without a command commander prints the help, which says it all.
    if (error.code !== "commander.help") process.stderr.write(`muster: ${oneLine(error.message)}\n`);
    return exitCodes.badConfiguration;
  }
  if (error instanceof MusterError) {
    process.stderr.write(`muster: ${oneLine(error.message)}\n`);
    return error.exitCode;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`muster: a defect in muster: ${text}\n`);
  return exitCodes.defect;
}

function oneLine(message: string): string {
  return message
    .replace(/^error: /, "")
    .replace(/\s*\n\s*/g, " ")
    .trim();
}
