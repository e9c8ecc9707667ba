import type { Clock } from "../clock.ts";
import type { Traffic } from "../counting/traffic.ts";
import type { Route } from "../exchange.ts";
import { parseObject } from "../json-fields.ts";
import type { Misbehaviour } from "../misbehaviour/misbehaviour.ts";
import { jsonReply, NO_CONTENT } from "../reply.ts";
import { RequestError } from "../request-error.ts";
import { route } from "../router.ts";
import type { JobStore } from "../store/job-store.ts";
import type { TemplateStore } from "../store/template-store.ts";

/** What the control routes steer. */
export interface ControlParts {
  readonly jobs: JobStore;
  readonly templates: TemplateStore;
  readonly traffic: Traffic;
  readonly misbehaviour: Misbehaviour;
  readonly clock: Clock;
}

const DEFAULT_ARRIVALS = 200_000;
const MAX_ARRIVALS = 5_000_000;

/** The back door of tests and demos: what was really served, and how the service is to misbehave. */
export function controlRoutes(parts: ControlParts): Route[] {
  const { jobs, templates, traffic, misbehaviour, clock } = parts;
  return [
    route("control", "GET /_control/counts", () => jsonReply(200, traffic.snapshot(clock()))),
    route("control", "GET /_control/failures", () => jsonReply(200, traffic.failures.all)),
    route("control", "GET /_control/arrivals", () => jsonReply(200, traffic.arrivals.times())),
    route("control", "POST /_control/arrivals", (exchange) => {
      const request = parseObject(exchange.body);
      const { enabled, limit = DEFAULT_ARRIVALS } = request;
      if (typeof enabled !== "boolean") throw new RequestError(400, "enabled must be true or false", "enabled");
      if (typeof limit !== "number" || !Number.isInteger(limit) || limit < 1 || limit > MAX_ARRIVALS) {
        throw new RequestError(400, `limit must be a whole number from 1 to ${MAX_ARRIVALS}`, "limit");
      }
      if (enabled) traffic.arrivals.enable(limit, clock());
      else traffic.arrivals.disable();
      return jsonReply(200, { enabled, limit });
    }),
    route("control", "GET /_control/misbehave", () => jsonReply(200, misbehaviour.settings)),
    route("control", "POST /_control/misbehave", (exchange) =>
      jsonReply(200, misbehaviour.patch(parseObject(exchange.body), clock())),
    ),
    route("control", "DELETE /_control/misbehave", () => {
      misbehaviour.clear();
      return NO_CONTENT;
    }),
    route("control", "POST /_control/reset", () => {
      traffic.reset(clock());
      jobs.clear();
      templates.clear();
      misbehaviour.restart(clock());
      return NO_CONTENT;
    }),
  ];
}
