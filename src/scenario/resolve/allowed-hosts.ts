import { parseAddress } from "../../core/hosts/address.ts";
import {
  HostRules,
  isMetadata,
  isPrivateName,
  loopbackEntries,
  plainHost,
  privateEntries,
} from "../../core/hosts/host-rules.ts";
import { parseDestination, parsePlace } from "../connections/connect-to.ts";
import type { ConnectTo } from "../connections/connection.ts";
import type { TestDefinition } from "../definition/define.ts";
import { hostsIn, hostsInValues } from "./named-hosts.ts";

const nearRules = new HostRules([...loopbackEntries, ...privateEntries]);

/** The sources that name hosts for a test. */
export interface HostSources {
  readonly test: TestDefinition;
  /** The code of the test. */
  readonly source: string;
  /** The values that the test has read with `env()`. */
  readonly environment: Readonly<Record<string, string | null>>;
  /** `--allow-host` */
  readonly allowHosts: readonly string[];
  /** `--connect-to` */
  readonly connectTo: ConnectTo;
  /** The value of `--host`, or the URL in place of a test, with which this process was started; undefined without either. */
  readonly host: string | undefined;
}

/**
 * Returns the hosts that a run may load, as entries of `allowedHosts`: those of the flag and of the test, the host of the
 * test, and the hosts that `connectTo` names. A test that does not set `allowedHosts` may also load the hosts that its text
 * and its variables name and, if its own host is on this machine or in a private network, this machine and all private
 * networks.
 */
export function allowedHostsOf({ test, source, environment, allowHosts, connectTo, host }: HostSources): string[] {
  const hosts = [host, test.host].flatMap((one) => hostOf(one));
  const own = hosts.filter((one) => !isMetadataAddress(one));
  const all = [
    ...allowHosts,
    ...(test.allowedHosts ?? []),
    ...own,
    ...hostsOfConnectTo([{ connectTo }, test, ...test.users]),
  ];
  if (test.allowedHosts === undefined) {
    all.push(...hostsIn(source), ...hostsInValues(Object.values(environment)));
    if (hosts.every(isNear)) all.push(...loopbackEntries, ...privateEntries);
  }
  return [...new Set(all)];
}

function hostOf(url: string | undefined): string[] {
  const parsed = url === undefined ? null : URL.parse(url);
  return parsed === null ? [] : [plainHost(parsed.hostname)];
}

function isMetadataAddress(host: string): boolean {
  const address = parseAddress(host);
  return address !== null && isMetadata(address);
}

/** Whether a host is on this machine or in a private network, as far as its name says. */
function isNear(host: string): boolean {
  const address = parseAddress(host);
  return address === null ? isPrivateName(host) : nearRules.refusal(host, 80) === null;
}

/** Returns the hosts that entries of `connectTo` name: those whose connections they redirect, and the destinations. */
function hostsOfConnectTo(all: readonly { readonly connectTo?: ConnectTo }[]): string[] {
  const entries = all.flatMap(({ connectTo = {} }) => Object.entries(connectTo));
  return entries.flatMap(([key, value]) => {
    const place = parsePlace(key);
    const destinations = [value].flat().map(parseDestination);
    const named = destinations.flatMap((one) =>
      typeof one === "object" && one.kind === "tcp" ? (one.host ?? []) : [],
    );
    return [...(typeof place === "string" || place.host === null ? [] : [place.host]), ...named];
  });
}
