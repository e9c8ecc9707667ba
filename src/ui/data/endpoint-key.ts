import type { EndpointColumns, WindowColumns } from "../../report/page/model.ts";

/** Which endpoint the charts show: "METHOD name", or all of them. */
export type EndpointKey = string;

export const allEndpoints: EndpointKey = "";

export function keyOf({ method, name }: { readonly method: string; readonly name: string }): EndpointKey {
  return `${method} ${name}`.trim();
}

/** An endpoint without columns (it had too few requests, or is not there any more) shows nothing rather than something else. */
export function columnsOfEndpoint(
  { windows }: { readonly windows: Pick<WindowColumns, "total" | "endpoints"> },
  key: EndpointKey,
): EndpointColumns | null {
  if (key === allEndpoints) return windows.total;
  return windows.endpoints.find((endpoint) => keyOf(endpoint) === key) ?? null;
}
