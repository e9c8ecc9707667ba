/** Reads the data that `htmlPage` has embedded in the page: JSON, compressed with gzip, in base64. */
export async function embeddedReport<Report>(): Promise<Report> {
  const element = document.getElementById("report");
  if (element?.textContent == null) throw new Error("this file contains no report");
  const bytes = Uint8Array.from(atob(element.textContent), (character) => character.charCodeAt(0));
  const text = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  return JSON.parse(text) as Report;
}
