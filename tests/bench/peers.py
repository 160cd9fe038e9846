# SPDX-License-Identifier: Apache-2.0
"""The engines that sparql.py compares: how each is installed by its package name into the build folder, loads a file and is asked. An engine that cannot be
had is left out with a sentence. Nothing of them is needed to build, check or run propter."""
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
LOAD_LIMIT = 1800  # seconds
JENA, RDF4J = "5.6.0", "5.1.0"
ARTIFACTS = {"jena": [("org.apache.jena", "jena-tdb2", JENA), ("org.slf4j", "slf4j-nop", "2.0.17")],
             "rdf4j": [("org.eclipse.rdf4j", a, RDF4J) for a in ("rdf4j-repository-sail", "rdf4j-sail-lmdb", "rdf4j-rio-ntriples", "rdf4j-queryresultio-text")]}


class Missing(Exception):
    pass


def run(command, **more):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)
    if done.returncode:
        raise Missing(f"{' '.join(command[:3])} …: {done.stdout.strip().splitlines()[-1:]}")
    return done.stdout


def cpu_seconds(pid):
    """Processor time of a whole running process (its POSIX clock)."""
    return time.clock_gettime((~pid << 3) | 2)


def folder_bytes(path):
    return sum(os.stat(os.path.join(d, f)).st_blocks * 512 for d, _, files in os.walk(path) for f in files)


class Engine:
    """One engine with one store. `load` is a command that ends; `serve` starts the process that is asked by lines."""
    name = "?"

    def __init__(self, work):
        self.work = work
        self.process = None
        self.limit = 60

    def install(self):
        pass

    def load_command(self, store, file):
        raise NotImplementedError

    def serve_command(self, store):
        raise NotImplementedError

    def store(self, data):
        return os.path.join(self.work, "stores", f"{self.name}-{data}")

    def load(self, data, file):
        """Seconds, processor seconds, peak bytes of memory, bytes on disk."""
        store = self.store(data)
        shutil.rmtree(store, ignore_errors=True)
        os.makedirs(store)
        start = time.perf_counter()
        child = subprocess.Popen(self.load_command(store, file), stdout=subprocess.DEVNULL, stderr=open(store + ".log", "w"))
        timer = threading.Timer(LOAD_LIMIT, child.kill)
        timer.start()
        _, code, usage = os.wait4(child.pid, 0)
        timer.cancel()
        seconds = time.perf_counter() - start
        if code:
            raise Missing(f"{self.name} did not load: {open(store + '.log').read()[-300:]}")
        return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, folder_bytes(store)

    def start(self, data, limit):
        self.data, self.limit = data, limit
        self.process = subprocess.Popen(self.serve_command(self.store(data)), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=open(self.store(data) + ".log", "a"), text=True, bufsize=1)

    def cpu(self):
        return cpu_seconds(self.process.pid)

    def ask(self, line, limit=None):
        """Seconds and processor seconds, or the text of the failure."""
        if self.process is None or self.process.poll() is not None:
            self.start(self.data, self.limit)
        before = self.cpu()
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        if not select.select([self.process.stdout], [], [], (limit or self.limit) + 5)[0]:
            self.stop(signal.SIGKILL)
            return None, None, "no answer in time"
        said = self.process.stdout.readline().split(None, 2)
        if not said:
            self.stop(signal.SIGKILL)
            return None, None, "ended without an answer"
        if said[0] != "ok":
            return None, None, " ".join(said[1:])[:200]
        return float(said[1]), self.cpu() - before, None

    def stop(self, how=signal.SIGTERM):
        if self.process:
            self.process.send_signal(how)
            self.process.wait()
        self.process = None


class Propter(Engine):
    name = "propter"

    def load_command(self, store, file):
        return [os.environ["PROPTER"], "-g", store, "load", "--no-undo", file]

    def load(self, data, file):
        store = self.store(data)
        shutil.rmtree(store, ignore_errors=True)
        subprocess.run([os.environ["PROPTER"], "-g", store, "init"], check=True, stdout=subprocess.DEVNULL)
        start = time.perf_counter()
        child = subprocess.Popen(self.load_command(store, file), stdout=subprocess.DEVNULL)
        _, code, usage = os.wait4(child.pid, 0)
        if code:
            raise RuntimeError("propter did not load")
        return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, folder_bytes(store)

    def serve_command(self, store):
        return [os.environ["BENCH_ENGINE"], store, str(self.limit * 1000)]


class PropterServer(Propter):
    """The same over HTTP."""
    http = 18891
    server = None

    def start(self, data, limit):
        self.server = subprocess.Popen([os.environ["PROPTER"], "-g", self.store(data), "serve", "-p", str(self.http), "--timeout", str(limit)],
                                       stdout=subprocess.PIPE, text=True)
        self.server.stdout.readline()  # its address
        super().start(data, limit)

    def serve_command(self, store):
        return [sys.executable, os.path.join(HERE, "peer_http.py"), str(self.http)]

    def cpu(self):
        return cpu_seconds(self.server.pid)

    def stop(self, how=signal.SIGTERM):
        super().stop(how)
        if how == signal.SIGTERM and self.server:
            self.server.send_signal(signal.SIGTERM)
            self.server.wait()
            self.server = None


class Oxigraph(Engine):
    name = "oxigraph"

    def install(self):
        self.python = os.path.join(self.work, "python", "bin", "python3")
        if not os.path.exists(self.python):
            run([sys.executable, "-m", "venv", os.path.join(self.work, "python")])
        try:
            self.version = run([self.python, "-c", "import pyoxigraph; print(pyoxigraph.__version__)"]).strip()
        except Missing:
            run([self.python, "-m", "pip", "install", "-q", "pyoxigraph"])
            self.version = run([self.python, "-c", "import pyoxigraph; print(pyoxigraph.__version__)"]).strip()

    def load_command(self, store, file):
        return [self.python, os.path.join(HERE, "peer_oxigraph.py"), store, file]

    def serve_command(self, store):
        return [self.python, os.path.join(HERE, "peer_oxigraph.py"), store]


class Java(Engine):
    def install(self):
        folder = os.path.join(self.work, "java")
        self.path = f"{folder}/classes:{folder}/{self.name}/*"
        self.version = JENA if self.name == "jena" else RDF4J
        if not shutil.which("mvn") or not shutil.which("javac"):
            raise Missing("mvn or javac is not installed")
        for name, artifacts in ARTIFACTS.items():  # apart, since they ask for different versions of the same libraries; the driver is compiled with both
            if os.path.isdir(f"{folder}/{name}"):
                continue
            os.makedirs(f"{folder}/{name}.part", exist_ok=True)
            rows = "".join(f"<dependency><groupId>{g}</groupId><artifactId>{a}</artifactId><version>{v}</version></dependency>" for g, a, v in artifacts)
            with open(f"{folder}/{name}.part/pom.xml", "w") as f:
                f.write(f'<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>propter</groupId>'
                        f"<artifactId>{name}-peer</artifactId><version>1</version><packaging>pom</packaging><dependencies>{rows}</dependencies></project>")
            run(["mvn", "-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=."], cwd=f"{folder}/{name}.part")
            os.rename(f"{folder}/{name}.part", f"{folder}/{name}")
        run(["javac", "-cp", f"{folder}/jena/*:{folder}/rdf4j/*", "-d", folder + "/classes", os.path.join(HERE, "Peers.java")])

    def command(self, store, *more):
        return ["java", "-Xmx6g", "-cp", self.path, "Peers", self.name, store, str(self.limit * 1000), *more]

    def load_command(self, store, file):
        return self.command(store, file)

    def serve_command(self, store):
        return self.command(store)


class Jena(Java):
    name = "jena"


class Rdf4j(Java):
    name = "rdf4j"


class Virtuoso(Engine):
    name = "virtuoso"
    packages = ["virtuoso-opensource-7-bin", "libminizip1", "libpcre3"]
    http, sql = 18890, 11111
    server = None

    def install(self):
        self.root = os.path.join(self.work, "virtuoso")
        os.makedirs(self.root, exist_ok=True)
        if not os.path.exists(self.root + "/usr/bin/virtuoso-t"):
            if not shutil.which("apt-get"):
                raise Missing("apt-get is not installed")
            run(["apt-get", "download", *self.packages], cwd=self.root)
            for package in sorted(os.listdir(self.root)):
                if package.endswith(".deb"):
                    run(["dpkg", "-x", package, "."], cwd=self.root)
        self.env = dict(os.environ, LD_LIBRARY_PATH=f"{self.root}/usr/lib/x86_64-linux-gnu:{self.root}/lib/x86_64-linux-gnu")
        said = subprocess.run([self.root + "/usr/bin/virtuoso-t", "-?"], env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout
        found = re.search(r"Version (\d[\w.]*)", said)
        if not found:
            raise Missing("virtuoso-t does not start: " + said[-200:])
        self.version = found.group(1)

    def server_start(self, store, files):
        with open(store + "/virtuoso.ini", "w") as f:
            f.write(f"""[Database]
DatabaseFile = {store}/virtuoso.db
ErrorLogFile = {store}/virtuoso.log
LockFile = {store}/virtuoso.lck
TransactionFile = {store}/virtuoso.trx
xa_persistent_file = {store}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {store}/temp.db
TransactionFile = {store}/temp.trx
[Parameters]
ServerPort = {self.sql}
DirsAllowed = {files}
NumberOfBuffers = 170000
MaxDirtyBuffers = 130000
ThreadsPerQuery = 2
ServerThreads = 20
MaxClientConnections = 10
[HTTPServer]
ServerPort = {self.http}
ServerThreads = 10
KeepAliveTimeout = 3600
MaxKeepAlives = 10
[SPARQL]
ResultSetMaxRows = 100000000
DefaultGraph = http://example.org/bench
MaxQueryExecutionTime = {self.limit}
""")
        self.server = subprocess.Popen([self.root + "/usr/bin/virtuoso-t", "-f", "+wait", "-c", store + "/virtuoso.ini"], env=self.env,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(1000):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.http)) == 0:
                    return
            if self.server.poll() is not None:
                break
            time.sleep(0.2)
        self.server_stop()
        raise Missing("virtuoso-t does not start")

    def server_stop(self):
        if self.server and self.server.poll() is None:
            self.server.send_signal(signal.SIGTERM)
            self.server.wait()
        self.server = None

    def isql(self, text):
        return run([self.root + "/usr/bin/isql-vt", str(self.sql), "dba", "dba", "ERRORS=stdout", "VERBOSE=OFF", "exec=" + text], env=self.env)

    def load(self, data, file):
        store = self.store(data)
        shutil.rmtree(store, ignore_errors=True)
        os.makedirs(store)
        self.server_start(store, os.path.dirname(file))
        start, before = time.perf_counter(), cpu_seconds(self.server.pid)
        self.isql(f"ld_dir('{os.path.dirname(file)}', '{os.path.basename(file)}', 'http://example.org/bench');")
        self.isql("rdf_loader_run();")
        self.isql("checkpoint;")
        seconds, cpu = time.perf_counter() - start, cpu_seconds(self.server.pid) - before
        peak = int(re.search(r"VmHWM:\s+(\d+)", open(f"/proc/{self.server.pid}/status").read()).group(1)) * 1024
        self.server_stop()
        return seconds, cpu, peak, folder_bytes(store)

    def start(self, data, limit):
        self.data, self.limit = data, limit
        if not self.server or self.server.poll() is not None:
            self.server_start(self.store(data), "/")
        super().start(data, limit)

    def serve_command(self, store):
        return [sys.executable, os.path.join(HERE, "peer_http.py"), str(self.http), "http://example.org/bench"]

    def cpu(self):
        return cpu_seconds(self.server.pid)

    def stop(self, how=signal.SIGTERM):
        super().stop(how)
        if how == signal.SIGTERM:
            self.server_stop()


def available(work, names):
    """The engines of `names` (all where empty) that can be had, installed; propter first."""
    found = []
    for kind in (Propter, Oxigraph, Virtuoso, Jena, Rdf4j):
        engine = kind(work)
        if names and engine.name not in names and engine.name != "propter":
            continue
        try:
            engine.install()
            found.append(engine)
        except Missing as e:
            print(f"{engine.name} is left out: {e}", file=sys.stderr)
    return found
