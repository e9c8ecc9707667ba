import { between, closed, defineTest, defineUser } from "muster-load";

const visitor = defineUser({
  name: "Visitor",
  pause: between("100ms", "300ms"),
  tasks: {
    "list jobs": { weight: 3, run: (vu) => vu.http.get("/jobs") },
    "list templates": (vu) => vu.http.get("/templates"),
  },
});

export default defineTest({
  host: "http://127.0.0.1:8000",
  users: [visitor],
  load: closed({ users: 10, spawnRate: 5, duration: "10s" }),
  targets: { p95: "200ms", errorRate: "1%" },
});
