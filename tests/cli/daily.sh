#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Sixty daily files of a shop ($PROPTER_DATA/ingest/online-retail-daily), one more each night: the graph is that of one full load; so it is after a day was corrected
# and another taken away.
. "$srcdir/tests/cli/tap.sh"
data=${PROPTER_DATA:-}/ingest/online-retail-daily
if [ -z "${PROPTER_DATA:-}" ] || [ ! -d "$data" ]; then skip 'sixty nights' 'PROPTER_DATA is not set'; echo "1..$n"; exit 0; fi
dir=$(mktemp -d) || exit 99
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 99
export LC_ALL=C
mkdir days
cat >m.yml <<'END'
prefixes: {ex: "https://ex.org/", xsd: "http://www.w3.org/2001/XMLSchema#"}
mappings:
  line:
    sources: [["days/*.csv~csv"]]
    s: ex:line/$(InvoiceNo)/$(StockCode)
    po:
      - [a, ex:Line]
      - [ex:quantity, $(Quantity), xsd:integer]
      - [ex:price, $(UnitPrice), xsd:decimal]
      - [ex:at, $(InvoiceDate)]
      - [ex:customer, ex:customer/$(CustomerID)~iri]
      - [ex:product, ex:product/$(StockCode)~iri]
  product:
    sources: [["days/*.csv~csv"]]
    s: ex:product/$(StockCode)
    po: [[ex:description, $(Description)]]
END
dump() { "$PROPTER" -g "$1" export --format nquads | grep -v 'w3id.org/propter/run/' | sort >"$1.nq"; }
as_full() { # name
  rm -rf full
  "$PROPTER" -g full ingest m.yml >/dev/null 2>&1
  dump nightly; dump full
  alike "$1" nightly.nq full.nq
}
night=0
for file in "$data"/2*.csv; do
  cp "$file" days/; night=$((night + 1))
  "$PROPTER" -g nightly ingest --incremental m.yml >out 2>&1 || not_ok "night $night" "$(cat out)"
  case $night in 1|20|40) as_full "night $night" ;; esac
done
same 'all files were read' "$night" 60
as_full 'the last night'
sed -i '3s/,6,/,7,/' days/2010-12-01.csv; rm days/2011-01-10.csv
expect 'a correction and a day less' 0 'are those of the last run' "$PROPTER" -g nightly ingest --incremental m.yml
as_full 'are those of a full load, too'
if [ "$(wc -l <nightly.nq)" -gt 300000 ]; then ok 'nothing is empty'; else not_ok 'the graph is small' "$(wc -l <nightly.nq)"; fi
echo "1..$n"
