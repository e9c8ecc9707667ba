/** Raised with every incompatible change of a message or of the report frame; both sides must have the same. */
export const protocolVersion = 6;

/** Why a master turned a worker away; no reason here goes away by trying again. The worker prints it and ends. */
export const refusalReasons = {
  "protocol-version": "the worker speaks another protocol version than the master",
  token: "the token is wrong or missing",
  "run-closed": "the run is about to end and takes no more workers",
  "other-run": "the master carries out another run than the one this worker was part of",
  "bad-message": "a message could not be understood",
  "bad-report": "what this worker sent could not be understood",
} as const;

export type RefusalReason = keyof typeof refusalReasons;

/** WebSocket close codes (RFC 6455, 7.4.2: 4000-4999 are for applications). */
export const closeCodes = { refused: 4001, badMessage: 4002, finished: 4003 } as const;

/** With these a side ends the conversation that cannot take a message: nothing is gained by saying it again. */
export const refusingCodes: readonly number[] = [
  closeCodes.badMessage,
  1007, // not UTF-8
  1009, // too large
];
