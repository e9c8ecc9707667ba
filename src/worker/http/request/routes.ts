import type { EndpointRecorder } from "../../../stats/endpoint-recorder.ts";
import type { IntervalRecorder } from "../../../stats/interval-recorder.ts";
import type { OutgoingHeaders, OutgoingRequest } from "../engine.ts";
import type { DefaultHeaders } from "./default-headers.ts";
import { newRequest } from "./request.ts";
import { noHeaders, RequestHeaders } from "./request-headers.ts";
import { resolveUrl, type Target } from "./target.ts";

/** The resolved form of a method and a URL without further options. */
export interface Route {
  readonly target: Target;
  readonly endpoint: EndpointRecorder;
  readonly request: OutgoingRequest;
}

/** Remembering URLs that contain ids is useless and would fill the memory. */
const maxRoutes = 2_000;

/** Resolves each URL of a test once. All users of a run share it. */
export class Routes {
  readonly #recorder: IntervalRecorder;
  readonly #base: Target;
  readonly #headers: DefaultHeaders;
  readonly #byMethod = new Map<string, Map<string, Route>>();

  private constructor(recorder: IntervalRecorder, base: Target, headers: DefaultHeaders) {
    this.#recorder = recorder;
    this.#base = base;
    this.#headers = headers;
  }

  /**
   * Returns the routes for a run and a set of default headers. The users that share them have one recorder and one base URL.
   */
  static of(recorder: IntervalRecorder, base: Target, headers: DefaultHeaders): Routes {
    let ofRun = known.get(recorder);
    if (ofRun === undefined) {
      ofRun = new Map();
      known.set(recorder, ofRun);
    }
    let routes = ofRun.get(headers);
    if (routes === undefined || routes.#base !== base) {
      routes = new Routes(recorder, base, headers);
      ofRun.set(headers, routes);
    }
    return routes;
  }

  /**
   * Returns the route of a request that is reported under its own path.
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
   * Returns the target of a request with a name of its own. Not cached: tests set names for URLs that differ each time.
   * @throws TypeError
   */
  resolve(url: string): Target {
    return resolveUrl(this.#base, url);
  }

  #add(routes: Map<string, Route>, method: string, url: string): Route {
    const target = resolveUrl(this.#base, url);
    const endpoint = this.#recorder.endpoint(method, target.name);
    const request = newRequest(method, target, undefined, this.#headersTo(target), null, endpoint);
    const route = { target, endpoint, request };
    if (routes.size >= maxRoutes) routes.clear();
    routes.set(url, route);
    return route;
  }

  #headersTo({ authorization }: Target): OutgoingHeaders {
    if (authorization === null && this.#headers.list.length === 0) return noHeaders;
    const headers = new RequestHeaders(undefined, this.#headers);
    headers.authorize(authorization);
    return headers;
  }
}

const known = new WeakMap<IntervalRecorder, Map<DefaultHeaders, Routes>>();
