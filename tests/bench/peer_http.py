# SPDX-License-Identifier: Apache-2.0
"""An endpoint on this machine as an engine of sparql.py, connections kept open; see bench_engine.c for what is said by lines. Several clients are several
processes. Arguments: the port; for Virtuoso also the graph to ask, and then formats are chosen by its parameter."""
import os
import socket
import sys
import time
import urllib.parse

GRAPH = sys.argv[2] if len(sys.argv) > 2 else None


class Connection:
    def __init__(self, port):
        self.port = port
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb")

    def answer(self, text):
        """The body of the answer."""
        triples = "CONSTRUCT" in text or "DESCRIBE" in text
        form = "text/tab-separated-values" if not triples else "text/plain" if GRAPH else "application/n-triples"
        body = urllib.parse.urlencode({"query": text, **({"default-graph-uri": GRAPH, "format": form} if GRAPH else {})})
        self.socket.sendall((f"POST /sparql HTTP/1.1\r\nHost: localhost:{self.port}\r\nContent-Type: application/x-www-form-urlencoded\r\nAccept: {form}\r\n"
                             f"Content-Length: {len(body)}\r\n\r\n{body}").encode())
        status = self.file.readline()
        length, chunked = 0, False
        while (line := self.file.readline()) not in (b"\r\n", b""):
            name, _, value = line.decode("latin1").partition(":")
            if name.lower() == "content-length":
                length = int(value)
            elif name.lower() == "transfer-encoding":
                chunked = "chunked" in value
        data = self.chunks() if chunked else self.file.read(length)
        if b" 200 " not in status:
            raise RuntimeError((status + data).decode("utf-8", "replace"))
        return data

    def chunks(self):
        parts = []
        while size := int(self.file.readline(), 16):
            parts.append(self.file.read(size))
            self.file.readline()
        self.file.readline()
        return b"".join(parts)


def query(link, file, out):
    text = open(file).read()
    start = time.perf_counter()
    data = link.answer(text)
    seconds = time.perf_counter() - start
    if out != "-":
        open(out, "wb").write(data)
    return f"ok {seconds:.9f} {len(data)}"


def mix(link, prefix, clients):
    texts = [open(f"{prefix}.{i}").read().split("\n----\n")[:-1] for i in range(clients)]
    start = time.perf_counter()
    if clients == 1:
        done = sum(len(link.answer(t)) for t in texts[0])
        return f"ok {time.perf_counter() - start:.9f} {done}"
    children = []
    for mine in texts:
        child = os.fork()
        if not child:
            own = Connection(link.port)
            for t in mine:
                own.answer(t)
            os._exit(0)
        children.append(child)
    codes = [os.waitpid(c, 0)[1] for c in children]
    return f"ok {time.perf_counter() - start:.9f} 0" if not any(codes) else "fail a client ended early"


def main():
    link = Connection(int(sys.argv[1]))
    for line in sys.stdin:
        word = line.split()
        try:
            said = query(link, word[1], word[2]) if word[0] == "query" else mix(link, word[1], int(word[2]))
        except Exception as e:
            said = "fail " + " ".join(str(e).split())[:500]
            link = Connection(link.port)
        print(said, flush=True)


main()
