import { readOptions, USAGE } from "./options.ts";
import { type Api, type ApiOptions, startApi } from "./server.ts";

/** Starts the API as a process of its own: one line when it listens, exit 0 on a signal, exit 1 when it cannot. */
async function main(): Promise<void> {
  let options: ApiOptions | undefined;
  try {
    options = readOptions(process.argv.slice(2), process.env);
    if (options === undefined) {
      console.log(USAGE);
      return;
    }
    const api = await startApi(options);
    stopOnSignal(api);
    console.log(`plot-palette api listening on ${api.url}`);
  } catch (error) {
    console.error(`plot-palette api: ${reason(error, options)}`);
    process.exitCode = 1;
  }
}

function stopOnSignal(api: Api): void {
  const stop = () => {
    void api.close().then(() => process.exit(0));
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
}

function reason(error: unknown, options: ApiOptions | undefined): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "EADDRINUSE") return `port ${options?.port} is in use already; choose another one with --port`;
  if (code === "EACCES") return `port ${options?.port} may not be used by this user; choose one above 1023`;
  return message;
}

await main();
