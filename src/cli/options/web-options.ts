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
    .addOption(option("--web-token <secret>", "secret that browsers must present; prefer MUSTER_WEB_TOKEN"));
}

/**
 * Where to serve the web page; null without a page.
 * @throws ConfigurationError when the options contradict each other, or would admit everybody without a token
 */
export function webPlaceOf(options: WebOptions): WebPlace | null {
  const { headless, ui, autostart = false, autoquit = null, webHost: host, webPort: port, webToken = "" } = options;
  const isServed = ui === true || autostart;
  if (headless === true && isServed) {
    throw new ConfigurationError(`--headless and ${autostart ? "--autostart" : "--ui"} exclude each other`);
  }
  if (autoquit !== null && !autostart) throw new ConfigurationError("--autoquit needs --autostart");
  if (!isServed) return null;
  if (webToken === "" && !isLoopback(host)) {
    throw new ConfigurationError(`--web-host ${host} can be reached from other machines: set MUSTER_WEB_TOKEN`);
  }
  const token = webToken === "" ? null : webToken;
  return { host, port, token, startsAtOnce: autostart, quitAfterMs: autoquit };
}

export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}
