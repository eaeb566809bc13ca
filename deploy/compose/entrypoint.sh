#!/bin/sh
# Start stillwatch in a container: secrets out of files, and compiled kernels to where the file system is writable.
set -eu

secrets=${STILLWATCH_SECRETS:-/run/secrets}
shipped=${STILLWATCH_KERNELS:-/opt/stillwatch/kernels}

# A file's content leaves no trace in the container's configuration, where `docker inspect` shows every variable.
if [ -r "$secrets/hash_key" ]; then
    STILLWATCH_HASH_KEY=$(cat "$secrets/hash_key")
    export STILLWATCH_HASH_KEY
fi
if [ -r "$secrets/database_password" ]; then
    PGPASSWORD=$(cat "$secrets/database_password")
    export PGPASSWORD
fi

# Numba wants to write where it reads, and compiles what it does not find there.
if [ -d "$shipped" ] && [ ! -e "$NUMBA_CACHE_DIR" ]; then
    cp -R "$shipped" "$NUMBA_CACHE_DIR.part"
    mv "$NUMBA_CACHE_DIR.part" "$NUMBA_CACHE_DIR"
fi

exec stillwatch "$@"
