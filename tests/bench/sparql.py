# SPDX-License-Identifier: Apache-2.0
"""make bench-sparql: propter beside other engines on the same data and machine. Bulk load, BSBM explore mixes with one and four clients, the analytic queries of
queries/*.rq, and the 17 shapes of WGPB. Engines take turns, every result is drained, values are medians; processor time (lines ending in -cpu) is
steadier than wall time on a machine that does other things. Results are compared between the engines."""
import argparse
import glob
import math
import os
import random
import re
import statistics
import subprocess
import sys

import peers
import workload

HERE = os.path.dirname(os.path.abspath(__file__))


def say(name, value, unit, best=None):
    """One line; best: (peer's name, its value). The ratio is ours by theirs."""
    tail = f" vs {best[0]} {best[1]:.4g} {value / best[1]:.3g}" if best and best[1] else ""
    print(f"bench {name} {value:.4g} {unit}{tail}", flush=True)


def report(name, values, unit, more_is_better=False):
    """values: engine → number. One line against the best peer, one against each other."""
    ours = values.pop("propter", None)
    if ours is None:
        print(f"bench {name} failed", flush=True)
        return
    if not values:
        say(name, ours, unit)
    for peer, value in sorted(values.items(), key=lambda kv: kv[1], reverse=more_is_better):
        say(name, ours, unit, (peer, value))


def normal(cell):
    """A term as it compares between engines that write it differently: without quotes and types, numbers by value, blank nodes alike."""
    cell = cell.strip()
    found = re.match(r'^"(.*)"(?:@[\w-]+|\^\^\S+)?$', cell, re.S)
    text = found.group(1) if found else cell.strip("<>")
    if text.startswith("_:") or text.startswith("nodeID:"):
        return "_:"
    text = re.sub(r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.0+)?(?:Z|\+00:00)?$", r"\1", text)
    try:
        return f"{float(text):.8g}"
    except ValueError:
        return {"true": "1", "false": "0"}.get(text, text)


def rows(file):
    """The answer in a file in an order of its own: solutions as a bag without the header, triples as a set, a boolean as it is."""
    with open(file, encoding="utf-8", errors="replace") as f:
        lines = [line for line in f.read().split("\n") if line]
    if lines and lines[0].endswith("."):
        return sorted({" ".join(line.rstrip(".").split()) for line in lines})
    if len(lines) == 1 and normal(lines[0]) in "01":
        return [normal(lines[0])]
    if len(lines) == 2 and lines[0].strip('"') in ("bool", "__ASK_RETVAL"):
        return [normal(lines[1])]
    return sorted(tuple(normal(c) for c in line.split("\t")) for line in lines[1:])


class Bench:
    def __init__(self, options):
        self.options = options
        self.work = os.path.abspath(options.work)
        os.makedirs(self.work + "/stores", exist_ok=True)
        os.makedirs(self.work + "/data", exist_ok=True)
        self.engines = peers.available(self.work, options.engines)
        self.facts = os.path.join(os.environ.get("PROPTER_DATA", "../shared/data"), "sparql")

    def file(self, name):
        os.makedirs(f"{self.work}/data/{name}", exist_ok=True)
        return f"{self.work}/data/{name}/{name}.nt"

    def bsbm(self):
        """The data set's name; made by the generator."""
        n = self.options.products
        name = f"bsbm{n}"
        if os.path.exists(self.file(name)):
            return name
        with open(self.file(name) + ".part", "w") as out:
            subprocess.run([os.environ["BSBM_GEN"], str(n)], stdout=out, check=True)
        os.rename(self.file(name) + ".part", self.file(name))
        return name

    def social(self):
        if not os.path.exists(self.file("social")):
            workload.write_social(self.file("social"), 60000, 600000, 7)
        return "social"

    def load(self, data):
        with open(self.file(data)) as lines:
            triples = sum(1 for _ in lines)
        runs = {}
        for _ in range(self.options.rounds if self.options.part in ("all", "load") else 1):
            for e in list(self.engines):
                try:
                    runs.setdefault(e.name, []).append(e.load(data, self.file(data)))
                except peers.Missing as why:
                    print(f"{e.name} is left out: {why}", file=sys.stderr)
                    self.engines.remove(e)
        middle = {name: [statistics.median(r[i] for r in got) for i in range(4)] for name, got in runs.items()}
        report(f"{data}-load", {n: triples / v[0] / 1e3 for n, v in middle.items()}, "ktriples/s", True)
        report(f"{data}-load-cpu", {n: v[1] for n, v in middle.items()}, "s")
        report(f"{data}-load-peak", {n: v[2] / 1e6 for n, v in middle.items()}, "MB")
        report(f"{data}-size", {n: v[3] / triples for n, v in middle.items()}, "B/triple")

    def start(self, data):
        for e in list(self.engines):
            try:
                e.start(data, self.options.limit)
            except peers.Missing as why:
                print(f"{e.name} is left out: {why}", file=sys.stderr)
                self.engines.remove(e)

    def stop(self):
        for e in self.engines:
            e.stop()

    def over_http(self, data):
        """Explore mixes where every engine is a server; those without one do not take part."""
        self.stop()
        engines, self.engines = self.engines, [peers.PropterServer(self.work)] + [e for e in self.engines if isinstance(e, peers.Virtuoso)]
        self.start(data)
        for clients in (1, 4):
            self.explore(data, clients, "-http")
        self.stop()
        self.engines = engines

    def explore(self, data, clients, how=""):
        products = workload.Products(self.file(data))
        wall, cpu, mixes = {}, {}, self.options.mixes
        for turn in range(self.options.rounds + 1):
            for c in range(clients):
                rng = random.Random(808080 + 1000 * turn + c)
                with open(f"{self.work}/mix.{c}", "w") as f:
                    for _ in range(mixes):
                        f.writelines(q + "\n----\n" for q in workload.explore_mix(self.facts + "/bsbm/queries/explore", products, rng))
            for e in self.engines:
                seconds, busy, why = e.ask(f"mix {self.work}/mix {clients}", 600)
                if why:
                    print(f"{e.name}: explore failed: {why}", file=sys.stderr)
                elif turn:  # the first turn warms up
                    wall.setdefault(e.name, []).append(3600 * mixes * clients / seconds)
                    cpu.setdefault(e.name, []).append(1000 * busy / mixes / clients)
        report(f"{data}-explore-{clients}{how}", {n: statistics.median(v) for n, v in wall.items()}, "QMpH", True)
        # children of a driver (Oxigraph's clients) are not counted by its clock
        report(f"{data}-explore-{clients}{how}-cpu", {n: statistics.median(v) for n, v in cpu.items() if clients == 1 or n != "oxigraph"}, "ms/mix")

    def timed(self, file, rounds, check=None):
        """Engine → (wall, cpu) medians of one query, with failures told and results compared with ours."""
        times = {e.name: [] for e in self.engines}
        failed, answers = {}, {}
        for turn in range(rounds):
            for e in self.engines:
                if e.name in failed:
                    continue
                out = f"{self.work}/answer.{e.name}" if check and not turn else "-"
                seconds, busy, why = e.ask(f"query {file} {out}")
                if why:
                    failed[e.name] = why
                elif turn or rounds == 1:
                    times[e.name].append((seconds, busy))
                if not why and out != "-":
                    answers[e.name] = rows(out)
        result = {n: [statistics.median(t[i] for t in v) for i in (0, 1)] for n, v in times.items() if v and n not in failed}
        return result, failed, answers

    def analytic(self, data):
        names = sorted(glob.glob(HERE + "/queries/*.rq"))
        if self.options.only:
            names = [n for n in names if re.search(self.options.only, n)]
        good, table, failures, differ = {}, [], {}, {}
        for name in names:
            result, failed, answers = self.timed(name, self.options.rounds + 1, True)
            short = os.path.basename(name)[:-3]
            table.append((short, result))
            for n, why in failed.items():
                failures.setdefault(n, []).append(f"{short}: {why}")
            for n, got in answers.items():
                if n != "propter" and "propter" in answers:
                    if got == answers["propter"]:
                        good[n] = good.get(n, 0) + 1
                    else:
                        differ.setdefault(n, []).append(f"{short} ({len(got)} rows, ours {len(answers['propter'])})")
            line = "  ".join(f"{n} {1000 * v[0]:.1f}/{1000 * v[1]:.1f}" for n, v in sorted(result.items(), key=lambda kv: kv[1][0]))
            print(f"# {short} ms wall/cpu: {line}", file=sys.stderr, flush=True)
        for n in sorted(set(failures) | set(differ)):
            for kind, found in (("failed", failures), ("differs from ours", differ)):
                for one in found.get(n, []):
                    print(f"# {n} {kind}: {one}", file=sys.stderr)
        engines = [e.name for e in self.engines]
        for i, kind in ((0, ""), (1, "-cpu")):
            mean = {n: math.exp(statistics.fmean(math.log(max(1e-6, r[n][i] if n in r else 2 * self.options.limit)) for _, r in table)) * 1e3 for n in engines}
            report(f"{data}-analytic{kind}", mean, "ms")
        for n in engines:
            print(f"bench {data}-analytic-failed-{n} {len(failures.get(n, []))} of {len(names)}", flush=True)
            if n != "propter":
                print(f"bench {data}-analytic-agree-{n} {good.get(n, 0)} of {len(names) - len(failures.get(n, []))}", flush=True)

    def patterns(self, data):
        walks = workload.Walks(self.file(data))
        for name, shape in workload.shapes(self.facts + "/wgpb/benchmark/queries/bgps").items():
            if self.options.only and not re.search(self.options.only, f"{data}-{name}"):
                continue
            rng = random.Random(17)
            found = [q for q in (walks.instance(shape, rng) for _ in range(self.options.instances)) if q]
            if not found:
                print(f"# {data} has no instance of the shape {name}", file=sys.stderr)
                continue
            times = {}
            for i, text in enumerate(found):
                with open(f"{self.work}/shape.rq", "w") as f:
                    f.write(text)
                result, failed, _ = self.timed(f"{self.work}/shape.rq", self.options.rounds + 1)
                for e in self.engines:
                    times.setdefault(e.name, []).append(result.get(e.name, [2 * self.options.limit] * 2))
                for n, why in failed.items():
                    print(f"# {n} failed: {name} {i}: {why}", file=sys.stderr)
            for i, kind in ((0, ""), (1, "-cpu")):
                report(f"{data}-{name}{kind}", {n: 1e3 * math.exp(statistics.fmean(math.log(max(1e-6, t[i])) for t in v)) for n, v in times.items()}, "ms")

    def run(self):
        print("# engines: " + ", ".join(f"{e.name} {getattr(e, 'version', '')}".strip() for e in self.engines), file=sys.stderr)
        part = self.options.part
        data = self.bsbm()
        if part in ("all", "load") or not self.loaded(data):
            self.load(data)
        self.start(data)
        if part in ("all", "explore"):
            self.explore(data, 1)
            self.explore(data, 4)
        if part in ("all", "http"):
            self.over_http(data)
            self.start(data)
        if part in ("all", "analytic"):
            self.analytic(data)
        if part in ("all", "patterns"):
            self.patterns(data)
        self.stop()
        if part in ("all", "patterns"):
            data = self.social()
            if not self.loaded(data):
                self.load(data)
            self.start(data)
            self.patterns(data)
            self.stop()

    def loaded(self, data):
        return not self.options.reload and all(os.path.isdir(e.store(data)) for e in self.engines)


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--work", default="bench-sparql", help="folder for peers, stores and data")
    p.add_argument("--products", type=int, default=int(os.environ.get("PRODUCTS", "1000")))
    p.add_argument("--part", choices=["all", "load", "explore", "http", "analytic", "patterns"], default=os.environ.get("PART", "all"))
    p.add_argument("--engines", nargs="*", default=os.environ.get("ENGINES", "").split(), help="peers to compare with; all by default")
    p.add_argument("--rounds", type=int, default=int(os.environ.get("ROUNDS", "3")))
    p.add_argument("--mixes", type=int, default=int(os.environ.get("MIXES", "40")), help="explore mixes per client and turn")
    p.add_argument("--instances", type=int, default=int(os.environ.get("INSTANCES", "10")), help="instances per shape")
    p.add_argument("--limit", type=int, default=30, help="seconds a query may take; a failure counts as twice that")
    p.add_argument("--only", default=os.environ.get("ONLY"), help="analytic queries whose path matches, shapes whose name does (social-S1)")
    p.add_argument("--reload", action="store_true", default=bool(os.environ.get("RELOAD")), help="load again although the stores are there")
    bench = Bench(p.parse_args())
    try:
        bench.run()
    finally:
        bench.stop()


main()
