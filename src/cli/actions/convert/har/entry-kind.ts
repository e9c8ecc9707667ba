import type { HarEntry } from "./har.ts";
import { headerValue } from "./har-headers.ts";
import { isBackgroundHost } from "./known-hosts.ts";

/** The reason why an entry of a recording is left out of the test, independent of its service. */
export type LeftOutKind =
  | "scheme"
  | "socket"
  | "method"
  | "background"
  | "preflight"
  | "stream"
  | "cached"
  | "service-worker"
  | "blocked"
  | "part";

/** Methods that tests can send: any but CONNECT, which is for proxies. */
const methodForm = /^(?!CONNECT$)[A-Z][A-Z\d-]{0,30}$/;
const partTypes =
  /^(?:csp-violation-report|cspviolationreport|font|image|imageset|manifest|media|ping|script|stylesheet|texttrack|beacon)$/;
const partContent =
  /^(?:image|font|audio|video)\/|^text\/(?:css|vtt)$|javascript|ecmascript|font-woff|manifest\+json$|vnd\.ms-fontobject|x-shockwave|wasm$/;
const partPath =
  /\.(?:css|js|mjs|map|png|jpe?g|gif|svg|webp|avif|ico|bmp|woff2?|ttf|otf|eot|mp[34]|webm|ogg|wasm|webmanifest)$/i;
const iconPath = /\/(?:favicon[^/]*\.\w+|apple-touch-icon[^/]*\.png|browserconfig\.xml)$/i;
const certificateContent = /^application\/(?:ocsp-|pkix-c|x-x509-|x-pkcs7-c|pkcs7-mime)/;
const portalPath =
  /^\/(?:generate_204|gen_204|hotspot-detect\.html|connecttest\.txt|ncsi\.txt|library\/test\/success\.html)$/;

/** Returns the reason why an entry is left out; null for a request of the user or of the application. */
export function kindOf(entry: HarEntry): LeftOutKind | null {
  const { url, method, mimeType, resourceType } = entry;
  if (entry.isSocket) return "socket";
  if (!/^https?:$/.test(url.protocol) || url.hostname === "") return "scheme";
  if (!methodForm.test(method)) return "method";
  if (isBackground(entry)) return "background";
  if (isPreflight(entry)) return "preflight";
  if (resourceType === "eventsource" || /^multipart\/x-mixed/.test(mimeType)) return "stream";
  if (mimeType === "text/event-stream" && method === "GET") return "stream";
  if (entry.isCached) return "cached";
  if (entry.isServiceWorkers) return "service-worker";
  if (entry.isBlocked) return "blocked";
  return isPart(entry) ? "part" : null;
}

function isBackground({ url, mimeType, headers }: HarEntry): boolean {
  return (
    isBackgroundHost(url.hostname) ||
    portalPath.test(url.pathname) ||
    certificateContent.test(mimeType) ||
    certificateContent.test(headerValue(headers, "content-type").trim().toLowerCase()) ||
    /\.(?:crl|crt)$/i.test(url.pathname)
  );
}

function isPreflight({ method, resourceType, headers }: HarEntry): boolean {
  if (resourceType === "preflight") return true;
  return method === "OPTIONS" && headers.some(({ name }) => name === "access-control-request-method");
}

/** Whether the entry is a picture, a style sheet, a script or another part of a page. */
function isPart({ resourceType, mimeType, url, method, headers }: HarEntry): boolean {
  if (iconPath.test(url.pathname)) return true;
  if (partTypes.test(resourceType)) return true;
  if (resourceType !== "" && resourceType !== "other") return false;
  if (method !== "GET") return false;
  if (/^(?:audio|font|image|manifest|script|style|track|video)$/.test(headerValue(headers, "sec-fetch-dest")))
    return true;
  return mimeType === "" ? partPath.test(url.pathname) : partContent.test(mimeType);
}
