#!/bin/sh
# Takes k3s away again by its own script; where it never came to be, there is nothing to do.
set -eu
root=${K3S_ROOT:-}
for script in k3s-agent-uninstall.sh k3s-uninstall.sh; do
  if [ -x "$root/usr/local/bin/$script" ]; then
    "$root/usr/local/bin/$script"
    ctx logger info "removed by $script"
    exit 0
  fi
done
ctx logger info "k3s is not installed here"
