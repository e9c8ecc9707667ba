import { createRequire } from "node:module";
import { join } from "node:path";
import type { OnLoadArgs, OnLoadResult, PluginBuild } from "esbuild";

/** The module that the running muster adds to the gRPC packages of the test: `worker/grpc/runtime.ts`. */
export const grpcRuntimeModule = "muster-load/grpc-runtime";

/** The esbuild namespace of modules that are not files: esbuild names them "muster-grpc:muster-load/grpc". */
export const grpcNamespace = "muster-grpc";
const loaderPackage = "@grpc/proto-loader";

/**
 * Makes `muster-load/grpc` a module of the bundle that joins the test's own copy of `@grpc/grpc-js` with the running muster.
 * As a result, a worker needs no package of the test, and muster itself depends on no package of gRPC.
 */
export function bundleGrpc(build: PluginBuild): void {
  build.onResolve({ filter: /^muster-load\/grpc$/ }, ({ path, resolveDir }) => ({
    path,
    namespace: grpcNamespace,
    pluginData: { resolveDir },
  }));
  build.onLoad({ filter: /^/, namespace: grpcNamespace }, ({ pluginData }: OnLoadArgs): OnLoadResult => {
    const { resolveDir } = pluginData as { readonly resolveDir: string };
    const loader = protoLoaderFor(resolveDir) ?? loaderPackage;
    const contents = [
      'import * as grpcJs from "@grpc/grpc-js";',
      `import * as protoLoader from ${JSON.stringify(loader)};`,
      `import { grpcOf } from ${JSON.stringify(grpcRuntimeModule)};`,
      "export const { grpcClient } = grpcOf(grpcJs, protoLoader);",
    ];
    return { contents: contents.join("\n"), loader: "js", resolveDir };
  });
}

/**
 * Returns the file of `@grpc/proto-loader` that modules in `folder` use: their own, else the one that `@grpc/grpc-js` has;
 * null if neither is installed.
 */
export function protoLoaderFor(folder: string): string | null {
  const own = resolved(loaderPackage, folder);
  if (own !== null) return own;
  const grpcJs = resolved("@grpc/grpc-js", folder);
  return grpcJs === null ? null : resolved(loaderPackage, grpcJs);
}

function resolved(name: string, from: string): string | null {
  try {
    return createRequire(join(from, "module.js")).resolve(name);
  } catch {
    return null;
  }
}
