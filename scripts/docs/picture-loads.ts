import { closed, constant, defineTest, defineUser, open, pacing } from "muster-load";

/* The loads of the pictures in docs/guide/load-models.md. load-pictures.ts runs them. */

/** One request an iteration, so that requests count iterations. */
const visitor = defineUser({ name: "Visitor", tasks: { list: (vu) => vu.http.get("/jobs") } });

export const userStages = [
  { duration: "5s", target: 20 },
  { duration: "3s", target: 20 },
  { duration: "0s", target: 40 },
  { duration: "4s", target: 40 },
  { duration: "4s", target: 10 },
  { duration: "2s", target: 10 },
];

export const rateStages = [
  { duration: "6s", target: 120 },
  { duration: "4s", target: 120 },
  { duration: "4s", target: 30 },
  { duration: "2s", target: 30 },
];

export const stalledSeconds = 20;
export const stalledRate = 100;
const stalled = { rate: stalledRate, duration: `${stalledSeconds}s` };

/** @public What `muster run` loads. */
export default defineTest({
  users: [visitor],
  profiles: {
    stages: { load: closed({ stages: userStages }), pause: constant("100ms") },
    ramp: { load: open({ stages: rateStages }) },
    even: { load: open({ rate: 20, duration: "6s" }) },
    poisson: { load: open({ rate: 20, duration: "6s", arrivals: "poisson" }) },
    "stalled, 10 users": { load: open({ ...stalled, maxUsers: 10 }) },
    "stalled, enough users": { load: open(stalled) },
    // Ten users who each begin every 100 ms: as many requests, as long as the service answers.
    "stalled, closed": {
      load: closed({ users: 10, spawnRate: 1_000, duration: stalled.duration }),
      pause: pacing("100ms"),
    },
  },
});
