import { appendFile, constants } from "node:fs/promises";
import { stderr } from "../process/standard-streams.ts";
import type { ReportSource, RunOutput } from "./run-output.ts";

/**
 * In a job of GitHub Actions, writes annotations, which GitHub reads from standard error, and a summary in Markdown for the
 * page of the job. Does nothing elsewhere.
 * Source: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
export class GithubOutput implements RunOutput {
  readonly name = "the summary of the GitHub job";
  readonly #environment: NodeJS.ProcessEnv;

  /** @param environment with GITHUB_ACTIONS and GITHUB_STEP_SUMMARY, which GitHub sets */
  constructor(environment: NodeJS.ProcessEnv) {
    this.#environment = environment;
  }

  async finish({ result }: ReportSource): Promise<void> {
    const { GITHUB_ACTIONS: isJob, GITHUB_STEP_SUMMARY: summary = "" } = this.#environment;
    if (isJob === "true") {
      const { githubAnnotations } = await import("../../report/files/github-annotations.ts");
      for (const line of githubAnnotations(result)) stderr.write(`${line}\n`);
    }
    if (summary === "") return;
    const { markdownSummary } = await import("../../report/files/markdown-summary.ts");
    const flag = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;
    await appendFile(summary, `${markdownSummary(result)}\n`, { flag });
  }
}
