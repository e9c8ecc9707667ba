import { between, closed, defineTest } from "muster-load";
import plotPalette from "../../examples/plot-palette/plot-palette.ts";

/** The Plot Palette test at a pace at which a minute shows something. */
export default defineTest({
  ...plotPalette,
  profiles: {
    standard: {
      load: closed({ users: 50, spawnRate: 5, duration: "75s" }),
      pause: between("100ms", "500ms"),
      targets: { p95: "120ms", errorRate: "2%", requestsPerSecond: 50 },
    },
  },
});
