import type { Exchange, Route } from "../exchange.ts";
import { optionalColours, optionalText, parseObject, requiredText } from "../json-fields.ts";
import { errorReply, jsonReply, NO_CONTENT, Reply } from "../reply.ts";
import { RequestError } from "../request-error.ts";
import { route } from "../router.ts";
import type { Template, TemplateStore } from "../store/template-store.ts";

const MAX_ID_LENGTH = 40;
const MAX_NAME_LENGTH = 80;
const ID = /^[a-z0-9-]+$/;
const NO_SUCH_TEMPLATE = errorReply(404, "no such template");
const SEEDED = errorReply(403, "a built-in template cannot be deleted");

export function templateRoutes(templates: TemplateStore): Route[] {
  return [
    route("service", "GET /templates", () => new Reply(200, templates.listJson())),
    route("service", "POST /templates", (exchange) => jsonReply(201, createTemplate(exchange, templates))),
    route("service", "GET /templates/:id", (exchange) => {
      const template = templates.get(exchange.id);
      return template === undefined ? NO_SUCH_TEMPLATE : jsonReply(200, template);
    }),
    route("service", "DELETE /templates/:id", (exchange) => {
      if (templates.isSeeded(exchange.id)) return SEEDED;
      return templates.remove(exchange.id) ? NO_CONTENT : NO_SUCH_TEMPLATE;
    }),
  ];
}

function createTemplate(exchange: Exchange, templates: TemplateStore): Template {
  const body = parseObject(exchange.body);
  const id = optionalText(body, "id", MAX_ID_LENGTH);
  if (id !== undefined && !ID.test(id)) {
    throw new RequestError(400, "id may hold only small letters, digits and dashes", "id");
  }
  const name = requiredText(body, "name", MAX_NAME_LENGTH);
  const palette = optionalColours(body, "palette");
  if (palette === undefined) throw new RequestError(400, "palette is required", "palette");
  if (id !== undefined && templates.has(id)) throw new RequestError(409, `template "${id}" exists already`, "id");
  return templates.create(id, name, palette);
}
