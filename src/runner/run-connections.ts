import { ConfigurationError } from "../core/errors.ts";
import { InvalidValue } from "../core/invalid-value.ts";
import { readSecretFiles, type SecretFiles } from "../scenario/connections/secret-files.ts";
import type { TestDefinition } from "../scenario/definition/define.ts";
import { Network } from "../worker/http/network/network.ts";
import { pathsIn } from "../worker/http/network/tls-settings.ts";
import type { LoadedTest } from "./load-test.ts";

/**
 * Reads the certificates and keys that a test names by path, and checks them.
 * @param hash the hash of the test's bundle
 * @param folder the folder of the test file
 * @throws ConfigurationError if a file cannot be read, is not a certificate or a key, or a certificate and a key do not belong together
 */
export function secretFilesOf(test: TestDefinition, hash: string, folder: string): SecretFiles {
  const paths = [test, ...test.users].flatMap(({ tls }) => (tls === undefined ? [] : pathsIn(tls)));
  const secrets = readSecretFiles(hash, folder, paths);
  const read = (path: string) => Buffer.from(secrets.files[path] ?? "", "base64");
  const ofTest = networkOf("the test", () => Network.usual.with(test, read));
  for (const user of test.users) networkOf(`class ${user.name}`, () => ofTest.with(user, read));
  return secrets;
}

/** Returns what makes connections accept any certificate of the service: "--insecure", "the test", or classes of it. */
export function unverifiedIn({ test, resolved }: Pick<LoadedTest, "test" | "resolved">): string[] {
  if (process.env.NODE_TLS_REJECT_UNAUTHORIZED === "0" && resolved.host.startsWith("https:")) {
    return ["NODE_TLS_REJECT_UNAUTHORIZED=0"];
  }
  if (resolved.connections.insecure) return ["--insecure"];
  const classes = test.users.filter(({ tls }) => (tls?.insecure ?? test.tls?.insecure) === true);
  if (classes.length === test.users.length) return ["the test"];
  const hooks = test.tls?.insecure === true ? ["setup and teardown"] : [];
  return [...hooks, ...classes.map(({ name }) => `class ${name}`)];
}

function networkOf(what: string, make: () => Network): Network {
  try {
    const network = make();
    void network.tls.context;
    return network;
  } catch (cause) {
    if (!(cause instanceof InvalidValue)) throw cause;
    throw new ConfigurationError(`in the test file, ${what}: ${cause.message}`, { cause });
  }
}
