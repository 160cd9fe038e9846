#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""realdocs.py PROPTER FOLDER [draw NAME N SEED [LEAST]]: reads the real documents of a folder and scores the claims that were judged by hand
(realdocs_verdicts.tsv): share right from belief .8 on, Brier score, a reliability table. `draw` prints N claims of belief LEAST (.8) or more that
nobody has judged, as rows for that table with the verdict left to fill in, each followed by its words, which the table must not hold."""
import hashlib, os, random, re, subprocess, sys, tempfile

propter, folder = sys.argv[1:3]
P = "https://w3id.org/propter#"
here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "../../ingest/learn/sources.def")) as table:
    learned = re.compile("/(?:" + "|".join(map(re.escape, re.findall(r'^SOURCE\("([^"]+)"', table.read(), re.M))) + ")/")


def digest(text, digits):
    return hashlib.sha256(text.encode()).hexdigest()[:digits]


def read():
    with tempfile.TemporaryDirectory() as work:
        graph = os.path.join(work, "g")
        done = subprocess.run([propter, "-g", graph, "read", folder], capture_output=True, text=True)
        if done.returncode > 2 and "rejected" not in done.stderr + done.stdout:
            sys.exit(done.stderr)
        text = subprocess.run([propter, "-g", graph, "export", "--format", "nquads"], capture_output=True, text=True).stdout
    nodes = {}
    for line in text.splitlines():
        m = re.match(r'<([^>]*)> <([^>]*)> (?:<([^>]*)>|"((?:[^"\\]|\\.)*)"\S*)', line)
        if m:
            value = m[3] if m[3] is not None else m[4].encode("latin-1", "backslashreplace").decode("unicode_escape") if "\\" in m[4] else m[4]
            nodes.setdefault(m[1], {})[m[2].replace(P, "")] = value
    claims = {}
    for n in nodes.values():
        if "causeText" in n or "effectText" in n:
            n["words"] = digest("\n".join((n["quote"], n.get("causeText", ""), n.get("effectText", ""))), 24)
            claims[(digest(n["document"], 16), n["words"])] = n
    return claims


claims = read()
rows = [l.rstrip("\n").split("\t") for l in open(os.path.join(here, "realdocs_verdicts.tsv")) if not l.startswith("#")][1:]
judged = {(r[1], r[4]): r for r in rows}
if sys.argv[3:4] == ["draw"]:
    name, count, seed = sys.argv[4], int(sys.argv[5]), int(sys.argv[6])
    least = float(sys.argv[7]) if len(sys.argv) > 7 else .8
    free = sorted(k for k, c in claims.items() if k not in judged and float(c["confidence"]) >= least)
    for k in random.Random(seed).sample(free, min(count, len(free))):
        c = claims[k]
        print(name, k[0], c["charStart"], c["charEnd"], k[1], c["rule"], "?", sep="\t")
        print("#", c["confidence"], "NOT" if "negated" in c else "", "|", c.get("causeText"), "=>", c.get("effectText"), "|", c["quote"].replace("\n", " "))
    sys.exit()
print(f"# {len(claims)} claims, {sum(float(c['confidence']) >= .8 for c in claims.values())} of belief .8 or more")
for name in sorted({r[0] for r in rows}) + ["apart"]:
    mine = [(k, r) for k, r in judged.items() if r[0] == name or name == "apart"]
    pairs = [(float(claims[k]["confidence"]), r[6] == "right" or r[6] == "direction" and not {"polarity", "negated"} & claims[k].keys()) for k, r in mine if k in claims and (name != "apart" or not learned.search(claims[k]["document"]))]
    sure = [right for belief, right in pairs if belief >= .8]
    print(f"bench realdocs-{name}-precision {100 * sum(sure) / max(1, len(sure)):.1f} %  # of {len(sure)} judged claims of belief .8 or more; "
          f"{len(pairs)} of {len(mine)} judged are still read")
    print(f"bench realdocs-{name}-brier {sum((b - r) ** 2 for b, r in pairs) / max(1, len(pairs)):.3f}")
    for low in range(10):
        part = [p for p in pairs if low == min(9, int(p[0] * 10))]
        if part:
            mean, right = sum(b for b, _ in part) / len(part), sum(r for _, r in part) / len(part)
            print(f"# belief {low / 10:.1f} to {low / 10 + .1:.1f}: {len(part):4} claims, mean {mean:.2f}, right {right:.2f}")
