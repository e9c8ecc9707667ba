import { decodeDataPiece, encodePiece } from "../../src/protocol/data-frame.ts";
import { decodeReport } from "../../src/protocol/report-frame.ts";
import { RunTotals } from "../../src/stats/run-totals.ts";
import { type FuzzTarget, mutatingTarget } from "./target.ts";

/** Binary frames: reports of workers, and pieces of files for them. */
export function framesTarget(): Promise<FuzzTarget> {
  return mutatingTarget({
    corpus: "frames",
    more: [encodePiece("a".repeat(64), 0, Buffer.from("a piece"))],
    inputsPerRound: 2_000,
    read: (input) => {
      decodeDataPieceOrNot(input);
      const report = decodeReport(input);
      const totals = new RunTotals();
      for (const endpoint of report.endpoints) totals.endpoint(endpoint.method, endpoint.name).add(endpoint);
      totals.addLoad(report);
    },
  });
}

function decodeDataPieceOrNot(input: Buffer): void {
  try {
    decodeDataPiece(input);
  } catch (error) {
    if (!(error instanceof Error) || error.constructor.name !== "ProtocolError") throw error;
  }
}
