# SPDX-License-Identifier: Apache-2.0
"""What sparql.py asks: BSBM explore mixes with parameters drawn from the data, and instances of the 17 graph shapes of WGPB found by random walks."""
import os
import random
import re

BSBM = "http://www4.wiwiss.fu-berlin.de/bizer/bsbm/v01/"
VOC, INST = BSBM + "vocabulary/", BSBM + "instances/"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
LINE = re.compile(r"<([^>]*)> <([^>]*)> (.*) \.$")


class Products:
    """What the parameters of the explore queries are drawn from."""

    def __init__(self, file):
        self.types, self.features, self.reviews, self.offers = {}, {}, [], []
        with open(file) as lines:
            for line in lines:
                found = LINE.match(line)
                if not found:
                    continue
                s, p, o = found.groups()
                if p == VOC + "productFeature":
                    self.features.setdefault(s, []).append(o)
                elif p == TYPE and "/Product" in s and o.startswith("<" + INST):
                    self.types.setdefault(s, []).append(o)
                elif p == VOC + "reviewFor":
                    self.reviews.append(f"<{s}>")
                elif p == VOC + "product":
                    self.offers.append(f"<{s}>")
        self.types = {s: o for s, o in self.types.items() if s in self.features}
        self.products = sorted(self.types)

    def draw(self, rng):
        """A value for each parameter; type and features belong to one product, so that they go together."""
        of = rng.choice(self.products)
        value = {f"ProductFeature{i}": rng.choice(self.features[of]) for i in (1, 2, 3)}
        value |= {"ProductType": rng.choice(self.types[of]), "x": str(rng.randint(1, 500)), "y": str(rng.randint(1, 500)),
                  "ProductXYZ": f"<{rng.choice(self.products)}>", "ReviewXYZ": rng.choice(self.reviews), "OfferXYZ": rng.choice(self.offers),
                  "currentDate": f'"2008-06-{rng.randint(1, 28):02}T00:00:00"^^<http://www.w3.org/2001/XMLSchema#dateTime>'}
        return value


def explore_mix(folder, products, rng):
    """The 25 queries of one mix."""
    order = open(os.path.join(folder, "querymix.txt")).read().split()
    queries = []
    for number in order:
        text = open(os.path.join(folder, f"query{number}.txt")).read().replace("\n----\n", "\n")
        value = products.draw(rng)
        queries.append(re.sub(r"%(\w+)%", lambda m: value[m.group(1)], text))
    return queries


def write_social(file, nodes, edges, seed):
    """A graph with what BSBM lacks, cycles: communities of 60, popular nodes, 24 predicates of falling frequency."""
    rng = random.Random(seed)
    weight = [1 / (i + 1) for i in range(24)]
    predicates = rng.choices(range(24), weight, k=edges)
    with open(file, "w") as f:
        for p in predicates:
            a = rng.randrange(nodes)
            near = rng.random() < 0.8
            b = (a // 60 * 60 + int(60 * rng.random() ** 2)) % nodes if near else int(nodes * rng.random() ** 3)
            f.write(f"<http://example.org/n/{a}> <http://example.org/p/{p}> <http://example.org/n/{b}> .\n")


class Walks:
    """Random instances of a shape: its triples are matched one by one against random neighbours until all variables stand for nodes."""

    def __init__(self, file, most=2000000):
        self.out, self.into, self.edges = {}, {}, []
        with open(file) as lines:
            for n, line in enumerate(lines):
                found = LINE.match(line)
                if not found or n >= most:
                    continue
                s, p, o = found.groups()
                s = f"<{s}>"
                self.out.setdefault(s, []).append((p, o))
                self.into.setdefault(o, []).append((p, s))
                self.edges.append((s, p, o))

    def instance(self, shape, rng):
        for _ in range(20000):
            bound, chosen = {}, []
            for a, b in shape:
                if a in bound and b in bound:
                    near = [(p, o) for p, o in self.out.get(bound[a], ()) if o == bound[b]]
                elif a in bound:
                    near = self.out.get(bound[a], ())
                elif b in bound:
                    near = self.into.get(bound[b], ())
                else:
                    s, p, o = rng.choice(self.edges)
                    bound[a], near = s, [(p, o)]
                if not near:
                    break
                p, node = rng.choice(near)
                if b in bound:
                    bound.setdefault(a, node)
                else:
                    bound[b] = node
                chosen.append(p)
            else:
                text = " . ".join(f"{a} <{p}> {b}" for (a, b), p in zip(shape, chosen))
                return f"SELECT * WHERE {{ {text} }} LIMIT 1000"
        return None


def shapes(folder):
    """Name → pairs of variables, from the first pattern of each file."""
    found = {}
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name)) as f:
            found[name[:-4]] = re.findall(r"(\?\w+) <[^>]*> (\?\w+)", f.readline())
    return found
