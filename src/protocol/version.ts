/** Raised with every incompatible change of a message or of the report frame; both sides must have the same. */
export const protocolVersion = 1;

/** Why a master turned a worker away. The worker prints it and exits 104; no reason here goes away by trying again. */
export const refusalReasons = {
  "protocol-version": "the worker speaks another protocol version than the master",
  token: "the token is wrong or missing",
  "run-closed": "the run has already started and takes no more workers",
  "bad-message": "a message could not be understood",
} as const;

export type RefusalReason = keyof typeof refusalReasons;

/** WebSocket close codes (RFC 6455, 7.4.2: 4000-4999 are for applications). */
export const closeCodes = { refused: 4001, badMessage: 4002, finished: 4003 } as const;
