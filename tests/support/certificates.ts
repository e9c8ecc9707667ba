import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { patienceMs } from "./wait-until.ts";

const execute = promisify(execFile);

/** A certificate with its key, as PEM texts, and the paths of both. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/** A certificate authority in a folder, and the certificates that it signs, made by openssl. */
export class Authority {
  readonly folder: string;
  readonly cert: string;
  readonly certFile: string;

  private constructor(folder: string, cert: string) {
    this.folder = folder;
    this.cert = cert;
    this.certFile = path.join(folder, "ca.pem");
  }

  static async in(folder: string, name = "Test CA"): Promise<Authority> {
    await openssl(folder, [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30"],
      ...["-keyout", "ca.key", "-out", "ca.pem", "-subj", `/CN=${name}`],
    ]);
    return new Authority(folder, await readFile(path.join(folder, "ca.pem"), "utf8"));
  }

  /** Signs a certificate for these names and addresses: "DNS:api.test,IP:127.0.0.1". Its files are NAME.pem and NAME.key. */
  async sign(name: string, alternatives: string, subject = name): Promise<Pair> {
    const { folder } = this;
    await writeFile(path.join(folder, `${name}.ext`), `subjectAltName=${alternatives}\n`);
    await openssl(folder, [
      ...["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
      ...["-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", `/CN=${subject}`],
    ]);
    await openssl(folder, [
      ...["x509", "-req", "-in", `${name}.csr`, "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"],
      ...["-days", "30", "-extfile", `${name}.ext`, "-out", `${name}.pem`],
    ]);
    const [certFile, keyFile] = [path.join(folder, `${name}.pem`), path.join(folder, `${name}.key`)];
    return { cert: await readFile(certFile, "utf8"), key: await readFile(keyFile, "utf8"), certFile, keyFile };
  }

  /** Puts a certificate and its key into a PKCS#12 file, "NAME.p12". */
  async bundle(name: string, passphrase: string): Promise<string> {
    const file = path.join(this.folder, `${name}.p12`);
    await openssl(this.folder, [
      ...["pkcs12", "-export", "-in", `${name}.pem`, "-inkey", `${name}.key`, "-out", file],
      ...["-passout", `pass:${passphrase}`],
    ]);
    return file;
  }
}

async function openssl(folder: string, args: readonly string[]): Promise<void> {
  await execute("openssl", args, { cwd: folder, timeout: patienceMs });
}
