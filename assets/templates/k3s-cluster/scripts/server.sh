#!/bin/sh
# Installs and starts the server; a second run changes nothing. The authority's certificate is no secret and becomes an
# attribute; the credentials stay here.
set -eu
# Beside the file system's root only where somebody tries these scripts out.
root=${K3S_ROOT:-}
export K3S_TOKEN="$k3s_token" INSTALL_K3S_VERSION="$k3s_version"
ip=${node_ip:-$(hostname -I | cut -d' ' -f1)}
installer=$(mktemp)
trap 'rm -f "$installer"' EXIT
curl -sfL "$k3s_installer" -o "$installer"
sh "$installer" server --node-ip "$ip" --advertise-address "$ip" --tls-san "$ip" --write-kubeconfig-mode 600
tries=0
until [ -s "$root/etc/rancher/k3s/k3s.yaml" ] && [ -s "$root/var/lib/rancher/k3s/server/tls/server-ca.crt" ]; do
  tries=$((tries + 1))
  [ "$tries" -le 90 ] || { echo "k3s did not come up in 90 s; see journalctl -u k3s" >&2; exit 1; }
  sleep 1
done
# Others reach it by its address, not by this host's loopback.
sed -i "s#https://127.0.0.1:6443#https://$ip:6443#" "$root/etc/rancher/k3s/k3s.yaml"
ctx instance runtime-properties ca "$(cat "$root/var/lib/rancher/k3s/server/tls/server-ca.crt")"
ctx instance runtime-properties kubeconfig_file /etc/rancher/k3s/k3s.yaml
ctx logger info "k3s $k3s_version answers at https://$ip:6443"
