/** The severity of a problem of the load generator: it casts doubt on the result, or the result says nothing about the service. */
export type HealthSeverity = "warned" | "invalid";
