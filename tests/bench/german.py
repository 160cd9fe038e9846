#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""german.py PROPTER [-v]: reads the sentences of german.tsv, each as a document, and scores their claims. One is right if its cause and its effect share half or
more of their words (intersection over union) with those of a claim that nothing else was matched with; exact if they are the same. -v shows the mistakes."""
import collections, csv, io, os, re, subprocess, sys, tempfile

propter, shown = sys.argv[1], "-v" in sys.argv
here = os.path.dirname(os.path.abspath(__file__))
rows = [line.rstrip("\n").split("\t") for line in open(os.path.join(here, "german.tsv"), encoding="utf-8") if not line.startswith("#")]
QUERY = "PREFIX p: <https://w3id.org/propter#> SELECT ?document ?cause ?effect { ?c p:document ?document ; p:causeText ?cause ; p:effectText ?effect }"

with tempfile.TemporaryDirectory() as work:
    graph, docs = os.path.join(work, "g"), os.path.join(work, "docs")
    os.mkdir(docs)
    for i, row in enumerate(rows):
        with open(os.path.join(docs, f"{i:03}.txt"), "w", encoding="utf-8") as f:
            f.write(row[0] + "\n")
    subprocess.run([propter, "-g", graph, "read", "--language", "de", docs], capture_output=True, check=True)
    answer = subprocess.run([propter, "-g", graph, "query", "--format", "csv", QUERY], capture_output=True, text=True, check=True).stdout
found = collections.defaultdict(list)
for claim in csv.DictReader(io.StringIO(answer)):
    found[int(re.search(r"(\d+)\.txt$", claim["document"])[1])].append((claim["cause"], claim["effect"]))


def shared(a, b):
    a, b = set(re.findall(r"\w+", a.lower())), set(re.findall(r"\w+", b.lower()))
    return len(a & b) / max(1, len(a | b))


right = exact = wanted = got = 0
for i, row in enumerate(rows):
    free, before = [tuple(cell.split(" => ")) for cell in row[1:] if cell], right
    wanted, got = wanted + len(free), got + len(found[i])
    for claim in sorted(found[i]):
        best = max(free, key=lambda g: min(shared(claim[0], g[0]), shared(claim[1], g[1])), default=None)
        if best and min(shared(claim[0], best[0]), shared(claim[1], best[1])) >= 0.5:
            free.remove(best)
            right, exact = right + 1, exact + (claim == best)
    if shown and (free or right - before < len(found[i])):
        print(row[0], "\n  missed", free, "\n  found ", found[i])
p, r = right / max(1, got), right / max(1, wanted)
print(f"bench reading-german-precision {100 * p:.1f} %  # {right} of {got} claims in {len(rows)} sentences, {exact} exact")
print(f"bench reading-german-recall {100 * r:.1f} %  # of {wanted} claims")
