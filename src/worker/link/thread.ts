import { enableCompileCache } from "node:module";
import { workerData } from "node:worker_threads";
import type { LinkOrder, LinkStart } from "./link-messages.ts";

/*
 * The thread that talks to the master. The test's code may keep main's event loop to itself for as long as it likes: here
 * heartbeats, acknowledgements and resending go on.
 */
const start = workerData as LinkStart;
const { port } = start;
// The cache is one per thread; what it holds is loaded below.
if (start.usesCompileCache) enableCompileCache();
const { MasterConnection } = await import("./master-connection.ts");

const connection = new MasterConnection(start, (event) => port.postMessage(event));
port.on("message", (order: LinkOrder) => connection.obey(order));
const end = await connection.run();
if (end !== null) port.postMessage({ type: "ended", end });
port.close();
