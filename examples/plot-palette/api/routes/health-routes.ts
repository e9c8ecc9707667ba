import type { Route } from "../exchange.ts";
import { jsonReply } from "../reply.ts";
import { route } from "../router.ts";

const OK = jsonReply(200, { status: "ok" });

/** Health stays honest while the service misbehaves: waiting for the API to start must not depend on that. */
export function healthRoutes(): Route[] {
  return [route("steady", "GET /health", () => OK)];
}
