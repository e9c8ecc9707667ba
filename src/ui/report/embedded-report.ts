import type { RunReport } from "../../report/model.ts";

/** Reads what `renderHtml` wrote into the page: the JSON of the report, compressed with gzip, in base64. */
export async function embeddedReport(): Promise<RunReport> {
  const element = document.getElementById("report");
  if (element?.textContent == null) throw new Error("there is no report in this file");
  const bytes = Uint8Array.from(atob(element.textContent), (character) => character.charCodeAt(0));
  const text = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  return JSON.parse(text) as RunReport;
}
