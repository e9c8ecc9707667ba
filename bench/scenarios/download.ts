import { defineTest, defineUser, iterations } from "muster-load";

/** One user who reads a large response as a stream, once. */
export default defineTest({
  users: [
    defineUser({
      name: "Reader",
      tasks: {
        async download(vu) {
          const response = await vu.http.get("/download", { stream: true, timeout: "10m" });
          let bytes = 0;
          for await (const chunk of response.chunks()) bytes += chunk.length;
          if (bytes !== Number(response.headers["content-length"])) throw new Error(`${bytes} bytes`);
        },
      },
    }),
  ],
  load: iterations({ users: 1, perUser: 1, maxDuration: "10m" }),
});
