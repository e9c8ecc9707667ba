import type { FailedRequest } from "../../src/stats/evidence/failed-request.ts";

/** A failed request as a worker describes it. */
export function failedRequest(given: Partial<FailedRequest>): FailedRequest {
  return {
    atMs: 1_500,
    worker: 0,
    user: 3,
    request: "GET /jobs HTTP/1.1\nhost: 127.0.0.1:8000",
    requestBody: "",
    response: "503\nretry-after: 1",
    responseBody: '{"error":"naïve 🦊"}',
    durationMs: 12.25,
    phasesMs: [0.5, 1, 0, 0.25, 10, 0.5],
    ...given,
  };
}
