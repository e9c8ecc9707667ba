import type { CurlOption } from "./curl-options.ts";

/** The certificates of a command: paths of files. */
export interface CurlCertificates {
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: string | null;
  /** The path of a PKCS#12 file, which replaces `cert` and `key`. */
  readonly pfx: string | null;
  readonly hasPassphrase: boolean;
}

/** The variable that a converted test reads the passphrase from. */
export const passphraseVariable = "CERT_PASSPHRASE";

/** Returns the certificates that the options name; null if they name none. */
export function certificatesOf(options: readonly CurlOption[]): CurlCertificates | null {
  const last = (name: string) => options.findLast((option) => option.name === name)?.value ?? null;
  const [ca, given, key] = [last("cacert"), last("cert"), last("key")];
  if (ca === null && given === null) return null;
  // `FILE:PASSWORD`. A colon in the name of the file has a backslash before it, except the one after the drive of a Windows path.
  const [, file = given, password] =
    /^((?:[A-Za-z]:[/\\]|(?![A-Za-z]:[/\\]))(?:\\.|[^:\\])*):(.*)$/s.exec(given ?? "") ?? [];
  const path = file?.replaceAll("\\:", ":") ?? null;
  const isPfx = path !== null && (/^p12$/i.test(last("cert-type") ?? "") || /\.(?:p12|pfx)$/i.test(path));
  return {
    ca,
    cert: isPfx ? null : path,
    // A PEM file may contain both.
    key: isPfx || path === null ? null : (key ?? path),
    pfx: isPfx ? path : null,
    hasPassphrase: path !== null && (password !== undefined || last("pass") !== null),
  };
}

/** Writes the fields of the option `tls` of a test. */
export function certificateCode({ ca, cert, key, pfx, hasPassphrase }: CurlCertificates): string[] {
  const paths = Object.entries({ ca, cert, key, pfx }).flatMap(([field, path]) =>
    path === null ? [] : [`${field}: ${JSON.stringify(path)}`],
  );
  return hasPassphrase ? [...paths, `passphrase: env(${JSON.stringify(passphraseVariable)})`] : paths;
}
