import { fileURLToPath } from "node:url";
import { testBadInput } from "../support/bad-input.ts";
import { fixture } from "../support/fixture.ts";

const visitors = fixture("visitors");
const plotPalette = fileURLToPath(new URL("../../examples/plot-palette/plot-palette.ts", import.meta.url));
const nowhere = "--host=http://127.0.0.1:9";

testBadInput("a bad command line", [
  {
    what: "an unknown profile",
    words: ["run", plotPalette, "--profile=standart"],
    says: /^unknown profile "standart"; did you mean standard\?$/,
  },
  {
    what: "an unknown user class",
    words: ["run", plotPalette, "PlotPalleteUser"],
    says: /^unknown user class "PlotPalleteUser"; did you mean PlotPaletteUser\?$/,
  },
  {
    what: "an unknown flag",
    words: ["run", visitors, "--spwan-rate=3"],
    says: /^unknown option '--spwan-rate' \(Did you mean --spawn-rate\?\)$/,
  },
  {
    what: "an unknown flag with a long value, which may be a secret",
    words: ["worker", "--tokne=0123456789abcdef0123456789abcdef"],
    says: /^unknown option '--tokne' \(Did you mean --token\?\)$/,
  },
  {
    what: "the flag of another command",
    words: ["worker", "--spawn-rate=3"],
    says: /^unknown option '--spawn-rate'$/,
  },
  {
    what: "a local address that is none",
    words: ["run", visitors, nowhere, "--local-address=127.0.0.2,localhost"],
    says: /--local-address.*"localhost" is not an IP address/,
  },
  {
    what: "a local address of another machine",
    words: ["run", visitors, nowhere, "--local-address=192.0.2.1"],
    says: /^--local-address 192\.0\.2\.1: this machine has no such address$/,
  },
  {
    what: "a proxy that is not understood, before a service that is behind it",
    words: ["run", visitors, "--host=http://service.example"],
    env: { http_proxy: "socks5://me:secret@127.0.0.1:9", no_proxy: "" },
    says: /^http_proxy is "socks5:\/\/…@127\.0\.0\.1:9": proxies of the kind socks5: are not supported; valid are http:/,
  },
  { what: "an unknown command", words: ["rnu", visitors], says: /^unknown command 'rnu' \(Did you mean run\?\)$/ },
  {
    what: "negative users",
    words: ["run", visitors, nowhere, "--users=-1"],
    says: /--users.*'-1'.*whole number of at least 0/,
  },
  { what: "negative users, as a word of its own", words: ["run", visitors, nowhere, "-u", "-1"], says: /--users/ },
  {
    what: "users that are no number",
    words: ["run", visitors, nowhere, "--users=many"],
    says: /--users.*'many'.*whole number of at least 0/,
  },
  { what: "half a user", words: ["run", visitors, nowhere, "--users=1.5"], says: /--users.*'1\.5'/ },
  { what: "no users given", words: ["run", visitors, nowhere, "--users"], says: /--users.*argument missing/ },
  {
    what: "a spawn rate of 0",
    words: ["run", visitors, nowhere, "--spawn-rate=0"],
    says: /--spawn-rate.*'0'.*above 0/,
  },
  {
    what: "a duration without a unit",
    words: ["run", visitors, nowhere, "--run-time=7"],
    says: /--run-time.*'7'.*has no unit: write for example "7s"/,
  },
  {
    what: "a duration that ends without a unit",
    words: ["run", visitors, nowhere, "--run-time=1h30"],
    says: /--run-time.*'1h30'.*has no unit after "30"/,
  },
  {
    what: "a target that is unknown",
    words: ["run", visitors, nowhere, "--target=p96=1s"],
    says: /--target.*"p96", did you mean "p9[59]"\?/,
  },
  {
    what: "a target without a value",
    words: ["run", visitors, nowhere, "--target=p95"],
    says: /--target.*expected NAME=VALUE, such as p95=300ms/,
  },
  {
    what: "a target with a bad value",
    words: ["run", visitors, nowhere, "--target=errorRate=5"],
    says: /--target.*errorRate: expected a percentage/,
  },
  {
    what: "a host that is no URL",
    words: ["run", visitors, "--host=localhost:8000"],
    says: /^host "localhost:8000" is not an http:\/\/ or https:\/\/ URL/,
  },
  { what: "no host", words: ["run", visitors], says: /^no host: give --host/ },
  { what: "no workers at all", words: ["run", visitors, nowhere, "--workers=0"], says: /--workers.*'0'.*at least 1/ },
  {
    what: "a port out of range",
    words: ["master", visitors, nowhere, "--master-bind-port=65536"],
    says: /--master-bind-port.*'65536'.*0 to 65535/,
  },
  {
    what: "an unknown log level",
    words: ["run", visitors, nowhere, "--loglevel=inof"],
    says: /--loglevel.*'inof'.*Did you mean info\?/,
  },
  {
    what: "a result file in a folder that is not there",
    words: ["run", visitors, nowhere, "--json=missing/result.json"],
    says: /^--json missing\/result\.json: the folder \/.*\/missing is missing or cannot be written$/,
  },
  { what: "an argument that a worker does not take", words: ["worker", visitors], says: /^too many arguments/ },
]);
