import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createPublicKey, X509Certificate } from "node:crypto";
import { join } from "node:path";
import { test } from "node:test";
import { type CertificateRequest, issueCertificate } from "../../../../src/cli/actions/certs/certificate.ts";
import { integer, oid, time } from "../../../../src/cli/actions/certs/der.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";

const openssl = "openssl";
const dayMs = 24 * 3_600_000;
const valid = { validFrom: new Date(Date.now() - dayMs), validTo: new Date(Date.now() + dayMs) };
const authority = issueCertificate({ commonName: "muster authority", purpose: "authority", ...valid });
const master: CertificateRequest = {
  commonName: "muster master",
  purpose: "master",
  hosts: ["master.example", "*.pods.example", "10.0.0.7", "::1", "2001:db8::ff:1", "::ffff:10.0.0.7"],
  ...valid,
};

test("node:crypto reads in a certificate what was asked for", () => {
  const { certificate, key } = issueCertificate(master, authority);
  assert.equal(certificate.subject, "CN=muster master");
  assert.equal(certificate.issuer, "CN=muster authority");
  assert.equal(
    certificate.subjectAltName,
    "DNS:master.example, DNS:*.pods.example, IP Address:10.0.0.7, IP Address:0:0:0:0:0:0:0:1, IP Address:2001:DB8:0:0:0:0:FF:1, IP Address:0:0:0:0:0:FFFF:A00:7",
  );
  assert.equal(certificate.checkHost("master.example"), "master.example");
  assert.equal(certificate.checkHost("other.example"), undefined);
  assert.equal(certificate.checkIP("10.0.0.7"), "10.0.0.7");
  assert.ok(certificate.checkPrivateKey(key));
  assert.ok(certificate.checkIssued(authority.certificate));
  assert.ok(certificate.verify(createPublicKey(authority.key)));
  assert.deepEqual([authority.certificate.ca, certificate.ca], [true, false]);
  assert.deepEqual(certificate.keyUsage, ["1.3.6.1.5.5.7.3.1"]);
  assert.equal(Math.floor(certificate.validToDate.getTime() / 1_000), Math.floor(valid.validTo.getTime() / 1_000));
});

test("no two certificates have the same serial number or key", () => {
  const all = Array.from({ length: 20 }, () => issueCertificate(master, authority).certificate);
  assert.equal(new Set(all.map(({ serialNumber }) => serialNumber)).size, 20);
  assert.equal(new Set(all.map(({ publicKey }) => publicKey.export({ type: "spki", format: "pem" }))).size, 20);
});

test("openssl verifies the chain, for the purpose that it has only", async (t) => {
  try {
    execFileSync(openssl, ["version"], { stdio: "ignore" });
  } catch {
    t.skip("openssl is missing");
    return;
  }
  const { certificate: server } = issueCertificate(master, authority);
  const { certificate: client } = issueCertificate({ commonName: "w", purpose: "worker", ...valid }, authority);
  const files = { "ca.pem": authority.certificate, "server.pem": server, "client.pem": client };
  const folder = await temporaryFolder(
    t,
    Object.fromEntries(Object.entries(files).map(([name, certificate]) => [name, certificate.toString()])),
  );
  const verify = (name: string, purpose: string) => {
    const words = [
      "verify",
      "-x509_strict",
      "-purpose",
      purpose,
      "-CAfile",
      join(folder, "ca.pem"),
      join(folder, name),
    ];
    try {
      return execFileSync(openssl, words, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).endsWith(": OK\n");
    } catch {
      return false;
    }
  };
  assert.deepEqual([verify("server.pem", "sslserver"), verify("client.pem", "sslclient")], [true, true]);
  assert.deepEqual([verify("server.pem", "sslclient"), verify("client.pem", "sslserver")], [false, false]);
});

test("DER of known values", () => {
  assert.equal(oid("1.2.840.10045.4.3.2").toString("hex"), "06082a8648ce3d040302");
  assert.equal(integer(Buffer.of(0x80)).toString("hex"), "02020080");
  assert.equal(integer(Buffer.of(0x7f)).toString("hex"), "02017f");
  assert.equal(time(new Date("2049-12-31T23:59:59Z")).toString("latin1").slice(2), "491231235959Z");
  assert.equal(time(new Date("2050-01-01T00:00:00Z")).toString("latin1").slice(2), "20500101000000Z");
  assert.throws(() => new X509Certificate(Buffer.of(0x30, 0)));
});
