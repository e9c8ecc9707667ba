import { between, defineUser } from "muster-load";

/** Rapid fire; of weight 0, so that only a profile that names it brings it in. */
export const spikeLoadUser = defineUser({
  name: "SpikeLoadUser",
  weight: 0,
  pause: between("50ms", "200ms"),
  tasks: {
    "list jobs": { weight: 6, run: (vu) => vu.http.get("/jobs") },
    "list templates": { weight: 4, run: (vu) => vu.http.get("/templates") },
  },
});
