#!/bin/sh
# Make .venv hold exactly what requirements/dev.lock says, plus this checkout. Does nothing, and asks no network, when
# it already does: the stamp is keyed by the lock, by pyproject.toml and by the checkout's path (a venv cannot move).
set -eu
cd "$(dirname "$0")/.."

stamp=.venv/installed
key=$(cat requirements/dev.lock pyproject.toml | cksum)" $(pwd -P)"

if [ -x .venv/bin/python ] && [ "$(cat "$stamp" 2>/dev/null)" = "$key" ] && .venv/bin/python -c '' 2>/dev/null; then
    exit 0
fi

new_enough='import sys; sys.exit(sys.version_info < (3, 11))'
python=
for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
    if "$candidate" -c "$new_enough" 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "Trunkline needs Python 3.11 or newer; found $(python3 --version 2>&1 || echo none)." >&2
    echo "Install one (Debian, Ubuntu: apt-get install python3 python3-venv) or name it: make install PYTHON=/path/to/python3" >&2
    exit 1
fi
if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
    echo "$("$python" --version) lacks its venv module. Debian, Ubuntu: apt-get install python3-venv" >&2
    exit 1
fi

# A venv made elsewhere, by another Python or half-way is made anew; one that only fell behind is brought up to date.
if [ "$(sed 's/^[0-9]* [0-9]* //' "$stamp" 2>/dev/null)" != "$(pwd -P)" ] || ! .venv/bin/python -c "$new_enough" 2>/dev/null; then
    echo "Creating .venv with $("$python" --version)"
    "$python" -m venv --clear .venv
fi
rm -f "$stamp"

echo "Installing $(grep -c == requirements/dev.lock) locked packages into .venv (once; about a minute)"
.venv/bin/python -m pip install --quiet --no-deps --require-hashes -r requirements/dev.lock
.venv/bin/python -m pip install --quiet --no-deps --no-build-isolation -e .
printf '%s\n' "$key" > "$stamp"
