#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# fresh.sh [WORD...]: proves the README's first two commands on a bare Debian 12. Makes one with debootstrap in a temporary folder, mirror
# and proxy taken from this machine's apt configuration, copies the checked-in files into it and runs ./autogen.sh WORD there (default:
# demo, then check). Needs root and debootstrap. Not part of make check: it takes minutes and needs a mirror.
set -eu
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- demo check
[ "$(id -u)" -eq 0 ] || { echo 'fresh.sh: must be root (chroot, mount)' >&2; exit 2; }
command -v debootstrap >/dev/null 2>&1 || { echo 'fresh.sh: debootstrap is missing (Debian package debootstrap)' >&2; exit 75; }

mirror=$(sed -n 's/^URIs: *//p' /etc/apt/sources.list.d/*.sources 2>/dev/null | head -1)
[ -n "$mirror" ] || mirror=$(sed -n 's/^deb \(\[[^]]*\] \)*\([^ ]*\) .*/\2/p' /etc/apt/sources.list 2>/dev/null | head -1)
[ -n "$mirror" ] || { echo 'fresh.sh: no mirror in the apt configuration' >&2; exit 75; }

root=$(mktemp -d "${TMPDIR:-/tmp}/propter-fresh-XXXXXX")
chmod 755 "$root"
cleanup() { umount "$root/proc"; umount -R "$root/dev" 2>/dev/null || true; rm -rf --one-file-system "$root"; }
trap cleanup EXIT
trap 'exit 130' INT TERM

debootstrap --variant=minbase bookworm "$root" "$mirror" >"$root.log" 2>&1 || { tail -20 "$root.log" >&2; rm -f "$root.log"; exit 75; }
rm -f "$root.log"
cp -a /etc/apt/apt.conf.d/. "$root/etc/apt/apt.conf.d/"
[ ! -d /etc/apt/auth.conf.d ] || cp -a /etc/apt/auth.conf.d/. "$root/etc/apt/auth.conf.d/"
for f in /etc/resolv.conf /etc/hosts; do [ ! -f $f ] || cp -L $f "$root$f"; done
mkdir -p "$root/usr/local/share" "$root/etc/ssl/certs"
[ ! -f /etc/ssl/certs/ca-certificates.crt ] || cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev" && mount --make-rslave "$root/dev"
mkdir -p "$root/src/propter"
git archive HEAD | tar -x -C "$root/src/propter"
for word in "$@"; do
  echo "== ./autogen.sh $word"
  chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 ./src/propter/autogen.sh "$word" || { code=$?; echo "fresh.sh: ./autogen.sh $word failed with exit code $code" >&2; exit 1; }
done
echo "fresh.sh: passed:$(printf ' %s' "$@")"
