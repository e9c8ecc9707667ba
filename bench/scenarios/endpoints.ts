import { closed, defineTest, defineUser, env, type VirtualUser } from "muster-load";

interface Job {
  readonly status: string;
}

async function getJob(vu: VirtualUser, path: string): Promise<void> {
  const response = await vu.http.get(path);
  vu.check("complete", response.json<Job>().status === "complete");
}

/** 20 endpoints, or as many as asked for; each answer is parsed as JSON and checked. */
export default defineTest({
  users: [
    defineUser({
      name: "EndpointUser",
      tasks: Object.fromEntries(
        Array.from({ length: Number(env("BENCH_ENDPOINTS", "20")) }, (_, index) => [
          `endpoint ${index}`,
          { weight: 1 + (index % 5), run: (vu: VirtualUser) => getJob(vu, `/endpoint/${index}`) },
        ]),
      ),
    }),
  ],
  load: closed({ users: 50, spawnRate: 1_000, duration: "8s" }),
});
