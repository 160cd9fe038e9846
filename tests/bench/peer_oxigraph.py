# SPDX-License-Identifier: Apache-2.0
"""Oxigraph (the pyoxigraph package) as an engine of sparql.py; see bench_engine.c for what is said by lines. Results are written by Oxigraph's own
writers, not row by row in Python; several clients are several processes with the store opened read-only, because Python's threads share one lock.
Arguments: the folder of the store and, to load, the N-Triples file."""
import os
import sys
import time

import pyoxigraph as ox


def answer(store, text):
    result = store.query(text, use_default_graph_as_union=True)
    if isinstance(result, ox.QuerySolutions):
        return result.serialize(format=ox.QueryResultsFormat.TSV)
    if isinstance(result, ox.QueryTriples):
        return result.serialize(format=ox.RdfFormat.N_TRIPLES)
    return b"true\n" if result else b"false\n"


def query(store, file, out):
    text = open(file).read()
    start = time.perf_counter()
    data = answer(store, text)
    seconds = time.perf_counter() - start
    if out != "-":
        open(out, "wb").write(data)
    return f"ok {seconds:.9f} {len(data)}"


def mix(store, folder, prefix, clients):
    texts = [open(f"{prefix}.{i}").read().split("\n----\n")[:-1] for i in range(clients)]
    if clients == 1:
        start = time.perf_counter()
        done = sum(len(answer(store, t)) for t in texts[0])
        return f"ok {time.perf_counter() - start:.9f} {done}"
    go, ready = os.pipe(), os.pipe()
    children = []
    for mine in texts:
        child = os.fork()
        if not child:
            own = ox.Store.read_only(folder)
            os.write(ready[1], b"r")
            os.read(go[0], 1)
            for t in mine:
                answer(own, t)
            os._exit(0)
        children.append(child)
    for _ in children:
        os.read(ready[0], 1)
    start = time.perf_counter()
    os.write(go[1], b"g" * clients)
    codes = [os.waitpid(c, 0)[1] for c in children]
    seconds = time.perf_counter() - start
    for end in go + ready:
        os.close(end)
    return f"ok {seconds:.9f} 0" if not any(codes) else "fail a client ended early"


def main():
    folder = sys.argv[1]
    if len(sys.argv) > 2:
        store = ox.Store(folder)
        store.bulk_load(path=sys.argv[2], format=ox.RdfFormat.N_TRIPLES)
        store.flush()
        return
    store = ox.Store.read_only(folder)
    for line in sys.stdin:
        word = line.split()
        try:
            said = query(store, word[1], word[2]) if word[0] == "query" else mix(store, folder, word[1], int(word[2]))
        except Exception as e:
            said = "fail " + " ".join(str(e).split())
        print(said, flush=True)


main()
