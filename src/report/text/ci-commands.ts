import process from "node:process";

/**
 * The start of a command in a job of GitHub Actions. The runner executes a log line that begins with `::name`, and `##[name` anywhere in a
 * line. Texts of a tested service must not set outputs or masks of the job that tests it.
 * Source: https://github.com/actions/runner, ActionCommand.cs
 */
const startsCommand = /^([ \t]*)::/gm;

/** Returns the text without anything that the runner would execute in a job of GitHub Actions; elsewhere returns the text unchanged. */
export function withoutCommands(text: string, environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.GITHUB_ACTIONS !== "true") return text;
  return text.replace(startsCommand, "$1:\\:").replaceAll("##[", "##\\[");
}

/** Like `withoutCommands`, for a line of JSON, whose value does not change. */
export function jsonWithoutCommands(line: string, environment: NodeJS.ProcessEnv = process.env): string {
  return environment.GITHUB_ACTIONS === "true" ? line.replaceAll("##[", "##\\u005b") : line;
}
