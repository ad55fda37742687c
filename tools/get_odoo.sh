#!/bin/bash
# get_odoo.sh FOLDER: download Odoo 19.0 from Debian and unpack it in FOLDER.
#
# Debian has odoo-19 in sid only. A private apt (its own sources, lists and status) fetches it with
# its signatures checked: this machine's apt and dpkg are untouched, and no root is needed.
set -euo pipefail

FOLDER=$1
RECORDED_VERSION=19.0.0+dfsg-1
RECORDED_SHA256=9d2f598b0555db17e291d48ed24df184c70823c053c4c5ed53c467ca7f629bbf
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg
# What symlinks in odoo-19 point to. From trixie: sid's newer versions renamed files.
ASSETS=(fonts-montserrat fonts-ocr-b fonts-roboto-unhinted fonts-inconsolata fonts-font-awesome
    libjs-jquery libjs-jquery-form libjs-underscore)

fail() {
    printf 'get_odoo: %s\n' "$*" >&2
    exit 1
}

mirror_of_this_machine() {
    {
        grep -hoP '^URIs:\s*\K\S+' /etc/apt/sources.list.d/*.sources
        grep -hoP '^deb\s+(\[.*?\]\s+)?\K\S+' /etc/apt/sources.list /etc/apt/sources.list.d/*.list
    } 2> /dev/null | grep -E '/debian/?$' | head -n 1 || true
}

MIRROR=${DEBIAN_MIRROR:-$(mirror_of_this_machine)}
[ -n "$MIRROR" ] || fail "this machine's apt configuration names no Debian mirror: set DEBIAN_MIRROR, or ODOO_PATH to a checkout of Odoo 19"
[ -f "$KEYRING" ] || fail "Debian's keys are missing: apt-get install debian-archive-keyring"

WORK=$FOLDER.new
rm -rf "$WORK"
mkdir -p "$WORK"/apt/{lists/partial,cache/archives/partial,preferences.d,sources.d,debs} "$WORK/root"
A=$WORK/apt
: > "$A/status"
printf 'deb [signed-by=%s] %s %s main\n' "$KEYRING" "$MIRROR" sid "$KEYRING" "$MIRROR" trixie > "$A/sources.list"
printf '%s\n' 'Package: *' 'Pin: release n=sid' 'Pin-Priority: 1' '' \
    'Package: odoo-19' 'Pin: release n=sid' 'Pin-Priority: 990' > "$A/preferences"
APT=(-qq -o Dir::Etc::sourcelist="$A/sources.list" -o Dir::Etc::sourceparts="$A/sources.d"
    -o Dir::Etc::preferences="$A/preferences" -o Dir::Etc::preferencesparts="$A/preferences.d"
    -o Dir::State="$A" -o Dir::State::lists="$A/lists" -o Dir::State::status="$A/status"
    -o Dir::Cache="$A/cache" -o Acquire::Languages=none -o Acquire::Retries=3
    -o Acquire::AllowInsecureRepositories=false -o APT::Get::AllowUnauthenticated=false)
[ "$(id -u)" != 0 ] || APT+=(-o APT::Sandbox::User=root)

apt-get "${APT[@]}" update || fail "the Debian mirror $MIRROR did not answer: set DEBIAN_MIRROR to another"
(cd "$A/debs" && apt-get "${APT[@]}" download odoo-19 "${ASSETS[@]}") ||
    fail "Debian's sid has no odoo-19 now: set ODOO_PATH to a checkout of Odoo 19"
sha256=$(sha256sum "$A"/debs/odoo-19_*.deb | cut -d' ' -f1)
[ "$sha256" = $RECORDED_SHA256 ] || printf 'get_odoo: note: newer than the recorded %s (sha256 %s)\n' $RECORDED_VERSION "$sha256" >&2

for deb in "$A"/debs/*.deb; do
    dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$WORK/root"
done
(cd "$A/debs" && sha256sum ./*.deb) > "$WORK/root/MANIFEST"

# Debian removed this file but web.assets_backend lists it: without it every page logs an error and
# every browser test fails.
stub=$WORK/root/usr/lib/python3/dist-packages/odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js
if [ ! -e "$stub" ]; then
    mkdir -p "$(dirname "$stub")"
    echo '/* not in the Debian package */' > "$stub"
fi

rm -rf "$FOLDER"
mv "$WORK/root" "$FOLDER"
rm -rf "$WORK"
