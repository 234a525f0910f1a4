#!/bin/sh
set -e
apache2ctl stop
