# shellcheck shell=bash
# ./dev test, i18n and bench.

# Odoo's own tests that run with our addon installed, by Odoo's runner: the flows that sell, take stock and close
# sessions. The whole of point_of_sale takes half an hour.
CORE_TESTS=(
    /point_of_sale:TestPointOfSale
    /point_of_sale:TestPoSSetup
    /point_of_sale:TestPosSimpleOrders
    /point_of_sale:TestPointOfSaleFlow
    # skips itself: it wants purchase
    -/point_of_sale:TestPointOfSaleFlow.test_reordering_rules_triggered_closing_pos
)

# And by pytest, because Odoo's runner first compiles all there is for browsers, of which these need a fifth: tours
# through the screens we touch. (Our test_hoot.py runs the Point of Sale's unit tests in the browser.)
CORE_TOURS=(
    TestUi::test_01_pos_basic_order
    TestUi::test_product_screen_tour
    TestUi::test_payment_screen_tour
    TestUi::test_07_pos_barcodes_scan
    TestUi::test_09_pos_barcodes_scan_product_packaging
    TestUi::test_GS1_pos_barcodes_scan
    TestUi::test_pos_closing_cash_details
    TestUi::test_chrome_without_cash_move_permission
    TestUi::test_order_refund_flow
    TestUi::test_lot
    TestUi::test_cash_in_out
    TestUi::test_draft_orders_not_syncing
    TestUi::test_sync_from_ui_one_by_one
    TestUi::test_product_info_product_inventory
    MobileTestUi::test_01_pos_basic_order
)

# Of the addon's own tests, those that run beside the others, after Odoo's: so many of those without
# a browser that both halves take about as long.
BESIDE_TESTS=(
    test_blind.py
    test_correction.py
    test_demo.py
    test_journal.py
    test_late_entries.py
    test_lots.py
    test_performance.py
    test_races.py
    test_races_stock.py
    test_rights.py
    test_scenarios.py
    test_scenarios_goods.py
    test_scenarios_stock.py
    test_state_machine.py
    test_transitions.py
)

OCA_FOLDER=$DATA/oca

prepare_tests() {
    # Chromium without a window's trappings: the same browser, which starts twice as fast.
    prepare_with_browser chromium-headless-shell
    hold "database-$TEST_DB"
    make_test_db
    COUNTS=$RUN/counts
    : > "$COUNTS"
    export STOCK_POS_COUNT_COUNTS=$COUNTS HYPOTHESIS_STORAGE_DIRECTORY=$DATA/cache/hypothesis
}

cmd_test() {
    prepare_tests
    case "${1:-all} $#" in
        "all "*)
            start_beside
            part test_addon "${BESIDE_TESTS[@]/#/--ignore-glob=*/}"
            part test_i18n
            finish_beside
            ;;
        "core 1")
            part test_core
            part run_pytest "${CORE_TOURS[@]/#/$(core_tours_file)::}"
            ;;
        "addon 1" | "i18n 1") part "test_$1" ;;
        *) part test_addon "$@" ;;
    esac
    print_counts
}

# Run one part. One that breaks before it could count its failures is one failure itself.
part() {
    local before
    before=$(count_failures)
    "$@" || [ "$(count_failures)" != "$before" ] || echo "0 1 0" >> "$COUNTS"
}

count_failures() { awk '{ failed += $2 + $3 } END { print failed + 0 }' "$COUNTS"; }

test_addon() {
    local argument path=$ROOT/$ADDON
    for argument in "$@"; do
        [ ! -e "${argument%%::*}" ] || path=
    done
    say "tests of $ADDON"
    run_pytest ${path:+"$path"} "$@"
}

# The log level "runbot" shows why a browser test failed; --show-capture=log keeps lines from coming twice. Plain
# asserts: ours and Odoo's are unittest's, and rewriting its files for better messages takes five seconds.
run_pytest() {
    "$VENV/bin/python" -m pytest -p no:cacheprovider --assert=plain --rootdir "$ROOT" --odoo-database="$TEST_DB" --odoo-http \
        --odoo-log-level=runbot --show-capture=log --tb=short -v --durations=10 "$@"
}

test_core() {
    local tags log=$DATA/logs/core-$TEST_DB.log
    tags=$(IFS=,; echo "${CORE_TESTS[*]}")
    say "Odoo's own tests with $ADDON installed (whole log: $log)"
    run_odoo server -d "$TEST_DB" --http-port "$(free_port)" --test-tags "$tags" --stop-after-init 2>&1 |
        "$VENV/bin/python" "$ROOT/tools/odoo_log.py" "$log" "$COUNTS"
}

# Odoo's own tests and some of ours run beside the others, on a copy of the database: one after the
# other leaves a core idle. Their output comes when all are through.
start_beside() {
    copy_db "$TEST_DB" "${TEST_DB}_beside"
    : > "$RUN/beside-counts"
    set -m # a process group of its own, so that an interrupted run can end all of it
    test_beside > "$RUN/beside-output" 2>&1 &
    BESIDE=$!
    set +m
    # "|| true": under "set -e" a trap that fails, as when nothing is left to end, fails the whole run.
    trap 'kill -- "-$BESIDE" 2> /dev/null || true; rm -rf "$RUN"' EXIT
}

test_beside() {
    COUNTS=$RUN/beside-counts TEST_DB=${TEST_DB}_beside
    export STOCK_POS_COUNT_COUNTS=$COUNTS
    part test_core
    part test_addon "${CORE_TOURS[@]/#/$(core_tours_file)::}" "${BESIDE_TESTS[@]/#/$ROOT/$ADDON/tests/}"
}

finish_beside() {
    say "waiting for the tests that run beside (log of Odoo's own: $DATA/logs/core-${TEST_DB}_beside.log)"
    wait "$BESIDE" || true
    cat "$RUN/beside-output"
    cat "$RUN/beside-counts" >> "$COUNTS"
    drop_db "${TEST_DB}_beside"
}

core_tours_file() { echo "${ODOO_ADDONS##*,}/point_of_sale/tests/test_frontend.py"; }

test_i18n() {
    say "translations of $ADDON"
    "$VENV/bin/python" "$ROOT/tools/translations.py" check "$(export_terms)" "$ROOT/$ADDON/i18n" "$COUNTS"
}

free_port() { "$PYTHON" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# Each part of the tests adds a line "passed failed skipped". The closing line is their sum.
print_counts() {
    awk '{ passed += $1; failed += $2; skipped += $3 }
         END {
             printf "%d passed, %d failed%s\n", passed, failed, skipped ? ", " skipped " skipped" : ""
             exit passed == 0 || failed || skipped
         }' "$COUNTS"
}

# Export the addon's terms; print the file's path.
export_terms() {
    STOCK_POS_COUNT_TERMS=$RUN/terms.pot run_odoo shell -d "$TEST_DB" --no-http --log-level=warn \
        < "$ROOT/tools/export_terms.py" > "$DATA/logs/i18n.log" 2>&1 && [ -s "$RUN/terms.pot" ] ||
        die "the export of the terms failed: see $DATA/logs/i18n.log"
    echo "$RUN/terms.pot"
}

cmd_i18n() {
    prepare
    hold "database-$TEST_DB"
    make_test_db
    "$VENV/bin/python" "$ROOT/tools/translations.py" update "$(export_terms)" "$ROOT/$ADDON/i18n"
}

# How soon a scan is on the screen: on a copy of the tests' database, dropped afterwards.
bench_screen() {
    local database=${TEST_DB}_screen status=0
    prepare_with_browser chromium
    hold "database-$TEST_DB"
    make_test_db
    copy_db "$TEST_DB" "$database"
    (cd "$ROOT" && "$VENV/bin/python" -m benchmarks.scan_to_screen --database "$database" "$@") || status=$?
    drop_db "$database"
    return "$status"
}

# The benchmarks' database is made again when the addon changed, and kept otherwise; they work on copies.
cmd_bench() {
    if [ "${1:-}" = screen ]; then
        shift
        bench_screen "$@"
        return
    fi
    prepare
    locked oca fetch_oca
    hold "database-$BENCH_DB"
    make_db_if_stale "$BENCH_DB"
    sed -i "s|^addons_path = .*|&,$OCA_FOLDER/odoo/addons|" "$ODOO_RC"
    cd "$ROOT" || exit
    STOCK_POS_COUNT_BENCH_DB=$BENCH_DB PYTHONWARNINGS=ignore::DeprecationWarning "$VENV/bin/python" -m benchmarks "$@"
}

# OCA's stock_inventory, to measure against: in a folder of its own, so that no other database can install it.
fetch_oca() {
    local requirements=$ROOT/benchmarks/requirements.txt
    ! cmp -s "$requirements" "$OCA_FOLDER/.stamp" || return 0
    say "OCA's stock_inventory"
    rm -rf "$OCA_FOLDER"
    "$VENV/bin/python" -m pip install --no-deps --target "$OCA_FOLDER" -r "$requirements" > "$DATA/logs/pip.log" 2>&1 || {
        tail -n 20 "$DATA/logs/pip.log" >&2
        die "pip install -r $requirements failed: see $DATA/logs/pip.log"
    }
    cp "$requirements" "$OCA_FOLDER/.stamp"
}
