# shellcheck shell=bash
# Plays schemathesis against a started server: every operation of its OpenAPI document, with examples, bounds and random input. Fails at an answer that the document does not
# list, which includes every mistake of the server. Sourced by ./test after scripts/setup.sh; the binary is named in CERULEAN_BIN.

api_checks=not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance

# Answers a field of a JSON text on the standard input: data.token
json_field() { python3 -c 'import json, sys, functools; print(functools.reduce(lambda value, key: value[key], sys.argv[1].split("."), json.load(sys.stdin)))' "$1"; }

start_api_server() {
  local tries
  api_dir=$(mktemp -d /tmp/cerulean-api.XXXXXX)
  api_url=http://127.0.0.1:$(free_port)
  # As many calls from one address are no attack here.
  "$CERULEAN_BIN" serve --data "$api_dir/data" --listen "${api_url#http://}" --set limits.requests_per_minute=0 >"$api_dir/log" 2>&1 &
  api_server=$!
  for tries in $(seq 100); do
    curl --silent --fail --output /dev/null "$api_url/api/health" && [ -s "$api_dir/data/demo-sign-ins.json" ] && return
    kill -0 "$api_server" 2>/dev/null || break
    sleep 0.2
  done
  cat "$api_dir/log" >&2
  fail "the server for the API check did not start (tries: $tries)"
}

stop_api_server() {
  [ -n "${api_server:-}" ] || return 0
  kill "$api_server" 2>/dev/null || true
  wait "$api_server" 2>/dev/null || true
  rm -rf "$api_dir"
  api_server=
}

# Plays all operations with the headers given. Those that end the token they are called with are left to the sweeps in crates/server/tests: after them nothing would be asked.
play_api() ( # headers
  local header headers=()
  for header in "$@"; do headers+=(--header "$header"); done
  # In the folder of the run, where what it remembers of earlier runs is not found.
  cd "$api_dir" && "$tools/schemathesis/bin/schemathesis" run "$api_url/openapi.json" --checks "$api_checks" --phases examples,coverage,fuzzing \
    --max-examples "${API_EXAMPLES:-6}" --seed 1 --workers 1 --no-shrink --suppress-health-check all --warnings off --request-timeout 10 \
    --exclude-path /client/v1/sign-out --exclude-path /user/delete --exclude-path /user/change_password_admin \
    --exclude-path /user/disable --exclude-path /user/kick --exclude-path /user/device/remove \
    --exclude-path /file/upload/content "${headers[@]}"
)

check_api() {
  local admin user name password
  start_api_server
  admin=$(json_field admin_token <"$api_dir/data/demo-sign-ins.json")
  name=$(python3 -c 'import json, sys; print(json.load(sys.stdin)["users"][0]["username"])' <"$api_dir/data/demo-sign-ins.json")
  password=$(python3 -c 'import json, sys; print(json.load(sys.stdin)["users"][0]["password"])' <"$api_dir/data/demo-sign-ins.json")
  user=$(curl --silent --fail --header 'app_id: demo' --json "{\"name\":\"$name\",\"password\":\"$password\"}" "$api_url/token/user" | json_field data.token)
  local failed=
  say "API: as a user"
  play_api 'app_id: demo' "access-token: $user" || failed=yes
  say "API: as the administrator"
  play_api 'app_id: demo' "access-token: $admin" || failed=yes
  ! grep -E '"level":"ERROR"|  *ERROR ' "$api_dir/log" || fail "the server logged an error during the API check"
  stop_api_server
  [ -z "$failed" ] || fail "some answers are not what the OpenAPI document says"
}
