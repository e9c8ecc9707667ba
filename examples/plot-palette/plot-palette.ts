import { between, closed, defineTest, env, findCapacity, spike } from "muster-load";
import { adminHeaders, adminUser } from "./users/admin-user.ts";
import { plotPaletteUser } from "./users/plot-palette-user.ts";
import { spikeLoadUser } from "./users/spike-load-user.ts";

export default defineTest({
  name: "plot-palette",
  host: env("API_ENDPOINT", "http://127.0.0.1:8000"),
  users: [plotPaletteUser, adminUser, spikeLoadUser],
  setup: async (context) => {
    const health = await context.http.get("/health");
    if (!health.ok) throw new Error(`the API is not healthy: ${health.error?.message}`);
    return { run: context.runId };
  },
  // Users delete what they made; this is for those that could not.
  teardown: async (context) => {
    await context.http.delete("/admin/jobs", { query: { run: context.runId }, headers: adminHeaders() });
  },
  profiles: {
    standard: { load: closed({ users: 50, spawnRate: 5, duration: "5m" }) },
    // Looks for the breaking point on the way to 200 users.
    stress: { load: findCapacity({ users: { start: 20, max: 200, spawnRate: 20 }, deadline: "10m" }) },
    // How many iterations per second it holds: 1,000 are asked for.
    capacity: { load: findCapacity({ start: 100, max: 3_000, atLeast: 1_000 }) },
    heavy: {
      load: closed({ users: 200, spawnRate: 20, duration: "10m" }),
      // 200 users who wait 1 to 3 s make 100 requests per second; the target is 1,000.
      pause: between("50ms", "150ms"),
      targets: { requestsPerSecond: 1_000, concurrentUsers: 100 },
    },
    spike: {
      users: { PlotPaletteUser: 10, AdminUser: 1, SpikeLoadUser: 40 },
      // From 10 users to 100 at 50 per second, and back; the 6 minutes after it show whether the service recovers.
      load: spike({ users: { base: 10, peak: 100 }, before: "30s", rise: "1.8s", hold: "58.2s" }),
    },
    // Judged for drift, as every profile of that name.
    soak: { load: closed({ users: 30, spawnRate: 5, duration: "1h" }) },
  },
  targets: { p50: "200ms", p95: "500ms", p99: "1s", errorRate: "1%" },
});
