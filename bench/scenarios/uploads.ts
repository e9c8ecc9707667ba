import { defineTest, defineUser, env, file, iterations } from "muster-load";

const users = Number(env("BENCH_USERS", "100"));
const film = file(env("BENCH_FILE"), { type: "video/mp4" });

/** Users who all upload the same file at the same time, each once. */
export default defineTest({
  users: [
    defineUser({
      name: "Sender",
      tasks: { upload: (vu) => vu.http.put("/film", { body: film, timeout: "10m", expect: 200 }) },
    }),
  ],
  load: iterations({ users, perUser: 1, maxDuration: "10m" }),
});
