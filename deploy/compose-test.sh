#!/usr/bin/env bash
# Runs docker-compose.yml for real, with short runs:
#   alone:       `docker run` with a folder of tests and nothing else
#   scaled:      two workers by `--scale` alone
#   passed:      4 workers, exit code 0, and as many requests in result.json as an API counted that only this run talked to
#   failed:      a target is missed, exit code 99
#   resumed:     the master is killed and started again in mid-run: exit code 0, and as many requests as the API counted
#   signalled:   SIGTERM to the master in mid-run, and `stop` of the whole composition: exit code 105 and a complete result.json
# Usage: bash deploy/compose-test.sh (after `npm test`, which installs what it needs). Without a Docker engine it skips itself, aloud;
# with CI=true that is a failure.
set -euo pipefail
cd "$(dirname "$0")/.."

node=$PWD/node_modules/node/bin/node
local_docker=../shared/tools/local-docker
project=muster-test-$$
counting_api=$project-counting-api

say() { echo "compose-test: $*" >&2; }
die() { say "FAILED: $*"; exit 1; }

skip() {
  say "SKIPPED, nothing was tested: $*"
  [[ ${CI:-} == true ]] && exit 1
  exit 0
}

# `docker compose` where it is there, else `docker-compose`.
find_compose() {
  if docker compose version >/dev/null 2>&1; then
    compose_command=(docker compose)
  elif command -v docker-compose >/dev/null; then
    compose_command=(docker-compose)
    # 1.29 has a builder of its own; with these it would call BuildKit, which may not be there.
    export COMPOSE_DOCKER_CLI_BUILD=0 DOCKER_BUILDKIT=0
  else
    return 1
  fi
}

engine_runs() { docker info >/dev/null 2>&1 && find_compose; }

# compose SECONDS ARGUMENT...
compose() { timeout --kill-after=10 "$1" "${compose_command[@]}" --project-name "$project" "${@:2}"; }

clean_up() {
  local code=$?
  trap - EXIT
  if ((code != 0)) && [[ -s $log ]]; then
    say "the last output:"
    tail -n 60 "$log" >&2
  fi
  docker rm --force --volumes "$counting_api" >/dev/null 2>&1 || true
  if [[ -n $image ]]; then
    docker run --rm --network none --user root --volume "$work:/work" --entrypoint sh "$image" -c 'rm -rf /work/results-*' || true
  fi
  # The layers of the build stay, as the engine's cache.
  compose 120 down --volumes --remove-orphans --rmi local >/dev/null 2>&1 || say "could not remove the project $project"
  rm -rf "$work"
  exit "$code"
}

expect() { # NAME ACTUAL EXPECTED
  [[ -n $2 && $2 == "$3" ]] || die "$1: ${2:-nothing}, expected $3"
  say "  $1: $2"
}

# The value of a JavaScript expression over `result`, which is valid by muster's own schema.
result() {
  "$node" --input-type=module --eval '
    import { readFileSync } from "node:fs";
    const { resultSchema } = await import(process.cwd() + "/src/report/result/result-schema.ts");
    const result = resultSchema.parse(JSON.parse(readFileSync(process.argv[1], "utf8")));
    console.log(String(new Function("result", `return ${process.argv[2]}`)(result)));
  ' "$RESULTS_DIR/result.json" "$1"
}

# The value of a JavaScript expression over `counts`, what the API in that container has counted.
counted() { # CONTAINER EXPRESSION
  timeout 20 docker exec "$1" node --eval '
    fetch("http://127.0.0.1:8000/_control/counts").then(async (response) => {
      console.log(String(new Function("counts", `return ${process.argv[1]}`)(await response.json())));
    });
  ' "$2"
}

# Until COMMAND succeeds, for at most SECONDS.
wait_until() { # SECONDS WHAT COMMAND...
  local end=$((SECONDS + $1))
  until "${@:3}"; do
    ((SECONDS < end)) || die "waited $1 s in vain until $2"
    sleep 0.3
  done
}

container_of() { compose 20 ps --quiet "$1" | head -1; }
exit_code_of() { docker inspect --format '{{.State.ExitCode}}' "$1"; }

# Does not exist yet, as in a fresh clone: Docker makes it, for root.
new_results_folder() { RESULTS_DIR=$(mktemp --dry-run --directory "$work/results-XXXXXX"); }

# A whole run by the command that the README gives, with more flags; sets `code`.
run_composition() { # WORKERS FLAG...
  new_results_folder
  code=0
  compose 300 up "${@:2}" --scale worker="$1" --abort-on-container-exit --exit-code-from master >"$log" 2>&1 || code=$?
}

# Starts a run and returns when its users are at work; sets `master` and `api`.
start_run() { # RUN_TIME
  new_results_folder
  RUN_TIME=$1 compose 300 up --detach --scale worker=4 >"$log" 2>&1
  master=$(container_of master)
  api=$(container_of api)
  wait_until 60 "users work" users_work
}

users_work() { (($(counted "$api" 'counts.routes["GET /jobs"]?.requests ?? 0') >= 10)); }
master_ended() { [[ $(docker inspect --format '{{.State.Running}}' "$master") == false ]]; }
counting_api_answers() { counted "$counting_api" 'counts.total' >/dev/null 2>&1; }

# What a stopped run leaves.
expect_aborted() { # HOW
  expect "exit code after $1" "$(exit_code_of "$master")" 105
  expect "verdict" "$(result 'result.verdict')" aborted
  expect "reasons" "$(result 'result.reasons.join()')" "stopped by SIGTERM before the end of the plan"
  expect "workers that reported, none lost" "$(result 'result.workers.filter((w) => w.requests > 0 && !w.lost).length')" 4
  expect "reports missing" "$(result 'result.ledger.missing.length')" 0
}

if ! engine_runs; then
  [[ -f $local_docker ]] || skip "no Docker engine with compose runs here"
  say "no Docker engine runs; trying $local_docker"
  NODE=$node bash "$local_docker" up >&2 || skip "$local_docker could not give an engine"
  engine_runs || skip "$local_docker gave an engine without compose"
fi
[[ -x $node ]] || die "$node is missing; \`npm run build\` installs it"
work=$(mktemp -d)
log=$work/log
image=
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Nothing of the caller's environment, nor of a file `.env`, takes part.
export USERS=20 SPAWN_RATE=10 RUN_TIME=10s PROFILE=standard EXPECT_WORKERS= STOP_TIMEOUT=30s TARGET='' SEED='' LOGLEVEL=info
export TEST_FILE=examples/plot-palette/plot-palette.ts API_ENDPOINT=http://api:8000 PLOT_PALETTE_MISBEHAVE='' BUILD_NETWORK=host
RESULTS_DIR=$work/results
MUSTER_TOKEN=$("$node" --print 'crypto.randomUUID()')
export RESULTS_DIR MUSTER_TOKEN

say "project $project, $("${compose_command[@]}" version --short 2>/dev/null | tail -1)"
compose 30 --profile observability config --quiet || die "the profile observability is not valid"
say "building"
compose 900 build --force-rm >"$log" 2>&1 || die "the image could not be built"
compose 60 up --no-start --scale worker=4 >"$log" 2>&1
image=$(docker inspect --format '{{.Image}}' "$(compose 20 ps --all --quiet api | head -1)")
say "  image: $(docker image inspect --format '{{.Size}}' "$image" | awk '{ printf "%.0f MB", $1 / 1e6 }') with its base"

say "passed: 4 workers against an API without health checks, which would be counted too"
docker run --detach --name "$counting_api" --network "${project}_default" --entrypoint node --env PLOT_PALETTE_HOST=0.0.0.0 \
  "$image" examples/plot-palette/api/main.ts >/dev/null
wait_until 30 "the counting API answers" counting_api_answers
started=$SECONDS
API_ENDPOINT=http://$counting_api:8000
run_composition 4 --build
expect "exit code" "$code" 0
say "  took $((SECONDS - started)) s"
expect "verdict" "$(result 'result.verdict')" passed
expect "workers" "$(result 'new Set(result.workers.map((w) => w.host)).size')" 4
expect "workers with requests, none lost" "$(result 'result.workers.filter((w) => w.requests > 0 && !w.lost).length')" 4
expect "requests of the workers" "$(result 'result.workers.reduce((sum, w) => sum + w.requests, 0)')" "$(result 'result.total.requests')"
expect "requests, with those of setup and teardown" \
  "$(result 'result.lifecycleRequests.reduce((sum, r) => sum + r.requests, result.total.requests)')" \
  "$(counted "$counting_api" 'counts.total')"
expect "users" "$(result 'result.peakUsers')" 20

say "alone: docker run -v FOLDER:/tests IMAGE run /tests/load-test.ts"
mkdir "$work/tests"
cp examples/plot-palette/first-test.ts "$work/tests/load-test.ts"
before=$(counted "$counting_api" 'counts.total')
code=0
timeout 60 docker run --rm --network "${project}_default" --volume "$work/tests:/tests" "$image" run /tests/load-test.ts \
  --host "http://$counting_api:8000" --run-time 3s --json - >"$work/alone.json" 2>"$log" || code=$?
expect "exit code" "$code" 0
expect "requests" "$(RESULTS_DIR=$work && cp "$work/alone.json" "$work/result.json" && result 'result.total.requests')" \
  "$(($(counted "$counting_api" 'counts.total') - before))"
docker rm --force --volumes "$counting_api" >/dev/null
API_ENDPOINT=http://api:8000

say "scaled: two workers by --scale alone"
RUN_TIME=5s run_composition 2
expect "exit code" "$code" 0
expect "workers" "$(result 'result.workers.length')" 2

say "failed: the API takes 600 ms"
PLOT_PALETTE_MISBEHAVE='{"latencyMs":600}'
run_composition 4
expect "exit code" "$code" 99
expect "verdict" "$(result 'result.verdict')" failed
expect "names p95" "$(result 'result.reasons.some((reason) => reason.startsWith("p95 was "))')" true
PLOT_PALETTE_MISBEHAVE=

say "resumed: the master is killed in mid-run and started again"
compose 60 down >"$log" 2>&1
start_run 25s
docker kill --signal KILL "$master" >/dev/null
docker start "$master" >/dev/null
wait_until 90 "the master ends" master_ended
expect "exit code" "$(exit_code_of "$master")" 0
expect "away" "$(result 'result.events.map((event) => event.kind).join()')" master-resumed
expect "reports missing" "$(result 'result.ledger.missing.length')" 0
# The container's health check and the test itself both ask for /health.
expect "requests but those for /health, with those of setup and teardown" \
  "$(result '[...result.endpoints, ...result.lifecycleRequests].filter((e) => e.name !== "/health").reduce((sum, e) => sum + e.requests, 0)')" \
  "$(counted "$api" 'counts.total - (counts.routes["GET /health"]?.requests ?? 0)')"
compose 60 down >"$log" 2>&1

say "signalled: SIGTERM to the master in mid-run"
start_run 5m
docker kill --signal TERM "$master" >/dev/null
wait_until 60 "the master ends" master_ended
expect_aborted "SIGTERM"

say "signalled: \`${compose_command[*]} stop\` in mid-run"
compose 60 down >"$log" 2>&1
start_run 5m
compose 150 stop >"$log" 2>&1
expect_aborted "stop"

say "passed, in $SECONDS s"
