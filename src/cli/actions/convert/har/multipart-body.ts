import type { HarParam } from "./har-post.ts";

/** The boundary, or its beginning, if the recorded one cannot be used. It is fixed, so that a recording always gives the same test. */
const ownBoundary = "muster-recorded-part";

/** Returns the recorded boundary. If there is none, it needs quotes or a part contains it, returns one that begins with `ownBoundary`. */
export function boundaryFor(params: readonly HarParam[], contentType: string): string {
  const [, quoted, plain] = /boundary=(?:"([^"]*)"|([^;\s]*))/i.exec(contentType) ?? [];
  const recorded = quoted ?? plain ?? "";
  const isFree = (boundary: string) => params.every(({ value }) => !value.includes(boundary));
  // Other characters need quotes, which not every service understands.
  if (/^[\w'+.-]{1,70}$/.test(recorded) && isFree(recorded)) return recorded;
  let boundary = ownBoundary;
  for (let count = 2; !isFree(boundary); count++) boundary = `${ownBoundary}-${count}`;
  return boundary;
}

/** Encodes the parts of a form as browsers do. Source: HTML standard, "multipart/form-data encoding algorithm". */
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

/** Returns the content of a part. Some recorders write that of a file as a data URL. */
function contentOf({ value, fileName }: HarParam): Buffer {
  const [, base64] = (fileName !== null && /^data:[^,]{0,200};base64,([\w+/=\s-]*)$/.exec(value)) || [];
  return base64 === undefined ? Buffer.from(value) : Buffer.from(base64, "base64");
}
