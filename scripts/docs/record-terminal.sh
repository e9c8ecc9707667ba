#!/usr/bin/env bash
# Makes docs/images/terminal.svg from a real run in a real terminal of 100 columns: bash scripts/docs/record-terminal.sh
# Needs tmux and a checkout that has been built (npm run build). PORT chooses the sample API's port (default 8000).
set -euo pipefail
cd "$(dirname "$0")/../.."

port=${PORT:-8000}
node=node_modules/.bin/node
work=$(mktemp -d)
session="muster-docs-$$"
tmux() { command tmux -L "$session" "$@"; }

"$node" examples/plot-palette/api/main.ts "--port=$port" >"$work/api.log" &
api=$!
trap 'tmux kill-server 2>/dev/null || true; kill "$api"; rm -rf "$work"' EXIT
until grep -q listening "$work/api.log"; do
  kill -0 "$api"
  sleep 0.1
done

words="run plot-palette.ts --profile heavy --workers 4 --spawn-rate 50 --run-time 30s"
# A shell that shows a plain prompt and knows the command by its name.
cat >"$work/rc" <<RC
PS1='$ '
muster() { "$PWD/node_modules/.bin/node" "$PWD/bin/muster.js" "\$@"; }
export API_ENDPOINT=http://127.0.0.1:$port
cd "$PWD/examples/plot-palette"
clear
RC
tmux -f /dev/null new-session -d -x 100 -y 46 "bash --noprofile --rcfile $work/rc"
sleep 1
tmux send-keys "muster $words" Enter
sleep 21
tmux capture-pane -e -p >"$work/live"
until tmux capture-pane -p | grep -qE 'by requests: #1'; do sleep 0.5; done
sleep 0.5
# From the verdict on: what stands above it is in the first picture.
tmux capture-pane -e -p | sed -n '/PASSED\|FAILED\|INVALID\|ABORTED/,$p' | grep -vE '^\$ *$' >"$work/end"

mkdir -p docs/images
"$node" scripts/docs/ansi-svg.ts "while it runs=$work/live" "at the end=$work/end" >docs/images/terminal.svg
