/** Types of data files that a test file imports. A CSV file is a list of records, with the names of its first line. */
declare module "*.csv" {
  const records: readonly Readonly<Record<string, string>>[];
  export default records;
}
declare module "*.tsv" {
  const records: readonly Readonly<Record<string, string>>[];
  export default records;
}

/** A description of gRPC services, for `grpcClient` of `muster-load/grpc`. */
declare module "*.proto" {
  const proto: { readonly file: string; readonly json: object };
  export default proto;
}

/*
 * Files that are imported as text or as bytes. TypeScript decides by the extension and does not see `with { type: … }`:
 * a project declares further extensions itself.
 */
declare module "*.txt" {
  const text: string;
  export default text;
}
declare module "*.sql" {
  const text: string;
  export default text;
}
declare module "*.graphql" {
  const text: string;
  export default text;
}
declare module "*.gql" {
  const text: string;
  export default text;
}
declare module "*.xml" {
  const text: string;
  export default text;
}
declare module "*.html" {
  const text: string;
  export default text;
}
declare module "*.md" {
  const text: string;
  export default text;
}
declare module "*.yaml" {
  const text: string;
  export default text;
}
declare module "*.yml" {
  const text: string;
  export default text;
}
declare module "*.jsonl" {
  const text: string;
  export default text;
}
declare module "*.ndjson" {
  const text: string;
  export default text;
}
declare module "*.png" {
  /** A `Uint8Array`, which a `Blob` can be made of. */
  const bytes: ReturnType<Uint8Array["slice"]>;
  export default bytes;
}
declare module "*.jpg" {
  /** A `Uint8Array`, which a `Blob` can be made of. */
  const bytes: ReturnType<Uint8Array["slice"]>;
  export default bytes;
}
declare module "*.jpeg" {
  /** A `Uint8Array`, which a `Blob` can be made of. */
  const bytes: ReturnType<Uint8Array["slice"]>;
  export default bytes;
}
declare module "*.gif" {
  /** A `Uint8Array`, which a `Blob` can be made of. */
  const bytes: ReturnType<Uint8Array["slice"]>;
  export default bytes;
}
declare module "*.webp" {
  /** A `Uint8Array`, which a `Blob` can be made of. */
  const bytes: ReturnType<Uint8Array["slice"]>;
  export default bytes;
}
declare module "*.avif" {
  /** A `Uint8Array`, which a `Blob` can be made of. */
  const bytes: ReturnType<Uint8Array["slice"]>;
  export default bytes;
}
declare module "*.pdf" {
  /** A `Uint8Array`, which a `Blob` can be made of. */
  const bytes: ReturnType<Uint8Array["slice"]>;
  export default bytes;
}
declare module "*.zip" {
  /** A `Uint8Array`, which a `Blob` can be made of. */
  const bytes: ReturnType<Uint8Array["slice"]>;
  export default bytes;
}
declare module "*.gz" {
  /** A `Uint8Array`, which a `Blob` can be made of. */
  const bytes: ReturnType<Uint8Array["slice"]>;
  export default bytes;
}
declare module "*.bin" {
  /** A `Uint8Array`, which a `Blob` can be made of. */
  const bytes: ReturnType<Uint8Array["slice"]>;
  export default bytes;
}
declare module "*.dat" {
  /** A `Uint8Array`, which a `Blob` can be made of. */
  const bytes: ReturnType<Uint8Array["slice"]>;
  export default bytes;
}
declare module "*.mp4" {
  /** A `Uint8Array`, which a `Blob` can be made of. */
  const bytes: ReturnType<Uint8Array["slice"]>;
  export default bytes;
}
declare module "*.docx" {
  /** A `Uint8Array`, which a `Blob` can be made of. */
  const bytes: ReturnType<Uint8Array["slice"]>;
  export default bytes;
}
declare module "*.xlsx" {
  /** A `Uint8Array`, which a `Blob` can be made of. */
  const bytes: ReturnType<Uint8Array["slice"]>;
  export default bytes;
}
