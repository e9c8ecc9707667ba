import type { EndpointColumns, WindowColumns } from "../../report/page/model.ts";

/** The endpoint that the charts show: "METHOD name", or `allEndpoints`. */
export type EndpointKey = string;

export const allEndpoints: EndpointKey = "";

export function keyOf({ method, name }: { readonly method: string; readonly name: string }): EndpointKey {
  return `${method} ${name}`.trim();
}

/** Returns the columns of an endpoint; null if the report has none, because the endpoint had too few requests or no longer exists. */
export function columnsOfEndpoint(
  { windows }: { readonly windows: Pick<WindowColumns, "total" | "endpoints"> },
  key: EndpointKey,
): EndpointColumns | null {
  if (key === allEndpoints) return windows.total;
  return windows.endpoints.find((endpoint) => keyOf(endpoint) === key) ?? null;
}
