/** Tags by which other tools narrow a metric, k6's system tags first, and what to write for them here. */
const advice = new Map<string, string>([
  ["expected_response", "use status:2xx, or failures for how many did not succeed"],
  ["group", "there are no groups: give the requests a tag of your own"],
  ["url", "use name: the path of the URL, without its query"],
  ["error", "use status:0 for requests without a response, or the metric failures"],
  ["error_code", "use status:0 for requests without a response, or the metric failures"],
  ["proto", "requests are not told apart by it"],
  ["subproto", "requests are not told apart by it"],
  ["tls_version", "requests are not told apart by it"],
  ["ocsp_status", "requests are not told apart by it"],
  ["ip", "requests are not told apart by it"],
  ["service", "requests are not told apart by it"],
  ["rpc_type", "requests are not told apart by it"],
  ["vu", "users are not told apart by their number: use class or scenario"],
  ["iter", "iterations are not told apart"],
  ["task", "use name, or give the requests of the task a tag of your own"],
  ["path", "use name: the path of the URL, without its query"],
  ["endpoint", "use name: the path of the URL, without its query"],
  ["host", "there is one host per run; the name of a request to another one begins with its origin"],
  ["code", "use status"],
  ["status_code", "use status"],
  ["user", "use class"],
  ["user_class", "use class"],
]);

/** What to write instead of a tag that muster gives no request; undefined for any that only a test would think of. */
export function adviceOnTag(tag: string): string | undefined {
  return advice.get(tag.toLowerCase());
}
