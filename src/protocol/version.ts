/**
 * The protocol version, raised with every incompatible change of a message or of the report frame. Both sides must have the
 * same.
 */
export const protocolVersion = 12;

/** The reasons for which a master refuses a worker. A retry resolves none of them: the worker prints the reason and ends. */
export const refusalReasons = {
  "protocol-version": "the worker speaks another protocol version than the master",
  token: "the token is wrong or missing",
  certificate: "the certificate of the worker is not accepted",
  "run-closed": "the run is about to end and accepts no more workers",
  "other-run": "the master runs another run than the one this worker was part of",
  identity: "another worker of the run has this id, and the secret of that worker is wrong or missing",
  "bad-message": "a message was not valid",
  "bad-report": "a report of this worker was not valid",
} as const;

export type RefusalReason = keyof typeof refusalReasons;

/** WebSocket close codes (RFC 6455, 7.4.2: 4000-4999 are for applications). */
export const closeCodes = { refused: 4001, badMessage: 4002, finished: 4003, missingReport: 4004 } as const;

/** The close codes of a side that refused a message: sending the message again is useless. */
export const refusingCodes: readonly number[] = [
  closeCodes.badMessage,
  1007, // not UTF-8
  1009, // too large
];
