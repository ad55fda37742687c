# shellcheck shell=bash
# PostgreSQL: the caller's own server when PGHOST is set, otherwise a private cluster in the data
# folder, reached by a Unix socket only.

PG_FOLDER=$DATA/postgres

pg_bin() {
    local bin
    for bin in "${PG_BIN:-}" $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV) "$(dirname "$(command -v initdb || echo /none)")"; do
        if [ -x "$bin/initdb" ]; then
            echo "$bin"
            return 0
        fi
    done
    return 1
}

# PostgreSQL refuses to run as root. / because postgres may not enter the caller's folder.
as_postgres() {
    if [ "$(id -u)" = 0 ]; then
        (cd / && runuser -u postgres -- env -u TMPDIR "$@")
    else
        "$@"
    fi
}

use_postgres() {
    if [ -z "${PGHOST:-}" ]; then
        export PGHOST=$PG_FOLDER/run PGPORT=5432 PGUSER=odoo
        locked postgres start_postgres
    fi
    exec {USING}> "$DATA/locks/using"
    flock -s "$USING"
    export PGPORT=${PGPORT:-5432} PGUSER=${PGUSER:-$(id -un)}
    psql -d postgres -qAtc "select 1" > /dev/null || die "PostgreSQL does not answer at $PGHOST:$PGPORT for user $PGUSER (with database postgres)"
}

start_postgres() {
    local bin state
    bin=$(pg_bin) || die "no PostgreSQL server found: apt-get install postgresql, or set PGHOST"
    if [ ! -f "$PG_FOLDER/db/PG_VERSION" ]; then
        say "PostgreSQL cluster in $PG_FOLDER"
        rm -rf "$PG_FOLDER"
        mkdir -p "$PG_FOLDER/run"
        [ "$(id -u)" != 0 ] || chown -R postgres: "$PG_FOLDER"
        as_postgres "$bin/initdb" -D "$PG_FOLDER/db" -U odoo -A trust -E UTF8 --locale=C --lc-ctype=C.UTF-8 --no-sync > "$DATA/logs/initdb.log"
    fi
    ! "$bin/pg_isready" -q || return 0
    state=$(LC_ALL=C as_postgres "$bin/pg_controldata" -D "$PG_FOLDER/db")
    # a cluster of tests and demos: no durability; mmap because /dev/shm is small in containers
    as_postgres "$bin/pg_ctl" -D "$PG_FOLDER/db" -w -s -l "$PG_FOLDER/log" start -o "-k $PG_FOLDER/run -p 5432 \
        -c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c jit=off \
        -c shared_buffers=256MB -c max_connections=200 -c dynamic_shared_memory_type=mmap" 9>&- || {
        tail -n 20 "$PG_FOLDER/log" >&2
        die "PostgreSQL did not start: see $PG_FOLDER/log"
    }
    [[ $state = *" shut down"* ]] || distrust_databases
}

# Without fsync a machine that stops may leave some of a transaction, such as rows without their sequence. What can be
# made again will be (a database without its stamp is); the data of the demo shop are its user's.
distrust_databases() {
    local name
    say "PostgreSQL was not shut down: templates and the tests' databases will be made again. The demo shop is kept;" \
        "if it misbehaves: ./dev demo --fresh"
    for name in $(sql "select datname from pg_database where shobj_description(oid, 'pg_database') like 'template\\_%'"); do
        sql "comment on database $name is null"
    done
    for name in $(sql "select datname from pg_database where datname like 'template\\_%'"); do
        sql "alter database $name is_template false"
        drop_db "$name"
    done
}

# Only when nobody uses it: someone else may run tests on the same cluster, with ./dev (every run that
# uses the cluster shares the lock "using") or without.
stop_postgres() {
    [ -f "$PG_FOLDER/db/postmaster.pid" ] || return 0
    exec {USING}> "$DATA/locks/using"
    flock -n "$USING" || {
        say "PostgreSQL goes on: another run of ./dev uses it"
        return 0
    }
    local users
    users=$(PGHOST=$PG_FOLDER/run PGPORT=5432 PGUSER=odoo psql -d postgres -Atc \
        "select count(*) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()") || return 0
    if [ "$users" != 0 ]; then
        say "PostgreSQL goes on: $users connections of other runs"
        return 0
    fi
    as_postgres "$(pg_bin)/pg_ctl" -D "$PG_FOLDER/db" -m fast -s stop
    say "PostgreSQL stopped"
}
