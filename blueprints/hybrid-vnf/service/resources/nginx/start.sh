#!/bin/sh
# Balances requests over the hosts in $SERVERS (comma-separated addresses); without any, serves its own page.
set -e
config=/tmp/nginx.conf
{
  echo 'worker_processes 1;'
  echo 'daemon off;'
  echo 'pid /tmp/nginx.pid;'
  echo 'error_log stderr;'
  echo 'events { worker_connections 256; }'
  echo 'http {'
  echo '  access_log off;'
  if [ -n "$SERVERS" ]; then
    echo '  upstream apache {'
    echo "$SERVERS" | tr ',' '\n' | while read -r server; do
      echo "    server $server max_fails=1 fail_timeout=2s;"
    done
    echo '  }'
    echo '  server { listen 80; location / { proxy_pass http://apache; proxy_connect_timeout 1s; } }'
  else
    echo '  server { listen 80; location / { return 200 "nginx has no SERVERS\n"; } }'
  fi
  echo '}'
} > "$config"
exec nginx -c "$config"
