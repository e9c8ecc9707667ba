import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, sep } from "node:path";
import { FileFault } from "./file-fault.ts";
import { protoLoaderFor } from "./grpc-module.ts";

/** The part of protobufjs that reads files. The test has it as a dependency of `@grpc/proto-loader`. */
interface Protobuf {
  readonly Root: new () => ProtoRoot;
}

interface ProtoRoot {
  readonly files: readonly string[];
  resolvePath(origin: string, target: string): string | null;
  loadSync(path: string, options: { readonly keepCase: boolean }): unknown;
  toJSON(): object;
}

export interface ReadProto {
  readonly json: object;
  /** The paths of the files that the file imports. */
  readonly imports: readonly string[];
}

/**
 * Parses a `.proto` file and the files that it imports. An import is looked for beside the importing file and in the folders
 * above it, as `protoc` does in its include paths, then among the types that protobufjs has (`google/protobuf`, `google/api`).
 * @throws FileFault if a file is not valid or missing, or the packages of gRPC are not installed
 */
export function readProto(path: string): ReadProto {
  const loader = protoLoaderFor(dirname(path));
  if (loader === null) {
    throw new FileFault("a .proto file needs gRPC; install it: npm install @grpc/grpc-js @grpc/proto-loader", 1);
  }
  const load = createRequire(loader);
  // Adds types of google/protobuf that protobufjs does not offer by itself.
  load(loader);
  const { Root } = load("protobufjs") as Protobuf;
  const ofPackage = dirname(load.resolve("protobufjs/package.json"));
  const root = new Root();
  root.resolvePath = (origin, target) => (origin === "" ? target : importedFrom(origin, target, ofPackage));
  try {
    // The worker decides about the names of fields.
    root.loadSync(path, { keepCase: true });
    return { json: root.toJSON(), imports: root.files.filter((file) => file !== path && existsSync(file)) };
  } catch (cause) {
    throw cause instanceof FileFault ? cause : faultOf(path, cause as Error);
  }
}

/** @throws FileFault */
function importedFrom(origin: string, target: string, ofPackage: string): string {
  for (let folder = dirname(origin); ; folder = dirname(folder)) {
    const found = join(folder, target);
    if (existsSync(found)) return found;
    if (folder === dirname(folder)) break;
  }
  const common = join(ofPackage, target);
  if (existsSync(common)) return common;
  throw new FileFault(`imports ${JSON.stringify(target)}, which is neither beside it nor in a folder above it`, 1);
}

/** An error of the parser ends in "(FILE, line N)". */
function faultOf(path: string, { message }: Error): FileFault {
  const [whole = "", file = path, line = "1"] = / \((.+), line (\d+)\)$/.exec(message) ?? [];
  const text = message.slice(0, message.length - whole.length);
  if (file === path) return new FileFault(`not a valid .proto file: ${text}`, Number(line));
  const name = relative(dirname(path), file).replaceAll(sep, "/");
  return new FileFault(`imports ${name}, which is not valid in line ${line}: ${text}`, 1);
}
