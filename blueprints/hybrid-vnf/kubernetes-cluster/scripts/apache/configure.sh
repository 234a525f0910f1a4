#!/bin/sh
# Puts this host's own page in place; $index_page is a file of the blueprint.
set -e
mkdir -p /var/www/html
cp "$(ctx download-resource "$index_page")" /var/www/html/index.html
