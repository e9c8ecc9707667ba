import { memoryUsage } from "node:process";
import type { Clock } from "../clock.ts";
import type { Exchange, Route } from "../exchange.ts";
import { queryInteger } from "../json-fields.ts";
import { errorReply, jsonReply, Reply } from "../reply.ts";
import { RequestError } from "../request-error.ts";
import { route } from "../router.ts";
import type { JobStore } from "../store/job-store.ts";
import type { TemplateStore } from "../store/template-store.ts";

/** What the admin routes need. */
export interface AdminParts {
  readonly jobs: JobStore;
  readonly templates: TemplateStore;
  readonly adminToken: string;
  readonly clock: Clock;
}

const DEFAULT_PAGE = 20;
const MAX_PAGE = 1_000;
const UNAUTHORIZED = errorReply(401, "an admin token is needed", undefined, ["www-authenticate", "Bearer"]);
const FORBIDDEN = errorReply(403, "this token is not an admin's");

export function adminRoutes(parts: AdminParts): Route[] {
  const { jobs, templates, clock } = parts;
  const startedMs = clock();
  const admin = (key: string, handle: (exchange: Exchange) => Reply): Route =>
    route("service", key, (exchange) => refusal(exchange, parts.adminToken) ?? handle(exchange));
  return [
    admin("GET /admin/jobs", (exchange) => {
      const query = new URLSearchParams(exchange.query);
      const limit = queryInteger(query, "limit", 1, MAX_PAGE, DEFAULT_PAGE);
      const offset = queryInteger(query, "offset", 0, Number.MAX_SAFE_INTEGER, 0);
      const page = jobs.page(limit, offset).map((job) => job.json);
      return new Reply(200, `{"total":${jobs.size},"limit":${limit},"offset":${offset},"jobs":[${page.join()}]}`);
    }),
    admin("DELETE /admin/jobs", (exchange) => {
      const query = new URLSearchParams(exchange.query);
      const createdBy = query.get("createdBy");
      const run = query.get("run");
      // Without a filter this would remove everybody's jobs: too much for a forgotten parameter.
      if (createdBy === null && run === null) throw new RequestError(400, "createdBy or run is required", "createdBy");
      const deleted = jobs.removeWhere(
        (job) => (createdBy === null || job.createdBy === createdBy) && (run === null || job.run === run),
      );
      return jsonReply(200, { deleted });
    }),
    admin("GET /admin/stats", () => {
      const memory = memoryUsage();
      return jsonReply(200, {
        uptimeSeconds: (clock() - startedMs) / 1_000,
        jobs: jobs.size,
        templates: templates.size,
        memory: { residentBytes: memory.rss, heapUsedBytes: memory.heapUsed },
      });
    }),
    admin("GET /admin/templates/usage", () => {
      const usage = [...jobs.templateUsage].map(([template, count]) => ({ template, jobs: count }));
      return jsonReply(200, { usage });
    }),
  ];
}

/** Nobody known: 401. Somebody, but no admin: 403. */
function refusal(exchange: Exchange, adminToken: string): Reply | undefined {
  const authorization = exchange.request.headers.authorization;
  if (authorization === undefined || !authorization.startsWith("Bearer ")) return UNAUTHORIZED;
  return authorization.slice("Bearer ".length) === adminToken ? undefined : FORBIDDEN;
}
