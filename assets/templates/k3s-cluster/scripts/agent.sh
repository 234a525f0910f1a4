#!/bin/sh
# Installs an agent and joins it to the server; a second run changes nothing.
set -eu
[ -n "$server_ip" ] || { echo "the server has no address" >&2; exit 1; }
export K3S_TOKEN="$k3s_token" K3S_URL="https://$server_ip:6443" INSTALL_K3S_VERSION="$k3s_version"
installer=$(mktemp)
trap 'rm -f "$installer"' EXIT
curl -sfL "$k3s_installer" -o "$installer"
sh "$installer" agent
ctx logger info "joined $K3S_URL"
