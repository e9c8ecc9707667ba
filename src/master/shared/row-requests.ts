import { type RowsResponse, rowsRequest } from "../../protocol/data-messages.ts";
import type { RunDataSource } from "./data-requests.ts";
import type { RequestHandler, WorkerRequest } from "./worker-requests.ts";

/**
 * Returns rows by their numbers, for sources whose rows each user goes through on its own. The use of the rows is not
 * tracked.
 */
export class RowRequests implements RequestHandler {
  readonly #sources: ReadonlyMap<string, RunDataSource & { readonly seed: number }>;

  constructor(sources: readonly RunDataSource[], seed: number) {
    this.#sources = new Map(sources.map((source, position) => [source.name, { ...source, seed: seed + position }]));
  }

  handle(request: WorkerRequest): void {
    const { source: name, numbers } = rowsRequest.parse(request.payload);
    const source = this.#sources.get(name);
    if (source === undefined) request.refuse("unknown-data", `the test on the master has no data "${name}"`);
    else if (numbers.some((number) => number >= source.count))
      request.refuse("unknown-row", `data "${name}" has no such row`);
    else request.respond(null);
  }

  complete(asked: WorkerRequest["payload"]): RowsResponse {
    const { source: name, numbers } = rowsRequest.parse(asked);
    const source = this.#sources.get(name);
    const file = source?.opened ?? null;
    const rows: (string | number)[] = file === null ? numbers : file.rows(numbers);
    return {
      rows,
      format: file?.format ?? null,
      head: file?.head ?? "",
      count: source?.count ?? 0,
      seed: source?.seed ?? 0,
    };
  }
}
