import { between, closed, defineTest, defineUser, env } from "muster-load";
import pg from "pg";

const connectionString = env("DATABASE_URL", "postgres://postgres@127.0.0.1/postgres");

// One pool for all users of a worker. It connects when a query needs a connection.
const pool = new pg.Pool({ connectionString, max: 10, connectionTimeoutMillis: 2_000 });
// An idle connection that the server closes. Without a listener, Node.js would throw the error outside of any task.
pool.on("error", () => {});

const reader = defineUser({
  name: "Reader",
  pause: between("20ms", "60ms"),
  tasks: {
    async "read a job"(vu) {
      const id = 1 + Math.floor(vu.random() * 100);
      const { rows } = await vu.measure("select job", () => pool.query("select * from jobs where id = $1", [id]), {
        kind: "SQL",
      });
      vu.check("the job was found", rows.length === 1);
    },
  },
});

// A connection for each user, as for an application without a pool.
const writer = defineUser({
  name: "Writer",
  pause: between("20ms", "60ms"),
  state: () => ({ client: null as pg.Client | null }),
  tasks: {
    async "write a job"(vu) {
      vu.state.client ??= await vu.measure("connect", () => connected(), { kind: "SQL" });
      const { client } = vu.state;
      try {
        await vu.measure(
          "insert job",
          () => client.query("insert into jobs (name) values ($1)", [`job of ${vu.index}`]),
          {
            kind: "SQL",
          },
        );
      } catch (error) {
        // The next iteration connects again.
        vu.state.client = null;
        void client.end().catch(() => {});
        throw error;
      }
    },
  },
  onStop: (vu) => vu.state.client?.end(),
});

async function connected(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2_000 });
  client.on("error", () => {});
  await client.connect();
  return client;
}

export default defineTest({
  // Only vu.http uses it.
  host: "http://127.0.0.1",
  users: [reader, writer],
  load: closed({ users: 20, spawnRate: 20, duration: "30s" }),
  targets: { errorRate: "1%" },
  thresholds: { "response_time{name:select job}": "p(95)<50", "failures{method:SQL}": "rate<0.01" },
  async setup() {
    await pool.query("create table if not exists jobs (id serial primary key, name text not null)");
    await pool.query("insert into jobs (name) select 'job ' || n from generate_series(1, 100) n");
  },
  onWorkerStop: () => pool.end(),
});
