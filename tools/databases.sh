# shellcheck shell=bash
# Databases: a cached template that holds what the addon depends on, and copies of it with the addon.

# Odoo's own option, or empty.
DEMO_DATA=--with-demo

sql() { psql -d postgres -qAtc "$1"; }

# Every name is checked, so it may stand in SQL as it is.
check_db_name() {
    [[ $1 =~ ^[a-zA-Z][a-zA-Z0-9_]{0,50}$ ]] || die "a database name has letters, digits and underscores and begins with a letter: '$1'"
}

db_exists() { [ "$(sql "select 1 from pg_database where datname = '$1'")" = 1 ]; }

drop_db() {
    dropdb --if-exists --force "$1" 2> /dev/null
    rm -rf "$DATA/filestore/$1"
}

# copy_db SOURCE TARGET: the database and its filestore.
copy_db() {
    drop_db "$2"
    createdb -T "$1" "$2"
    cp -a --reflink=auto "$DATA/filestore/$1" "$DATA/filestore/$2"
}

# template_modules [MODULE...]: the addons our addon depends on, with what its databases need besides.
template_modules() {
    "$PYTHON" - "$ROOT/$ADDON/__manifest__.py" "$@" << 'PYTHON'
import ast
import sys

depends = ast.literal_eval(open(sys.argv[1], encoding="utf-8").read())["depends"]
print(",".join(sorted({*depends, "point_of_sale", "stock_account", *sys.argv[2:]})))
PYTHON
}

# Sets TEMPLATE, and makes that database where it is missing. Its name is a hash of what is in it,
# and of the data folder, which holds its filestore.
use_template() {
    [ -f "$ROOT/$ADDON/__manifest__.py" ] || die "there is no addon in $ROOT/$ADDON"
    MODULES=${STOCK_POS_COUNT_MODULES:-$(template_modules)}
    TEMPLATE=template_$( {
        echo "$ODOO_VERSION $MODULES $DEMO_DATA $DATA"
        cat "$ODOO_LIB/odoo/addons/base/__manifest__.py" "${ODOO_ADDONS##*,}/point_of_sale/__manifest__.py"
    } | sha256sum | cut -c1-8)
    template_complete || locked template make_template
}

template_complete() { db_exists "$TEMPLATE" && [ -d "$DATA/filestore/$TEMPLATE" ]; }

# Gets its final name when it is complete. Nobody may connect: a connection would block copies.
make_template() {
    ! template_complete || return 0
    say "template database ($MODULES${DEMO_DATA:+, with demo data}): once, 1 to 2 minutes"
    if db_exists "$TEMPLATE"; then
        sql "alter database $TEMPLATE is_template false"
    fi
    drop_db "$TEMPLATE"
    drop_db "${TEMPLATE}_new"
    createdb -T template0 "${TEMPLATE}_new"
    run_odoo server -d "${TEMPLATE}_new" -i "$MODULES" ${DEMO_DATA:+"$DEMO_DATA"} --stop-after-init --no-http --log-level=warn
    mv "$DATA/filestore/${TEMPLATE}_new" "$DATA/filestore/$TEMPLATE"
    sql "alter database ${TEMPLATE}_new rename to $TEMPLATE"
    sql "alter database $TEMPLATE is_template true allow_connections false"
}

# The state of the addon that a database was made from; kept as the database's comment. The tests commit their shop.
addon_stamp() {
    echo "$TEMPLATE $(cd "$ROOT/$ADDON" && find . -type f -not -path './static/*' -not \( -path './tests/*' -not -name shop.py \) -not -path './i18n/*' -not -name '*.pyc' -print0 |
        sort -z | xargs -0 sha256sum | sha256sum | cut -c1-16)"
}

db_stamp() { sql "select shobj_description(oid, 'pg_database') from pg_database where datname = '$1'"; }

# make_db NAME: a fresh database with the addon.
make_db() {
    local stamp
    check_db_name "$1"
    use_template
    stamp=$(addon_stamp)
    copy_db "$TEMPLATE" "$1"
    say "database $1: installing $ADDON"
    run_odoo server -d "$1" -i "$ADDON" ${DEMO_DATA:+"$DEMO_DATA"} --stop-after-init --no-http --log-level=warn
    addon_installed "$1" || die "$ADDON was not installed in $1: see the log above"
    sql "comment on database $1 is '$stamp'"
}

addon_installed() {
    [ "$(psql -d "$1" -Atc "select state from ir_module_module where name = '$ADDON'")" = installed ]
}

# make_db_if_stale NAME: keep the database when the addon has not changed since it was made.
make_db_if_stale() {
    check_db_name "$1"
    use_template
    if db_exists "$1" && [ -d "$DATA/filestore/$1" ] && [ "$(db_stamp "$1")" = "$(addon_stamp)" ]; then
        return 0
    fi
    make_db "$1"
}

# The tests' database, if it is stale. Beside what the addon needs, the tests need kits (mrp) and employees at the
# register (pos_hr). No demo data: test_demo.py loads ours, and every page of a register would show Odoo's.
make_test_db() {
    DEMO_DATA=
    STOCK_POS_COUNT_MODULES=${STOCK_POS_COUNT_MODULES:-$(template_modules mrp pos_hr)} make_db_if_stale "$TEST_DB"
}

cmd_db() {
    [ $# = 1 ] || die "usage: ./dev db NAME"
    prepare
    hold "database-$1"
    make_db "$1"
    say "database $1 is ready: ./dev odoo server -d $1 --db-filter '^$1\$'"
}

cmd_update() {
    [ $# = 1 ] || die "usage: ./dev update NAME"
    prepare
    check_db_name "$1"
    db_exists "$1" || die "there is no database $1: ./dev db $1"
    run_odoo server -d "$1" -u "$ADDON" --stop-after-init --no-http --log-level=warn
}
