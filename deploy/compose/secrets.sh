#!/bin/sh
# Make the secrets of compose.yaml, each once: deploy/compose/secrets.sh [FOLDER], by default ./secrets.
# Nobody else may enter the folder; the files in it are readable, since containers read them as users of their own.
set -eu

folder=${1:-secrets}
mkdir -p "$folder"
chmod 700 "$folder"
for name in hash_key database_password grafana_password; do
    if [ ! -e "$folder/$name" ]; then
        od -An -N32 -tx1 /dev/urandom | tr -d ' \n' > "$folder/$name.part"
        chmod 444 "$folder/$name.part"
        mv "$folder/$name.part" "$folder/$name"
        echo "made $folder/$name"
    fi
done
