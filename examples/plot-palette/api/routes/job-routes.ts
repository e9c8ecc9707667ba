import type { Exchange, Route } from "../exchange.ts";
import { optionalColours, optionalText, parseObject, requiredText } from "../json-fields.ts";
import { errorReply, NO_CONTENT, Reply } from "../reply.ts";
import { RequestError } from "../request-error.ts";
import { route } from "../router.ts";
import type { JobRequest, JobStore } from "../store/job-store.ts";
import type { TemplateStore } from "../store/template-store.ts";

const MAX_LISTED_JOBS = 20;
const MAX_NAME_LENGTH = 80;
const NO_SUCH_JOB = errorReply(404, "no such job");

export function jobRoutes(jobs: JobStore, templates: TemplateStore): Route[] {
  return [
    route("service", "GET /jobs", (exchange) => {
      const own = jobs.ownedBy(userOf(exchange), MAX_LISTED_JOBS);
      return new Reply(200, `{"jobs":[${own.map((job) => job.summaryJson).join()}]}`);
    }),
    route("service", "POST /jobs", (exchange) => {
      const job = jobs.create(jobRequest(exchange, templates));
      return new Reply(201, job.json);
    }),
    route("service", "GET /jobs/:id", (exchange) => {
      const job = jobs.get(exchange.id);
      return job === undefined ? NO_SUCH_JOB : new Reply(200, job.json);
    }),
    route("service", "DELETE /jobs/:id", (exchange) => (jobs.remove(exchange.id) ? NO_CONTENT : NO_SUCH_JOB)),
  ];
}

function userOf(exchange: Exchange): string {
  return exchange.header("x-user") ?? "anonymous";
}

function jobRequest(exchange: Exchange, templates: TemplateStore): JobRequest {
  const body = parseObject(exchange.body);
  const template = requiredText(body, "template", MAX_NAME_LENGTH);
  if (!templates.has(template)) throw new RequestError(400, `there is no template "${template}"`, "template");
  return {
    template,
    name: optionalText(body, "name", MAX_NAME_LENGTH) ?? "untitled",
    colours: optionalColours(body, "colours") ?? null,
    createdBy: userOf(exchange),
    run: exchange.header("x-run") ?? null,
  };
}
