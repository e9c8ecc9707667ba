import { encodedSizeBound, encodeInto, validateEncoded } from "../stats/histogram/codec.ts";
import type { CumulativeHistogram } from "../stats/histogram/cumulative-histogram.ts";
import type { IntervalHistogram } from "../stats/histogram/interval-histogram.ts";
import type { EncodedHistogram } from "../stats/interval-report.ts";
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./bytes.ts";
import { ProtocolError } from "./channel.ts";

/* A histogram in a report frame: count min max sum (microseconds), length (uint32), V2 bytes. */

export function writeHistogram(writer: ByteWriter, histogram: IntervalHistogram | CumulativeHistogram): void {
  writer.varint(histogram.count);
  writer.varint(histogram.minMicros);
  writer.varint(histogram.maxMicros);
  writer.varint(histogram.sumMicros);
  writer.block(encodedSizeBound(histogram), (target, offset) => encodeInto(histogram, target, offset));
}

/** @throws ProtocolError or HistogramFormatError when it makes no sense. */
export function readHistogram(reader: ByteReader): EncodedHistogram {
  const encoded = {
    count: reader.varint(),
    minMicros: reader.varint(),
    maxMicros: reader.varint(),
    sumMicros: reader.varint(),
    bytes: reader.block(),
  };
  // A recorder counts in 32 bits; more can only be nonsense, and would overflow sums.
  if (encoded.count > 0xffff_ffff) throw new ProtocolError(`a histogram of ${encoded.count} samples`);
  validateEncoded(encoded);
  return encoded;
}
