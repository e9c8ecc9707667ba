import type { FuzzTarget } from "./target.ts";

/** The targets by name, each loaded when it is asked for. */
export const targets: Readonly<Record<string, () => Promise<FuzzTarget>>> = {
  http: async () => (await import("./http.ts")).httpTarget(),
  frames: async () => (await import("./frames.ts")).framesTarget(),
  messages: async () => (await import("./messages.ts")).messagesTarget(),
  histograms: async () => (await import("./histograms.ts")).histogramsTarget(),
  "histogram-files": async () => (await import("./histogram-files.ts")).histogramFilesTarget(),
  api: async () => (await import("./api.ts")).apiTarget(),
  har: async () => (await import("./converted.ts")).convertedTarget("har"),
  openapi: async () => (await import("./converted.ts")).convertedTarget("openapi"),
  postman: async () => (await import("./converted.ts")).convertedTarget("postman"),
  curl: async () => (await import("./converted.ts")).convertedTarget("curl"),
  csv: async () => (await import("./csv.ts")).csvTarget(),
  exposition: async () => (await import("./exposition.ts")).expositionTarget(),
  baseline: async () => (await import("./baseline.ts")).baselineTarget(),
  stream: async () => (await import("./stream.ts")).streamTarget(),
  store: async () => (await import("./store.ts")).storeTarget(),
};
