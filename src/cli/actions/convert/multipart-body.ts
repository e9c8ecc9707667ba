import type { HarParam } from "./har-post.ts";

/** Any that occurs in no part would do; this one makes the same recording the same test. */
const ownBoundary = "muster-recorded-part";

/** The recorded boundary, unless there is none or a part holds it. */
export function boundaryFor(params: readonly HarParam[], contentType: string): string {
  const [, quoted, plain] = /boundary=(?:"([^"]*)"|([^;\s]*))/i.exec(contentType) ?? [];
  const recorded = quoted ?? plain ?? "";
  const isFree = (boundary: string) => params.every(({ value }) => !value.includes(boundary));
  // Others would need quotes, which not every service reads.
  if (/^[\w'+.-]{1,70}$/.test(recorded) && isFree(recorded)) return recorded;
  let boundary = ownBoundary;
  for (let count = 2; !isFree(boundary); count++) boundary = `${ownBoundary}-${count}`;
  return boundary;
}

/** As browsers write it: the HTML standard, "multipart/form-data encoding algorithm". */
export function multipartBytes(params: readonly HarParam[], boundary: string): Buffer {
  const parts = params.flatMap((param) => [
    Buffer.from(`--${boundary}\r\n${headOf(param)}\r\n\r\n`),
    contentOf(param),
    Buffer.from("\r\n"),
  ]);
  return Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]);
}

function headOf({ name, fileName, contentType }: HarParam): string {
  const file = fileName === null ? "" : `; filename="${quotable(fileName)}"`;
  const type = contentType || (fileName === null ? "" : "application/octet-stream");
  const typeLine = type === "" ? "" : `\r\nContent-Type: ${type.replace(/[\r\n]+/g, " ")}`;
  return `Content-Disposition: form-data; name="${quotable(name)}"${file}${typeLine}`;
}

function quotable(text: string): string {
  return text.replaceAll("\n", "%0A").replaceAll("\r", "%0D").replaceAll('"', "%22");
}

/** Some recorders write the content of a file as a data URL. */
function contentOf({ value, fileName }: HarParam): Buffer {
  const [, base64] = (fileName !== null && /^data:[^,]{0,200};base64,([\w+/=\s-]*)$/.exec(value)) || [];
  return base64 === undefined ? Buffer.from(value) : Buffer.from(base64, "base64");
}
