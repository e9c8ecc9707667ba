import { enableCompileCache } from "node:module";
import { workerData } from "node:worker_threads";
import type { LinkOrder, LinkStart } from "./link-messages.ts";

/*
 * The thread of the connection to the master. The code of the test can block the event loop of the main thread for any
 * length of time. Heartbeats, acknowledgements and resending continue here.
 */
const start = workerData as LinkStart;
const { port } = start;
// Each thread has its own compile cache, which must be enabled before the modules below are loaded.
if (start.compileCache !== null) enableCompileCache(start.compileCache);
const { MasterConnection } = await import("./master-connection.ts");

const connection = new MasterConnection(start);
port.on("message", (order: LinkOrder) => connection.obey(order));
const end = await connection.run();
if (end !== null) port.postMessage({ type: "ended", end });
port.close();
