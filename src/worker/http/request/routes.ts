import type { EndpointRecorder, IntervalRecorder } from "../../../stats/interval-recorder.ts";
import type { OutgoingHeaders, OutgoingRequest } from "../engine.ts";
import type { DefaultHeaders } from "./default-headers.ts";
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
  readonly #headers: DefaultHeaders;
  readonly #byMethod = new Map<string, Map<string, Route>>();

  private constructor(recorder: IntervalRecorder, base: Target, headers: DefaultHeaders) {
    this.#recorder = recorder;
    this.#base = base;
    this.#headers = headers;
  }

  /** Those of a run and a set of headers: its users have one recorder and one base in common. */
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
