/** Reads the JSON data that `htmlPage` embedded in the page and that the loader unpacked. */
export function embeddedReport<Report>(): Report {
  const element = document.getElementById("report");
  if (element === null) throw new Error("this file contains no report");
  return JSON.parse(element.textContent ?? "") as Report;
}
