# shellcheck shell=bash
# Settings and small helpers. Sourced by ./dev, which sets ROOT.
# shellcheck disable=SC2034  # the other files use them

ADDON=stock_pos_count

# The default lies in /var/tmp because the postgres user must reach it even when root's clone is in
# /root, and because the paths of Unix sockets below it must stay short.
DATA=${STOCK_POS_COUNT_DATA:-/var/tmp/$ADDON-$(id -un)-$(printf %s "$ROOT" | sha256sum | cut -c1-8)}
PORT=${STOCK_POS_COUNT_PORT:-8069}
HOST=${STOCK_POS_COUNT_HOST:-127.0.0.1}
DEMO_DB=${STOCK_POS_COUNT_DEMO_DB:-demo}
TEST_DB=${STOCK_POS_COUNT_TEST_DB:-test}
BENCH_DB=${STOCK_POS_COUNT_BENCH_DB:-benchmark}
PYTHON=${PYTHON:-python3}

say() { printf '== [%3ss] %s\n' "$SECONDS" "$*" >&2; }

die() {
    printf 'dev: %s\n' "$*" >&2
    exit 1
}

# Create the data folder, and RUN in it: a folder of this run alone, removed at its end. Chromium
# and odoo.tests leave profiles in TMPDIR, so it is ours and not shared with other runs.
data_folder() {
    [ -z "${RUN:-}" ] || return 0
    [[ $DATA = /* ]] || die "STOCK_POS_COUNT_DATA must be an absolute path: $DATA"
    [ ${#DATA} -le 70 ] || die "the data folder's path is too long for Unix sockets (70 characters at most): set STOCK_POS_COUNT_DATA to a shorter one than $DATA"
    mkdir -p "$DATA" || die "cannot create the data folder: set STOCK_POS_COUNT_DATA to a folder you may write"
    [ -O "$DATA" ] || die "$DATA belongs to another user: set STOCK_POS_COUNT_DATA to a folder of your own"
    chmod 755 "$DATA"
    mkdir -p "$DATA"/{bin,cache,demo,filestore,locks,logs,tmp}
    RUN=$(mktemp -d "$DATA/tmp/XXXXXX")
    trap 'rm -rf "$RUN"' EXIT
    export TMPDIR=$RUN PIP_CACHE_DIR=$DATA/cache/pip PIP_DISABLE_PIP_VERSION_CHECK=1 UV_CACHE_DIR=$DATA/cache/uv UV_SYSTEM_CERTS=1
    # Whatever the caller's habit: compiling Odoo's source is a third of what each of its many starts takes.
    export PYTHONDONTWRITEBYTECODE='' PYTHONPYCACHEPREFIX=$DATA/cache/python
}

# locked NAME COMMAND...: run COMMAND while no other run holds NAME. COMMAND runs in a subshell: it
# cannot set variables, and a daemon it starts must close descriptor 9.
locked() {
    local name=$1
    shift
    (
        flock -n 9 || {
            say "waiting for another run ($name)"
            flock 9
        }
        "$@"
    ) 9> "$DATA/locks/$name"
}

# Hold NAME until this run ends. A process that outlives the run must close descriptor HELD.
hold() {
    exec {HELD}> "$DATA/locks/$1"
    flock -n "$HELD" || {
        say "waiting for another run that uses $1"
        flock "$HELD"
    }
}
