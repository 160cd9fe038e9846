#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# autogen.sh        generate configure
# autogen.sh check  install what is missing (Debian 12), configure, build, run the tests
# autogen.sh demo   install, configure and build likewise, then the main job on real input
set -eu
cd "$(dirname "$0")"

# Everything the build, the program and the tests need, as Debian packages.
packages='autoconf automake libtool pkg-config gcc libc6-dev make
  librdf0-dev libraptor2-dev librasqal3-dev redland-utils raptor2-utils
  liblmdb-dev libserd-dev libxml2-dev libpcre2-dev libopenblas-dev liblapacke-dev check
  libjansson-dev libical-dev libyaml-dev libsqlite3-dev libpq-dev unixodbc-dev libsqliteodbc libinih-dev libzip-dev libarchive-dev zlib1g-dev libxxhash-dev libseccomp-dev libutf8proc-dev libmd4c-dev libuchardet-dev libgmime-3.0-dev libstemmer-dev
  libmicrohttpd-dev libzstd-dev libsnappy-dev poppler-utils wordnet-base librsvg2-bin libcurl4-gnutls-dev'

say() { printf 'autogen.sh: %s\n' "$*" >&2; }

install_packages() {
  command -v dpkg-query >/dev/null 2>&1 || { say 'no dpkg-query: install the packages named in this file by hand'; return 0; }
  missing=
  for p in $packages; do
    dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null | grep -qx installed || missing="$missing $p"
  done
  [ -n "$missing" ] || return 0
  say "installing$missing"
  if [ "$(id -u)" -eq 0 ]; then as_root=; elif command -v sudo >/dev/null 2>&1; then as_root=sudo; else
    say "missing packages:$missing (neither root nor sudo: install them by hand)"; exit 75; fi
  export DEBIAN_FRONTEND=noninteractive
  # A bare machine has no package lists yet; an installed one keeps its own.
  $as_root apt-get -q update >/dev/null || { say 'apt-get update failed'; exit 75; }
  # shellcheck disable=SC2086
  $as_root apt-get -q install -y --no-install-recommends -o DPkg::Lock::Timeout=300 $missing >/dev/null || { say "apt-get install failed:$missing"; exit 75; }
}

generate() {
  for tool in autoreconf automake libtoolize; do
    command -v $tool >/dev/null 2>&1 || { say "missing tool: $tool (Debian packages autoconf, automake, libtool)"; exit 75; }
  done
  mkdir -p .autotools/m4
  autoreconf --install --force --warnings=all
}

build() {
  if [ ! -x configure ] || [ -n "$(find configure.ac Makefile.am engine ontology ingest query tests -name '*.am' -newer configure -o -name configure.ac -newer configure)" ]; then generate; fi
  mkdir -p build
  cd build
  [ -f config.status ] || ../configure --quiet ${CONFIGURE_FLAGS:-}
  make -s -j "$(nproc)"
}

case ${1:-} in
  '') generate ;;
  check) install_packages; build; make -s -j "$(nproc)" check ;;
  demo) install_packages; build; cd ..; exec tests/demo/run.sh build/query/propter ;;
  *) say "unknown word \"$1\": expected nothing, check or demo"; exit 2 ;;
esac
