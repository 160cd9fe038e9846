# SPDX-License-Identifier: Apache-2.0
"""make differential: random queries over random graphs, answered by propter, Oxigraph and Jena, two engines that share nothing with ours or each other. A seed
gives the same graphs and queries again. A peer whose answer is not ours is a difference, also where the other peer agrees with us: the query is made smaller (parts of
it are left out while the difference stays one) and must then match a rule of differential.tsv, which says why the answers differ and where the standard says which is
right. What no rule explains is printed with the smallest graph that shows it, and the exit code is 1.
Left out of the queries on purpose is what the standard leaves open: < and > of what cannot be compared, MIN and MAX across types, SAMPLE, CONCAT orders, a query
form inside EXISTS that needs substitution to be defined. LIMIT is compared by the number of rows. Numbers compare by value."""
import argparse
import collections
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

import peers

P = "http://example.org/"
PREFIX = f"PREFIX : <{P}>\nPREFIX xsd: <http://www.w3.org/2001/XMLSchema#>\n"
VARIABLES = ["?a", "?b", "?c", "?d", "?e"]
NUMBERS = ["0", "1", "2", "3", "-4", "1.5", "2.0", "-0.5", "1.0e0", "2.5e1"]
LITERALS = NUMBERS + ['"x"', '"y"', '"Xy z"', '"x"@en', '"y"@de', '""', "true", "false"]


# --- graphs ---------------------------------------------------------------------------------------------------------------

def write_literal(text):
    kind = ("boolean" if text in ("true", "false") else "double" if "e" in text and text[0] != '"' else
            "decimal" if "." in text and text[0] != '"' else "integer")
    return text if text[0] == '"' else f'"{text}"^^<http://www.w3.org/2001/XMLSchema#{kind}>'


def make_graph(rng):
    """Quads as lines of N-Quads: few nodes, so that patterns meet; :v has only numbers."""
    nodes, quads = [f"<{P}n{i}>" for i in range(rng.randint(3, 8))], set()
    for _ in range(rng.randint(8, 60)):
        s, p = rng.choice(nodes), rng.randrange(6)
        o = write_literal(rng.choice(NUMBERS)) if p == 4 else write_literal(rng.choice(LITERALS)) if p == 5 or rng.random() < 0.1 else rng.choice(nodes)
        name = "v" if p == 4 else f"p{p}"
        graph = rng.choice(["", "", "", f" <{P}g1>", f" <{P}g2>"])
        quads.add(f"{s} <{P}{name}> {o}{graph} .\n")
    return sorted(quads)


# --- queries: nested lists, so that shrinking can leave parts out ------------------------------------------------------------

class Maker:
    def __init__(self, rng):
        self.rng, self.fresh = rng, 0

    def node(self):
        return f":n{self.rng.randrange(9)}"

    def term(self, literals=True):
        roll = self.rng.random()
        return self.rng.choice(VARIABLES) if roll < 0.88 else self.rng.choice(LITERALS) if literals and roll < 0.92 else self.node()

    def path(self, depth=0):
        r, roll = self.rng, self.rng.random()
        plain = f":p{r.randrange(4)}"
        if depth > 2 or roll < 0.3:
            return plain
        if roll < 0.45:
            return f"({self.path(depth + 1)}){r.choice('*+?')}"
        if roll < 0.6:
            return f"({self.path(depth + 1)}/{self.path(depth + 1)})"
        if roll < 0.75:
            return f"({self.path(depth + 1)}|{self.path(depth + 1)})"
        if roll < 0.9:
            return f"^({self.path(depth + 1)})"
        return r.choice([f"!{plain}", f"!^{plain}", f"!({plain}|:v)"])

    def triple(self):
        r, roll = self.rng, self.rng.random()
        if roll < 0.12:
            return [f"{self.term(False)} {self.path()} {self.term()} ."]
        predicate = r.choice(VARIABLES) if roll < 0.2 else r.choice([":p0", ":p1", ":p2", ":p3", ":v", ":p5"])
        return [f"{self.term(False)} {predicate} {self.term()} ."]

    def value(self, depth=0):
        r, roll = self.rng, self.rng.random()
        if depth > 2 or roll < 0.45:
            return r.choice(VARIABLES) if r.random() < 0.7 else r.choice(LITERALS + [self.node()])
        if roll < 0.65:
            return f"({self.value(depth + 1)} {r.choice('+-*/')} {self.value(depth + 1)})"
        a = self.value(depth + 1)
        return r.choice([f"STR({a})", f"STRLEN(STR({a}))", f"IF({self.condition(depth + 1)}, {a}, {self.value(depth + 1)})", f"COALESCE({a}, {self.value(depth + 1)})",
                         f"UCASE(STR({a}))", f"ABS({a})", f"CEIL({a})", f"FLOOR({a})", f"ROUND({a})", f"LANG({a})", f"DATATYPE({a})", f"xsd:integer({a})",
                         f"xsd:string({a})", f"xsd:boolean({a})", f"SUBSTR(STR({a}), 2)", f"CONCAT(STR({a}), \"-\")", f"REPLACE(STR({a}), \"[xy]\", \"z\")",
                         f"STRBEFORE(STR({a}), \"x\")", f"xsd:decimal({a})", f"STRLANG(STR({a}), \"en\")"])

    def condition(self, depth=0):
        r, roll = self.rng, self.rng.random()
        if depth < 3 and roll < 0.3:
            return f"({self.condition(depth + 1)} {r.choice(['&&', '||'])} {self.condition(depth + 1)})"
        if depth < 3 and roll < 0.4:
            return f"(!{self.condition(depth + 1)})"
        a, b = self.value(depth + 1), self.value(depth + 1)
        less = r.choice(["<", ">", "<=", ">="])
        return r.choice([f"(STRLEN(STR({a})) {less} STRLEN(STR({b})))", f"(xsd:decimal({a}) {less} xsd:decimal({b}))", f"(STR({a}) {less} STR({b}))", f"({a} {r.choice(['=', '!='])} {b})", f"BOUND({r.choice(VARIABLES)})",
                         f"isIRI({a})", f"isLiteral({a})", f"isNumeric({a})", f"sameTerm({a}, {b})", f"REGEX(STR({a}), \"[x1]\")", f"CONTAINS(STR({a}), \"x\")",
                         f"({a} {r.choice(['IN', 'NOT IN'])} ({b}, {self.value(depth + 1)}))", f"STRSTARTS(STR({a}), \"x\")", f"langMatches(LANG({a}), \"*\")"])

    def triples(self, most=3):
        return [self.triple() for _ in range(self.rng.randint(1, most))]

    def group(self, depth=0):
        """Parts of a group pattern, each a list of texts and lists."""
        r = self.rng
        parts = self.triples() if r.random() < 0.9 else []
        for _ in range(r.choice([0, 0, 1, 1, 2, 3]) if depth < 3 else 0):
            roll = r.random()
            if roll < 0.2:
                parts.append(["OPTIONAL {", self.group(depth + 1), "}"])
            elif roll < 0.35:
                parts.append(["{", self.group(depth + 1), "} UNION {", self.group(depth + 1), "}"])
            elif roll < 0.45:
                parts.append(["MINUS {", self.group(depth + 1), "}"])
            elif roll < 0.6:
                parts.append([f"FILTER {self.condition()}"])
            elif roll < 0.7:
                parts.append([r.choice(["FILTER EXISTS {", "FILTER NOT EXISTS {"]), self.triples(2), "}"])
            elif roll < 0.78:
                self.fresh += 1
                parts.append([f"BIND({self.value()} AS ?x{self.fresh})"])
            elif roll < 0.85:
                width = r.randint(1, 2)
                names = r.sample(VARIABLES, width)
                some = ["(" + " ".join(r.choice([self.node(), r.choice(LITERALS), "UNDEF"]) for _ in names) + ")" for _ in range(r.randint(1, 3))]
                parts.append(["VALUES (" + " ".join(names) + ") {", [[s] for s in some], "}"])
            elif roll < 0.92:
                parts.append(["{", self.select(depth + 1), "}"])
            else:
                parts.append([f"GRAPH {r.choice(['?g', ':g1', ':g2', ':g3'])} {{", self.group(depth + 1), "}"])
        r.shuffle(parts)
        return parts

    def aggregate(self, i):
        r = self.rng
        v, distinct = r.choice(VARIABLES), r.choice(["", "", "DISTINCT "])
        return r.choice([f"(COUNT({distinct}{v}) AS ?n{i})", f"(COUNT({distinct}*) AS ?n{i})", f"(SUM({distinct}{v}) AS ?n{i})", f"(AVG({distinct}{v}) AS ?n{i})"])

    def select(self, depth=0):
        r, roll = self.rng, self.rng.random()
        if roll < 0.2:
            keys = r.sample(VARIABLES, r.randint(0, 2))
            self.fresh += 1
            head = ["SELECT " + " ".join(keys + [self.aggregate(f"{self.fresh}{i}") for i in range(r.randint(1, 2))])]
            tail = ["GROUP BY " + " ".join(keys)] if keys else []
            if r.random() < 0.2:
                tail.append(f"HAVING (COUNT(*) {r.choice(['>', '<', '='])} {r.randint(0, 3)})")
        else:
            head = ["SELECT " + r.choice(["", "", "DISTINCT "]) + ("* " if depth == 0 and r.random() < 0.3 else " ".join(r.sample(VARIABLES, r.randint(1, 4))))]
            tail = [f"ORDER BY {r.choice(VARIABLES)} DESC({r.choice(VARIABLES)})"] if r.random() < 0.15 and depth == 0 else []
            if depth == 0 and r.random() < 0.08:
                tail.append(f"LIMIT {r.randint(0, 6)}")
        return [head, "{", self.group(depth), "}", tail]

    def query(self):
        roll = self.rng.random()
        return ["ASK {", self.group(), "}"] if roll < 0.05 else self.select()


def text_of(tree):
    return tree if isinstance(tree, str) else " ".join(text_of(t) for t in tree)


def smaller(tree):
    """The tree with one of its parts left out, or put in the place of the whole group around it; outermost parts first."""
    for i, part in enumerate(tree):
        if isinstance(part, list) and part:
            yield tree[:i] + [[]] + tree[i + 1:]
    for i, part in enumerate(tree):
        if isinstance(part, list):
            if all(isinstance(p, list) for p in part):
                for k in range(len(part)):
                    yield tree[:i] + [part[:k] + part[k + 1:]] + tree[i + 1:]
            for less in smaller(part):
                yield tree[:i] + [less] + tree[i + 1:]


# --- answers --------------------------------------------------------------------------------------------------------------

def normal(cell):
    cell = cell.strip()
    found = re.match(r'^"(.*)"\^\^<http://www.w3.org/2001/XMLSchema#(\w+)>$', cell)
    if found and found.group(2) == "string":
        return f'"{found.group(1)}"'
    text = found.group(1) if found else cell
    if cell[:1] != '"' or found:
        try:
            return f"{float(text) + 0.0:.8g}"
        except ValueError:
            pass
    return cell.lower() if "@" in cell else text


def bag(data, limited):
    lines = data.decode("utf-8", "replace").replace("\r", "").split("\n")
    if len(lines) <= 2 and lines[0] in ("true", "false"):
        return [lines[0]]
    names = lines[0].replace("?", "").split("\t")
    order = sorted(range(len(names)), key=lambda i: names[i])
    if lines[-1] == "":
        lines.pop()
    rows = [line.split("\t") for line in lines[1:]]
    if limited:
        return [len(rows)]
    return [tuple(sorted(names))] + sorted(tuple(normal(r[i]) if i < len(r) else "" for i in order) for r in rows)


class Trio:
    """The three engines on one graph."""

    def __init__(self, work):
        self.work = tempfile.mkdtemp(dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
        self.jena, self.ox = peers.Jena(work), peers.Oxigraph(work)
        self.jena.install(), self.ox.install()
        os.makedirs(work + "/stores/jena-none", exist_ok=True)
        self.jena.start("none", 20)
        self.ours = None

    def graph(self, quads):
        import pyoxigraph
        store, file = f"{self.work}/store", f"{self.work}/differential.nq"
        with open(file, "w") as f:
            f.writelines(quads)
        subprocess.run(["rm", "-rf", store])
        for command in (["init"], ["load", "--no-undo", "--default-graph", file]):
            subprocess.run([os.environ["PROPTER"], "-g", store, *command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if self.ours:
            self.ours.stdin.close()
            self.ours.wait()
        self.store = store
        self.start()
        self.memory = pyoxigraph.Store()
        self.memory.bulk_load(path=file, format=pyoxigraph.RdfFormat.N_QUADS)
        self.jena.ask("graph " + file, 300)
        if not self.jena.process:
            raise SystemExit("jena did not take a graph within five minutes")

    def start(self):
        self.ours = subprocess.Popen([os.environ["BENCH_ENGINE"], self.store, "20000", "own"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, pipe, n, out):
        """Tells an engine to answer the first n queries, without waiting."""
        pipe.write("".join(f"query {self.work}/{i}.rq {self.work}/{i}.{out}\n" for i in range(n)))
        pipe.flush()

    def oxigraph(self, text, limited, said):
        import pyoxigraph
        try:
            result = self.memory.query(text)
            return [str(bool(result)).lower()] if isinstance(result, pyoxigraph.QueryBoolean) else bag(
                result.serialize(format=pyoxigraph.QueryResultsFormat.TSV), limited)
        except Exception as e:
            said["oxigraph"] = f"fail {e}".replace("\n", " ")
            return None

    def answers(self, trees):
        """For each query: engine → bag, or None where it failed; under "said" what each said."""
        texts = [PREFIX + text_of(t) for t in trees]
        for i, text in enumerate(texts):
            with open(f"{self.work}/{i}.rq", "w") as f:
                f.write(text)
        self.ask(self.ours.stdin, len(trees), "ours")
        self.ask(self.jena.process.stdin, len(trees), "jena")
        all_got = []
        for i, text in enumerate(texts):
            limited = "LIMIT" in text
            got = {"said": {"oxigraph": "ok"}}
            got["oxigraph"] = self.oxigraph(text, limited, got["said"])
            for name, pipe in (("propter", self.ours.stdout), ("jena", self.jena.process.stdout)):
                said = pipe.readline()
                if not said:
                    raise SystemExit(f"{name} ended at: {text}")
                out = f"{self.work}/{i}.{'ours' if name == 'propter' else name}"
                got[name] = bag(open(out, "rb").read(), limited) if said.startswith("ok") else None
                got["said"][name] = said.strip()
            all_got.append(got)
        return all_got


def how(ours, theirs):
    """How an answer differs from ours."""
    if theirs is None or ours is None:
        return "refuses" if theirs is None else "answers"
    a, b = collections.Counter(ours), collections.Counter(theirs)
    return "repeats" if set(a) == set(b) else "fewer" if not b - a else "more" if not a - b else "other"


def verdicts(got):
    """Who differs from ours, and how: no peer, one, both in the same way, or each in its own."""
    ours, ox, jena = (got[n] for n in ("propter", "oxigraph", "jena"))
    if ours != ox and ox == jena:
        return {"both": how(ours, ox)}
    return {n: how(ours, got[n]) for n in ("oxigraph", "jena") if got[n] != ours}


class Rules:
    """differential.tsv: who differs, how, a regular expression, why. The expression is looked for in the smallest query, followed by " # " and the error message if an
    engine gave one; if no rule matches, followed by " # " and the smallest graph too."""

    def __init__(self):
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "differential.tsv")) as f:
            rows = [line.rstrip("\n").split("\t") for line in f if line.strip() and not line.startswith("#")]
        self.rows = [(who, ways.split(","), re.compile(shape), why) for who, ways, shape, why in rows]

    def explain(self, who, way, text):
        return next((why for w, ways, shape, why in self.rows if w == who and way in ways and shape.search(text)), None)


def shrink_query(trio, tree, who, way):
    """The smallest query with the same difference."""
    while True:
        less = list(smaller(tree))
        for at in range(0, len(less), 32):
            some = less[at:at + 32]
            found = [t for t, got in zip(some, trio.answers(some)) if verdicts(got).get(who) == way]
            if found:
                tree = found[0]
                break
        else:
            return re.sub(r"\s+", " ", text_of(tree)).strip(), tree


def shrink_graph(trio, tree, quads, who, way):
    step = max(1, len(quads) // 2)
    while step:
        at = 0
        while at < len(quads):
            less = quads[:at] + quads[at + step:]
            trio.graph(less)
            if verdicts(trio.answers([tree])[0]).get(who) == way:
                quads = less
            else:
                at += step
        step //= 2
    trio.graph(quads)
    return quads


def explain(trio, rules, tree, quads, who, way):
    """What makes the difference: why it is none of ours (None: nobody knows), the smallest query and, where it was needed, the smallest graph."""
    small, tree = shrink_query(trio, tree, who, way)
    said = trio.answers([tree])[0]["said"]["propter" if way == "answers" else "jena" if who == "both" else who]
    text = f"{small} # {said}" if said.startswith("fail") else small
    why, few = rules.explain(who, way, text), []
    if not why:
        few = shrink_graph(trio, tree, quads, who, way)
        why = rules.explain(who, way, f"{text} # {' '.join(few)}")
        if not why:
            print(f"--- {who} {way}\n{''.join(few)}{small}")
            for engine, rows in trio.answers([tree])[0].items():
                print(f"{engine}: {str(rows)[:600]}", flush=True)
        trio.graph(quads)
    return why, small, few


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--work", default="bench-sparql")
    p.add_argument("--queries", type=int, default=int(os.environ.get("QUERIES", "1000")))
    p.add_argument("--seed", type=int, default=int(os.environ.get("SEED", "1")))
    p.add_argument("--per-graph", type=int, default=200)
    p.add_argument("--log", help="file for every difference, one JSON object a line")
    p.add_argument("--most", type=int, default=20, help="stop after so many that no rule explains")
    o = p.parse_args()
    trio, rules = Trio(os.path.abspath(o.work)), Rules()
    if not os.environ.get("PYOXIGRAPH"):  # run again where the package is
        trio.jena.stop()
        os.execve(trio.ox.python, [trio.ox.python, *sys.argv], dict(os.environ, PYOXIGRAPH="1"))
    counts, reasons = collections.Counter(), collections.Counter()
    log = open(o.log, "a") if o.log else None
    for start in range(0, o.queries, o.per_graph):
        quads = make_graph(random.Random(f"{o.seed} graph {start}"))
        trio.graph(quads)
        trees = [Maker(random.Random(f"{o.seed} query {start + i}")).query() for i in range(min(o.per_graph, o.queries - start))]
        for i, got in enumerate(trio.answers(trees)):
            found = verdicts(got)
            counts["queries"] += 1
            counts["all agree" if not found else "we stand alone" if "both" in found else "all differ" if len(found) > 1 else f"{min(found)} alone differs"] += 1
            counts["agreed with rows"] += not found and got["propter"] is not None and len(got["propter"]) > 1
            for who, way in found.items():
                why, small, few = explain(trio, rules, trees[i], quads, who, way)
                reasons[why or "unexplained"] += 1
                if log:
                    log.write(json.dumps({"seed": o.seed, "query": start + i, "who": who, "how": way, "why": why, "small": small, "graph": few}) + "\n")
                    log.flush()
        if reasons["unexplained"] > o.most:
            break
        if start // o.per_graph % 25 == 24:
            print(f"# {start + o.per_graph}: {dict(counts)}; unexplained {reasons['unexplained']}", file=sys.stderr, flush=True)
    trio.jena.stop()
    shutil.rmtree(trio.work)
    for kind, count in counts.most_common():
        print(f"differential {kind.replace(' ', '-')} {count}")
    for why, count in reasons.most_common():
        print(f"differential explained {count}: {why}" if why != "unexplained" else f"differential unexplained {count}")
    return 1 if reasons["unexplained"] else 0


if __name__ == "__main__":
    sys.exit(main())
