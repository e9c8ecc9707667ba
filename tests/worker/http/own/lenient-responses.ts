const ok = "HTTP/1.1 200 OK\r\n";
const chunks = `${ok}Transfer-Encoding: chunked\r\n\r\n`;

/** A response that is not as one would write it, and what it says. */
export interface LenientResponse {
  readonly what: string;
  readonly text: string;
  /** Default: "hello". */
  readonly body?: string;
  /** Default: 200. */
  readonly status?: number;
  /** Some of its headers. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: true. */
  readonly keepsAlive?: boolean;
  /** The body goes on to the end of the connection. */
  readonly isUntilClose?: boolean;
  /** Why curl, which reads all the others, does not read it so. */
  readonly unlikeCurl?: string;
}

const length = "Content-Length: 5\r\n";

/** What deployed servers, load balancers and devices send, and curl reads; most of it Go and Python do, too. */
export const lenientResponses: readonly LenientResponse[] = [
  // RFC 9112, 5.2
  {
    what: "a folded header",
    text: `${ok}content-security-policy: default-src 'self';\r\n  img-src *\r\n${length}\r\nhello`,
    headers: { "content-security-policy": "default-src 'self'; img-src *" },
  },
  {
    what: "a header folded more than once, with tabs and blanks around",
    text: `${ok}A: b \t\r\n\t c\t\r\n \t \r\n  d\r\n${length}\r\nhello`,
    headers: { a: "b c d" },
  },
  { what: "a header that begins in its second line", text: `${ok}A:\r\n b\r\n${length}\r\nhello`, headers: { a: "b" } },
  { what: "a folded last header", text: `${ok}${length}A: b\r\n c\r\n\r\nhello`, headers: { a: "b c" } },
  {
    what: "a length in a folded line",
    text: `${ok}Content-Length:\r\n 5\r\n\r\nhello`,
    unlikeCurl: "it looks at each line alone",
  },
  {
    what: "a coding in a folded line",
    text: `${ok}Transfer-Encoding:\r\n\tchunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
    unlikeCurl: "it looks at each line alone",
  },
  {
    what: "folded cookies before a length",
    text: `${ok}Set-Cookie: a=1;\r\n Path=/\r\nSet-Cookie: b=2\r\n${length}\r\nhello`,
    headers: { "set-cookie": "a=1; Path=/, b=2" },
  },
  {
    what: "the end of the connection in a folded line",
    text: `${ok}Connection: foo,\r\n close\r\n${length}\r\nhello`,
    keepsAlive: false,
  },
  // RFC 9112, 2.2
  { what: "line feeds alone in the whole head", text: "HTTP/1.1 200 OK\nA: b\nContent-Length: 5\n\nhello" },
  { what: "a line feed alone behind the status line", text: `HTTP/1.1 200 OK\n${length}\r\nhello` },
  { what: "a line feed alone behind the status", text: `HTTP/1.1 200\n${length}\r\nhello` },
  { what: "a line feed alone behind a header", text: `${ok}A: b\n${length}\r\nhello`, headers: { a: "b" } },
  { what: "a line feed alone before the body", text: `${ok}${length}\nhello` },
  { what: "line feeds alone and a fold", text: `${ok}A: b\n c\n${length}\nhello`, headers: { a: "b c" } },
  { what: "a line feed alone behind a trailer", text: `${chunks}5\r\nhello\r\n0\r\nA: b\n\r\n` },
  // RFC 9112, 4
  { what: "no reason phrase", text: `HTTP/1.1 200 \r\n${length}\r\nhello` },
  { what: "nothing behind the status", text: `HTTP/1.1 200\r\n${length}\r\nhello` },
  { what: "a reason phrase above ASCII", text: `HTTP/1.1 404 N\xe3o encontrado\r\n${length}\r\nhello`, status: 404 },
  { what: "two blanks before the status", text: `HTTP/1.1  200 OK\r\n${length}\r\nhello` },
  { what: "an unknown status", text: `HTTP/1.1 999 Request denied\r\n${length}\r\nhello`, status: 999 },
  // RFC 9112, 6.3
  { what: "the same length twice", text: `${ok}${length}content-length: 5\r\n\r\nhello` },
  { what: "a list of the same length", text: `${ok}Content-Length: 5, 5\r\n\r\nhello` },
  { what: "a length with blanks", text: `${ok}Content-Length:  \t 5 \t \r\n\r\nhello` },
  { what: "a length with zeros", text: `${ok}Content-Length: 00005\r\n\r\nhello` },
  {
    what: "no content, with a length",
    text: `HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n`,
    status: 204,
    body: "",
  },
  { what: "not modified, with a length", text: `HTTP/1.1 304 Not Modified\r\n${length}\r\n`, status: 304, body: "" },
  {
    what: "a body up to the end of the connection",
    text: `${ok}Connection: keep-alive\r\n\r\nhello`,
    keepsAlive: false,
    isUntilClose: true,
  },
  // RFC 9112, 6.1 and 7
  { what: "CHUNKED", text: `${ok}TRANSFER-ENCODING: CHUNKED \t\r\n\r\n5\r\nhello\r\n0\r\n\r\n` },
  {
    what: "no coding, and a length",
    text: `${ok}Transfer-Encoding: identity\r\n${length}\r\nhello`,
    keepsAlive: false,
  },
  {
    what: "no coding, up to the end of the connection",
    text: `${ok}Transfer-Encoding: Identity\r\n\r\nhello`,
    keepsAlive: false,
    isUntilClose: true,
  },
  { what: "blanks behind the size of a chunk", text: `${chunks}5  \r\nhello\r\n0  \r\n\r\n` },
  { what: "tabs behind the size of a chunk", text: `${chunks}5\t \r\nhello\r\n0\t\r\n\r\n` },
  { what: "blanks around an extension", text: `${chunks}5 ; a = b\r\nhello\r\n0 ;\tc \r\n\r\n` },
  { what: "a quoted extension", text: `${chunks}5;a="b;\\"c\\" \xe9"\r\nhello\r\n0;d=""\r\n\r\n` },
  { what: "an extension without a name", text: `${chunks}5;\r\nhello\r\n0;\r\n\r\n` },
  {
    what: "sizes in either case",
    text: `${chunks}A\r\nhello hell\r\nb\r\nhello hello\r\n0\r\n\r\n`,
    body: "hello hellhello hello",
  },
  { what: "zeros before the size", text: `${chunks}0000000000000005\r\nhello\r\n0000\r\n\r\n` },
  { what: "trailers, one of them folded", text: `${chunks}5\r\nhello\r\n0\r\nDigest: a\r\n b\r\nX:\r\n\r\n` },
  // RFC 9110, 5
  {
    what: "odd names",
    text: `${ok}x-a: 1\r\n!#$%&'*+-.^_\`|~9: 2\r\n${length}\r\nhello`,
    headers: { "!#$%&'*+-.^_`|~9": "2" },
  },
  { what: "empty values", text: `${ok}A:\r\nB: \t \r\n${length}\r\nhello`, headers: { a: "", b: "" } },
  {
    what: "values above ASCII",
    text: `${ok}A: caf\xe9 \xff\x80\r\n${length}\r\nhello`,
    headers: { a: "caf\xe9 \xff\x80" },
  },
  { what: "a large head", text: `${ok}${`A: ${"b".repeat(7_000)}\r\n`.repeat(2)}${length}\r\nhello` },
  // RFC 9112, 9
  { what: "HTTP/1.0", text: `HTTP/1.0 200 OK\r\n${length}\r\nhello`, keepsAlive: false },
  { what: "HTTP/1.0, kept", text: `HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n${length}\r\nhello` },
  { what: "a list of options", text: `${ok}Connection: close, foo\r\n${length}\r\nhello`, keepsAlive: false },
  {
    what: "several headers of options",
    text: `${ok}Connection: foo\r\nConnection: Close\r\n${length}\r\nhello`,
    keepsAlive: false,
  },
  { what: "how long it is kept", text: `${ok}Keep-Alive: timeout=5, max=100\r\n${length}\r\nhello` },
  {
    what: "empty lines before the answer",
    text: `\r\n\r\n${ok}${length}\r\nhello`,
    unlikeCurl: "it takes them for HTTP/0.9",
  },
  // RFC 9110, 15.2
  {
    what: "informational responses first",
    text: `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\nLink: </a>;\r\n rel=preload\r\n\r\n${ok}${length}\r\nhello`,
  },
];
