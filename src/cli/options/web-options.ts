import { isIP } from "node:net";
import type { Command } from "commander";
import { ConfigurationError } from "../../core/errors.ts";
import type { WebPlace } from "../../runner/run-options.ts";
import { option } from "./option.ts";
import * as value from "./option-values.ts";

/** The options of the web page, shared by `run` and `master`. */
export interface WebOptions {
  readonly headless?: boolean;
  readonly ui?: boolean;
  readonly autostart?: boolean;
  readonly autoquit?: number;
  readonly webHost: string;
  readonly webPort: number;
  readonly webToken?: string;
  readonly webSteerToken?: string;
  readonly webLookToken?: string;
  readonly webTlsCert?: string;
  readonly webTlsKey?: string;
}

export function addWebOptions(command: Command): Command {
  return command
    .addOption(option("--ui", "serve the web page and wait for its start button"))
    .addOption(option("--autostart", "serve the web page and start the first run at once"))
    .addOption(
      option("--autoquit <duration>", "with --autostart: exit this long after that run").argParser(value.duration),
    )
    .addOption(option("--headless", "run without the web page, as without --ui"))
    .addOption(
      option(
        "--web-host <address>",
        "address to serve the page on; any other than loopback requires a web token",
      ).default("127.0.0.1"),
    )
    .addOption(
      option("--web-port <port>", "port to serve the page on; 0 picks a free port").argParser(value.port).default(8089),
    )
    .addOption(
      option("--web-token <secret>", "secret of those who may look, steer and start runs; prefer MUSTER_WEB_TOKEN"),
    )
    .addOption(option("--web-steer-token <secret>", "secret of those who may look and steer, but start no run"))
    .addOption(option("--web-look-token <secret>", "secret of those who may only look"))
    .addOption(option("--web-tls-cert <file>", "serve the page over TLS; its certificate, in PEM format"))
    .addOption(option("--web-tls-key <file>", "private key of --web-tls-cert, in PEM format"));
}

/**
 * Returns where to serve the web page; null if no page is requested.
 * @throws ConfigurationError when the options contradict each other, or would admit other machines without a token
 */
export async function webPlaceOf(options: WebOptions): Promise<WebPlace | null> {
  const { headless, ui, autostart = false, autoquit = null, webHost: host, webPort: port } = options;
  const tokens = {
    look: options.webLookToken || null,
    steer: options.webSteerToken || null,
    start: options.webToken || null,
  };
  const given = Object.values(tokens).filter((token) => token !== null);
  const isServed = ui === true || autostart;
  if (headless === true && isServed) {
    throw new ConfigurationError(`--headless and ${autostart ? "--autostart" : "--ui"} exclude each other`);
  }
  if (autoquit !== null && !autostart) throw new ConfigurationError("--autoquit needs --autostart");
  if (!isServed) return null;
  if (given.length === 0 && !isLoopback(host)) {
    throw new ConfigurationError(`--web-host ${host} can be reached from other machines: set MUSTER_WEB_TOKEN`);
  }
  if (new Set(given).size < given.length) {
    throw new ConfigurationError(
      "--web-token, --web-steer-token and --web-look-token must differ: each allows something else",
    );
  }
  const { webTlsCert: cert, webTlsKey: key } = options;
  const { readIdentity } = await import("./tls-files.ts");
  const tls = await readIdentity(cert, key, "--web-tls");
  return { host, port, tokens, tls, startsAtOnce: autostart, quitAfterMs: autoquit };
}

export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}
