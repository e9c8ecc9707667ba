import type { EngineName } from "../../protocol/master-messages.ts";
import type { HttpEngine } from "./engine.ts";
import { OriginFallback } from "./fallback.ts";
import { newOwnEngine } from "./own/own-engine.ts";
import { type ProxySettings, proxySettingsIn } from "./proxy-settings.ts";
import { SourceAddresses } from "./source-addresses.ts";
import { newUndiciEngine } from "./undici/engine.ts";

export interface EngineOptions {
  /** The local addresses that connections use in turn; empty if the operating system chooses. */
  readonly localAddresses?: readonly string[];
  /** The proxies; default: those of the environment. */
  readonly proxies?: ProxySettings;
  /** Called once for each origin that the own engine hands over to undici, with the reason as text. */
  readonly onFallback?: (origin: string, why: string) => void;
}

/**
 * Creates the engine with this name. `undici` is the reference that `own` is tested against. It also sends what `own`
 * cannot: requests through a proxy, and requests to a server that only speaks HTTP/2.
 */
export function engineNamed(name: EngineName, options: EngineOptions = {}): HttpEngine {
  const { localAddresses = [], proxies = proxySettingsIn(process.env), onFallback = () => {} } = options;
  const sources = new SourceAddresses(localAddresses);
  const undici = newUndiciEngine(sources, proxies);
  if (name === "undici") return undici;
  return newOwnEngine({ sources, proxies, fallback: new OriginFallback(undici, proxies, onFallback) });
}
