import assert from "node:assert/strict";
import { test } from "node:test";
import { refusedData } from "../../../src/runner/delivery/otlp-answer.ts";
import { resourceAttributes } from "../../../src/runner/delivery/otlp-resource.ts";
import { otlpTarget } from "../../../src/runner/delivery/otlp-target.ts";
import { ProtobufWriter } from "../../../src/runner/delivery/protobuf-writer.ts";

test("the path of the signal is added to the base URL once", () => {
  const urls: readonly (readonly [string, string])[] = [
    ["http://h:4318", "http://h:4318/v1/metrics"],
    ["http://h:4318/", "http://h:4318/v1/metrics"],
    ["https://h/otlp/", "https://h/otlp/v1/metrics"],
    ["https://h/otlp/v1/metrics", "https://h/otlp/v1/metrics"],
    ["https://h/otlp?tenant=a", "https://h/otlp/v1/metrics?tenant=a"],
  ];
  for (const [otlp, url] of urls) assert.equal(otlpTarget("metrics", { otlp }, {}).url, url);
  assert.equal(otlpTarget("traces", { otlp: "http://h" }, {}).url, "http://h/v1/traces");
  assert.equal(otlpTarget("traces", { otlp: "http://h/x/v1/metrics/" }, {}).url, "http://h/x/v1/traces");
  assert.equal(otlpTarget("metrics", { otlp: "http://h/v1/traces" }, {}).url, "http://h/v1/metrics");
});

test("headers come from the user of the URL, then the variables, then the flag, whatever their case", () => {
  const environment = {
    OTEL_EXPORTER_OTLP_HEADERS: "X-Tenant=a%20b, x-one=1",
    OTEL_EXPORTER_OTLP_METRICS_HEADERS: "x-one=2,x-two=2",
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: "x-one=traces",
  };
  const { headers, name, url } = otlpTarget(
    "metrics",
    { otlp: "https://me:s3cret@h/otlp?key=1", otlpHeader: { "X-Two": "3" } },
    environment,
  );
  assert.equal(headers["x-tenant"], "a b");
  assert.deepEqual([headers["x-one"], headers["x-two"]], ["2", "3"]);
  assert.equal(headers.authorization, `Basic ${Buffer.from("me:s3cret").toString("base64")}`);
  assert.equal(name, "--otlp https://h/otlp");
  assert.equal(url, "https://h/otlp/v1/metrics?key=1");
});

test("a variable that holds no headers is refused with its name", () => {
  for (const text of ["abc", "a b=c", "=x", "a=b%0d%0ax: y", "a=%01", "a=%E2%82%AC"]) {
    const environment = { OTEL_EXPORTER_OTLP_HEADERS: text };
    assert.throws(
      () => otlpTarget("metrics", { otlp: "http://h" }, environment),
      /^ConfigurationError: OTEL_EXPORTER_OTLP_HEADERS: /,
    );
  }
});

test("the resource is the run, and the variables of OpenTelemetry replace its attributes", () => {
  const run = { runId: "r1", testName: "shop.ts", profile: "standard", host: "http://h" };
  const attributes = resourceAttributes(run, {
    OTEL_SERVICE_NAME: "load",
    OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=staging,muster.profile=other,city=K%C5%82odzko",
  });
  assert.equal(attributes["service.name"], "load");
  assert.equal(attributes["service.instance.id"], "r1");
  assert.equal(attributes["deployment.environment.name"], "staging");
  assert.equal(attributes["muster.profile"], "other");
  assert.equal(attributes.city, "Kłodzko");
  assert.equal(attributes["muster.test"], "shop.ts");
});

test("what a receiver has refused in part is read from its answer", () => {
  const answer = (rejected: number, text: string) =>
    new ProtobufWriter().message(1, (partial) => partial.varint(1, rejected).text(2, text)).finish();
  assert.equal(refusedData(answer(300, "too old\n")), "300 data points were refused: too old ");
  assert.equal(refusedData(answer(2, "")), "2 data points were refused");
  // A warning beside data that was taken.
  assert.equal(refusedData(answer(0, "deprecated")), null);
  assert.equal(refusedData(new Uint8Array()), null);
  for (const text of ["{}", "<html>", "\n\u00ff\u00ff", "\n\u0005ab"])
    assert.equal(refusedData(Buffer.from(text, "latin1")), null);
});
