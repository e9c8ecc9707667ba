/** What the generator has run out of when it cannot send a request. */
export interface GeneratorLimit {
  /** What there is none of any more: ends "the generator had no … left". */
  readonly exhausted: string;
  /** What to do about it. */
  readonly remedy: string;
}

const ports: GeneratorLimit = {
  exhausted: "free local port",
  remedy:
    "give connections more addresses (--local-address), widen net.ipv4.ip_local_port_range, or keep connections open",
};
const memory: GeneratorLimit = {
  exhausted: "memory for sockets",
  remedy: "run fewer users on each machine, or give it more memory",
};

/** By the code of the system's error. None of them says anything about the service. */
const limits: Readonly<Record<string, GeneratorLimit>> = {
  EMFILE: { exhausted: "file descriptor", remedy: "raise the limit of open files (ulimit -n 65536), or add workers" },
  ENFILE: { exhausted: "file descriptor on its machine", remedy: "raise fs.file-max, or use another machine too" },
  EADDRNOTAVAIL: ports,
  EADDRINUSE: ports,
  // What connect(2) answers instead of EADDRNOTAVAIL on some systems.
  EAGAIN: ports,
  ENOBUFS: memory,
  ENOMEM: memory,
};

/** The limit that a system's error code stands for; undefined for all other errors. */
export function generatorLimitOf(code: string): GeneratorLimit | undefined {
  return Object.hasOwn(limits, code) ? limits[code] : undefined;
}

/** "EMFILE: the generator had no file descriptor left": without addresses and ports, so that equal failures are counted together. */
export function describeLimit(code: string, { exhausted }: GeneratorLimit): string {
  return `${code}: the generator had no ${exhausted} left`;
}

/** The code at the start of what `describeLimit` says; an empty text when there is none. */
export function codeInLimit(description: string): string {
  return /^[A-Z]+(?=: )/.exec(description)?.[0] ?? "";
}
