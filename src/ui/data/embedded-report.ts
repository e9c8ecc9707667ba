/** Reads the data that `htmlPage` has embedded in the page, and that the loader has unpacked: JSON. */
export function embeddedReport<Report>(): Report {
  const element = document.getElementById("report");
  if (element === null) throw new Error("this file contains no report");
  return JSON.parse(element.textContent ?? "") as Report;
}
