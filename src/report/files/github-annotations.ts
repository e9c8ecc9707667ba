import type { Result } from "../result/result-schema.ts";
import { shortThreshold } from "../text/threshold-line.ts";

/**
 * Renders workflow commands of GitHub Actions that annotate the job with failed thresholds and the reasons why a run is
 * invalid: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
export function githubAnnotations({ run, verdict, reasons, thresholds }: Result): string[] {
  const title = `${run.test} / ${run.profile}`;
  const failed = thresholds
    .filter(({ passed }) => !passed)
    .map((threshold) => {
      const short = shortThreshold({ ...threshold, noData: threshold.value === null });
      return error(title, `${short}  (${threshold.metric}: ${threshold.expression})`);
    });
  const isSaid = verdict === "passed" || (verdict === "failed" && failed.length > 0 && reasons.length <= failed.length);
  return [...(isSaid ? [] : reasons.map((reason) => error(`${title}: ${verdict}`, reason))), ...failed];
}

function error(title: string, message: string): string {
  return `::error title=${escaped(title).replaceAll(":", "%3A").replaceAll(",", "%2C")}::${escaped(message)}`;
}

function escaped(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}
