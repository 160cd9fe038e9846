# SPDX-License-Identifier: Apache-2.0
"""Peers of bench_shacl: shacl_peers.py FOLDER, where bench_shacl write FOLDER [ORDERS] has put data.nt and shapes.ttl. Installs pyshacl and pyrudof by
name into FOLDER/venv, and shacl, shacl-rust and pyshifty, engines in Rust. Prints wall and processor time and how many results there are (-1: not said). pyshacl and pyrudof read
data and shapes before; the others read the files and validate in one call, so that to compare with them "propter load" and "propter validate" belong together."""
import os
import subprocess
import sys
import venv

PEERS = {
    "pyshacl": """
import rdflib, pyshacl
data, shapes = rdflib.Graph().parse('data.nt', format='nt'), rdflib.Graph().parse('shapes.ttl')
start()
conforms, report, text = pyshacl.validate(data, shacl_graph=shapes)
done(len(list(report.triples((None, rdflib.URIRef('http://www.w3.org/ns/shacl#result'), None)))))
""",
    "shacl": """
import shacl
start()
done(len(shacl.validate('data.nt', 'shapes.ttl').results))
""",
    "shacl-rust": """
import shacl_rust
start()
shacl_rust.validate_file('data.nt', 'shapes.ttl')
done(-1)
""",
    "pyshifty": """
import shifty
start()
result = shifty.validate_algebra('data.nt', 'shapes.ttl', infer=False)
done(len(result.violations))
""",
    "pyrudof": """
from pyrudof import Rudof, RudofConfig, RDFFormat, ShaclFormat, ShaclValidationMode
r = Rudof(RudofConfig())
r.read_data('data.nt', RDFFormat.NTriples) if hasattr(RDFFormat, 'NTriples') else r.read_data('data.nt')
r.read_shacl('shapes.ttl', ShaclFormat.Turtle)
start()
result = r.validate_shacl()
done(-1)
""",
}
FRAME = """
import time
def start():
    global wall, cpu
    wall, cpu = time.perf_counter(), time.process_time()
def done(results):
    print('bench shacl-%s %.4g s' % (PEER, time.perf_counter() - wall))
    print('bench shacl-%s-cpu %.4g s' % (PEER, time.process_time() - cpu))
    print('bench shacl-%s-results %d results' % (PEER, results))
"""


def main(folder):
    home = os.path.join(folder, "venv")
    if not os.path.exists(home):
        venv.create(home, with_pip=True)
    python = os.path.join(home, "bin", "python")
    for peer, program in PEERS.items():
        if subprocess.run([python, "-m", "pip", "install", "-q", peer], check=False).returncode != 0:
            print(f"# {peer}: not to be had")
            continue
        try:
            done = subprocess.run([python, "-c", f"PEER = {peer!r}\n{FRAME}{program}"], cwd=folder, check=False, timeout=280)
        except subprocess.TimeoutExpired:
            print(f"# {peer}: more than 280 s")
            continue
        if done.returncode != 0:
            print(f"# {peer}: failed")


if __name__ == "__main__":
    main(sys.argv[1])
