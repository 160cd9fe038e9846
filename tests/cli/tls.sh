#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# propter serve over TLS, with an authority and certificates made here: handshakes of curl and openssl, what is refused, plain text on the port, the end of the connection.
. "$srcdir/tests/cli/tap.sh"
for tool in openssl curl; do command -v $tool >/dev/null 2>&1 || { echo "1..0 # SKIP $tool is not installed"; exit 0; }; done
t=$(mktemp -d "${TMPDIR:-/tmp}/propter-tls-XXXXXX"); server=; trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$t"' EXIT
cd "$t" || exit 99
no_proxy='*'; export no_proxy

certificate() { # name, subject alternative name, days
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -subj "/CN=$1" -out "$1.req" 2>/dev/null &&
    printf 'subjectAltName=%s\n' "$2" >"$1.ext" && openssl x509 -req -in "$1.req" -CA ca.pem -CAkey ca.key -CAcreateserial -days "$3" -extfile "$1.ext" -out "$1.pem" 2>/dev/null
}
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -subj '/CN=test authority' -days 2 -out ca.pem 2>/dev/null
certificate here 'IP:127.0.0.1,DNS:localhost' 2 && certificate other 'DNS:other.example' 2 || { echo '1..0 # SKIP openssl makes no certificates here'; exit 0; }
printf '<http://x/a> <http://x/p> 1 .\n' >a.ttl; "$PROPTER" -g g load a.ttl >/dev/null
printf 'write writing-token-01\n' >tokens; chmod 600 tokens

expect 'a certificate of another key' 3 '' "$PROPTER" -g g serve --port 0 --certificate here.pem --key other.key
expect 'a file that is no certificate' 3 '' "$PROPTER" -g g serve --port 0 --certificate a.ttl --key here.key
serve() { # certificate: sets port
  rm -f where
  "$PROPTER" -g g serve --port 0 --token-file tokens --certificate "$1.pem" --key "$1.key" >where 2>errors & server=$!
  filled where
  port=$(sed -n 's|^https://127.0.0.1:\([0-9]*\)/$|\1|p' where)
  case $port in ''|0) not_ok 'says where it listens' "$(cat where errors)"; echo "1..$n"; exit 1 ;; esac
}
serve here
get() { curl -sS --max-time 20 --cacert ca.pem "$@"; }
expect 'health, the certificate checked' 0 '"status":"ok"' get "https://127.0.0.1:$port/health"
expect 'by name' 0 '"status":"ok"' get "https://localhost:$port/health"
expect 'a query' 0 'http://x/p,1' get "https://127.0.0.1:$port/sparql?format=csv&query=SELECT*%7B?s?p?o%7D"
expect 'an update with a token' 0 '"added":1' get -H 'Authorization: Bearer writing-token-01' -H 'Content-Type: application/sparql-update' --data 'INSERT DATA { <http://x/b> <http://x/p> 2 }' "https://127.0.0.1:$port/sparql"
expect 'without it none' 0 '401' get -o none -w '%{http_code}' -H 'Content-Type: application/sparql-update' --data 'CLEAR ALL' "https://127.0.0.1:$port/sparql"
expect 'TLS 1.3' 0 'TLSv1.3' openssl s_client -connect "127.0.0.1:$port" -CAfile ca.pem -verify_return_error -brief
expect 'TLS 1.2' 0 'TLSv1.2' openssl s_client -connect "127.0.0.1:$port" -CAfile ca.pem -verify_return_error -brief -tls1_2
out=$(openssl s_client -connect "127.0.0.1:$port" -CAfile ca.pem -brief -tls1_1 -cipher 'ALL:@SECLEVEL=0' 2>&1 </dev/null); [ $? -ne 0 ] && ok 'TLS 1.1 is refused' || not_ok 'TLS 1.1 is refused' "$out"
out=$(curl -sS --max-time 20 "https://127.0.0.1:$port/health" 2>&1); [ $? -eq 60 ] && ok 'who does not know the authority does not talk' || not_ok 'an unknown authority' "$out"
out=$(curl -sS --max-time 20 "http://127.0.0.1:$port/health" 2>&1); [ $? -ne 0 ] && ok 'plain text gets no answer' || not_ok 'plain text gets no answer' "$out"
printf 'not a handshake at all, and long enough to be sure of it\r\n\r\n' | timeout 20 openssl s_client -connect "127.0.0.1:$port" -quiet >/dev/null 2>&1
expect 'and the server goes on' 0 '"status":"ok"' get "https://127.0.0.1:$port/health"
i=0; while [ $i -lt 20 ]; do (get -o /dev/null -w '%{http_code}\n' "https://127.0.0.1:$port/health" >>codes 2>&1 &); i=$((i + 1)); done
i=0; while [ "$(wc -l <codes)" -lt 20 ] && [ $i -lt 400 ]; do sleep 0.05; i=$((i + 1)); done
[ "$(grep -c '^200$' codes)" -eq 20 ] && ok 'twenty handshakes at once' || not_ok 'twenty handshakes at once' "$(sort codes | uniq -c)"
kill -TERM "$server"; wait "$server"; code=$?; server=
[ $code -eq 0 ] && ok 'SIGTERM ends it well' || not_ok "SIGTERM: exit $code" "$(cat errors)"
serve other
out=$(curl -sS --max-time 20 --cacert ca.pem "https://127.0.0.1:$port/health" 2>&1); [ $? -eq 60 ] && ok 'a certificate of another name is seen through' || not_ok 'another name' "$out"
echo "1..$n"
