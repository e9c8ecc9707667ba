/**
 * The phases of a request, in the order of time: waiting for a connection to be free or begun, finding the address and
 * connecting, TLS, until the system had taken the whole request, until the first byte of the answer, until its last.
 */
export const phaseNames = ["blocked", "connect", "tls", "sending", "waiting", "receiving"] as const;
export type PhaseName = (typeof phaseNames)[number];
