#!/usr/bin/env bash
# Writes requirements/runtime.txt and requirements/dev.txt from pyproject.toml, for every supported Python.
# Versions already locked stay unless --upgrade is given.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=${VENV:-.venv}

build_requirements() {
    "$venv/bin/python" -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")'
}

# Only wheels, so that nobody needs a compiler; the setup installs without build isolation, so what builds
# the project is locked too.
lock() {
    local output=$1
    shift
    build_requirements | "$venv/bin/uv" pip compile --quiet --universal --python-version 3.11 \
        --only-binary :all: --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate \
        --custom-compile-command "make lock" --output-file "$output" --extra michigan pyproject.toml "$@" -
}

lock requirements/runtime.txt "$@"
lock requirements/dev.txt --extra dev --constraint requirements/runtime.txt "$@"
