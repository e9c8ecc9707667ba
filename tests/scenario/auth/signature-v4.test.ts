import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { amzDate, hashOfBody, signatureV4 } from "../../../src/scenario/auth/signature-v4.ts";

/*
 * Facts of the test suite that AWS publishes for Signature Version 4 (aws-c-auth, tests/aws-signing-test-suite/v4), and of the
 * examples in the Amazon S3 API Reference ("Signature Calculations for the Authorization Header").
 */

const suite = {
  credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" },
  scope: { region: "us-east-1", service: "service" },
  date: "20150830T123600Z",
  host: "example.amazonaws.com",
};

const s3 = {
  credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" },
  scope: { region: "us-east-1", service: "s3" },
  date: "20130524T000000Z",
  host: "examplebucket.s3.amazonaws.com",
};

const letters = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const token = "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267";

interface Vector {
  readonly of?: typeof suite;
  readonly method?: string;
  readonly path?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signed?: string;
  readonly signature: string;
}

const vectors: Readonly<Record<string, Vector>> = {
  "get-vanilla": { signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31" },
  "post-vanilla": { method: "POST", signature: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b" },
  "get-vanilla-query-order-key-case": {
    query: "Param2=value2&Param1=value1",
    signature: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
  },
  "get-vanilla-query-order-encoded": {
    query: "Param-3=Value3&Param=Value2&%E1%88%B4=Value1",
    signature: "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac",
  },
  "get-vanilla-query-unreserved": {
    query: `${letters}=${letters}`,
    signature: "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197",
  },
  "get-vanilla-utf8-query": {
    query: "ሴ=bar",
    signature: "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04",
  },
  "get-utf8": { path: "/ሴ", signature: "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85" },
  "get-space-unnormalized": {
    path: "/example space/",
    signature: "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741",
  },
  "get-vanilla-with-session-token": {
    headers: { "X-Amz-Security-Token": token },
    signed: "host;x-amz-date;x-amz-security-token",
    signature: "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8",
  },
  "S3: get an object": {
    of: s3,
    path: "/test.txt",
    headers: { Range: "bytes=0-9", "x-amz-content-sha256": hashOfBody(null) },
    signed: "host;range;x-amz-content-sha256;x-amz-date",
    signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
  },
  "S3: put an object": {
    of: s3,
    method: "PUT",
    path: "/test$file.text",
    headers: {
      Date: "Fri, 24 May 2013 00:00:00 GMT",
      "x-amz-storage-class": "REDUCED_REDUNDANCY",
      "x-amz-content-sha256": "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
    },
    body: "Welcome to Amazon S3.",
    signed: "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
    signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
  },
  "S3: get the lifecycle of a bucket": {
    of: s3,
    query: "lifecycle",
    headers: { "x-amz-content-sha256": hashOfBody(null) },
    signed: "host;x-amz-content-sha256;x-amz-date",
    signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
  },
  "S3: list objects": {
    of: s3,
    query: "max-keys=2&prefix=J",
    headers: { "x-amz-content-sha256": hashOfBody(null) },
    signed: "host;x-amz-content-sha256;x-amz-date",
    signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
  },
};

for (const [name, vector] of Object.entries(vectors)) {
  test(`AWS's example ${name}`, () => {
    const { of = suite, method = "GET", path = "/", query = "", headers = {}, body = null, signature } = vector;
    const all = [["Host", of.host], ["X-Amz-Date", of.date], ...Object.entries(headers)] as [string, string][];
    const parts = { method, path, query, headers: all, bodyHash: hashOfBody(body) };
    const { credentials, scope, date } = of;
    assert.equal(
      signatureV4(parts, date, scope, credentials),
      `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${date.slice(0, 8)}/us-east-1/${scope.service}/aws4_request, SignedHeaders=${vector.signed ?? "host;x-amz-date"}, Signature=${signature}`,
    );
  });
}

test("dates, and bodies in all their forms", () => {
  assert.equal(amzDate(Date.UTC(2015, 7, 30, 12, 36, 0, 999)), suite.date);
  const hash = createHash("sha256").update("añb").digest("hex");
  const bytes = new TextEncoder().encode("añb");
  const segments = [bytes.subarray(0, 2), bytes.subarray(2)];
  for (const body of ["añb", bytes, { segments, byteLength: 4 }]) assert.equal(hashOfBody(body), hash);
});
