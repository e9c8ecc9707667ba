import { readFile } from "node:fs/promises";

const file = new URL("../../deploy/observability/grafana-dashboard.json", import.meta.url);

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

/** The queries of the dashboard for Grafana, as they are written. */
export async function dashboardQueries(): Promise<{ readonly panel: string; readonly expression: string }[]> {
  const { panels } = JSON.parse(await readFile(file, "utf8")) as { readonly panels: readonly Panel[] };
  return panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ panel: title, expression: expr })));
}
