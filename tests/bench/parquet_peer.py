#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Parquet files read by propter and by pyarrow, installed by name: every value of every column that is no list must be the same. Arguments: files; with none, files of all types,
encodings, codecs and page versions that pyarrow writes are made. Environment: PROPTER. Prints each file and what differs."""
import datetime
import decimal
import math
import os
import random
import re
import subprocess
import sys
import tempfile

import pyarrow as pa
import pyarrow.parquet as pq


def text(value):
    """A value as propter's literals say it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return "NaN" if math.isnan(value) else ("INF" if value > 0 else "-INF") if math.isinf(value) else float(value)
    if isinstance(value, decimal.Decimal):
        plain = f"{value:f}"
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    if isinstance(value, datetime.datetime):
        plain = value.replace(tzinfo=None).isoformat()
        return (plain.rstrip("0") if "." in plain else plain) + ("Z" if value.tzinfo else "")
    if isinstance(value, datetime.time):
        plain = value.isoformat()
        return plain.rstrip("0") if "." in plain else plain
    if isinstance(value, bytes):
        try:
            plain = value.decode("utf-8")
            return plain if "\0" not in plain else value.hex().upper()
        except UnicodeDecodeError:
            return value.hex().upper()
    return str(value)


def same(ours, theirs):
    if isinstance(theirs, float):
        return math.isclose(float(ours), theirs, rel_tol=1e-6, abs_tol=0) if ours not in ("NaN", "INF", "-INF") else False
    if isinstance(theirs, str) and ours == theirs.encode().hex().upper():  # fixed bytes without a type
        return True
    return ours == theirs or ours.replace("Z", "") == theirs.replace("Z", "")


def unescape(literal):
    literal = re.sub(r"\\u([0-9A-F]{4})", lambda m: chr(int(m.group(1), 16)), literal)
    return literal.replace("\\n", "\n").replace("\\r", "\r").replace("\\t", "\t").replace('\\"', '"').replace("\\\\", "\\")


def check(path, propter, work):
    table = pq.read_table(path)
    names = [f.name for f in table.schema if not pa.types.is_nested(f.type)]
    says = "".join(f' ; rml:predicateObjectMap [ rml:predicate ex:c{i} ; rml:objectMap [ rml:reference "{n}" ] ]' for i, n in enumerate(names))
    with open(os.path.join(work, "m.ttl"), "w", encoding="utf-8") as out:
        out.write("@prefix rml: <http://w3id.org/rml/> . @prefix ex: <http://example.org/> .\n"
                  f'ex:m rml:logicalSource [ rml:source [ rml:root rml:MappingDirectory ; rml:path "{os.path.abspath(path)}" ] ; rml:referenceFormulation rml:CSV ] ;\n'
                  f"  rml:subjectMap [ rml:termType rml:BlankNode ]{says} .\n")
    done = subprocess.run([propter, "ingest", os.path.join(work, "m.ttl"), "--output", os.path.join(work, "o.nq")], capture_output=True, text=True)
    if done.returncode:
        print(f"{path}: {done.stderr.strip()}")
        return 1
    found = {f"c{i}": [] for i in range(len(names))}
    with open(os.path.join(work, "o.nq"), encoding="utf-8") as lines:
        for line in lines:
            found[line[line.index("org/c") + 4:line.index('> "')]].append(unescape(line[line.index('"') + 1:line.rindex('"', 0, line.rindex("^^") if "^^" in line else None)]))
    differ = 0
    for i, name in enumerate(names):
        ours, theirs = found[f"c{i}"], [text(v) for v in table.column(name).to_pylist() if v is not None]
        bad = [(o, t) for o, t in zip(ours, theirs) if not same(o, t)]
        if len(ours) != len(theirs) or bad:
            differ += 1
            print(f"{path} {name}: {len(ours)} and {len(theirs)} values, {len(bad)} differ, {bad[:3]}")
    print(f"{os.path.basename(path)}: {len(names)} columns of {table.num_rows} rows, {differ} differ")
    return differ


def make(folder):
    """Random columns of all flat types, with and without nulls."""
    draw = random.Random(7)
    n = 3000

    def some(value, nulls):
        return [None if nulls and draw.random() < nulls else value() for _ in range(n)]
    columns = {}
    for nulls in (0, 0.3):
        k = "n" if nulls else "r"
        columns.update({
            k + "bool": pa.array(some(lambda: draw.random() < 0.5, nulls)), k + "i8": pa.array(some(lambda: draw.randrange(-128, 128), nulls), pa.int8()),
            k + "i32": pa.array(some(lambda: draw.randrange(-2**31, 2**31), nulls), pa.int32()), k + "i64": pa.array(some(lambda: draw.randrange(-2**63, 2**63), nulls), pa.int64()),
            k + "seq": pa.array(some(lambda: 10**12 + draw.randrange(50), nulls), pa.int64()), k + "u32": pa.array(some(lambda: draw.randrange(2**32), nulls), pa.uint32()),
            k + "u64": pa.array(some(lambda: draw.randrange(2**64), nulls), pa.uint64()), k + "f32": pa.array(some(lambda: draw.gauss(0, 1e3), nulls), pa.float32()),
            k + "f64": pa.array(some(lambda: draw.gauss(0, 1e9), nulls)), k + "text": pa.array(some(lambda: draw.choice("aé€😀\"\n,") * draw.randrange(9) + str(draw.randrange(40)), nulls)),
            k + "word": pa.array(some(lambda: draw.choice(["north", "south", "east"]), nulls)), k + "dec": pa.array(some(lambda: decimal.Decimal(draw.randrange(-10**17, 10**17)).scaleb(-4), nulls), pa.decimal128(30, 4)),
            k + "day": pa.array(some(lambda: datetime.date(1800, 1, 1) + datetime.timedelta(draw.randrange(99999)), nulls)),
            k + "at": pa.array(some(lambda: datetime.datetime(1950, 1, 1) + datetime.timedelta(microseconds=draw.randrange(10**16)), nulls), pa.timestamp("us")),
            k + "utc": pa.array(some(lambda: datetime.datetime(1950, 1, 1) + datetime.timedelta(milliseconds=draw.randrange(10**13)), nulls), pa.timestamp("ms", tz="UTC")),
            k + "time": pa.array(some(lambda: (datetime.datetime.min + datetime.timedelta(microseconds=draw.randrange(86400 * 10**6))).time(), nulls), pa.time64("us"))})
    table = pa.table(columns)
    made = []
    delta = {c: "DELTA_BINARY_PACKED" for c in columns if c[1:] in ("i32", "i64", "seq", "day", "at")} | {c: "DELTA_BYTE_ARRAY" for c in columns if c[1:] == "text"}
    delta |= {c: "DELTA_LENGTH_BYTE_ARRAY" for c in columns if c[1:] == "word"} | {c: "BYTE_STREAM_SPLIT" for c in columns if c[1:] in ("f32", "f64")}
    for version in ("1.0", "2.0"):
        for codec in ("NONE", "SNAPPY", "GZIP", "ZSTD"):
            for encodings in (None, delta):
                path = os.path.join(folder, f"v{version}-{codec}-{'delta' if encodings else 'dict'}.parquet")
                pq.write_table(table, path, compression=codec, data_page_version=version, use_dictionary=encodings is None, column_encoding=encodings, row_group_size=1100,
                               data_page_size=4096, write_page_checksum=codec != "GZIP")
                made.append(path)
    return made


def main():
    propter = os.environ.get("PROPTER", "propter")
    with tempfile.TemporaryDirectory() as work:
        paths = sys.argv[1:] or make(work)
        differ = sum(check(path, propter, work) for path in paths)
    print(f"bench parquet-columns-that-differ {differ} columns")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
