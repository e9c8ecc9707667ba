import type { fromJSON } from "@grpc/proto-loader";

/** `bench.Echo/Say`, which answers what it is asked, in the form of an imported `.proto` file. */
export const echoProto = {
  file: "echo.proto",
  json: {
    nested: {
      bench: {
        nested: {
          Message: { fields: { text: { type: "string", id: 1 }, number: { type: "int32", id: 2 } } },
          Echo: { methods: { Say: { requestType: "Message", responseType: "Message" } } },
        },
      },
    },
  } as Parameters<typeof fromJSON>[0],
};
