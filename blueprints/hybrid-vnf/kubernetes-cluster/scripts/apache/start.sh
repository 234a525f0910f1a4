#!/bin/sh
set -e
apache2ctl start
ctx logger info "Apache answers on port $(ctx node properties port)"
