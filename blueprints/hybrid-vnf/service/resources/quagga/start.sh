#!/bin/bash
# Runs zebra and staticd with one static route for each entry of $ROUTES ("10.0.0.0/24 dev eth1", comma-separated),
# and takes the routes away again before it ends.
set -e
config=/etc/frr/frr.conf
mkdir -p /etc/frr /var/run/frr
: > "$config"
IFS=',' read -ra routes <<< "$ROUTES"
for route in "${routes[@]}"; do
  read -r network _dev interface <<< "$route"
  echo "ip route $network $interface" >> "$config"
done
zebra=/usr/lib/frr/zebra
staticd=/usr/lib/frr/staticd
"$zebra" -f "$config" -A 127.0.0.1 &
zebra_pid=$!
sleep 0.5
"$staticd" -f "$config" -A 127.0.0.1 &
staticd_pid=$!
stop() {
  kill "$staticd_pid" "$zebra_pid" 2>/dev/null || true
  wait
}
trap stop TERM INT
wait "$zebra_pid"
