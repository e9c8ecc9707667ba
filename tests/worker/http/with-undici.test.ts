// The tests of this folder once more, with the other engine: what a test sees must not depend on which one it is.
process.env.MUSTER_TEST_ENGINE = "undici";

await import("./connections.test.ts");
await import("./response/content-coding.test.ts");
await import("./cookies.test.ts");
await import("./request/default-headers.test.ts");
await import("./expectations.test.ts");
await import("./failures.test.ts");
await import("./requests.test.ts");
await import("./stopping.test.ts");
await import("./stream/streams.test.ts");
await import("./timeouts.test.ts");
await import("./uploads.test.ts");
