/**
 * The phases of a request, in order of time: waiting for a connection (blocked), name lookup and TCP connect (connect), TLS
 * handshake (tls), until the system has taken the whole request (sending), until the first byte of the response (waiting),
 * until its last byte (receiving).
 */
export const phaseNames = ["blocked", "connect", "tls", "sending", "waiting", "receiving"] as const;
export type PhaseName = (typeof phaseNames)[number];
