import process from "node:process";

/**
 * A runner of GitHub Actions takes a line of the log that begins with `::name` for a command, and `##[name` anywhere in a line. Texts of a
 * tested service must not set outputs or masks of the job that tests it.
 * Source: https://github.com/actions/runner, ActionCommand.cs
 */
const startsCommand = /^([ \t]*)::/gm;

/** In a job of GitHub Actions, returns the text without anything that its runner would execute. Elsewhere returns the text. */
export function withoutCommands(text: string, environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.GITHUB_ACTIONS !== "true") return text;
  return text.replace(startsCommand, "$1:\\:").replaceAll("##[", "##\\[");
}

/** Like `withoutCommands`, for a line of JSON: its value stays the same. */
export function jsonWithoutCommands(line: string, environment: NodeJS.ProcessEnv = process.env): string {
  return environment.GITHUB_ACTIONS === "true" ? line.replaceAll("##[", "##\\u005b") : line;
}
