# The one place for what the scripts need on a machine. Sourced, never run; changes into the repository's root.
#
# A bare Debian machine with a Rust toolchain is enough: what is missing is installed, and what is there is left alone.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export CARGO_TERM_COLOR="${CARGO_TERM_COLOR:-auto}"

# The version is part of the check: another one may judge licences differently.
CARGO_DENY_VERSION=0.20.2
CARGO_DEB_VERSION=3.8.0
AXE_VERSION=4.14.1

TARGET_DIR="${CARGO_TARGET_DIR:-$PWD/target}"

# Progress, one line a part, with the time since the start: of the outermost script, when one calls another.
export SIMPUL_STARTED="${SIMPUL_STARTED:-$EPOCHSECONDS}"
say() { printf '\n== %s (%d s)\n' "$*" "$((EPOCHSECONDS - SIMPUL_STARTED))"; }

# What went wrong and what to do, then the end.
fail() {
  printf 'error: %s\n' "$1" >&2
  [ -z "${2:-}" ] || printf 'hint: %s\n' "$2" >&2
  exit 1
}

# need_debian PACKAGE...: installs those that are missing.
need_debian() {
  local missing=() package root=() log
  for package in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "missing packages: ${missing[*]}" "as root: apt-get install ${missing[*]}"
    root=(sudo)
  fi
  command -v apt-get >/dev/null || fail "missing packages, and this is no Debian: ${missing[*]}" "install them by hand"
  say "installing ${missing[*]}"
  log=$(mktemp)
  if ! { "${root[@]}" apt-get update -qq &&
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -yqq --no-install-recommends "${missing[@]}"; } \
    >"$log" 2>&1 </dev/null; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    fail "could not install ${missing[*]}" "apt-get install ${missing[*]}"
  fi
  rm -f "$log"
}

# The toolchain, and a C compiler for the few dependencies in C.
need_rust() {
  command -v cargo >/dev/null || fail "no Rust toolchain" "install Rust 1.90 or newer: https://rustup.rs"
  command -v cc >/dev/null || need_debian gcc libc6-dev
}

# need_cargo_tool NAME VERSION: built once per machine into cargo's own bin folder. Unoptimised: it runs for seconds and
# builds in a third of the time.
need_cargo_tool() {
  local tool=cargo-$1 version=$2
  [ "$(cargo "$1" --version 2>/dev/null)" != "$tool $version" ] || return 0
  say "building $tool $version (once per machine)"
  CARGO_PROFILE_DEV_DEBUG=false CARGO_TARGET_DIR="$TARGET_DIR/$tool" \
    cargo install --quiet --locked --force --debug --version "$version" "$tool"
  rm -rf "${TARGET_DIR:?}/$tool"
}

need_cargo_deny() { need_cargo_tool deny "$CARGO_DENY_VERSION"; }

need_cargo_deb() { need_cargo_tool deb "$CARGO_DEB_VERSION"; }

# The program of the version before, to see that both work together: built once, from the history of this tree.
need_version_before() {
  local commit folder="$TARGET_DIR/before"
  commit=$(cat tests/version-before)
  mkdir -p "$folder"
  [ "$(cat "$folder/commit" 2>/dev/null)" != "$commit" ] || [ ! -x "$folder/simpul" ] || return 0
  rm -rf "$folder"/*
  if ! git cat-file -e "$commit^{commit}" 2>/dev/null; then
    say "no version before: this copy of the tree has no history of $commit, and tests with both versions are left out"
    touch "$folder/no-history"
    return 0
  fi
  say "building the version before, $commit"
  mkdir "$folder/tree"
  git archive "$commit" | tar -x -C "$folder/tree"
  (
    cd "$folder/tree"
    CARGO_PROFILE_DEV_DEBUG=false CARGO_INCREMENTAL=0 CARGO_TARGET_DIR="$folder/target" \
      cargo build --quiet --locked --package node --bins
  )
  mv "$folder/target/debug/simpul" "$folder/simpul"
  rm -rf "$folder/target" "$folder/tree"
  printf '%s\n' "$commit" >"$folder/commit"
}

# A real browser, its driver, and the accessibility rules that are injected into each page.
need_browser() {
  need_debian chromium chromium-driver
  local folder="$TARGET_DIR/axe"
  [ ! -s "$folder/axe-$AXE_VERSION.min.js" ] || return 0
  command -v npm >/dev/null || need_debian npm
  say "fetching axe-core $AXE_VERSION"
  mkdir -p "$folder"
  (
    cd "$folder"
    rm -f axe-*.js
    npm pack --silent "axe-core@$AXE_VERSION" >/dev/null
    tar -xzf "axe-core-$AXE_VERSION.tgz" package/axe.min.js
    mv package/axe.min.js "axe-$AXE_VERSION.min.js"
    rm -r package "axe-core-$AXE_VERSION.tgz"
  ) || fail "could not fetch axe-core $AXE_VERSION" "npm pack axe-core@$AXE_VERSION"
}

# Prometheus and its promtool, unpacked beside the build: a package that is installed would start a service.
need_prometheus() {
  local folder="$TARGET_DIR/prometheus"
  [ ! -x "$folder/usr/bin/promtool" ] || return 0
  command -v apt-get >/dev/null || fail "no Prometheus, and this is no Debian" "put prometheus and promtool into $folder/usr/bin"
  say "fetching Prometheus"
  rm -rf "$folder" && mkdir -p "$folder"
  (
    cd "$folder"
    apt-get download -qq prometheus >/dev/null 2>&1 || {
      { [ "$(id -u)" -eq 0 ] && apt-get update -qq || sudo apt-get update -qq; } && apt-get download -qq prometheus
    } >/dev/null
    dpkg -x prometheus_*.deb . && rm prometheus_*.deb
  ) || fail "could not fetch Prometheus" "apt-get download prometheus"
}

# What asks the API everything that its description allows, and more. Everything it needs is pinned by hash.
need_schemathesis() {
  local folder="$TARGET_DIR/schemathesis" wanted=tests/api/requirements.txt
  ! cmp -s "$wanted" "$folder/requirements.txt" || return 0
  need_debian python3 python3-venv
  say "fetching schemathesis"
  rm -rf "$folder"
  {
    python3 -m venv "$folder" &&
      "$folder/bin/pip" install --quiet --disable-pip-version-check --require-hashes --requirement "$wanted"
  } || fail "could not fetch schemathesis from PyPI" "python3 -m pip download --require-hashes -r $wanted says why"
  cp "$wanted" "$folder/requirements.txt"
}
