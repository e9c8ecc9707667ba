import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ThresholdError } from "../../../src/core/thresholds/cursor.ts";
import { requirePossible, type TestNames } from "../../../src/core/thresholds/possible-selector.ts";
import { parseThresholds, type Threshold } from "../../../src/core/thresholds/threshold.ts";

const code = 'vu.http.get("/jobs"); vu.http.get("/jobs?limit=5"); vu.http.request("PROPFIND", "/dav", { name: "a?b" })';
const names: TestNames = {
  classes: ["Buyer", "Seller"],
  scenarios: ["browse", "buy"],
  tasks: ["pay", "look"],
  origin: "http://jobs.example",
  givenTags: null,
  mayGiveTag: (tag) => tag === "service",
  mentions: (text) => code.includes(text),
};
const judge = (metric: string, known = names) =>
  requirePossible(
    parseThresholds({ [metric]: { threshold: metric.startsWith("checks") ? "rate>0.9" : "count>1" } })[0] as Threshold,
    known,
  );

const refused: readonly (readonly [metric: string, column: number, message: RegExp])[] = [
  ["requests{method:get}", 10, /no request has the method "get", did you mean "GET"\?/],
  ["requests{method!=Post}", 10, /did you mean "POST"\?/],
  ["requests{method:GETT}", 10, /did you mean "GET"\?/],
  ["requests{method:WS}", 10, /no request has the method "WS"/],
  ["websocket_closes{code:99}", 18, /no WebSocket is closed with the code "99", expected a code such as 1000/],
  ["requests{status:20x}", 10, /no response has the status "20x", did you mean 2xx\?/],
  ["requests{status:2XX}", 10, /did you mean 2xx\?/],
  ["requests{status!=5**}", 10, /did you mean 5xx\?/],
  ["requests{status:ok}", 10, /expected a status such as 200, a class such as 2xx/],
  ["requests{status:6xx}", 10, /no response has the status "6xx"/],
  ["requests{status:1000}", 10, /no response has the status "1000"/],
  ["requests{name:/jobs?limit=6}", 10, /the name of a request has no query, did you mean "\/jobs"\?/],
  ["requests{name:jobs}", 10, /no request has the name "jobs", did you mean "\/jobs"\?/],
  ["requests{name:GET /jobs}", 10, /is its path, did you mean method:GET,name:\/jobs\?/],
  ["requests{name:http://jobs.example/jobs}", 10, /is its path, did you mean "\/jobs"\?/],
  ["requests{class:Buyr}", 10, /the test has no user class "Buyr", did you mean "Buyer"\?/],
  ["requests{scenario:checkout}", 10, /the test has no scenario "checkout", expected one of browse, buy/],
  ["http_reqs{expected_response:true}", 11, /no tag "expected_response": use status:2xx/],
  ["requests{url:x}", 10, /no tag "url": use name/],
  ["iteration_duration{task:lok}", 20, /the test has no task "lok", did you mean "look"\?/],
  ["requests{task:buy}", 10, /no tag "task": use name/],
  ["requests{name:/jobs,name!=/jobs}", 21, /nothing has both name:\/jobs and name!=\/jobs/],
  ["requests{status!=2xx,status:204}", 10, /nothing has both status:204 and status!=2xx/],
];
for (const tag of "proto subproto tls_version error error_code rpc_type vu iter ocsp_status ip".split(" ")) {
  const column = 10;
  const message = new RegExp(
    `there is no tag "${tag}": .*the tags are name, method, scenario, class, status, group, hook`,
  );
  Object.assign(refused, { [refused.length]: [`requests{${tag}:x}`, column, message] });
}

describe("a selector that nothing can meet is refused with what would be possible", () => {
  for (const [metric, column, message] of refused) {
    test(metric, () => {
      assert.throws(
        () => judge(metric),
        (error) => {
          assert.ok(error instanceof ThresholdError);
          assert.match(error.message, message);
          assert.equal(error.column, column);
          return true;
        },
      );
    });
  }
});

test("selectors that only the run can decide are accepted", () => {
  for (const metric of [
    "requests{method:GET}",
    "websocket_closes{code:1006}",
    "websocket_closes{code!=1000}",
    "requests{method:PROPFIND}",
    "requests{status:0}",
    "requests{status:204}",
    "requests{status:2xx,status!=204}",
    "requests{name:/jbos}",
    "requests{name:Search for jobs}",
    'requests{name:"a?b"}',
    "requests{name:/jobs?limit=5}",
    "requests{name:http://other.example/x}",
    "requests{class:Buyer,scenario!=buy}",
    "requests{service:search}",
    "requests{kind:group}",
  ])
    judge(metric);
});

test("if the code spells out all its tags, any other is refused", () => {
  const given = { ...names, givenTags: ["type", "region"] };
  assert.throws(() => judge("requests{typ:api}", given), /no tag "typ": did you mean "type"\?/);
  const unlike = /the test does not use this tag; the tags are name, .*, status, group, hook, and type, region$/;
  assert.throws(() => judge("requests{kind:api}", given), unlike);
  assert.throws(
    () => judge("requests{kind:api}", { ...names, givenTags: [] }),
    /the tags are name, .*, status, group, hook$/,
  );
  assert.throws(() => judge("requests{service:x}", given), /no tag "service"/);
  const grouping = { ...given, mentions: (text: string) => `${code}; vu.group("buy", f)`.includes(text) };
  for (const metric of ["requests{group:::buy}", "group_duration{group:buy}"]) {
    assert.throws(() => judge(metric, given), /the test has no groups: write await vu\.group/);
    judge(metric, grouping);
  }
  judge("requests{group:main}", { ...given, givenTags: ["group"] });
  judge("requests{type:api,region!=eu}", given);
  assert.throws(
    () => judge("checks{status:200}", given),
    /no tag "status": .*the tags are check, scenario, class, group, and type/,
  );
  judge("checks{region:eu}", given);
  judge("requests{name:http://other.example/jobs}", given);
  judge("requests{kind:api}");
});
