import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import { ConfigurationError } from "../../core/errors.ts";
import type { TlsIdentity } from "../../master/workers/worker-tls.ts";

/**
 * Reads the certificate that a master presents to its workers or to browsers, and its key; null without TLS.
 * @param flag the common start of the flags that name the files
 * @throws ConfigurationError when a file cannot be read, or the key does not belong to the certificate
 */
export async function readIdentity(
  certFile: string | undefined,
  keyFile: string | undefined,
  flag = "--tls",
): Promise<TlsIdentity | null> {
  if (certFile === undefined && keyFile === undefined) return null;
  if (certFile === undefined) throw new ConfigurationError(`${flag}-key needs ${flag}-cert`);
  if (keyFile === undefined) throw new ConfigurationError(`${flag}-cert needs ${flag}-key`);
  const [cert, key] = await Promise.all([readCertificate(`${flag}-cert`, certFile), readPem(`${flag}-key`, keyFile)]);
  try {
    createSecureContext({ cert, key });
  } catch (cause) {
    const why = (cause as Error).message;
    throw new ConfigurationError(`${flag}-key ${keyFile}: not the key of ${certFile} (${why})`, { cause });
  }
  return { cert, key };
}

/**
 * Reads the certificates that a worker trusts, in PEM format.
 * @throws ConfigurationError when the file cannot be read, or contains no certificate
 */
export async function readAuthority(file: string): Promise<string> {
  return await readCertificate("--tls-ca", file);
}

async function readCertificate(flag: string, file: string): Promise<string> {
  const text = await readPem(flag, file);
  try {
    new X509Certificate(text);
  } catch (cause) {
    throw new ConfigurationError(`${flag} ${file}: contains no certificate in PEM format`, { cause });
  }
  return text;
}

async function readPem(flag: string, file: string): Promise<string> {
  return await readFile(file, "utf8").catch((cause: unknown) => {
    throw new ConfigurationError(`${flag} ${file}: ${(cause as Error).message}`, { cause });
  });
}
