import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname } from "node:path";
import { gzipSync } from "node:zlib";
import type { Context } from "hono";
import { packageFolder } from "../core/own-files.ts";

/** The folder of the built page. */
const pageFolder = new URL("dist/ui/", packageFolder);

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".json": "application/json",
};

export interface StaticFile {
  readonly type: string;
  /** The entity tag, which changes with the content. */
  readonly etag: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly gzipped: Uint8Array<ArrayBuffer>;
}

/** Reads the files of the page into memory; they are few and small. */
export function readStaticFiles(folder = pageFolder): ReadonlyMap<string, StaticFile> {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const files = names.flatMap((name): [string, StaticFile][] => {
    const type = types[extname(name)];
    if (type === undefined) return [];
    const bytes = new Uint8Array(readFileSync(new URL(name, folder)));
    const gzipped = names.includes(`${name}.gz`) ? readFileSync(new URL(`${name}.gz`, folder)) : gzipSync(bytes);
    const etag = `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`;
    return [[name, { type, etag, bytes, gzipped: new Uint8Array(gzipped) }]];
  });
  return new Map(files);
}

/** Whether the client accepts gzip (RFC 9110, 12.5.3). */
export function takesGzip(context: Context): boolean {
  return /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i.test(context.req.header("accept-encoding") ?? "");
}
