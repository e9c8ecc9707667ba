import { randomBytes } from "node:crypto";
import { describeValue, isThenable, tagOf } from "../../../core/describe-value.ts";
import { headerValueProblem } from "../../../scenario/definition/header-rules.ts";
import { isTestFile } from "../../../scenario/files/test-files.ts";
import { BodySegments } from "../body-segments.ts";
import { InvalidRequest } from "./invalid-request.ts";
import { bytesToSend, maxCopiedBytes } from "./memory.ts";
import { requireRecord } from "./request-options.ts";
import { Content, readAll, UnreadContent } from "./unread-content.ts";

/** One part: a field, or a file if it has a file name. */
interface Part {
  readonly name: string;
  readonly content: string | Uint8Array | Blob;
  readonly fileName: string | null;
  /** The content type; null for none. */
  readonly type: string | null;
}

const bytesType = "application/octet-stream";
const partOptions = ["content", "fileName", "type"];
/**
 * The start of every boundary, which is random per process. The number of the body follows it, so each request has its own
 * boundary. A boundary must not occur in a file.
 */
const boundaryStart = `muster-${randomBytes(12).toString("hex")}-`;
let bodyCount = 0;

/**
 * Encodes the option `multipart` as `multipart/form-data` (RFC 7578). Large contents are not copied: the body refers to
 * their memory.
 * @throws InvalidRequest that names the field
 */
export function multipartContent(fields: unknown): Content | UnreadContent {
  requireRecord("multipart", fields, '{ title: "Report", photo: file("photo.jpg") }');
  const parts: Part[] = [];
  for (const name of Object.keys(fields)) {
    const value = fields[name];
    const where = `multipart${/^\w{1,60}$/.test(name) ? `.${name}` : `[${JSON.stringify(name.slice(0, 60))}]`}`;
    if (Array.isArray(value)) value.forEach((one, at) => void parts.push(partOf(`${where}[${at}]`, name, one)));
    else parts.push(partOf(where, name, value));
  }
  if (!parts.some(({ content }) => content instanceof Blob)) return encode(parts);
  return new UnreadContent(async () => encode(await Promise.all(parts.map(readPart))));
}

async function readPart(part: Part): Promise<Part> {
  return part.content instanceof Blob ? { ...part, content: await readAll(part.content) } : part;
}

function partOf(where: string, name: string, value: unknown): Part {
  if (typeof value === "object" && value !== null && "content" in value && !isTestFile(value)) {
    return describedPart(where, name, value);
  }
  const { content, fileName, type } = contentOf(where, name, value);
  return { name, content, fileName, type };
}

/** A part with a content type or a file name of its own: `{ content, fileName, type }`. */
function describedPart(where: string, name: string, given: object): Part {
  for (const option of Object.keys(given)) {
    if (partOptions.includes(option)) continue;
    throw new InvalidRequest(
      `${where} has an unknown field ${JSON.stringify(option)}; valid: ${partOptions.join(", ")}`,
    );
  }
  const { content, fileName, type } = given as Readonly<Record<string, unknown>>;
  for (const [option, value] of Object.entries({ fileName, type })) {
    if (value !== undefined && typeof value !== "string") {
      throw new InvalidRequest(`${where}.${option} is ${describeValue(value)}; expected a string`);
    }
  }
  const problem = typeof type === "string" ? headerValueProblem("content-type", type) : null;
  if (problem !== null) throw new InvalidRequest(`${where}.type: ${problem}`);
  const usual = contentOf(`${where}.content`, name, content);
  return {
    name,
    content: usual.content,
    fileName: (fileName as string | undefined) ?? usual.fileName,
    type: (type as string | undefined) ?? usual.type ?? (fileName === undefined ? null : bytesType),
  };
}

function contentOf(where: string, name: string, value: unknown): Omit<Part, "name"> {
  switch (typeof value) {
    case "string":
      return { content: value, fileName: null, type: null };
    case "number":
      if (Number.isFinite(value)) return { content: String(value), fileName: null, type: null };
      break;
    case "boolean":
    case "bigint":
      return { content: String(value), fileName: null, type: null };
  }
  const file = typeof value === "object" && value !== null ? fileOf(where, name, value) : null;
  if (file !== null) return file;
  throw new InvalidRequest(`${where} is ${describeValue(value)}; ${instead(value)}`);
}

/** Returns a part that is sent as a file; null if the value is neither a file nor bytes. */
function fileOf(where: string, name: string, value: object): Omit<Part, "name"> | null {
  if (isTestFile(value)) return { content: value.bytes(), fileName: value.name, type: value.type };
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) {
    return { content: bytesToSend(where, value), fileName: name, type: bytesType };
  }
  if (!(value instanceof Blob)) return null;
  const fileName = tagOf(value) === "File" ? (value as File).name : name;
  return { content: value, fileName, type: value.type === "" ? bytesType : value.type };
}

function instead(value: unknown): string {
  if (value === undefined || value === null) return "leave the field out, or give it a value";
  if (isThenable(value)) return "await it first";
  const file = 'file("photo.jpg")';
  return `expected a string, a number, bytes, a file such as ${file}, a list of these, or { content, fileName, type }`;
}

function encode(parts: readonly Part[]): Content {
  const boundary = boundaryStart + ++bodyCount;
  const segments: Uint8Array[] = [];
  let text = "";
  for (const { name, content, fileName, type } of parts) {
    text += `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(name)}"`;
    if (fileName !== null) text += `; filename="${quoted(fileName)}"`;
    text += type === null ? "\r\n\r\n" : `\r\nContent-Type: ${type}\r\n\r\n`;
    if (typeof content === "string") text += content;
    else {
      segments.push(Buffer.from(text), content as Uint8Array);
      text = "";
    }
    text += "\r\n";
  }
  segments.push(Buffer.from(`${text}--${boundary}--\r\n`));
  const body = new BodySegments(segments);
  // A small body is sent with its head in one write.
  const sent = body.byteLength > maxCopiedBytes ? body : Buffer.concat(segments);
  return new Content(sent, `multipart/form-data; boundary=${boundary}`, true);
}

/** Escapes a name as browsers do (WHATWG HTML, "multipart/form-data encoding algorithm"). */
function quoted(name: string): string {
  return name.replaceAll("\n", "%0A").replaceAll("\r", "%0D").replaceAll('"', "%22");
}
