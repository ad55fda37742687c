# shellcheck shell=bash
# ./dev demo and stop: Odoo in the background, with a process file and a log in the data folder.

DEMO_FOLDER=$DATA/demo
DEMO_URL=http://$HOST:$PORT

cmd_demo() {
    [[ ${1:-} = @(|--fresh) ]] || die "usage: ./dev demo [--fresh]"
    data_folder
    if [ "${1:-}" != --fresh ] && demo_answers; then
        cat "$DEMO_FOLDER/addresses"
        return
    fi
    prepare
    stop_demo
    check_port
    hold "database-$DEMO_DB"
    if [ "${1:-}" = --fresh ] || ! db_exists "$DEMO_DB" || ! addon_installed "$DEMO_DB"; then
        make_db "$DEMO_DB"
    else
        update_demo
    fi
    say "opening the register"
    STOCK_POS_COUNT_URL=$DEMO_URL run_odoo shell -d "$DEMO_DB" --no-http --log-level=warn < "$ROOT/tools/demo.py" > "$DEMO_FOLDER/addresses" ||
        die "the demo register did not open: see the log above"
    start_demo
    cat "$DEMO_FOLDER/addresses"
}

# The data stays; the addon is updated when it has changed since the database was made.
update_demo() {
    local stamp
    use_template
    stamp=$(addon_stamp)
    [ "$(db_stamp "$DEMO_DB")" != "$stamp" ] || return 0
    say "the addon has changed: updating it in $DEMO_DB"
    run_odoo server -d "$DEMO_DB" -u "$ADDON" --stop-after-init --no-http --log-level=warn
    sql "comment on database $DEMO_DB is '$stamp'"
}

check_port() {
    "$PYTHON" -c 'import socket, sys
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind((sys.argv[1], int(sys.argv[2])))' "$HOST" "$PORT" 2> /dev/null ||
        die "port $PORT of $HOST is taken or not allowed: choose another with STOCK_POS_COUNT_PORT=8070 ./dev demo"
}

# The pid counts only while that process is Odoo with this data folder: numbers are used again.
demo_pid() {
    local pid
    pid=$(cat "$DEMO_FOLDER/pid" 2> /dev/null) || return 1
    tr '\0' ' ' 2> /dev/null < "/proc/$pid/cmdline" | grep -qF -- "$DEMO_FOLDER/odoo.conf" || return 1
    echo "$pid"
}

demo_answers() {
    demo_pid > /dev/null && [ -s "$DEMO_FOLDER/addresses" ] && grep -qF "$DEMO_URL/" "$DEMO_FOLDER/addresses" && answers
}

answers() {
    "$PYTHON" -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1], timeout=5)' "$DEMO_URL/web/health" 2> /dev/null
}

# --workers 0: the websocket then answers on the same port, so that no proxy is needed.
start_demo() {
    local pid
    odoo_config "$DEMO_FOLDER"
    mkdir -p "$DEMO_FOLDER/tmp"
    say "starting Odoo (log: $DEMO_FOLDER/odoo.log)"
    TMPDIR=$DEMO_FOLDER/tmp PYTHONWARNINGS=ignore::DeprecationWarning setsid "$VENV/bin/python" "$ODOO_BIN" server \
        -c "$DEMO_FOLDER/odoo.conf" -d "$DEMO_DB" --db-filter "^$DEMO_DB\$" --workers 0 --max-cron-threads 1 \
        > "$DEMO_FOLDER/odoo.log" 2>&1 < /dev/null {HELD}>&- {USING}>&- &
    pid=$!
    echo "$pid" > "$DEMO_FOLDER/pid"
    for _ in {1..120}; do
        ! answers || return 0
        kill -0 "$pid" 2> /dev/null || break
        sleep 0.5
    done
    tail -n 20 "$DEMO_FOLDER/odoo.log" >&2
    die "Odoo did not start: see $DEMO_FOLDER/odoo.log"
}

stop_demo() {
    local pid
    pid=$(demo_pid) || return 0
    kill "$pid"
    for _ in {1..40}; do
        kill -0 "$pid" 2> /dev/null || break
        sleep 0.25
    done
    kill -9 "$pid" 2> /dev/null || true
    rm -f "$DEMO_FOLDER/pid"
    say "demo server stopped"
}

cmd_stop() {
    data_folder
    stop_demo
    [ -n "${PGHOST:-}" ] || stop_postgres
}
