p ingest metrics.ttl 2>&1 | head -40; p load knowledge.ttl 2>&1 | tail -3
for c in "detect" "detect --detectors" "infer" "links"; do echo "=== $c"; p $c > out 2>&1; echo "exit $?"; head -40 out | cut -c1-200; done
for m in orders twin double sum constant missing two infinite tiny huge jump dead never monthly clock; do echo "=== why $m"; p why "$m from 30 April to 6 May 2024" > out 2>&1; echo "exit $?"; head -7 out | cut -c1-200; done
