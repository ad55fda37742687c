# shellcheck shell=bash
# Odoo 19 itself, its Python environment and its configuration.

VENV=$DATA/venv
UV_VERSION=0.13.9
WANTED=() # COMMAND:PACKAGE

# Sets ODOO_LIB (folder of the package odoo), ODOO_BIN and ODOO_ADDONS.
find_odoo() {
    if [ -n "${ODOO_PATH:-}" ]; then
        ODOO_BIN=$ODOO_PATH/odoo-bin
        [ -f "$ODOO_BIN" ] || die "no odoo-bin in ODOO_PATH=$ODOO_PATH: name the folder of a checkout of Odoo 19"
        ODOO_LIB=$ODOO_PATH ODOO_ADDONS=$ODOO_PATH/odoo/addons,$ODOO_PATH/addons
    else
        ODOO_BIN=$DATA/odoo/usr/bin/odoo ODOO_LIB=$DATA/odoo/usr/lib/python3/dist-packages
        ODOO_ADDONS=$ODOO_LIB/odoo/addons
    fi
}

# Sets ODOO_VERSION.
check_odoo() {
    ODOO_VERSION=$("$PYTHON" -c 'import runpy, sys; print(runpy.run_path(sys.argv[1])["version"])' "$ODOO_LIB/odoo/release.py")
    [[ $ODOO_VERSION = 19.* ]] || die "Odoo 19 is needed, ${ODOO_PATH:-$DATA/odoo} holds $ODOO_VERSION"
}

fetch_odoo() {
    [ ! -f "$ODOO_BIN" ] || return 0 # an ODOO_PATH, or fetched before
    say "Odoo 19.0 from Debian (about 120 MB)"
    "$ROOT/tools/get_odoo.sh" "$DATA/odoo"
}

# make_venv FOLDER REQUIREMENTS: a virtual environment that holds just these pinned packages.
make_venv() {
    local folder=$1 requirements=$2 stamp log
    log=$DATA/logs/pip-$(basename "$requirements" .txt).log
    stamp=$("$PYTHON" -c 'import sys; print(sys.version, sys.prefix)'; cat "$requirements" "$ROOT/tools/requirements/odoo.txt")
    stamp=$(printf %s "$stamp" | sha256sum | cut -c1-16)
    [ "$(cat "$folder/.stamp" 2> /dev/null)" != "$stamp" ] || return 0
    say "Python packages ($(basename "$requirements"))"
    rm -rf "$folder"
    "$PYTHON" -m venv "$folder"
    # uv takes a quarter of pip's time; pip knows this machine's settings (a mirror, certificates). Neither compiles
    # all there is (pip would, unless told not to): Python compiles what is imported.
    {
        "$folder/bin/python" -m pip install --no-compile "uv==$UV_VERSION" &&
            "$folder/bin/uv" pip install --python "$folder/bin/python" -r "$requirements"
    } > "$log" 2>&1 || "$folder/bin/python" -m pip install --no-compile -r "$requirements" > "$log" 2>&1 || {
        grep -v "^WARNING: Location" "$log" | tail -n 20 >&2
        die "pip install -r $requirements failed: see $log"
    }
    echo "$stamp" > "$folder/.stamp"
}

# The .pth and not PYTHONPATH: every program of the environment then sees one namespace package odoo.
odoo_venv() {
    make_venv "$VENV" "$ROOT/tools/requirements/test.txt"
    local pth
    pth=$("$VENV/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/odoo-path.pth
    [ "$(cat "$pth" 2> /dev/null)" = "$ODOO_LIB" ] || echo "$ODOO_LIB" > "$pth"
}

# odoo_config FOLDER: write Odoo's configuration there and make it the one in use.
odoo_config() {
    export ODOO_RC=$1/odoo.conf
    cat > "$ODOO_RC" << CONF
[options]
db_host = $PGHOST
db_port = $PGPORT
db_user = $PGUSER
${PGPASSWORD:+db_password = $PGPASSWORD}
addons_path = $ODOO_ADDONS,$ROOT
data_dir = $DATA
http_interface = $HOST
http_port = $PORT
gevent_port = $((PORT + 3))
list_db = False
max_cron_threads = 0
screenshots = $DATA/screenshots
CONF
    chmod 600 "$ODOO_RC"
}

# Everything that is needed before Odoo can run, and before the commands of WANTED can. Odoo is fetched while packages
# are installed: the one waits for the network, the other for the processor.
prepare() {
    local fetching
    data_folder
    find_odoo
    locked odoo fetch_odoo &
    fetching=$!
    locked packages require_base "${WANTED[@]}"
    locked venv odoo_venv
    wait "$fetching" || exit
    check_odoo
    use_postgres
    odoo_config "$RUN"
}

# PYTHONWARNINGS: Odoo's own use of libraries, nothing we could mend.
run_odoo() { PYTHONWARNINGS=ignore::DeprecationWarning "$VENV/bin/python" "$ODOO_BIN" "$@"; }

cmd_odoo() {
    prepare
    run_odoo "$@"
}
