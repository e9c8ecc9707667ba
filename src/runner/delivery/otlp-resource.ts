import { hideSecrets } from "../../core/redaction/known-secrets.ts";
import { version } from "../process/version.ts";
import type { ProtobufWriter } from "./protobuf-writer.ts";
import { pairsIn } from "./receiver.ts";

/** A run as the resource of its telemetry. */
export interface RunIdentity {
  readonly runId: string;
  readonly testName: string;
  readonly profile: string;
  readonly host: string;
}

/**
 * Writes the fields of a `Resource`: the attributes of the run. Attributes in OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME
 * replace them.
 * Source: https://opentelemetry.io/docs/specs/semconv/resource/#service
 */
export function writeResource(writer: ProtobufWriter, run: RunIdentity, environment: NodeJS.ProcessEnv): void {
  for (const [key, value] of Object.entries(resourceAttributes(run, environment))) {
    writeAttribute(writer, 1, key, value);
  }
}

/** Returns the attributes of a `Resource`. @throws ConfigurationError when OTEL_RESOURCE_ATTRIBUTES is not valid */
export function resourceAttributes(
  { runId, testName, profile, host }: RunIdentity,
  environment: NodeJS.ProcessEnv,
): Record<string, string> {
  const { OTEL_SERVICE_NAME: serviceName = "" } = environment;
  return {
    "service.name": "muster",
    "service.version": version,
    // The counters of each run begin at 0, so that each run must have its own series.
    "service.instance.id": runId,
    "muster.run.id": runId,
    "muster.test": testName,
    "muster.profile": profile,
    "muster.host": host,
    ...pairsIn(environment, "OTEL_RESOURCE_ATTRIBUTES"),
    ...(serviceName === "" ? {} : { "service.name": serviceName }),
  };
}

/** Writes a `KeyValue` in a field of the message, without known secrets. A bigint is a whole number from 0 to 2^53 - 1. */
export function writeAttribute(
  writer: ProtobufWriter,
  field: number,
  key: string,
  value: string | number | bigint,
): void {
  writer.message(field, (pair) => {
    pair.text(1, key).message(2, (any) => {
      if (typeof value === "string") any.text(1, hideSecrets(value));
      else if (typeof value === "bigint") any.varint(3, Number(value));
      else any.double(4, value);
    });
  });
}
