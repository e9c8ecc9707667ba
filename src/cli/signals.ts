const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Calls `act` for every SIGINT, SIGTERM and SIGHUP in place of dying of it. Returns what restores the default. */
export function onSignals(act: (signal: string) => void): () => void {
  const listener = (signal: string) => act(signal);
  for (const signal of signals) process.on(signal, listener);
  return () => {
    for (const signal of signals) process.off(signal, listener);
  };
}
