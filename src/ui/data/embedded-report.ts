/** Reads what `htmlPage` wrote into the page: JSON, compressed with gzip, in base64. The caller knows of what. */
export async function embeddedReport<Report>(): Promise<Report> {
  const element = document.getElementById("report");
  if (element?.textContent == null) throw new Error("there is no report in this file");
  const bytes = Uint8Array.from(atob(element.textContent), (character) => character.charCodeAt(0));
  const text = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  return JSON.parse(text) as Report;
}
