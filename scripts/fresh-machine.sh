#!/usr/bin/env bash
# Proves on a bare Debian 12 (git, make and Python; no Pango, fonts or compiler) that one command makes the
# reports of the last commit. FRESH_MACHINE_COMMAND runs another command there instead.
set -euo pipefail
cd "$(dirname "$0")/.."

command=${FRESH_MACHINE_COMMAND:-make demo}
home=/home/visitor
clone=$home/programme-impact

fail() {
    printf 'fresh-machine: %s\n' "$*" >&2
    exit 1
}

check_tools() {
    [ "$(uname -s)" = Linux ] || fail "needs Linux."
    [ "$(id -u)" = 0 ] || fail "needs root, to mount and to change root: sudo make fresh-machine"
    command -v debootstrap >/dev/null && return
    command -v apt-get >/dev/null || fail "needs debootstrap; install it, then try again."
    echo "Installing debootstrap ..."
    { apt-get -qq update && apt-get -qq install --yes debootstrap debian-archive-keyring; } >/dev/null ||
        fail "debootstrap could not be installed."
}

# The new machine reaches its packages as this one does, whatever that is.
make_bare_debian() {
    local mirror=""
    if command -v apt-get >/dev/null; then
        # shellcheck disable=SC2016 # apt fills in the address
        mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' | head -n 1)
    fi
    debootstrap --variant=minbase --include=git,make,python3,ca-certificates bookworm "$machine" ${mirror:+"$mirror"} \
        >"$work/debootstrap.log" 2>&1 || { tail -n 20 "$work/debootstrap.log" >&2 && fail "debootstrap failed."; }
}

# Where pip's settings name a file of certificates, that file goes along.
copy_certificates() {
    local file
    cp /usr/local/share/ca-certificates/*.crt "$machine/usr/local/share/ca-certificates/" 2>/dev/null || true
    chroot "$machine" update-ca-certificates >/dev/null 2>&1
    for file in "${PIP_CERT:-}" "${SSL_CERT_FILE:-}" "${REQUESTS_CA_BUNDLE:-}" \
        "$(sed -n 's/^cert *= *//p' /etc/pip.conf 2>/dev/null)"; do
        if [ -f "$file" ] && [ ! -e "$machine$file" ]; then install -D -m 644 "$file" "$machine$file"; fi
    done
}

copy_network_settings() {
    cp -L /etc/resolv.conf "$machine/etc/resolv.conf"
    printf '127.0.0.1 localhost\n127.0.1.1 %s\n' "$(hostname)" >"$machine/etc/hosts"
    if [ -f /etc/pip.conf ]; then cp /etc/pip.conf "$machine/etc/pip.conf"; fi
    if command -v apt-config >/dev/null; then
        apt-config dump | grep -E '^Acquire::(http|https|Check-)' >"$machine/etc/apt/apt.conf.d/90host" || true
    fi
    copy_certificates
}

# The variables through which a machine is told of its proxy, index and certificates.
network_variables() {
    local name
    for name in http_proxy https_proxy no_proxy all_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY \
        PIP_CERT PIP_INDEX_URL PIP_TRUSTED_HOST PIP_DEFAULT_TIMEOUT SSL_CERT_FILE REQUESTS_CA_BUNDLE; do
        if [ -n "${!name:-}" ]; then printf '%s=%s\0' "$name" "${!name}"; fi
    done
}

on_machine() {
    local variables=()
    mapfile -d '' -t variables < <(network_variables)
    chroot "$machine" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME="$home" LANG=C.UTF-8 ${variables[@]+"${variables[@]}"} \
        sh -c "$1"
}

check_bareness() {
    on_machine '! command -v cc gcc fc-list pip && ! ldconfig -p | grep -E "pango|harfbuzz|fontconfig" &&
        ! python3 -c "import ensurepip" 2>/dev/null && ! ls /usr/share/fonts 2>/dev/null' ||
        fail "the new machine is not bare: see the line above."
}

# Runs in mount and process namespaces of its own: when it ends, in whatever way, so do its mounts and children.
run_command() {
    local started=$SECONDS
    mount -t proc proc "$machine/proc"
    mount --rbind /dev "$machine/dev"
    mkdir "$machine$home"
    check_bareness
    echo "Bare Debian $(cat "$machine/etc/debian_version"), $(on_machine 'python3 --version'); no compiler, Pango, fonts, pip or venv."
    on_machine "git clone --quiet /project.git $clone"
    echo "\$ $command"
    on_machine "cd $clone && $command"
    echo "'$command' took $((SECONDS - started)) s."
    prove_reports
}

# The clone is younger than no file in it, so its PDFs that git does not know were made by the command.
prove_reports() {
    on_machine "cd $clone && git ls-files --others -- '*.pdf' | grep -v '^[.]venv' >/tmp/reports" || true
    [ -s "$machine/tmp/reports" ] || [ "$command" != "make demo" ] || fail "'$command' made no PDF."
    local report
    while read -r report; do
        [ "$(head -c 5 "$machine$clone/$report")" = "%PDF-" ] || fail "$report is no PDF."
        printf '%9d bytes  %s\n' "$(stat -c %s "$machine$clone/$report")" "$report"
    done <"$machine/tmp/reports"
}

if [ "${1:-}" = --inside ]; then
    machine=$2
    run_command
    exit
fi

check_tools
work=$(mktemp -d /var/tmp/fresh-machine.XXXXXX)
trap 'rm -rf --one-file-system "$work"' EXIT
machine=$work/debian
echo "Making a bare Debian 12 in $work ..."
make_bare_debian
copy_network_settings
git clone --quiet --bare --no-hardlinks . "$machine/project.git"
echo "Testing commit $(git log -1 --format='%h %s'); what is not committed is left out."
unshare --mount --pid --fork --kill-child bash scripts/fresh-machine.sh --inside "$machine"
