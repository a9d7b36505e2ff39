#!/bin/sh
# Make .venv hold what requirements/dev.lock says, plus this checkout. Does nothing, and asks no network, when it
# already does: the stamp is keyed by the lock and by pyproject.toml; a venv cannot move, so its checkout's path counts.
set -eu
cd "$(dirname "$0")/.."

here=$(pwd -P)
key=$(cat requirements/dev.lock pyproject.toml | cksum)
new_enough='import sys; sys.exit(sys.version_info < (3, 11))'

is_ours() {
    [ "$(cat .venv/checkout 2>/dev/null)" = "$here" ] && .venv/bin/python -c "$new_enough" 2>/dev/null
}

# The browser desk is built from its own sources and lock: this does nothing, too, when it is up to date.
build_desk() {
    .venv/bin/python web/desk/build.py
}

if is_ours && [ "$(cat .venv/installed 2>/dev/null)" = "$key" ]; then
    build_desk
    exit 0
fi

find_python() {
    for candidate in "${PYTHON:-python3}" python3 python3.14 python3.13 python3.12 python3.11; do
        if "$candidate" -c "$new_enough" 2>/dev/null; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    echo "Trunkline needs Python 3.11 or newer; found: $(python3 --version 2>&1 || echo none)." >&2
    echo "Install one (Debian, Ubuntu: apt-get install python3 python3-venv) or name it: make install PYTHON=/path/to/python3" >&2
    return 1
}

# A venv made elsewhere or broken off half-way is made anew; one that only fell behind is brought up to date.
if ! is_ours; then
    python=$(find_python)
    if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
        echo "$("$python" --version) lacks its venv module. Debian, Ubuntu: apt-get install python3-venv" >&2
        exit 1
    fi
    echo "Creating .venv with $("$python" --version)"
    "$python" -m venv --clear .venv
    printf '%s\n' "$here" > .venv/checkout
fi
rm -f .venv/installed

echo "Installing $(grep -c == requirements/dev.lock) locked packages into .venv (once; about a minute)"
.venv/bin/python -m pip install --quiet --no-deps --require-hashes -r requirements/dev.lock
.venv/bin/python -m pip install --quiet --no-deps --no-build-isolation -e .
printf '%s\n' "$key" > .venv/installed
build_desk
