#!/bin/sh
# Says what is missing before anything is changed.
set -eu
fail() { echo "$*" >&2; exit 1; }
[ "$(id -u)" = 0 ] || fail "k3s is installed as root: let the user of this host become root without a password"
command -v curl >/dev/null || fail "curl is missing on this host"
[ "$(uname -s)" = Linux ] || fail "k3s runs on Linux"
ctx logger info "ready for k3s: $(uname -sm)"
