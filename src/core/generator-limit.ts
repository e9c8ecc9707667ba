/** A resource that the load generator ran out of, so that it could not send a request. */
export interface GeneratorLimit {
  /** The name of the resource; completes "the generator had no … left". */
  readonly exhausted: string;
  /** What the user can do about it. */
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

/** The limits by system error code. None of these errors says anything about the service. */
const limits: Readonly<Record<string, GeneratorLimit>> = {
  EMFILE: { exhausted: "file descriptor", remedy: "raise the limit of open files (ulimit -n 65536), or add workers" },
  ENFILE: { exhausted: "file descriptor on its machine", remedy: "raise fs.file-max, or use another machine too" },
  EADDRNOTAVAIL: ports,
  EADDRINUSE: ports,
  // connect(2) returns this instead of EADDRNOTAVAIL on some systems.
  EAGAIN: ports,
  ENOBUFS: memory,
  ENOMEM: memory,
};

/** The limit that a system error code stands for; undefined for all other errors. */
export function generatorLimitOf(code: string): GeneratorLimit | undefined {
  return Object.hasOwn(limits, code) ? limits[code] : undefined;
}

/**
 * The failure text "EMFILE: the generator had no file descriptor left". It contains no addresses or ports, so that equal
 * failures are counted together.
 */
export function describeLimit(code: string, { exhausted }: GeneratorLimit): string {
  return `${code}: the generator had no ${exhausted} left`;
}

/** The error code at the start of a text by `describeLimit`; an empty string if there is none. */
export function codeInLimit(description: string): string {
  return /^[A-Z]+(?=: )/.exec(description)?.[0] ?? "";
}
