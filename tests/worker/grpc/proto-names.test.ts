import assert from "node:assert/strict";
import { test } from "node:test";
import { camelCased } from "../../../src/worker/grpc/proto-names.ts";

test("fields and members of oneofs are named in camel case, everything else stays", () => {
  const field = { type: "string", id: 1 };
  const services = { Get_All: { requestType: "Ask_It", responseType: "Ask_It" } };
  const json = {
    nested: {
      my_package: {
        nested: {
          Ask_It: {
            fields: { order_id: field, _id: field, line_2: field, a_b_c: field },
            oneofs: { chosen_by: { oneof: ["order_id", "_id"] } },
            nested: { Inner: { fields: { is_it: field } } },
          },
          Orders: { methods: services },
        },
      },
    },
  };
  assert.deepEqual(camelCased(json), {
    nested: {
      my_package: {
        nested: {
          Ask_It: {
            fields: { orderId: field, _id: field, line_2: field, aBC: field },
            oneofs: { chosenBy: { oneof: ["orderId", "_id"] } },
            nested: { Inner: { fields: { isIt: field } } },
          },
          Orders: { methods: services },
        },
      },
    },
  });
});
