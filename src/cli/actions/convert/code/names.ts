/** Words that TypeScript or the test itself uses. */
const reserved = new Set(
  `arguments as async await boolean break case catch class const continue debugger default delete do else enum eval export
  extends false finally for from function get if implements import in instanceof interface let new null number object of
  package private protected public return set static string super switch this throw true try type typeof undefined var void
  while with yield name process console vu env between closed constant defineTest defineUser basicAuth digestAuth file captured htmlText bytes
  Buffer crypto Date encodeURIComponent decodeURIComponent Math Number String URLSearchParams FormData Blob File atob btoa`
    .split(/\s+/)
    .filter((word) => word !== ""),
);

/** The names that a test declares. */
export class DeclaredNames {
  readonly #taken = new Set<string>();

  /** Takes a free name that resembles `text`: "access_token" gives accessToken, or accessToken2 if that is taken. */
  claim(text: string, fallback: string): string {
    const name = camelCase(text) || fallback;
    const start = reserved.has(name) ? `${name}Value` : name;
    let free = start;
    for (let count = 2; this.#taken.has(free); count++) free = `${start}${count}`;
    this.#taken.add(free);
    return free;
  }
}

/** Returns the words of a name or a path in lower case: "accessToken" and "access_token" give access and token. */
export function nameWords(text: string): string[] {
  return text
    .normalize("NFKD")
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== "")
    .map((word) => word.toLowerCase());
}

/** Returns an identifier made of the words of `text`; empty if there are none. */
export function camelCase(text: string): string {
  const [first = "", ...rest] = nameWords(text).slice(0, 6);
  return (first + rest.map(capitalized).join("")).replace(/^(?=\d)/, "_").slice(0, 60);
}

/** Environment variables that most machines already have. */
const machines =
  /^(?:COLUMNS|DISPLAY|EDITOR|HOME|HOST|HOSTNAME|LANG|LINES|LOGNAME|MAIL|NAME|PATH|PORT|PWD|SHELL|TEMP|TERM|TMP|TMPDIR|TZ|USER|USERNAME)$/;

/** Returns the name of an environment variable: ACCESS_TOKEN for "accessToken", TEST_USER for "user". */
export function variableCase(text: string): string {
  const name = nameWords(text).join("_").toUpperCase();
  return name.replace(/^(?=\d|$)/, "VALUE_").replace(machines, "TEST_$&");
}

function capitalized(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}

/** Returns the English singular of a collection's name: order for "orders", category for "categories". */
export function singular(word: string): string {
  if (/ies$/i.test(word)) return `${word.slice(0, -3)}y`;
  if (/(?:ss|us|is)$/i.test(word)) return word;
  if (/(?:x|ch|sh|ss)es$/i.test(word)) return word.slice(0, -2);
  return word.replace(/s$/i, "");
}
