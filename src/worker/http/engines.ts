import type { EngineName } from "../../protocol/master-messages.ts";
import type { HttpEngine } from "./engine.ts";
import { OriginFallback } from "./fallback.ts";
import { newOwnEngine } from "./own/own-engine.ts";
import { type ProxySettings, proxySettingsIn } from "./proxy-settings.ts";
import { SourceAddresses } from "./source-addresses.ts";
import { newUndiciEngine } from "./undici/engine.ts";

export interface EngineOptions {
  /** Connections come from these addresses of this machine, one after the other; none: the system chooses. */
  readonly localAddresses?: readonly string[];
  /** Default: those of the environment. */
  readonly proxies?: ProxySettings;
  /** Told once for each origin whose requests the own engine leaves to undici, with a reason in words. */
  readonly onFallback?: (origin: string, why: string) => void;
}

/**
 * `undici` is the reference that `own` is tested against, and sends what that one does not: requests through a proxy, and
 * those to a server that speaks HTTP/2 only.
 */
export function engineNamed(name: EngineName, options: EngineOptions = {}): HttpEngine {
  const { localAddresses = [], proxies = proxySettingsIn(process.env), onFallback = () => {} } = options;
  const sources = new SourceAddresses(localAddresses);
  const undici = newUndiciEngine(sources, proxies);
  if (name === "undici") return undici;
  return newOwnEngine({ sources, fallback: new OriginFallback(undici, proxies, onFallback) });
}
