# shellcheck shell=bash
# What must be on the machine: Debian packages and a Python.

# require_packages COMMAND:PACKAGE...: install the packages of the commands that are missing.
require_packages() {
    local pair missing=()
    for pair in "$@"; do
        command -v "${pair%%:*}" > /dev/null || missing+=("${pair#*:}")
    done
    "$PYTHON" -c 'import venv, ensurepip' 2> /dev/null || missing+=(python3-venv)
    [ ${#missing[@]} = 0 ] || install_packages "${missing[@]}"
    "$PYTHON" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' ||
        die "$PYTHON is $("$PYTHON" --version 2>&1): Odoo 19 needs Python 3.10 to 3.13; name one with PYTHON=/path/to/python3"
}

install_packages() {
    local as_root=()
    if [ "$(id -u)" != 0 ]; then
        sudo -n true 2> /dev/null || die "missing packages: $*. Install them with: sudo apt-get install --no-install-recommends $*"
        as_root=(sudo)
    fi
    command -v apt-get > /dev/null || die "missing packages: $* (names of Debian 12). Install what your system calls them."
    say "apt-get install $*"
    "${as_root[@]}" apt-get -qq update
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=300 \
        install --no-install-recommends "$@" > "$DATA/logs/apt.log" 2>&1 < /dev/null || {
        tail -n 20 "$DATA/logs/apt.log" >&2
        die "apt-get install $* failed: see $DATA/logs/apt.log"
    }
}

# What every command that runs Odoo needs.
require_base() {
    local wanted=(flock:util-linux dpkg-deb:dpkg psql:postgresql-client)
    if [ -z "${PGHOST:-}" ] && ! pg_bin > /dev/null; then
        wanted+=(initdb:postgresql)
    fi
    require_packages "${wanted[@]}" "$@"
}

# prepare_with_browser PACKAGE: everything that is needed before tests with a browser can run, and Debian's package of
# that name, unless CHROME_BIN names a browser. Odoo finds it by the name google-chrome in PATH; our wrapper comes first
# there, keeps it from calling home and from writing into the user's home.
prepare_with_browser() {
    local chrome=${CHROME_BIN:-/usr/bin/$1}
    [ -z "${CHROME_BIN:-}" ] || [ -x "$chrome" ] || die "no browser at $chrome: set CHROME_BIN"
    WANTED+=("$chrome:$1")
    prepare
    mkdir -p "$RUN/bin"
    cat > "$RUN/bin/google-chrome" << WRAPPER
#!/bin/sh
HOME=$RUN exec '$chrome' --disable-quic --disable-component-update --disable-sync "\$@"
WRAPPER
    chmod +x "$RUN/bin/google-chrome"
    export PATH=$RUN/bin:$PATH
}
