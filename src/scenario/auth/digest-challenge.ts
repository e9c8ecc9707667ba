/** The challenge of a server for Digest authentication (RFC 7616, 3.3; without `algorithm` or `qop`: RFC 2069). */
export interface DigestChallenge {
  readonly realm: string;
  readonly nonce: string;
  /** The value `opaque`; null if the server sent none. */
  readonly opaque: string | null;
  /** The algorithm as the server wrote it; null if it named none, which means MD5. */
  readonly algorithm: string | null;
  /** The name of the hash in Node.js. */
  readonly hash: "md5" | "sha256" | "sha512-256";
  /** Whether the hash of the user also covers the nonce (`-sess`). */
  readonly isPerSession: boolean;
  /** The protection: `auth-int` also covers the body; null if the server offers neither. */
  readonly qop: "auth" | "auth-int" | null;
  /** Whether the credentials were right, and only the nonce is too old. */
  readonly isStale: boolean;
  /** Whether the name of the user is sent as a hash. */
  readonly hashesUser: boolean;
}

type Parameters = Map<string, string>;

const hashes: Readonly<Record<string, DigestChallenge["hash"]>> = {
  md5: "md5",
  "sha-256": "sha256",
  "sha-512-256": "sha512-256",
};
/** The hashes from strong to weak. */
const preferred: readonly DigestChallenge["hash"][] = ["sha512-256", "sha256", "md5"];

/**
 * A scheme, or a parameter of one. Commas separate both challenges and parameters, so only a name without a value shows where
 * a challenge begins (RFC 9110, 11.6.1).
 */
const part = /\s*([\w!#$%&'*+.^`|~-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*)))?\s*,?/gy;

/** Returns the strongest Digest challenge that `header`, the values of `www-authenticate`, has; null if it has none. */
export function digestChallengeIn(header: string | undefined): DigestChallenge | null {
  const found = challengesIn(header ?? "").flatMap(({ scheme, parameters }) =>
    scheme === "digest" ? (challengeOf(parameters) ?? []) : [],
  );
  return found.toSorted((a, b) => preferred.indexOf(a.hash) - preferred.indexOf(b.hash))[0] ?? null;
}

function challengesIn(header: string): { readonly scheme: string; readonly parameters: Parameters }[] {
  const challenges: { scheme: string; parameters: Parameters }[] = [];
  for (const { name, value } of partsOf(header)) {
    if (value === undefined) challenges.push({ scheme: name.toLowerCase(), parameters: new Map() });
    else challenges.at(-1)?.parameters.set(name.toLowerCase(), value);
  }
  return challenges;
}

/** Returns null for an unknown algorithm or protection, or without a nonce. */
function challengeOf(parameters: Parameters): DigestChallenge | null {
  const algorithm = parameters.get("algorithm") ?? null;
  const [, name = "", session] = /^(.*?)(-sess)?$/.exec((algorithm ?? "md5").toLowerCase()) ?? [];
  const hash = Object.hasOwn(hashes, name) ? hashes[name] : undefined;
  const nonce = parameters.get("nonce");
  const offered = parameters
    .get("qop")
    ?.toLowerCase()
    .split(/[\s,]+/);
  const qop = offered?.find((one) => one === "auth") ?? offered?.find((one) => one === "auth-int") ?? null;
  if (hash === undefined || nonce === undefined || (offered !== undefined && qop === null)) return null;
  return {
    realm: parameters.get("realm") ?? "",
    nonce,
    opaque: parameters.get("opaque") ?? null,
    algorithm,
    hash,
    isPerSession: session !== undefined,
    qop,
    isStale: parameters.get("stale")?.toLowerCase() === "true",
    hashesUser: parameters.get("userhash")?.toLowerCase() === "true",
  };
}

/** Returns the nonce for the next request, which a server can send with a response (RFC 7616, 3.5); null if it sent none. */
export function nextNonceIn(header: string | undefined): string | null {
  for (const { name, value } of partsOf(header ?? "")) if (name.toLowerCase() === "nextnonce") return value ?? null;
  return null;
}

function* partsOf(header: string): Generator<{ readonly name: string; readonly value: string | undefined }> {
  for (const [, name = "", quoted, plain] of header.matchAll(part)) {
    yield { name, value: quoted === undefined ? plain : quoted.replace(/\\(.)/g, "$1") };
  }
}
