import type { ConnectTo, TlsOptions } from "../connections/connection.ts";
import type { TestDefinition } from "../definition/define.ts";

/** The settings of the command line for the connections of all users. */
export interface ConnectionOverrides {
  /** Whether any certificate is accepted. */
  readonly insecure: boolean;
  /** Entries that come before those of the test and of its classes. */
  readonly connectTo: Readonly<Record<string, string[]>>;
  /** The hosts that may be loaded, as `allowedHostsOf` returns them. */
  readonly allowedHosts: readonly string[];
}

/** Returns the test with the overrides applied to its own settings and those of its classes. */
export function withConnections(
  test: TestDefinition,
  { insecure, connectTo, allowedHosts }: ConnectionOverrides,
): TestDefinition {
  const limited = { ...test, allowedHosts };
  if (!insecure && Object.keys(connectTo).length === 0) return limited;
  const changed = (tls: TlsOptions | undefined, own: ConnectTo | undefined) => ({
    ...(insecure ? { tls: { ...tls, insecure } } : {}),
    // The first entry that matches applies.
    connectTo: {
      ...connectTo,
      ...Object.fromEntries(Object.entries(own ?? {}).filter(([key]) => !(key in connectTo))),
    },
  });
  const users = test.users.map((user) => ({ ...user, ...changed(user.tls, user.connectTo) }));
  return { ...limited, ...changed(test.tls, test.connectTo), users };
}
