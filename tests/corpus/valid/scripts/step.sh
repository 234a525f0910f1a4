#!/bin/sh
# Stands for a step of a cluster blueprint.
ctx logger info "$1"
