import type { Exchange, Match, Route, Scope } from "./exchange.ts";
import { errorReply, type Reply } from "./reply.ts";

interface Resource {
  readonly byMethod: Map<string, Route>;
  notAllowed: Route;
}

const NO_ROUTE = errorReply(404, "no such route");
const UNMATCHED = route("service", "(no route)", () => NO_ROUTE);
const UNMATCHED_CONTROL = route("control", "(no route)", () => NO_ROUTE);

/** A route from its template `METHOD /path`. */
export function route(scope: Scope, key: string, handle: (exchange: Exchange) => Reply): Route {
  return { key, scope, takesBody: key.startsWith("POST "), handle };
}

/** Finds routes by two map look-ups: paths are literal, or literal up to a last segment `:id`. */
export class Router {
  readonly #resources = new Map<string, Resource>();

  constructor(routes: readonly Route[]) {
    for (const each of routes) this.#add(each);
  }

  match(method: string, url: string): Match {
    const queryAt = url.indexOf("?");
    const path = queryAt === -1 ? url : url.slice(0, queryAt);
    const query = queryAt === -1 ? "" : url.slice(queryAt + 1);
    let id = "";
    let resource = this.#resources.get(path);
    if (resource === undefined) {
      const slash = path.lastIndexOf("/");
      id = decodeSegment(path.slice(slash + 1));
      if (id !== "") resource = this.#resources.get(`${path.slice(0, slash)}/:id`);
    }
    if (resource === undefined) {
      return { route: path.startsWith("/_control") ? UNMATCHED_CONTROL : UNMATCHED, id: "", query };
    }
    return { route: resource.byMethod.get(method) ?? resource.notAllowed, id, query };
  }

  #add(each: Route): void {
    const space = each.key.indexOf(" ");
    const path = each.key.slice(space + 1);
    const byMethod = this.#resources.get(path)?.byMethod ?? new Map<string, Route>();
    byMethod.set(each.key.slice(0, space), each);
    this.#resources.set(path, { byMethod, notAllowed: methodNotAllowed(each.scope, [...byMethod.keys()]) });
  }
}

function methodNotAllowed(scope: Scope, methods: readonly string[]): Route {
  const reply = errorReply(405, "method not allowed", undefined, ["allow", methods.join(", ")]);
  return route(scope, "(method not allowed)", () => reply);
}

/** A malformed escape stays as it is: no id looks like it, so that the answer is a 404. */
function decodeSegment(segment: string): string {
  if (!segment.includes("%")) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
