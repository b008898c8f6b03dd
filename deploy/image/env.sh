#!/bin/sh
# Kept for those who know it from the older system: a command, or without one a shell, in the agent's environment.
exec /usr/bin/agent exec -- "$@"
