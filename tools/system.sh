#!/usr/bin/env bash
# Usage: system.sh PART... with the parts `venv`, `java`, `maven`, `postgres`, `nginx`, `caddy`, `wrk`, `chromium`,
# `systemd`.
# Installs what is missing where it may (root on a machine with apt), else says which packages to install and fails.
set -euo pipefail

python=${PYTHON:-python3}

present() {
    case $1 in
        venv) "$python" -c 'import ensurepip, venv' 2>/dev/null ;;
        java) java_version_is_enough ;;
        maven) command -v mvn >/dev/null ;;
        # Debian keeps versions side by side, off the PATH.
        postgres) command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null ;;
        # Debian's are for root, so that /usr/sbin may not be on the PATH.
        nginx) command -v nginx >/dev/null || [[ -x /usr/sbin/nginx ]] ;;
        wrk) command -v wrk >/dev/null ;;
        caddy) command -v caddy >/dev/null ;;
        chromium) command -v chromium >/dev/null || command -v chromium-browser >/dev/null ;;
        # Its checker of units; elsewhere than on Linux there is none, and nobody needs it.
        systemd) [[ $(uname) != Linux ]] || command -v systemd-analyze >/dev/null ;;
        *) echo "system.sh: unknown part '$1'; the parts are named at the top of it" >&2; exit 2 ;;
    esac
}

java_version_is_enough() {
    local major
    major=$(java -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p;T;q') || return 1
    [[ -n $major && $major -ge 17 ]]
}

package() {
    case $1 in
        venv) "$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])' ;;
        java) echo default-jre-headless ;;
        maven) echo maven ;;
        postgres) echo postgresql ;;
        nginx) echo nginx ;;
        wrk) echo wrk ;;
        caddy) echo caddy ;;
        chromium | systemd) echo "$1" ;;
    esac
}

missing() {
    local part
    for part in "$@"; do
        present "$part" || package "$part"
    done
}

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "system.sh: '$python' is not Python 3.11 or later; install python3.11 or run make PYTHON=python3.11" >&2
    exit 1
fi

packages=$(missing "$@" | tr '\n' ' ')
if [[ -z $packages ]]; then
    exit 0
fi
if [[ $(id -u) -ne 0 ]] || ! command -v apt-get >/dev/null; then
    echo "system.sh: please install: $packages(Java must be 17 or later); then run make again" >&2
    exit 1
fi
echo "Installing $packages"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086  # one word a package
apt-get install -y -qq --no-install-recommends $packages >/dev/null
still=$(missing "$@" | tr '\n' ' ')
if [[ -n $still ]]; then
    echo "system.sh: still missing after the installation: $still; Java must be 17 or later" >&2
    exit 1
fi
