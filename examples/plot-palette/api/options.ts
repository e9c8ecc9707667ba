import { parseArgs } from "node:util";
import type { ApiOptions } from "./server.ts";

const DEFAULT_PORT = 8_000;

export const USAGE = `Usage: plot-palette-api [--port PORT] [--host HOST]

  --port PORT   port to listen on, 0 for any (PLOT_PALETTE_PORT, default ${DEFAULT_PORT})
  --host HOST   address to listen on (PLOT_PALETTE_HOST, default 127.0.0.1)

PLOT_PALETTE_ADMIN_TOKEN sets the admin token (default plot-palette-admin),
PLOT_PALETTE_MISBEHAVE how the API misbehaves, as JSON such as {"latencyMs":600}.`;

/** Options from flags and environment, flags first; undefined when help was asked for. Throws with a clear message. */
export function readOptions(args: readonly string[], env: NodeJS.ProcessEnv): ApiOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: { port: { type: "string" }, host: { type: "string" }, help: { type: "boolean" } },
  });
  if (values.help === true) return undefined;
  const host = values.host ?? env.PLOT_PALETTE_HOST;
  const adminToken = env.PLOT_PALETTE_ADMIN_TOKEN;
  const misbehave = env.PLOT_PALETTE_MISBEHAVE;
  return {
    port: readPort(values.port ?? env.PLOT_PALETTE_PORT),
    ...(host ? { host } : {}),
    ...(adminToken ? { adminToken } : {}),
    ...(misbehave ? { misbehave: readJson("PLOT_PALETTE_MISBEHAVE", misbehave) } : {}),
  };
}

function readPort(text: string | undefined): number {
  if (!text) return DEFAULT_PORT;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new Error(`the port must be a number from 0 to 65535, not "${text}"`);
  return port;
}

function readJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`${name} is not valid JSON: ${text}`, { cause });
  }
}
