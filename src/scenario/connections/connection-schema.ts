import * as z from "zod";
import { describeValue } from "../../core/describe-value.ts";
import { durationSchema } from "../bundle/load-schema.ts";
import { messageOf } from "../bundle/unknown-field.ts";
import { parseDestination, parsePlace } from "./connect-to.ts";
import { addressFamilies, addressSelections, tlsVersions } from "./connection.ts";

/* The forms of `tls`, `connectTo` and `resolve` of a test and of its classes. */

const source = z.custom<unknown>(isSource, { error: ({ input }) => expectedSource(input) });
const sources = z.custom<unknown>(
  (value) => isSource(value) || (Array.isArray(value) && value.length > 0 && value.every(isSource)),
  {
    error: ({ input }) => expectedSource(Array.isArray(input) ? input.find((one) => !isSource(one)) : input),
  },
);
const version = z.enum(tlsVersions);
const text = z.string().min(1, "expected a non-empty string");

const userTls = z.strictObject({
  ca: sources.optional(),
  cert: source.optional(),
  key: source.optional(),
  pfx: source.optional(),
  passphrase: z.string({ error: "expected a string" }).optional(),
  serverName: text.optional(),
  minVersion: version.optional(),
  maxVersion: version.optional(),
  ciphers: text.optional(),
});

/** Whether the lowest version is not above the highest. */
function isAscending({ minVersion = "TLSv1", maxVersion = "TLSv1.3" }: z.infer<typeof userTls>): boolean {
  return tlsVersions.indexOf(minVersion) <= tlsVersions.indexOf(maxVersion);
}
const descending = { error: "minVersion is above maxVersion" };

const tls = userTls.extend({ insecure: z.boolean().optional() }).refine(isAscending, descending);

const connectTo = z.record(z.string(), z.unknown()).superRefine((given, context) => {
  for (const [key, value] of Object.entries(given)) {
    const message = placeProblem(key) ?? destinationProblem(value);
    if (message !== null) context.addIssue({ code: "custom", path: [key], message });
  }
});

const resolve = z.strictObject({
  ttl: z
    .union([z.literal("inf"), durationSchema], {
      error: ({ input }) => `expected a duration such as "5m" or "0s", or "inf", found ${describeValue(input)}`,
    })
    .optional(),
  select: z.enum(addressSelections).optional(),
  family: z.enum(addressFamilies).optional(),
});

/** The fields that a test and a class have in common. */
export const connectionFields = {
  tls: tls.optional(),
  connectTo: connectTo.optional(),
  resolve: resolve.optional(),
};

/** Returns what is wrong with the argument of `vu.http.tls.set`; null if it is valid. Never shows a value. */
export function tlsProblem(options: unknown): string | null {
  if (typeof options === "object" && options !== null && "insecure" in options) {
    return "insecure is set in tls of the test or of a class, so that the result of the run can say so";
  }
  const missing =
    options instanceof Object ? Object.entries(options).find(([, value]) => value === undefined) : undefined;
  // For example, the certificate of a user beyond the end of a list of certificates.
  if (missing !== undefined) return `${missing[0]} is undefined`;
  const issue = userTls.refine(isAscending, descending).safeParse(options).error?.issues[0];
  if (issue === undefined) return null;
  const path = issue.path.join(".");
  return path === "" ? messageOf(userTls, issue) : `${path}: ${messageOf(userTls, issue)}`;
}

function isSource(value: unknown): boolean {
  if (typeof value === "string") return value !== "";
  if (value instanceof Uint8Array) return value.length > 0;
  return typeof value === "object" && value !== null && "path" in value && "bytes" in value;
}

/** A text or bytes might be a secret, and are not shown. */
function expectedSource(found: unknown): string {
  const shown = found === "" ? "an empty text" : found instanceof Uint8Array ? "no bytes" : describeValue(found);
  return `expected a string in PEM format, the path of a file, secretFile("…") or bytes, found ${shown}`;
}

function placeProblem(key: string): string | null {
  const place = parsePlace(key);
  return typeof place === "string" ? place : null;
}

function destinationProblem(value: unknown): string | null {
  const all = [value].flat();
  if (all.length === 0) return "expected at least one address";
  for (const one of all) {
    if (typeof one !== "string") return `expected an address such as "10.0.0.5:8443", found ${describeValue(one)}`;
    const destination = parseDestination(one);
    if (typeof destination === "string") return `${JSON.stringify(one)}: ${destination}`;
  }
  return null;
}
