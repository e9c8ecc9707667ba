import { ConfigurationError } from "../../../../core/errors.ts";
import { nearestName } from "../../../../core/nearest.ts";
import { oneLine } from "../loose-json.ts";

/** An option of a curl command with its value; a URL has the name "url". */
export interface CurlOption {
  readonly name: string;
  readonly value: string;
}

const shortNames: Readonly<Record<string, string>> = {
  X: "request",
  H: "header",
  d: "data",
  F: "form",
  G: "get",
  I: "head",
  u: "user",
  A: "user-agent",
  e: "referer",
  b: "cookie",
  k: "insecure",
  L: "location",
  m: "max-time",
  x: "proxy",
  o: "output",
  w: "write-out",
  c: "cookie-jar",
  T: "upload-file",
  E: "cert",
  r: "range",
  y: "speed-time",
  Y: "speed-limit",
  s: "silent",
  S: "show-error",
  v: "verbose",
  i: "include",
  f: "fail",
  g: "globoff",
  N: "no-buffer",
  O: "remote-name",
  J: "remote-header-name",
  j: "junk-session-cookies",
  q: "disable",
  R: "remote-time",
  n: "netrc",
  "#": "progress-bar",
  "0": "http1.0",
  "1": "tlsv1",
  "2": "sslv2",
  "3": "sslv3",
  "4": "ipv4",
  "6": "ipv6",
  C: "continue-at",
  D: "dump-header",
  K: "config",
  U: "proxy-user",
  ":": "next",
  a: "append",
  p: "proxytunnel",
  t: "telnet-option",
  z: "time-cond",
};

/** The long names of the options with a value. The options that the test does not need are ignored with their values. */
const withValue = new Set(
  `url request header data data-raw data-binary data-ascii data-urlencode json form form-string user user-agent referer cookie max-time
  connect-timeout proxy output write-out cookie-jar upload-file cert key cacert capath cert-type key-type pass range speed-time speed-limit
  continue-at dump-header config proxy-user retry retry-delay retry-max-time max-redirs limit-rate resolve connect-to unix-socket interface
  ciphers tls-max dns-servers oauth2-bearer aws-sigv4 time-cond max-filesize proxy-header noproxy trace trace-ascii stderr keepalive-time
  expect100-timeout happy-eyeballs-timeout-ms local-port preproxy socks5 socks5-hostname socks4 tls13-ciphers
  crlfile pinnedpubkey curves engine rate variable url-query netrc-file telnet-option output-dir`.split(/\s+/),
);

const withoutValue = new Set(
  `get head insecure location location-trusted silent show-error verbose include fail fail-with-body globoff no-buffer remote-name
  remote-header-name junk-session-cookies disable remote-time netrc progress-bar http1.0 http1.1 http2 http2-prior-knowledge http3 tlsv1
  tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3 sslv2 sslv3 ipv4 ipv6 append proxytunnel compressed next digest basic ntlm negotiate anyauth raw
  path-as-is create-dirs no-keepalive tcp-nodelay no-progress-meter parallel post301 post302 post303 retry-all-errors retry-connrefused
  ssl ssl-reqd ssl-no-revoke styled-output no-sessionid remote-name-all fail-early netrc-optional compressed-ssh no-alpn false-start`.split(
    /\s+/,
  ),
);

/**
 * Parses the words after `curl`: long and short options, whose value is attached or is the next word, and URLs.
 * @throws ConfigurationError for an option that curl does not have, or that lacks its value
 */
export function curlOptions(words: readonly string[]): CurlOption[] {
  const options: CurlOption[] = [];
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word.startsWith("--") && word.length > 2) options.push(longOption(word.slice(2), rest));
    else if (word.startsWith("-") && word.length > 1) options.push(...shortOptions(word, rest));
    else options.push({ name: "url", value: word });
  }
  return options;
}

function longOption(text: string, rest: string[]): CurlOption {
  const name = text.replace(/=.*$/s, "");
  if (withValue.has(name)) {
    return { name, value: name === text ? takeValue(`--${name}`, rest) : text.slice(name.length + 1) };
  }
  if (withoutValue.has(name) || withoutValue.has(name.replace(/^no-/, ""))) return { name, value: "" };
  const near = nearestName(name, [...withValue, ...withoutValue]);
  throw new ConfigurationError(
    `curl has no option --${oneLine(name, 40)}${near === undefined ? "" : `, did you mean --${near}?`}`,
  );
}

/** Parses the options of a word such as `-sXPOST`: the first option that has a value takes the rest of the word, or the next word. */
function shortOptions(word: string, rest: string[]): CurlOption[] {
  const options: CurlOption[] = [];
  for (let at = 1; at < word.length; at++) {
    const letter = word[at] ?? "";
    const name = shortNames[letter];
    if (name === undefined) throw new ConfigurationError(`curl has no option -${letter}, in ${oneLine(word, 40)}`);
    if (withValue.has(name)) {
      const value = at + 1 < word.length ? word.slice(at + 1) : takeValue(`-${letter}`, rest);
      return [...options, { name, value }];
    }
    options.push({ name, value: "" });
  }
  return options;
}

function takeValue(option: string, rest: string[]): string {
  const value = rest.shift();
  if (value === undefined) throw new ConfigurationError(`the curl option ${option} has no value`);
  return value;
}
