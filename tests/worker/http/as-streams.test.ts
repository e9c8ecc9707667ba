// Tests of the own engine once more, as where Node.js does not let it read and write past the streams of its sockets.
process.env.MUSTER_TEST_ENGINE = "own as streams";

await import("./connections.test.ts");
await import("./failures.test.ts");
await import("./requests.test.ts");
await import("./stopping.test.ts");
await import("./stream/streams.test.ts");
await import("./uploads.test.ts");
await import("./own/connection.test.ts");
