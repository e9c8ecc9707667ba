/** How a problem of the load generator counts: it casts doubt on the result, or the result says nothing of the service. */
export type HealthSeverity = "warned" | "invalid";
