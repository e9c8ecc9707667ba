import assert from "node:assert/strict";
import { symlink } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { ConfigurationError } from "../../../src/core/errors.ts";
import { bundleTest, filesOfTest } from "../../../src/scenario/bundle/bundle.ts";
import { loadBundle } from "../../../src/scenario/bundle/load-bundle.ts";
import { TestFolder } from "./test-folder.ts";

const modules = fileURLToPath(new URL("../../../node_modules", import.meta.url));
const protos = {
  "api/shop.proto": `syntax = "proto3"; package shop; import "api/types/money.proto"; import "google/api/annotations.proto";
    message Ask { string order_id = 1; oneof by { int64 user_id = 2; } }
    service Orders { rpc Get(Ask) returns (types.Money) { option (google.api.http) = { get: "/orders" }; } }`,
  "api/types/money.proto": `syntax = "proto3"; package types; message Money { int64 units = 1; }`,
};
const testFile = (code: string) => `
  import { defineTest, defineUser } from "muster-load";
  import { grpcClient } from "muster-load/grpc";
  import shop from "./api/shop.proto";
  ${code}
  const user = defineUser({ name: "a", tasks: { list: () => {} } });
  export default defineTest({ host: "http://a.example", users: [user] });
`;

async function folderWith(files: Readonly<Record<string, string>>, hasPackages = true): Promise<TestFolder> {
  const folder = await TestFolder.with(files);
  if (hasPackages) await symlink(modules, folder.file("node_modules"));
  return folder;
}

test("a bundle holds the packages of gRPC and the .proto files, and needs neither afterwards", async () => {
  await using folder = await folderWith({ "t.ts": testFile("grpcClient({ proto: shop });"), ...protos });
  const bundle = await bundleTest(folder.file("t.ts"));
  const files = (await filesOfTest(folder.file("t.ts"))).map((file) => file.slice(folder.path.length + 1));
  await folder[Symbol.asyncDispose]();
  assert.equal((await loadBundle(bundle)).host, "http://a.example");
  const code = bundle.source.replace(/\/\/# sourceMappingURL.*/, "");
  const imported = [...code.matchAll(/^import .* from "(?!node:)([^"]+)";$/gm)].map(([, name]) => name);
  const foreign = imported.filter((name) => !process.getBuiltinModule("node:module").isBuiltin(String(name)));
  assert.deepEqual([...new Set(foreign)].sort(), ["muster-load", "muster-load/grpc-runtime"]);
  assert.deepEqual(files.sort(), ["api/shop.proto", "api/types/money.proto", "t.ts"]);
});

test("a test without gRPC holds nothing of it", async () => {
  await using folder = await folderWith({
    "t.ts": 'import { defineUser } from "muster-load"; defineUser({ name: "a", tasks: {} });',
  });
  const { source } = await bundleTest(folder.file("t.ts"));
  assert.ok(!source.includes("grpc") && source.length < 3_000);
});

for (const [what, files, hasPackages, message] of [
  [
    "a test without the packages",
    protos,
    false,
    /Could not resolve "@grpc\/grpc-js"; install it: npm install @grpc\/grpc-js|a \.proto file needs gRPC; install it: npm install/,
  ],
  [
    "a .proto file that is not valid",
    { ...protos, "api/shop.proto": 'syntax = "proto3";\nmessage Ask {\n  string a = ;\n}' },
    true,
    /shop\.proto:3:1: not a valid \.proto file: illegal id ';'/,
  ],
  [
    "an imported .proto file that is not valid",
    { ...protos, "api/types/money.proto": "what is this" },
    true,
    /shop\.proto:1:1: imports types\/money\.proto, which is not valid in line 1: illegal token 'what'/,
  ],
  [
    "an import that is nowhere",
    { "api/shop.proto": 'syntax = "proto3"; import "no/where.proto";' },
    true,
    /shop\.proto:1:1: imports "no\/where\.proto", which is neither beside it nor in a folder above it/,
  ],
  [
    "a type that is nowhere",
    { "api/shop.proto": 'syntax = "proto3"; package a; message Ask { Nowhere one = 1; }' },
    true,
    /shop\.proto:1:1: not a valid \.proto file: no such (?:type|Type or Enum)/i,
  ],
] as const) {
  test(`${what} is refused with its place`, async () => {
    await using folder = await folderWith({ "t.ts": testFile("grpcClient({ proto: shop });"), ...files }, hasPackages);
    await assert.rejects(bundleTest(folder.file("t.ts")), (error) => {
      assert.ok(error instanceof ConfigurationError);
      assert.match(error.message, message);
      return true;
    });
  });
}
