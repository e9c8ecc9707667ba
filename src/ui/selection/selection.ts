import { allEndpoints, type EndpointKey } from "../data/endpoint-key.ts";

/** What the figures of a page are about: a part of the run. Null means that all of it is. */
export interface Selection {
  /** Milliseconds since the start of the run: [fromMs, toMs). */
  readonly range: TimeRangeMs | null;
  readonly endpoint: EndpointKey;
  /** The kind of failures, such as "5xx"; empty for all. */
  readonly status: string;
}

export interface TimeRangeMs {
  readonly fromMs: number;
  readonly toMs: number;
}

export const noSelection: Selection = { range: null, endpoint: allEndpoints, status: "" };

/** What changes a selection. Each leaves the rest of it as it is. */
export type SelectionChange =
  | { readonly kind: "range"; readonly range: TimeRangeMs | null }
  /** Chooses an endpoint; the chosen one again, all of them. */
  | { readonly kind: "endpoint"; readonly endpoint: EndpointKey }
  /** Chooses a kind of failures; the chosen one again, all of them. */
  | { readonly kind: "status"; readonly status: string }
  | { readonly kind: "clear" };

export function changedSelection(selection: Selection, change: SelectionChange): Selection {
  switch (change.kind) {
    case "range":
      return { ...selection, range: change.range === null ? null : validRange(change.range) };
    case "endpoint":
      return { ...selection, endpoint: change.endpoint === selection.endpoint ? allEndpoints : change.endpoint };
    case "status":
      return { ...selection, status: change.status === selection.status ? "" : change.status };
    case "clear":
      return noSelection;
  }
}

export function isSelected({ range, endpoint, status }: Selection): boolean {
  return range !== null || endpoint !== allEndpoints || status !== "";
}

/** The selection as the parameters of a URL, such as "from=60&to=120.5&endpoint=GET+%2Fjobs"; empty if all is selected. */
export function formatSelection({ range, endpoint, status }: Selection): string {
  const parameters = new URLSearchParams();
  if (range !== null) {
    parameters.set("from", String(range.fromMs / 1_000));
    parameters.set("to", String(range.toMs / 1_000));
  }
  if (endpoint !== allEndpoints) parameters.set("endpoint", endpoint);
  if (status !== "") parameters.set("status", status);
  return parameters.toString();
}

/** Reads the parameters of a URL. What is not valid selects nothing. */
export function parseSelection(text: string): Selection {
  const parameters = new URLSearchParams(text);
  const [fromMs, toMs] = ["from", "to"].map((name) => millisecondsOf(parameters.get(name)));
  return {
    range: fromMs == null || toMs == null ? null : validRange({ fromMs, toMs }),
    endpoint: parameters.get("endpoint") ?? allEndpoints,
    status: parameters.get("status") ?? "",
  };
}

function millisecondsOf(seconds: string | null): number | null {
  if (seconds === null || !/^\d{1,9}(\.\d+)?$/.test(seconds)) return null;
  return Math.round(Number(seconds) * 1_000);
}

/** In whole milliseconds; null if it is empty. */
function validRange({ fromMs, toMs }: TimeRangeMs): TimeRangeMs | null {
  const [from, to] = [Math.max(0, Math.round(fromMs)), Math.round(toMs)];
  return to > from ? { fromMs: from, toMs: to } : null;
}
