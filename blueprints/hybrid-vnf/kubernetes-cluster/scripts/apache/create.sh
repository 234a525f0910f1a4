#!/bin/sh
# Installs Apache where it is missing.
set -e
command -v apache2 >/dev/null || { apt-get update -q && apt-get install -q -y --no-install-recommends apache2; }
ctx logger info "Apache is installed"
