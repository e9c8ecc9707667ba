import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { parseAddress } from "../../../core/hosts/address.ts";
import { bits, integer, octets, oid, sequence, set, tagged, taggedValue, time, utf8, yes } from "./der.ts";

/** A certificate and its private key. */
export interface Issued {
  readonly certificate: X509Certificate;
  readonly key: KeyObject;
}

export interface CertificateRequest {
  readonly commonName: string;
  readonly validFrom: Date;
  readonly validTo: Date;
  /** The use of the certificate: an authority that signs other certificates, a master (TLS server) or a worker (TLS client). */
  readonly purpose: "authority" | "master" | "worker";
  /** The DNS names and IP addresses of a master. */
  readonly hosts?: readonly string[];
}

/**
 * Issues an X.509 version 3 certificate (RFC 5280) with a new key on the curve P-256.
 * @param issuer the authority that signs the certificate; by default, the certificate is self-signed
 */
export function issueCertificate(request: CertificateRequest, issuer?: Issued): Issued {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const subject = nameOf(request.commonName);
  const body = sequence(
    tagged(0, integer(Buffer.of(2))),
    integer(serialNumber()),
    ecdsaWithSha256,
    issuer === undefined ? subject : subjectOf(issuer.certificate),
    sequence(time(request.validFrom), time(request.validTo)),
    subject,
    publicKey.export({ type: "spki", format: "der" }),
    tagged(3, sequence(...extensionsOf(request, publicKey, issuer))),
  );
  const signature = sign("sha256", body, issuer?.key ?? privateKey);
  return { certificate: new X509Certificate(sequence(body, ecdsaWithSha256, bits(signature))), key: privateKey };
}

const ecdsaWithSha256 = sequence(oid("1.2.840.10045.4.3.2"));

/** Returns a random serial number: positive and 127 bits long, of which the first is 1. */
function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}

function nameOf(commonName: string): Buffer {
  return sequence(set(sequence(oid("2.5.4.3"), utf8(commonName))));
}

/** Returns the subject of an authority that this module has issued: its only part is the common name. */
function subjectOf({ subject }: X509Certificate): Buffer {
  return nameOf(subject.replace(/^CN=/, ""));
}

function extensionsOf(request: CertificateRequest, publicKey: KeyObject, issuer?: Issued): Buffer[] {
  const { purpose, hosts = [] } = request;
  const identifier = keyIdentifier(publicKey);
  const issuedBy = issuer === undefined ? identifier : keyIdentifier(issuer.certificate.publicKey);
  const always = [
    extension("2.5.29.14", octets(identifier)),
    extension("2.5.29.35", sequence(taggedValue(0, issuedBy))),
  ];
  if (purpose === "authority") {
    // keyCertSign and cRLSign: bits 5 and 6. It signs no other authorities (a path length of 0).
    const usage = extension("2.5.29.15", bits(Buffer.of(0b0000_0110), 1), "critical");
    return [extension("2.5.29.19", sequence(yes, integer(Buffer.of(0))), "critical"), usage, ...always];
  }
  return [
    extension("2.5.29.19", sequence(), "critical"),
    // digitalSignature: bit 0.
    extension("2.5.29.15", bits(Buffer.of(0b1000_0000), 7), "critical"),
    extension("2.5.29.37", sequence(oid(purpose === "master" ? "1.3.6.1.5.5.7.3.1" : "1.3.6.1.5.5.7.3.2"))),
    ...(hosts.length === 0 ? [] : [extension("2.5.29.17", sequence(...hosts.map(alternativeName)))]),
    ...always,
  ];
}

function extension(id: string, value: Uint8Array, criticality?: "critical"): Buffer {
  return sequence(oid(id), ...(criticality === undefined ? [] : [yes]), octets(value));
}

/** Returns the SHA-1 hash of the key (RFC 5280, 4.2.1.2). It only identifies the key. */
function keyIdentifier(publicKey: KeyObject): Buffer {
  // The key of P-256 is the last 65 bytes: an uncompressed point.
  const point = publicKey.export({ type: "spki", format: "der" }).subarray(-65);
  return createHash("sha1").update(point).digest();
}

function alternativeName(host: string): Buffer {
  return isIP(host) === 0 ? taggedValue(2, Buffer.from(host, "latin1")) : taggedValue(7, bytesOfAddress(host));
}

function bytesOfAddress(address: string): Buffer {
  const groups = parseAddress(address) ?? [];
  // An IPv4 address is the end of a mapped one.
  const own = isIP(address) === 4 ? groups.slice(-2) : groups;
  return Buffer.from(own.flatMap((group) => [group >> 8, group & 0xff]));
}
