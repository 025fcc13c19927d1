#!/usr/bin/env bash
# Makes the environment in $VENV (.venv) with the packages of requirements/<runtime|dev>.txt, and sees to the
# system libraries that WeasyPrint draws with. Can be run again at any time; $PYTHON names the Python to use.
set -euo pipefail
cd "$(dirname "$0")/.."

lock=${1:?usage: scripts/setup.sh runtime|dev}
venv=${VENV:-.venv}
disk_needed_mb=1500
drawing_libraries=(libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0)

log=$(mktemp)
trap 'rm -f "$log"' EXIT

fail() {
    printf 'setup: %s\n' "$*" >&2
    exit 1
}

explain_failure() {
    if grep -q "DO NOT MATCH THE HASHES" "$log"; then
        tail -n 12 "$log" >&2
        fail "a downloaded package is not the one that was locked. Try again; if it stays so, tell the maintainers."
    elif grep -q "No space left on device" "$log"; then
        fail "the disk is full. About $disk_needed_mb MB are needed in $PWD, and some in ${TMPDIR:-/tmp}."
    elif grep -qE "connection broken|Retrying|Temporary failure|Could not resolve|Network is unreachable" "$log"; then
        grep -m 1 -E "connection broken|Retrying|Temporary failure|Could not resolve|Network is unreachable" "$log" >&2
        fail "the packages could not be fetched. Check the network and the proxy settings, then try again."
    elif grep -q "No matching distribution found" "$log"; then
        grep -m 1 "No matching distribution found" "$log" >&2
        fail "a locked package has no ready-made file for this machine ($(uname -sm), $("$venv/bin/python" --version))."
    fi
    tail -n 20 "$log" >&2
    fail "the step above failed; its last lines are shown."
}

# step LABEL COMMAND...: one line saying what is done and how long it took.
step() {
    local started=$SECONDS
    printf '%s ... ' "$1"
    if "${@:2}" >"$log" 2>&1; then
        printf '%d s\n' $((SECONDS - started))
    else
        printf 'failed\n'
        explain_failure
    fi
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

may_use_apt() {
    command -v apt-get >/dev/null && as_root true 2>/dev/null
}

# A third party's broken package source fails the update, and is no reason to stop: the install tells.
apt_install() {
    as_root apt-get -qq update || true
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 install \
        --yes --no-install-recommends "$@"
}

version_of() {
    "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null
}

is_supported() {
    case $(version_of "$1") in 3.11 | 3.12 | 3.13) ;; *) return 1 ;; esac
}

makes_environments() {
    "$1" -c 'import ensurepip, venv' 2>/dev/null
}

# Debian splits venv off its Python, so a supported Python with it goes before a newer one without.
find_python() {
    local candidates=(python3.13 python3.12 python3.11 python3) candidate
    for candidate in "${candidates[@]}"; do
        if is_supported "$candidate" && makes_environments "$candidate"; then echo "$candidate" && return; fi
    done
    for candidate in "${candidates[@]}"; do
        if is_supported "$candidate"; then echo "$candidate" && return; fi
    done
}

check_disk() {
    local free_mb
    free_mb=$(df -Pm . | awk 'NR == 2 { print $4 }')
    [ "$free_mb" -ge "$disk_needed_mb" ] || fail "only $free_mb MB are free in $PWD; about $disk_needed_mb MB are needed."
}

# Sets $python.
choose_python() {
    python=${PYTHON:-$(find_python)}
    [ -n "$python" ] || fail "no Python 3.11, 3.12 or 3.13 found. Install one (Debian, Ubuntu: apt-get install python3" \
        "python3-venv; macOS: brew install python@3.13) or name it: make setup PYTHON=/path/to/python3"
    version_of "$python" >/dev/null || fail "PYTHON=$python does not run. Python 3.11, 3.12 or 3.13 is needed."
    is_supported "$python" || fail "PYTHON=$python is Python $(version_of "$python"); 3.11, 3.12 or 3.13 is needed."
    makes_environments "$python" && return
    local package
    package="python$(version_of "$python")-venv"
    may_use_apt || fail "$python cannot make virtual environments. Install $package, then try again."
    step "Installing $package" apt_install "$package"
    makes_environments "$python" || fail "$python still cannot make virtual environments. Choose another: make setup PYTHON=..."
}

make_environment() {
    "$python" -m venv --clear "$venv" && printf '*\n' >"$venv/.gitignore"
}

environment_works() {
    [ -x "$venv/bin/python" ] && "$venv/bin/python" -m pip --version >/dev/null 2>&1
}

check_environment_is_the_asked_one() {
    local asked had
    [ -n "${PYTHON:-}" ] || return 0
    asked=$(version_of "$PYTHON") || fail "PYTHON=$PYTHON does not run."
    had=$(version_of "$venv/bin/python")
    [ "$asked" = "$had" ] || fail "$venv has Python $had, not $asked. Keep both: make ... PYTHON=$PYTHON VENV=.venv${asked/./}"
}

install_packages() {
    "$venv/bin/python" -m pip --no-input --disable-pip-version-check install --quiet --no-deps --require-hashes \
        --only-binary :all: --no-compile --requirement "requirements/$lock.txt"
}

install_project() {
    "$venv/bin/python" -m pip --no-input --disable-pip-version-check install --quiet --no-deps --no-index \
        --no-build-isolation --editable .
}

draws_a_page() {
    "$venv/bin/python" >"$log" 2>&1 - <<'PYTHON'
import weasyprint
from weasyprint.text.ffi import harfbuzz_subset

assert harfbuzz_subset, "libharfbuzz-subset is missing"
weasyprint.HTML(string="<p>page</p>").write_pdf()
PYTHON
}

install_drawing_libraries() {
    apt_install "${drawing_libraries[@]}" && draws_a_page
}

if environment_works; then
    check_environment_is_the_asked_one
else
    check_disk
    choose_python
    step "Making $venv with Python $(version_of "$python")" make_environment
fi
step "Installing the locked packages ($lock)" install_packages
step "Installing the project itself" install_project
if ! draws_a_page; then
    may_use_apt || fail "WeasyPrint's system libraries are missing. Debian, Ubuntu: sudo apt-get install" \
        "${drawing_libraries[*]}; Fedora: sudo dnf install pango; macOS: brew install pango. Then try again."
    step "Installing Pango and HarfBuzz, which draw the pages" install_drawing_libraries
fi
