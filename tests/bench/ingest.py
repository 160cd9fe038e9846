#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tables to RDF: propter and its peers on the GTFS-Madrid-like data of $PROPTER_DATA/ingest/gtfs-madrid, to a file of N-Triples and (propter) into a durable graph. Peers are
installed by their package names (PyPI, Maven); one that cannot be had is left out with a sentence. FlexRML is in no registry: FLEXRML names its built checkout. They take turns, ROUNDS times; medians are printed. Every file is compared with the triples
that the generator says must come out. Then come ROUNDS nights, in each of which a cell of 1 % of the rows of every table is another, ingested with --incremental into one graph and
in full into another; at the end both graphs hold the same. Environment: SCALE (10), ROUNDS (3), ENGINES (propter morph-kgc
sdm-rdfizer carml flexrml), PROPTER."""
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import time

SCALE, ROUNDS = int(os.environ.get("SCALE", "10")), int(os.environ.get("ROUNDS", "3"))
ENGINES = os.environ.get("ENGINES", "propter morph-kgc sdm-rdfizer carml flexrml").split()
PACKAGES = {"morph-kgc": "morph-kgc==2.10.0", "sdm-rdfizer": "rdfizer==4.7.5.15.4.1"}
CARML = [("io.carml", name, "0.4.11") for name in ("carml-engine", "carml-rdf-mapper", "carml-logical-source-resolver-csv")] + [("org.eclipse.rdf4j", "rdf4j-rio-ntriples", "5.1.0")]
HERE = os.path.dirname(os.path.abspath(__file__))
WORK = os.path.join(os.getcwd(), "bench-ingest")
GTFS = os.path.join(os.environ.get("PROPTER_DATA", "../shared/data"), "ingest", "gtfs-madrid")


def measured(command, folder):
    """Wall seconds, processor seconds and peak megabytes of a command and its children; None when it fails."""
    start = time.monotonic()
    with open(os.path.join(WORK, "log"), "ab") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        _, status, use = os.wait4(process.pid, 0)
    wall = time.monotonic() - start
    return (wall, use.ru_utime + use.ru_stime, use.ru_maxrss / 1024) if os.waitstatus_to_exitcode(status) == 0 else None


def install(name):
    """The peer's Python, in a folder of its own."""
    home = os.path.join(WORK, name)
    python = os.path.join(home, "bin", "python")
    if not os.path.exists(python):
        for command in ([sys.executable, "-m", "venv", home], [python, "-m", "pip", "-q", "install", PACKAGES[name]]):
            done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            if done.returncode:
                print(f"# {name} is left out: {done.stdout.strip().splitlines()[-1:]}")
                return None
    return python


def install_carml():
    """The class path of CARML and its driver."""
    home = os.path.join(WORK, "carml")
    if not shutil.which("mvn") or not shutil.which("javac"):
        print("# carml is left out: mvn or javac is not installed")
        return None
    os.makedirs(home, exist_ok=True)
    rows = "".join(f"<dependency><groupId>{g}</groupId><artifactId>{a}</artifactId><version>{v}</version></dependency>" for g, a, v in CARML)
    with open(os.path.join(home, "pom.xml"), "w") as f:
        f.write(f'<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>propter</groupId><artifactId>carml-peer</artifactId>'
                f"<version>1</version><packaging>pom</packaging><dependencies>{rows}</dependencies></project>")
    for command in (["mvn", "-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=."], ["javac", "-cp", "*", "-d", ".", os.path.join(HERE, "Carml.java")]):
        done = subprocess.run(command, cwd=home, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode:
            print(f"# carml is left out: {done.stdout.strip().splitlines()[-1:]}")
            return None
    return f"{home}:{home}/*"


def newer(mapping, path):
    """The mapping in the words of the new RML, which FlexRML wants."""
    with open(mapping) as source, open(path, "w") as out:
        text = source.read()
        for old in ("http://www.w3.org/ns/r2rml#", "http://semweb.mmlab.be/ns/rml#", "http://semweb.mmlab.be/ns/ql#"):
            text = text.replace(old, "http://w3id.org/rml/")
        out.write(re.sub(r'rml:source "([^"]*)"', r'rml:source [ a rml:RelativePathSource; rml:path "\1" ]', text))


def canonical(path, to):
    """The lines of a file of N-Triples, sorted, each once; the escapes that writers choose freely are gone."""
    with open(to + ".plain", "w", encoding="utf-8") as out, open(path, encoding="utf-8") as lines:
        for line in lines:
            line = line.strip().replace("^^<http://www.w3.org/2001/XMLSchema#string>", "")
            if line:
                out.write(line[:-1].rstrip() + " .\n")
    subprocess.run(["sort", "-u", "-S", "512M", "-o", to, to + ".plain"], check=True, env={**os.environ, "LC_ALL": "C"})
    os.unlink(to + ".plain")


def commands(data, mapping):
    """Name, command, file that it makes."""
    propter = os.environ.get("PROPTER", "propter")
    found = []
    if "propter" in ENGINES:
        found.append(("propter", [propter, "ingest", mapping, "--output", "propter.nt"], "propter.nt"))
        found.append(("propter-graph", ["sh", "-c", f"rm -rf graph && '{propter}' -g graph ingest '{mapping}'"], None))
    if "morph-kgc" in ENGINES and (python := install("morph-kgc")):
        with open(os.path.join(data, "morph.ini"), "w") as ini:
            ini.write(f"[CONFIGURATION]\noutput_file=morph.nt\noutput_format=N-TRIPLES\n[DataSource1]\nmappings={mapping}\n")
        found.append(("morph-kgc", [python, "-m", "morph_kgc", "morph.ini"], "morph.nt"))
    if "sdm-rdfizer" in ENGINES and (python := install("sdm-rdfizer")):
        with open(os.path.join(data, "rdfizer.ini"), "w") as ini:
            ini.write(f"[default]\nmain_directory: {data}\n[datasets]\nnumber_of_datasets: 1\noutput_folder: {data}\nall_in_one_file: yes\nremove_duplicate: yes\n"
                      f"enrichment: yes\nname: rdfizer\noutput_format: n-triples\nordered: yes\n[dataset1]\nname: rdfizer\nmapping: {mapping}\n")
        found.append(("sdm-rdfizer", [python, "-m", "rdfizer", "-c", "rdfizer.ini"], "rdfizer.nt"))
    if "carml" in ENGINES and (path := install_carml()):
        found.append(("carml", ["java", "-Xmx12g", "-cp", path, "Carml", mapping, "carml.nt"], "carml.nt"))
    if "flexrml" in ENGINES and (home := os.environ.get("FLEXRML")):
        newer(mapping, os.path.join(data, "newer.ttl"))
        found.append(("flexrml", ["env", f"PYTHONPATH={home}/src", os.environ.get("FLEXRML_PYTHON", sys.executable), "-c", "from flexrml.flexcore import main; main()", "-m", "newer.ttl", "-o", os.path.join(data, "flexrml.nt")], "flexrml.nt"))
    return found


# By table: a column that is no part of a key.
CHANGED = {"AGENCY": 1, "CALENDAR": 8, "CALENDAR_DATES": 2, "FEED_INFO": 2, "FREQUENCIES": 3, "ROUTES": 2, "SHAPES": 1, "STOPS": 2, "STOP_TIMES": 2, "TRIPS": 3}


def another(value):
    """Another value of the same kind."""
    if value in ("true", "false"):
        return "true" if value == "false" else "false"
    return value[:-1] + (str(int(value[-1]) % 9 + 1) if value[-1:].isdigit() else "x")


def change(folder, night):
    """Changes a cell of 1 % of the rows, chosen at random; the number of rows changed."""
    rng, changed = random.Random(night), 0
    for table, column in CHANGED.items():
        path = os.path.join(folder, table + ".csv")
        with open(path, newline="", encoding="utf-8") as file:
            lines = file.read().split("\n")
        for i in range(1, len(lines)):
            if lines[i] and rng.random() < .01:
                cells = lines[i].split(",")
                cells[column] = another(cells[column])
                lines[i] = ",".join(cells)
                changed += 1
        with open(path, "w", newline="", encoding="utf-8") as file:
            file.write("\n".join(lines))
    return changed


def dump(propter, graph, folder):
    """The statements of the sources, sorted, in a file; its name."""
    path = os.path.join(folder, graph + ".sorted")
    shell = f"'{propter}' -g {graph} export --format nquads | grep '<file://{folder}/[A-Z_]*[.]csv> [.]$' | LC_ALL=C sort -S 512M >'{path}'"
    subprocess.run(["sh", "-c", shell], cwd=folder, check=True)
    return path


def nights(data):
    propter, folder = os.environ.get("PROPTER", "propter"), os.path.join(WORK, f"nights-{SCALE}")
    subprocess.run(["sh", "-c", f"rm -rf '{folder}' && mkdir '{folder}' && cp '{data}'/*.csv '{folder}'"], check=True)
    with open(os.path.join(data, "mapping.ttl")) as source, open(os.path.join(folder, "mapping.ttl"), "w") as out:
        out.write(source.read().replace(data, folder))
    night = [propter, "-g", "nightly", "ingest", "--incremental", "mapping.ttl"]
    full = ["sh", "-c", f"rm -rf full && '{propter}' -g full ingest mapping.ttl"]
    taken, wanted = [], []
    if measured(night, folder) is None:
        print(f"# the first night failed; its last words are in {WORK}/log")
        return
    for n in range(ROUNDS):
        changed = change(folder, n)
        taken.append(measured(night, folder))
        wanted.append(measured(full, folder))
        print(f"# night {n + 1}: {changed} rows changed", flush=True)
        if None in (taken[-1], wanted[-1]):
            print(f"# it failed; the last words are in {WORK}/log")
            return
    for k, (what, unit) in enumerate((("", "s"), ("-cpu", "s"), ("-memory", "MB"))):
        own, other = statistics.median(one[k] for one in taken), statistics.median(one[k] for one in wanted)
        print(f"bench ingest-gtfs-{SCALE}-night{what} {own:.3f} {unit} vs full {other:.3f} {own / other:.4f}", flush=True)
    same = subprocess.run(["cmp", "-s", dump(propter, "nightly", folder), dump(propter, "full", folder)]).returncode == 0
    print(f"# nights: {'equal to a full run' if same else 'the graph DIFFERS from that of a full run'}")


def main():
    os.makedirs(WORK, exist_ok=True)
    data = os.path.join(WORK, f"gtfs-{SCALE}")
    if not os.path.exists(os.path.join(data, "truth.nt")):
        subprocess.run([sys.executable, os.path.join(GTFS, "gen.py"), str(SCALE), data, "--truth"], check=True)
    mapping = os.path.join(data, "mapping.ttl")
    with open(os.path.join(GTFS, "mappings", "gtfs-csv.rml.ttl")) as source, open(mapping, "w") as out:
        out.write(source.read().replace('"/data/', f'"{data}/'))
    canonical(os.path.join(data, "truth.nt"), os.path.join(data, "truth.sorted"))
    runs, taken = commands(data, mapping), {}
    for _ in range(ROUNDS):
        for name, command, made in runs:
            if (one := measured(command, data)) is None:
                print(f"# {name} failed; its last words are in {WORK}/log")
                taken.setdefault(name, None)
            else:
                taken.setdefault(name, []).append(one)
    for name, command, made in runs:
        path = os.path.join(data, made) if made else None
        if not taken[name] or not path:
            continue
        canonical(path, path + ".sorted")
        same = subprocess.run(["cmp", "-s", path + ".sorted", os.path.join(data, "truth.sorted")]).returncode == 0
        missing = subprocess.run(["comm", "-3", path + ".sorted", os.path.join(data, "truth.sorted")], stdout=subprocess.PIPE, env={**os.environ, "LC_ALL": "C"}).stdout.count(b"\n")
        print(f"# {name}: {'equal to the truth' if same else f'{missing} lines differ from the truth'}")
    own = taken.get("propter")
    for name in (n for n, _, _ in runs if taken[n]):
        for k, (what, unit) in enumerate((("", "s"), ("-cpu", "s"), ("-memory", "MB"))):
            value = statistics.median(one[k] for one in taken[name])
            if name.startswith("propter") or not own:
                print(f"bench ingest-gtfs-{SCALE}-{name}{what} {value:.2f} {unit}")
            else:
                ours = statistics.median(one[k] for one in own)
                print(f"bench ingest-gtfs-{SCALE}-propter{what} {ours:.2f} {unit} vs {name} {value:.2f} {ours / value:.3f}")
    if "propter" in ENGINES:
        nights(data)


if __name__ == "__main__":
    main()
