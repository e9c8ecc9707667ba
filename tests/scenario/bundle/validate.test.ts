import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigurationError } from "../../../src/core/errors.ts";
import {
  basicAuth,
  between,
  closed,
  constant,
  defineTest,
  defineUser,
  exponential,
  iterations,
  open,
  pacing,
  secretFile,
  shape,
  throughput,
} from "../../../src/index.ts";
import { validateTest } from "../../../src/scenario/bundle/load-bundle.ts";

const task = () => {};
const user = { name: "a", tasks: { list: task } };
const load = { kind: "closed", users: 5, spawnRate: 1, duration: "10s" };

const arrivals = { kind: "open", rate: 5, duration: "10s" };
const counted = { kind: "iterations", users: 2, maxDuration: "1m" };

function refusal(value: unknown): string {
  try {
    validateTest(value);
  } catch (error) {
    assert.ok(error instanceof ConfigurationError, `${error}`);
    return error.message;
  }
  return assert.fail(`accepted: ${JSON.stringify(value)}`);
}

test("a test that uses every field is accepted and handed back as it is", () => {
  const full = defineTest({
    name: "full",
    host: "http://127.0.0.1:8000",
    timeout: { connect: "1s", headers: "2s", body: "500ms", total: "10s" },
    headers: { "X-Test": "1" },
    maxRedirects: 5,
    retries: { max: 2, statuses: [503], errors: false, delay: "1ms", maxDelay: "1s" },
    session: "iteration",
    connections: "request",
    auth: basicAuth("ann", "secret"),
    beforeRequest: task,
    afterResponse: task,
    tls: { ca: ["ca.pem", new Uint8Array([1])], serverName: "api.test", minVersion: "TLSv1.2", insecure: true },
    connectTo: { "api.test:443": ["10.0.0.5:8443", "unix:/run/api.sock"], "*": ":80" },
    resolve: { ttl: "inf", select: "round-robin", family: "prefer-ipv4" },
    users: [
      defineUser({
        name: "a",
        weight: 2,
        headers: { "x-class": "1", "x-test": null },
        retries: 0,
        session: "user",
        connections: "iteration",
        auth: () => null,
        beforeRequest: task,
        afterResponse: task,
        tls: { pfx: secretFile("user.p12"), passphrase: "p", maxVersion: "TLSv1.3", ciphers: "DEFAULT" },
        connectTo: { "[::1]": "[::1]:80" },
        resolve: { ttl: "5s" },
        pause: between("1s", "3s"),
        state: () => ({ id: 1 }),
        onStart: task,
        tasks: { list: { weight: 3, run: task }, get: task },
        order: "sequential",
        onStop: task,
      }),
      defineUser({ name: "b", fixedCount: 1, pause: constant("1s"), tasks: { list: task } }),
      defineUser({ name: "c", weight: 0, pause: () => "10ms", tasks: { list: task } }),
    ],
    load: closed({ stages: [{ duration: "1m", target: 5 }] }),
    profiles: {
      soak: {
        load: closed({ users: 5, spawnRate: 0.5, duration: "1h" }),
        users: { a: 1, b: { fixedCount: 2 } },
        pause: constant("0s"),
        targets: { p95: "500ms" },
        thresholds: { checks: ["rate>0.99"] },
      },
      rate: {
        load: open({ rate: 0.5, per: "1m", duration: "1h", maxUsers: 3, whenBusy: "drop", arrivals: "poisson" }),
      },
      steps: { load: open({ stages: [{ duration: "0s", target: 5 }], startRate: 1 }), pause: exponential("1s") },
      once: { load: iterations({ users: 3, total: 100 }), pause: pacing("1s") },
      each: { load: iterations({ users: 3, perUser: 2, maxDuration: "1m" }), pause: throughput(0.5) },
      shaped: { load: shape((t) => (t > 60 ? null : { users: t, spawnRate: 1 })) },
      both: {
        load: {
          browse: { load: closed({ users: 5, spawnRate: 1, duration: "1h" }), users: { a: 1 } },
          buy: { load: open({ rate: 5, duration: "1h" }), users: { b: { fixedCount: 1 } }, startAfter: "10s" },
        },
      },
    },
    targets: { p50: "1s", p95: "1s", p99: "1s", errorRate: "1%", requestsPerSecond: 1, concurrentUsers: 1 },
    thresholds: { checks: "rate>0.9", requests: ["count>1", "rate>1"] },
    setup: task,
    teardown: task,
    onWorkerStart: task,
    onWorkerStop: task,
    onRunStart: task,
    onRunEnd: task,
  });
  assert.equal(validateTest(full), full);
});

/** A wrong test, and what the one line about it must name: the path of the field, and the field itself. */
const wrong: readonly (readonly [what: string, value: unknown, ...named: RegExp[]])[] = [
  ["nothing", null, /the default export/],
  ["a function", task, /the default export/],
  ["no users", { load }, /, users: /],
  ["an empty list of users", { users: [] }, /, users: /],
  ["a misspelt field", { users: [user], profils: {} }, /profils/],
  ["a misspelt field of a user", { users: [user, { ...user, wieght: 2 }] }, /users\[1\]/, /wieght/],
  [
    "a misspelt field of a task",
    { users: [{ name: "a", tasks: { list: { run: task, wieght: 2 } } }] },
    /users\[0\]\.tasks\.list/,
    /wieght/,
  ],
  [
    "an ill-typed field of a task",
    { users: [{ name: "a", tasks: { list: { run: task, weight: "2" } } }] },
    /users\[0\]\.tasks\.list/,
    /weight/,
  ],
  [
    "a class that names another setup than the test's",
    { users: [{ ...user, setup: () => ({}) }], setup: () => ({}), load },
    /users\[0\]\.setup: it is not the setup of the test/,
  ],
  ["a misspelt field of a load", { users: [user], load: { ...load, user: 5 } }, /, load: /, /user/],
  [
    "a misspelt field of a profile",
    { users: [user], profiles: { soak: { load, target: {} } } },
    /profiles\.soak/,
    /target/,
  ],
  ["a misspelt target", { users: [user], targets: { p96: "1s" } }, /, targets: /, /p96/],
  [
    "a misspelt field of a share",
    { users: [user], profiles: { soak: { load, users: { a: { fixed: 1 } } } } },
    /profiles\.soak\.users\.a/,
  ],
  ["a name that is empty", { users: [{ ...user, name: "" }] }, /users\[0\]\.name/],
  ["a negative weight", { users: [{ ...user, weight: -1 }] }, /users\[0\]\.weight/],
  ["a weight that is no number", { users: [{ ...user, weight: Number.NaN }] }, /users\[0\]\.weight/],
  ["half a user", { users: [{ ...user, fixedCount: 1.5 }] }, /users\[0\]\.fixedCount/],
  ["no task", { users: [{ name: "a", tasks: {} }] }, /users\[0\]\.tasks: .*at least one task/],
  ["a task that is no function", { users: [{ name: "a", tasks: { list: 5 } }] }, /users\[0\]\.tasks\.list/],
  [
    "tasks that all have weight 0",
    { users: [{ name: "a", tasks: { list: { weight: 0, run: task } } }] },
    /users\[0\]\.tasks/,
  ],
  ["an unknown order", { users: [{ ...user, order: "shuffled" }] }, /users\[0\]\.order/],
  ["retries that are none", { users: [user], retries: -1 }, /, retries: /],
  [
    "a misspelt field of retries",
    { users: [{ ...user, retries: { max: 1, on: [503] } }] },
    /users\[0\]\.retries: .*"on"/,
  ],
  ["retries without a number", { users: [user], retries: { statuses: [503] } }, /retries\.max/],
  [
    "an unknown session",
    { users: [user], session: "task" },
    /, session: expected "user" or "iteration", found the string "task"$/,
  ],
  [
    "unknown connections",
    { users: [user], connections: "none" },
    /, connections: expected "user" or "iteration" or "request", found the string "none"$/,
  ],
  ["an auth that is none", { users: [{ ...user, auth: "basic" }] }, /users\[0\]\.auth: expected basicAuth\(…\)/],
  ["a hook of the run that is no function", { users: [user], onRunEnd: "x" }, /, onRunEnd: .*function/],
  ["a request hook that is no function", { users: [user], beforeRequest: {} }, /, beforeRequest: .*function/],
  ["a hook that is no function", { users: [{ ...user, onStart: "login" }] }, /users\[0\]\.onStart: .*function/],
  ["a load without its helper", { users: [user], load: { users: 5 } }, /, load(\.kind)?: .*closed\(/],
  ["an unknown kind of load", { users: [user], load: { ...load, kind: "half-open" } }, /, load(\.kind)?: .*closed\(/],
  ["a rate below 0", { users: [user], load: { ...arrivals, rate: -1 } }, /load\.rate/],
  ["a unit of time that is none", { users: [user], load: { ...arrivals, per: "1w" } }, /load\.per: duration "1w"/],
  ["no time", { users: [user], load: { ...arrivals, per: "0s" } }, /load\.per: a rate needs a time longer than zero/],
  ["a word that whenBusy does not know", { users: [user], load: { ...arrivals, whenBusy: "wait" } }, /load\.whenBusy/],
  ["no users at all for arrivals", { users: [user], load: { ...arrivals, maxUsers: 0 } }, /load\.maxUsers/],
  ["iterations without a number", { users: [user], load: counted }, /load: give total or perUser/],
  ["iterations of two numbers", { users: [user], load: { ...counted, total: 1, perUser: 1 } }, /load: give total or/],
  ["half an iteration", { users: [user], load: { ...counted, total: 1.5 } }, /load\.total/],
  ["a shape that is no function", { users: [user], load: { kind: "shape", shape: 5 } }, /load\.shape: .*function/],
  ["no scenario", { users: [user], load: {} }, /, load: .*scenario/],
  ["a scenario without a load", { users: [user], load: { browse: { users: {} } } }, /load\.browse\.load/],
  [
    "a misspelt field of a scenario",
    { users: [user], load: { browse: { load, start: "1s" } } },
    /load\.browse/,
    /start/,
  ],
  ["a bad start of a scenario", { users: [user], load: { b: { load, startAfter: "1" } } }, /load\.b\.startAfter/],
  ["a throughput of 0", { users: [{ ...user, pause: { kind: "throughput", perSecond: 0 } }] }, /users\[0\]\.pause/],
  ["a pause that ends before it begins", { users: [{ ...user, pause: between("3s", "1s") }] }, /users\[0\]\.pause/],
  ["users that are no number", { users: [user], load: { ...load, users: "5" } }, /load\.users/],
  ["a spawn rate of 0", { users: [user], load: { ...load, spawnRate: 0 } }, /load\.spawnRate/],
  ["a duration without unit", { users: [user], load: { ...load, duration: "300" } }, /load\.duration: .*no unit/],
  ["a duration that is a number", { users: [user], load: { ...load, duration: 300 } }, /load\.duration/],
  ["no stage", { users: [user], load: { kind: "closed-stages", stages: [], startUsers: 0 } }, /load\.stages/],
  [
    "a bad stage",
    { users: [user], load: { kind: "closed-stages", stages: [{ duration: "1x", target: 1 }], startUsers: 0 } },
    /load\.stages\[0\]\.duration/,
  ],
  ["a pause without its helper", { users: [{ ...user, pause: "1s" }] }, /users\[0\]\.pause: .*between\(/],
  ["a pause of a bad duration", { users: [{ ...user, pause: constant("soon") }] }, /users\[0\]\.pause/],
  ["a timeout that is no duration", { users: [user], timeout: "soon" }, /, timeout: .*"soon"/],
  ["a timeout of no time", { users: [user], timeout: "0s" }, /, timeout: expected a time longer than zero/],
  ["a time limit of no time", { users: [user], timeout: { total: "0ms" } }, /, timeout\.total: expected a time longer/],
  ["a misspelt time limit", { users: [user], timeout: { header: "1s" } }, /, timeout: /, /header/],
  ["a misspelt field of tls", { users: [user], tls: { certificate: "a" } }, /, tls: .*"certificate"/],
  ["a certificate that is a number", { users: [user], tls: { ca: 5 } }, /, tls\.ca: expected a string in PEM format/],
  ["no certificate authority", { users: [user], tls: { ca: [] } }, /, tls\.ca: expected a string in PEM format/],
  [
    "a version that is none",
    { users: [{ ...user, tls: { minVersion: "1.2" } }] },
    /users\[0\]\.tls\.minVersion/,
    /TLSv1\.2/,
  ],
  [
    "versions upside down",
    { users: [user], tls: { minVersion: "TLSv1.3", maxVersion: "TLSv1.2" } },
    /, tls: minVersion is above/,
  ],
  [
    "a place that is none",
    { users: [user], connectTo: { "http://a": ":80" } },
    /, connectTo\.http:\/\/a: expected "host:port"/,
  ],
  [
    "an address that is none",
    { users: [user], connectTo: { a: ["b:x"] } },
    /, connectTo\.a: "b:x": expected "address:port"/,
  ],
  ["an address that is a number", { users: [user], connectTo: { a: 80 } }, /, connectTo\.a: .*found the number 80/],
  ["a ttl that is no duration", { users: [user], resolve: { ttl: "ever" } }, /, resolve\.ttl/],
  [
    "a selection that is none",
    { users: [user], resolve: { select: "roundRobin" } },
    /, resolve\.select: .*round-robin/,
  ],
  ["a time limit that is a number", { users: [user], timeout: { body: 5 } }, /, timeout\.body: /],
  [
    "a default header with a blank in its name",
    { users: [user], headers: { "x y": "1" } },
    /, headers\.x y: .*not a valid header name/,
  ],
  [
    "a default header that is a number",
    { users: [{ ...user, headers: { x: 1 } }] },
    /users\[0\]\.headers\.x: expected a string/,
  ],
  ["a default header with a line break", { users: [user], headers: { x: "1\n2" } }, /, headers\.x: .*line break/],
  [
    "a default content-length",
    { users: [user], headers: { "Content-Length": "1" } },
    /headers\.Content-Length: .*cannot be set/,
  ],
  ["default headers that are a list", { users: [user], headers: ["x"] }, /, headers: /],
  ["a broken number of redirects", { users: [user], maxRedirects: 1.5 }, /, maxRedirects: /],
  ["a host that is no text", { users: [user], host: 8000 }, /, host: /],
  ["a target of another type", { users: [user], targets: { requestsPerSecond: "many" } }, /targets\.requestsPerSecond/],
  ["a target that is no duration", { users: [user], targets: { p95: "fast" } }, /targets\.p95/],
  ["a threshold that is no text", { users: [user], thresholds: { checks: 0.99 } }, /thresholds\.checks/],
];

for (const [what, value, ...named] of wrong) {
  test(`${what} is refused, and the message names the field`, () => {
    const message = refusal(value);
    for (const pattern of named) assert.match(message, pattern);
    assert.match(message, /^in the test file, .+$/, "one line");
  });
}

for (const [what, part, named] of [
  ["a class", { users: [{ ...user, wieght: 3 }] }, /users\[0\]: Unrecognized key: "wieght"; did you mean weight\?$/],
  ["a task", { users: [{ ...user, tasks: { a: { wight: 3, run: () => {} } } }] }, /did you mean weight\?$/],
  [
    "a load",
    { load: { ...load, spawnRate: undefined, spawnrate: 3 } },
    /, load: .*"spawnrate"; did you mean spawnRate\?$/,
  ],
  ["a scenario", { load: { a: { load, startafter: "1s" } } }, /, load\.a: .*did you mean startAfter\?$/],
  ["a profile", { profiles: { rush: { lod: load } } }, /, profiles\.rush: .*did you mean load\?$/],
  ["a target", { targets: { p96: "1s" } }, /, targets: .*did you mean p95\?$/],
  [
    "a threshold",
    { thresholds: { checks: { threshold: "rate>0.9", abortonFail: true } } },
    /did you mean abortOnFail\?$/,
  ],
] as const) {
  test(`a misspelt field of ${what} is named, rather than what is missing instead`, () => {
    assert.match(refusal({ users: [user], load, ...part }), named);
  });
}

const chain = (over: object) => ({ ...user, tasks: { a: task, b: task, ...over } });
const ofSet = (over: object) => ({ ...user, tasks: { shop: { tasks: { a: task, b: task }, ...over } } });
const cyclic: { tasks: Record<string, unknown> } = { tasks: {} };
cyclic.tasks.again = cyclic;

for (const [what, given, message] of [
  ["a task set without tasks", ofSet({ tasks: {} }), /tasks\.shop\.tasks: a task set needs at least one task$/],
  ["a misspelt field in a task set", ofSet({ oder: "sequential" }), /tasks\.shop: .*"oder"; did you mean order\?$/],
  [
    "a misspelt field in its tasks",
    ofSet({ tasks: { a: { rn: task } } }),
    /tasks\.shop\.tasks\.a: .*did you mean run\?$/,
  ],
  [
    "no task that runs in a set",
    ofSet({ tasks: { a: { weight: 0, run: task } } }),
    /tasks\.shop\.tasks: every task has weight 0$/,
  ],
  ["a set that repeats never", ofSet({ repeat: 0 }), /tasks\.shop\.repeat: expected a whole number of 1 or more$/],
  ["a word for repeat", ofSet({ repeat: "always" }), /tasks\.shop\.repeat: .*"forever"/],
  ["a task for ever", chain({ a: { repeat: "forever", run: task } }), /tasks\.a\.repeat: "forever" is for task sets/],
  [
    "a path as the name of a task in a set",
    ofSet({ tasks: { "x::y": task } }),
    /tasks\.shop\.tasks\.x::y: a name in a task set cannot contain ::$/,
  ],
  ["sets that contain themselves", { ...user, tasks: { cyclic } }, /tasks: task sets can be nested 10 deep$/],
  [
    "order and transitions",
    { ...chain({}), order: "random", transitions: { a: { b: 1 }, b: { a: 1 } } },
    /\.order: transitions decide the order/,
  ],
  [
    "a start without transitions",
    { ...chain({}), start: "a" },
    /\.start: start is the first task of transitions, and there are none$/,
  ],
  [
    "an unknown start",
    { ...chain({}), start: "c", transitions: { a: { b: 1 }, b: { a: 1 } } },
    /\.start: there is no task "c"/,
  ],
  [
    "transitions of an unknown task",
    { ...chain({ view: task }), transitions: { a: { b: 1 }, b: { a: 1 }, veiw: { a: 1 } } },
    /\.transitions\.veiw: there is no task "veiw"; did you mean "view"\?$/,
  ],
  [
    "transitions to an unknown task",
    { ...chain({}), transitions: { a: { b: 1, bb: 2 }, b: { a: 1 } } },
    /\.transitions\.a\.bb: there is no task "bb"; did you mean "b"\?$/,
  ],
  [
    "a negative weight of a transition",
    { ...chain({}), transitions: { a: { b: -1 }, b: { a: 1 } } },
    /\.transitions\.a\.b: /,
  ],
  [
    "a dead end",
    { ...chain({}), transitions: { a: { b: 1 } } },
    /\.transitions\.b: "b" is a dead end: no task may follow it; write transitions such as \{ "a": 1 \}$/,
  ],
  [
    "a dead end by weight in a set",
    ofSet({ transitions: { a: { b: 1 }, b: { a: 0 } } }),
    /\.shop\.transitions\.b: "b" is a dead end.* \{ leave: 1 \}$/,
  ],
  [
    "a task that no transitions lead to",
    { ...chain({}), transitions: { a: { a: 1 }, b: { a: 1 } } },
    /\.tasks\.b: "b" can never run: no transitions lead to it from "a", the first task$/,
  ],
  [
    "a class that is left",
    { ...chain({}), transitions: { a: { b: 1 }, b: { leave: 1 } } },
    /\.transitions\.b\.leave: only a task set can be left; vu\.stop\(\) ends the user$/,
  ],
  [
    "a weight beside transitions",
    { ...chain({ a: { weight: 2, run: task } }), transitions: { a: { b: 1 }, b: { a: 1 } } },
    /\.tasks\.a\.weight: among transitions, a task has no weight/,
  ],
  [
    "a task called leave",
    ofSet({ tasks: { leave: task }, transitions: { leave: { leave: 1 } } }),
    /"leave" leaves the task set: give the task another name$/,
  ],
] as const) {
  test(`the tasks of a class: ${what} is refused with its place`, () => {
    assert.match(refusal({ users: [given], load }), message);
  });
}

test("the path of a task in sets is not longer than a name may be", () => {
  const half = "n".repeat(600);
  const given = { ...user, tasks: { [half]: { tasks: { [half]: task } } } };
  assert.match(refusal({ users: [given], load }), /the path of a task has 1202 characters; at most 1000 are possible$/);
});

test("a class may name the setup of the test", () => {
  const setup = () => ({ token: "t" });
  assert.ok(validateTest({ users: [{ ...user, setup }], setup, load }));
});

test("names and plans that are too large for a message to the workers are refused, with the limit", () => {
  const long = "n".repeat(1_001);
  const ofName = "a name has 1001 characters; at most 1000 are possible";
  const shown = `${"n".repeat(60)}…`;
  const stages = Array.from({ length: 10_001 }, () => ({ duration: "1s", target: 1 }));
  for (const [value, expected] of [
    [{ users: [{ ...user, name: long }], load }, `users[0].name: ${ofName}`],
    [{ users: [{ ...user, tasks: { [long]: task } }], load }, `users[0].tasks.${shown}: ${ofName}`],
    [{ users: [user], load: { [long]: { load } } }, `load.${shown}: ${ofName}`],
    [{ users: [user], load, profiles: { [long]: { load } } }, `profiles.${shown}: ${ofName}`],
    [
      { users: [user], load: { kind: "closed-stages", stages, startUsers: 0 } },
      "load.stages: 10001 stages; at most 10000 are possible",
    ],
  ] as const) {
    assert.equal(refusal(value), `in the test file, ${expected}`);
  }
});
