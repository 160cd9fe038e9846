#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""read_demo.py PROPTER SOURCE [-v]: how much of the ledger of claims (tests/demo/claims.json) reading finds in the demo's documents, and how much of
what it finds and links stands there. Prints bench lines."""
import json, os, re, subprocess, sys, tempfile

propter, source = sys.argv[1], sys.argv[2]
verbose = "-v" in sys.argv[3:]
pack = os.path.join(source, "ontology/packs/us-employment")
EMP, P = "https://w3id.org/propter/pack/us-employment#", "https://w3id.org/propter#"


def run(*args):
    done = subprocess.run([propter, "-g", graph, *args], capture_output=True, text=True)
    if done.returncode > 1:
        sys.exit(f"{args}: {done.stderr}")
    return done.stdout


def literal(text):
    return json.loads('"' + re.sub(r"\\'", "'", text) + '"')


graph = os.path.join(tempfile.mkdtemp(), "g")
run("load", os.path.join(source, "ontology/propter.ttl"), *[os.path.join(pack, f) for f in ("concepts.ttl", "metrics.ttl", "events.ttl")])
run("read", os.path.join(pack, "documents"))
nodes = {}
for line in run("export", "--format", "nquads").splitlines():
    m = re.match(r'<([^>]*)> <([^>]*)> (?:<([^>]*)>|"((?:[^"\\]|\\.)*)"\S*)', line)
    if m:
        value = m[3] if m[3] is not None else literal(m[4])
        nodes.setdefault(m[1], {}).setdefault(m[2].replace(P, ""), []).append(value)
metric_of = {n: v["concept"][0] for n, v in nodes.items() if "measure" in v and "concept" in v}
kind_of = {n: v["concept"][0] for n, v in nodes.items() if "start" in v and "concept" in v}
claims = [dict({k: v[0] for k, v in n.items()}, iri=i) for i, n in nodes.items() if "causeText" in n]


def words(text):
    return set(re.findall(r"[a-z0-9]+", text.lower()))


def overlap(a, b):
    a, b = words(a), words(b)
    return len(a & b) / max(1, min(len(a), len(b)))


def sector(iri):
    return metric_of.get(iri, iri)


ledger = json.load(open(os.path.join(source, "tests/demo/claims.json")))["claims"]
used, found = set(), {"sentence": 0, "cause": 0, "effect": 0, "both": 0, "direction": 0, "form": 0, "month": 0}
for want in ledger:
    cause, effect = (want.get(k, "").replace("emp:", EMP) if want.get(k) else None for k in ("cause", "effect"))
    near = [c for c in claims if c["document"].endswith("/" + want["document"]) and overlap(want["text"], c["quote"]) >= .7]

    def score(c):
        right_cause = c.get("cause") == cause or (cause in kind_of and c.get("cause") == kind_of[cause])
        right_effect = sector(c.get("effect")) == effect
        up = {P + "Increase": "up", P + "Decrease": "down"}.get(c.get("polarity"))
        right_direction = up == want.get("direction") or "direction" not in want
        form = "negated" if "negated" in c else "hedged" if float(c.get("hedge", 0)) >= .15 else "asserted"
        month = not want.get("from") or (c.get("effectStart", c.get("causeStart", ""))[:7] <= want.get("to", "9") and c.get("effectEnd", c.get("causeEnd", "0"))[:7] >= want["from"])
        return right_cause and right_effect, right_cause, right_effect, right_direction, form == want["form"], month

    best = max(near, key=lambda c: [bool(x) for x in score(c)], default=None)
    if best is None:
        if verbose:
            print("MISSED    ", want["id"], want["text"])
        continue
    s = score(best)
    used.update(c["iri"] for c in near if score(c)[0])
    for name, ok in zip(("both", "cause", "effect", "direction", "form", "month"), s):
        found[name] += bool(ok)
    found["sentence"] += 1
    if verbose and not all(s):
        print("INCOMPLETE", want["id"], [n for n, ok in zip(("both", "cause", "effect", "direction", "form", "month"), s) if not ok], want["form"], "\n     text  ", want["text"], "\n     want  ", want.get("cause"), want.get("effect"), want.get("direction"),
              want.get("from"), want.get("to"), "\n     found ", best["rule"], "|", best["causeText"], "|", best["effectText"], "|", str(best.get("cause")).replace(EMP, ""), str(best.get("effect")).replace(EMP, ""), str(best.get("polarity")).replace(P, ""), best.get("hedge"), best.get("negated"),
              best.get("effectStart"), best.get("effectEnd"))
linked = [c for c in claims if "cause" in c and "effect" in c]
quoted = [c for c in linked if any(c["document"].endswith("/" + w["document"]) and overlap(w["text"], c["quote"]) >= .7 for w in ledger)]
wrong = [c for c in linked if c["iri"] not in used]
if verbose:
    for c in wrong:
        print("UNLISTED  ", c["document"].rsplit("/", 1)[1], c["rule"], "|", c["causeText"], "|", c["effectText"], "|", c["cause"].replace(EMP, ""), c["effect"].replace(EMP, ""), "\n     ", c["quote"])
n = len(ledger)
for name in ("sentence", "cause", "effect", "both", "direction", "form", "month"):
    print(f"bench read-demo-recall-{name} {100 * found[name] / n:.1f} %")
print(f"bench read-demo-precision-linked {100 * (len(linked) - len(wrong)) / max(1, len(linked)):.1f} %")
print(f"bench read-demo-claims {len(claims)} claims")
