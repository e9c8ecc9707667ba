import { between, defineUser, env } from "muster-load";

const token = env("PLOT_PALETTE_ADMIN_TOKEN", "plot-palette-admin");

export const adminHeaders = () => ({ authorization: `Bearer ${token}` });

/** An administrator: looks at everybody's jobs and at the system. */
export const adminUser = defineUser({
  name: "AdminUser",
  weight: 1,
  pause: between("2s", "5s"),
  state: () => ({ headers: adminHeaders() }),
  tasks: {
    "list all jobs": {
      weight: 5,
      run: (vu) => vu.http.get("/admin/jobs", { query: { limit: 20 }, headers: vu.state.headers }),
    },
    "view statistics": {
      weight: 3,
      async run(vu) {
        const statistics = await vu.http.get("/admin/stats", { headers: vu.state.headers });
        vu.check("statistics are visible", statistics.status === 200);
      },
    },
    "template usage": {
      weight: 2,
      run: (vu) => vu.http.get("/admin/templates/usage", { headers: vu.state.headers }),
    },
  },
});
