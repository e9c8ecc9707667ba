import type { EndpointRecorder, IntervalRecorder } from "../../stats/interval-recorder.ts";
import type { OutgoingRequest } from "./engine.ts";
import { newRequest } from "./request.ts";
import { noHeaders, RequestHeaders } from "./request-headers.ts";
import { resolveUrl, type Target } from "./target.ts";

/** What a method and a URL come to when the test says nothing else. */
export interface Route {
  readonly target: Target;
  readonly endpoint: EndpointRecorder;
  readonly request: OutgoingRequest;
}

/** URLs with ids in them are no use to remember, and would fill the memory. */
const maxRoutes = 2_000;

/** Resolves the URLs of a test, each once. All users of a run share it. */
export class Routes {
  readonly #recorder: IntervalRecorder;
  readonly #base: Target;
  readonly #byMethod = new Map<string, Map<string, Route>>();

  private constructor(recorder: IntervalRecorder, base: Target) {
    this.#recorder = recorder;
    this.#base = base;
  }

  /** Those of a run: its users have one recorder and one base in common. */
  static of(recorder: IntervalRecorder, base: Target): Routes {
    let routes = known.get(recorder);
    if (routes === undefined || routes.#base !== base) {
      routes = new Routes(recorder, base);
      known.set(recorder, routes);
    }
    return routes;
  }

  /**
   * The route of a request that is reported under its own path.
   * @throws TypeError
   */
  find(method: string, url: string): Route {
    let routes = this.#byMethod.get(method);
    if (routes === undefined) {
      routes = new Map();
      this.#byMethod.set(method, routes);
    }
    return routes.get(url) ?? this.#add(routes, method, url);
  }

  /**
   * Where a request goes that has a name of its own. Not remembered: a test gives names to URLs that are ever new.
   * @throws TypeError
   */
  resolve(url: string): Target {
    return resolveUrl(this.#base, url);
  }

  #add(routes: Map<string, Route>, method: string, url: string): Route {
    const target = resolveUrl(this.#base, url);
    const endpoint = this.#recorder.endpoint(method, target.name);
    const headers = target.authorization === null ? noHeaders : authorized(target.authorization);
    const route = { target, endpoint, request: newRequest(method, target, undefined, headers, null, endpoint) };
    if (routes.size >= maxRoutes) routes.clear();
    routes.set(url, route);
    return route;
  }
}

function authorized(authorization: string): RequestHeaders {
  const headers = new RequestHeaders(undefined);
  headers.append("authorization", authorization);
  return headers;
}

const known = new WeakMap<IntervalRecorder, Routes>();
