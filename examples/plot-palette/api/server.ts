import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { type CountsSnapshot, Traffic } from "./counting/traffic.ts";
import { ApiResponse } from "./exchange.ts";
import { Misbehaviour } from "./misbehaviour/misbehaviour.ts";
import type { MisbehaviourSettings } from "./misbehaviour/settings.ts";
import { Router } from "./router.ts";
import { adminRoutes } from "./routes/admin-routes.ts";
import { controlRoutes } from "./routes/control-routes.ts";
import { healthRoutes } from "./routes/health-routes.ts";
import { jobRoutes } from "./routes/job-routes.ts";
import { metricsRoutes } from "./routes/metrics-routes.ts";
import { templateRoutes } from "./routes/template-routes.ts";
import { Service } from "./service.ts";
import { JobStore } from "./store/job-store.ts";
import { TemplateStore } from "./store/template-store.ts";

/** How to start the API; everything has a default. */
export interface ApiOptions {
  readonly host?: string;
  /** 0 takes any free port. */
  readonly port?: number;
  readonly adminToken?: string;
  /** Misbehaviour from the start; validated. */
  readonly misbehave?: unknown;
}

/** A running API. */
export interface Api {
  readonly url: string;
  /** Stops listening, gives requests under way 0.3 s, then cuts all connections. Idempotent. */
  close(): Promise<void>;
  counts(): CountsSnapshot;
  /** Applies a JSON merge patch and returns the settings in force; throws a `RequestError` that names the field. */
  misbehave(
    patch: { readonly [K in keyof MisbehaviourSettings]: MisbehaviourSettings[K] | null },
  ): MisbehaviourSettings;
}

const CLOSE_GRACE_MS = 300;
/** A spike opens thousands of connections at once; what overflows the usual 511 waits a second for its next attempt. */
const LISTEN_BACKLOG = 4_096;
/** Longer than the pauses of virtual users: a connection closed between two requests would look like an error. */
const KEEP_ALIVE_MS = 75_000;

/** Starts the Plot Palette API and resolves when it listens. */
export async function startApi(options: ApiOptions = {}): Promise<Api> {
  const { host = "127.0.0.1", port = 0, adminToken = "plot-palette-admin" } = options;
  const clock = () => performance.now();
  const jobs = new JobStore();
  const templates = new TemplateStore();
  const traffic = new Traffic();
  const misbehaviour = new Misbehaviour(Math.random);
  misbehaviour.patch(options.misbehave ?? {}, clock());
  const router = new Router([
    ...healthRoutes(),
    ...jobRoutes(jobs, templates),
    ...templateRoutes(templates),
    ...adminRoutes({ jobs, templates, adminToken, clock }),
    ...controlRoutes({ jobs, templates, traffic, misbehaviour, clock }),
    ...metricsRoutes({ traffic, misbehaviour, clock }),
  ]);
  const service = new Service({ router, traffic, misbehaviour, clock });
  const server = createServer<typeof IncomingMessage, typeof ApiResponse>(
    { ServerResponse: ApiResponse, keepAliveTimeout: KEEP_ALIVE_MS },
    service.onRequest,
  );
  server.on("connection", (socket: Socket) => {
    traffic.connections.rise();
    socket.once("close", () => traffic.connections.fall());
  });
  server.listen({ port, host, backlog: LISTEN_BACKLOG });
  await once(server, "listening");
  const address = server.address() as AddressInfo;
  let closing: Promise<void> | undefined;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${address.port}`,
    close() {
      closing ??= closeServer(server);
      return closing;
    },
    counts: () => traffic.snapshot(clock()),
    misbehave: (patch) => misbehaviour.patch(patch, clock()),
  };
}

async function closeServer(server: Pick<Server, "close" | "closeIdleConnections" | "closeAllConnections">) {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
  await closed;
  clearTimeout(cut);
}
