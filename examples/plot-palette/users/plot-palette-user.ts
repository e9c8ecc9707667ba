import { between, defineUser, type VirtualUser } from "muster-load";

interface State {
  headers: Record<string, string>;
  jobIds: string[];
}

/** A person who uses Plot Palette: looks at jobs and templates, now and then starts a job. */
export const plotPaletteUser = defineUser({
  name: "PlotPaletteUser",
  weight: 10,
  pause: between("1s", "3s"),
  state: (): State => ({ headers: {}, jobIds: [] }),
  onStart(vu) {
    vu.state.headers = { "x-user": `user-${vu.index}`, "x-run": String(vu.setup.run) };
  },
  tasks: {
    "list jobs": { weight: 40, run: (vu) => vu.http.get("/jobs", { headers: vu.state.headers }) },
    "list templates": { weight: 30, run: (vu) => vu.http.get("/templates", { headers: vu.state.headers }) },
    "get job": {
      weight: 20,
      async run(vu) {
        const id = vu.state.jobIds.at(-1) ?? (await createJob(vu));
        if (id !== null) await vu.http.get(`/jobs/${id}`, { name: "/jobs/:id", headers: vu.state.headers });
      },
    },
    "create job": { weight: 8, run: createJob },
    other: {
      weight: 2,
      async run(vu) {
        const health = await vu.http.get("/health");
        vu.check("healthy", health.ok);
      },
    },
  },
  async onStop(vu) {
    for (const id of vu.state.jobIds) {
      await vu.http.delete(`/jobs/${id}`, { name: "/jobs/:id", headers: vu.state.headers, expect: [204, 404] });
    }
  },
});

/** Enough to look at; older ones are deleted on the way. */
const keptJobs = 5;

/** The id of the new job; null when it could not be created. */
async function createJob(vu: VirtualUser<State>): Promise<string | null> {
  const { headers, jobIds } = vu.state;
  const created = await vu.http.post("/jobs", {
    json: { template: "basic", name: "load test" },
    headers,
  });
  if (!vu.check("job created", created.status === 201)) return null;
  const { id } = created.json<{ id: string }>();
  jobIds.push(id);
  const oldest = jobIds.length > keptJobs ? jobIds.shift() : undefined;
  if (oldest !== undefined) {
    await vu.http.delete(`/jobs/${oldest}`, { name: "/jobs/:id", headers, expect: [204, 404] });
  }
  return id;
}
