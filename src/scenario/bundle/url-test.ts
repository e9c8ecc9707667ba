import { ConfigurationError } from "../../core/errors.ts";
import { hideCredentialsOf } from "../../core/url-credentials.ts";
import { type Bundle, hashOf } from "./bundle.ts";

/** A URL in place of a test file: the service, and the test that requests the URL. */
export interface UrlTest {
  /** The base URL of the service, with the user and the password of the URL. */
  readonly host: string;
  /** The path and the query. They are part of the code; user and password are not, because the code is stored. */
  readonly bundle: Bundle;
}

/** Whether a word of the command line is a URL and not the path of a file. */
export function isUrl(word: string): boolean {
  return /^https?:\/\//i.test(word);
}

/**
 * Returns a test whose users request one URL repeatedly: 10 users for 10 s, all from the start, without pauses.
 * @throws ConfigurationError if the text is not a URL
 */
export function urlTest(text: string): UrlTest {
  const url = URL.parse(text);
  if (url === null) throw new ConfigurationError(`${JSON.stringify(hideCredentialsOf(text))} is not a URL`);
  const path = url.pathname + url.search;
  const source = `import { closed, defineTest, defineUser } from "muster-load";

const user = defineUser({
  name: "User",
  tasks: { get: (vu) => vu.http.get(${JSON.stringify(path)}) },
});

export default defineTest({
  name: ${JSON.stringify(url.host + url.pathname)},
  users: [user],
  load: closed({ users: 10, spawnRate: 100000, duration: "10s" }),
});
`;
  const { origin, username, password } = url;
  const account = username === "" && password === "" ? "" : `${username}:${password}@`;
  const host = origin.replace("//", () => `//${account}`);
  return { host, bundle: { hash: hashOf(source), source, data: [], fileName: url.host, folder: process.cwd() } };
}

/**
 * Sets the host of a run of a URL, whatever the environment says. For a test file, the options are returned unchanged.
 * @throws ConfigurationError if the first word is not a valid URL
 */
export function withHostOfUrl<Options extends { readonly host?: string }>(
  [first]: readonly string[],
  options: Options,
): Options {
  return first !== undefined && isUrl(first) ? { ...options, host: urlTest(first).host } : options;
}
