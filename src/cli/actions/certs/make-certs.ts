import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ConfigurationError } from "../../../core/errors.ts";
import { stdout } from "../../../runner/process/standard-streams.ts";
import { type CertificateRequest, type Issued, issueCertificate } from "./certificate.ts";

export interface CertsOptions {
  readonly out: string;
  /** The names and addresses by which workers connect to the master. */
  readonly host: readonly string[];
  readonly days: number;
}

const dayMs = 24 * 3_600_000;
/** A certificate is valid from this long ago, so that machines whose clocks are a little slow accept it. */
const earlierMs = 3_600_000;
/** The validity of an authority in days. It signs nothing that is valid for longer than itself. */
const authorityDays = 3_650;

/**
 * `muster certs`: writes certificates for a master and its workers, signed by their own authority. An authority that is already
 * in the folder is reused, so that running the command again renews the certificates.
 * @throws ConfigurationError if the folder cannot be written, or its authority cannot be used
 */
export function makeCerts({ out, host, days }: CertsOptions): void {
  const now = Date.now();
  const valid = (forDays: number) => ({
    validFrom: new Date(now - earlierMs),
    validTo: new Date(now + forDays * dayMs),
  });
  try {
    mkdirSync(out, { recursive: true, mode: 0o700 });
    const kept = readAuthority(out);
    const authority =
      kept ?? issueCertificate({ commonName: "muster authority", purpose: "authority", ...valid(authorityDays) });
    requireValidFor(authority, now + days * dayMs, out);
    if (kept === null) write(out, "ca", authority);
    const requests: readonly (readonly [name: string, request: CertificateRequest])[] = [
      ["master", { commonName: "muster master", purpose: "master", hosts: host, ...valid(days) }],
      ["worker", { commonName: "muster worker", purpose: "worker", ...valid(days) }],
    ];
    for (const [name, request] of requests) write(out, name, issueCertificate(request, authority));
    stdout.write(explanation(out, host, days, kept !== null));
  } catch (cause) {
    if (cause instanceof ConfigurationError) throw cause;
    throw new ConfigurationError(`the certificates cannot be written to ${out}: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/** Checks the validity of the authority. @throws ConfigurationError if it expires before the certificates that it has to sign */
function requireValidFor({ certificate: { validTo } }: Issued, untilMs: number, folder: string): void {
  // Certificates have whole seconds.
  if (Date.parse(validTo) + 1_000 >= untilMs) return;
  throw new ConfigurationError(
    `the authority in ${folder} is valid until ${validTo}: choose fewer --days, or another folder for a new one`,
  );
}

/** Reads the authority in the folder; null if there is none yet. */
function readAuthority(folder: string): Issued | null {
  const [certificateFile, keyFile] = [join(folder, "ca.pem"), join(folder, "ca-key.pem")];
  const pem = readIfThere(certificateFile);
  const keyPem = readIfThere(keyFile);
  if (pem === null && keyPem === null) return null;
  if (pem === null || keyPem === null) {
    throw new ConfigurationError(
      `${folder} has only one of ca.pem and ca-key.pem: remove it, or choose another folder`,
    );
  }
  try {
    const certificate = new X509Certificate(pem);
    const key = createPrivateKey(keyPem);
    if (certificate.checkPrivateKey(key) && certificate.ca && certificate.subject === "CN=muster authority") {
      return { certificate, key };
    }
  } catch {
    // The error below says that the files are not an authority of muster.
  }
  throw new ConfigurationError(`${certificateFile} is not an authority that muster certs has made, with its key`);
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

function write(folder: string, name: string, { certificate, key }: Issued): void {
  replace(join(folder, `${name}-key.pem`), key.export({ type: "pkcs8", format: "pem" }).toString(), 0o600);
  replace(join(folder, `${name}.pem`), certificate.toString(), 0o644);
}

/** Writes a file atomically, so that nothing reads it half written. A symbolic link is replaced, not followed. */
function replace(file: string, text: string, mode: number): void {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, text, { mode, flag: "wx" });
  renameSync(draft, file);
}

function explanation(folder: string, hosts: readonly string[], days: number, isRenewal: boolean): string {
  const path = (name: string) => join(folder, name);
  return `${isRenewal ? "Renewed" : "Made"} certificates for ${hosts.join(", ")}, valid for ${days} days.
  master:  --tls-cert ${path("master.pem")} --tls-key ${path("master-key.pem")} --tls-ca ${path("ca.pem")}
  workers: --tls-cert ${path("worker.pem")} --tls-key ${path("worker-key.pem")} --tls-ca ${path("ca.pem")}
Keep ${path("ca-key.pem")} apart: whoever has it can make more. Run the command again to renew them.
`;
}
