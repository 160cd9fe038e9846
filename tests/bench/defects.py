#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What goes wrong with data, injected into clean data: `make bench-defects`. Each kind of defect is put, by a seed, into tables of several shapes (northwind, chinook,
online-retail-daily and gtfs-madrid of $PROPTER_DATA/ingest where they are there, always one made here) and ingested into a graph that holds something else. Found: a defect of rows is
rejected with its file, line and column, everything else is refused with file and line (or what stands for it) and leaves the graph as it was. Lost: what the rows beside it
give is not what the same table without them gives. A table by kind is printed, then false alarms on the clean tables and on nights of clean measures, with
the 95 % bound by Wilson. Exit 1: a defect was missed, lost or had no place, or more than 1 % of the clean data raised an alarm. Environment: SEEDS (5) a kind and shape, PROPTER,
PROPTER_DATA, KINDS (a pattern), SMALL=1 (one seed, two shapes, no servers, no nights)."""
import bz2
import csv
import gzip
import io
import json
import lzma
import math
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import zipfile
from xml.sax.saxutils import escape

PROPTER = os.environ["PROPTER"]
SMALL = os.environ.get("SMALL") == "1"
SEEDS = 1 if SMALL else int(os.environ.get("SEEDS", "5"))
DATA = os.path.join(os.environ.get("PROPTER_DATA", "../shared/data"), "ingest")
WORK = tempfile.mkdtemp(prefix="propter-defects-")
ROWS = 60
PREFIXES = """@prefix rml: <http://w3id.org/rml/> . @prefix ex: <http://example.org/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix propter: <https://w3id.org/propter#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix d2rq: <http://www.wiwiss.fu-berlin.de/suhl/bizer/D2RQ/0.1#> .
@prefix fno: <https://w3id.org/imec/idlab/function#> .
"""
NUMBERS = ("integer", "int", "decimal")


class Table:
    """A clean table: columns with an XSD datatype (or string, IRI), the columns of its key, and what a metric of it is."""

    def __init__(self, name, columns, key, rows, metric=None):
        self.name, self.columns, self.key, self.rows, self.metric = name, columns, key, rows, metric
        self.names = [c for c, _ in columns]

    def sample(self, rng):
        start = rng.randrange(max(1, len(self.rows) - ROWS))
        return Table(self.name, self.columns, self.key, [list(r) for r in self.rows[start : start + ROWS]], self.metric)

    def of(self, *types):
        return [i for i, (name, kind) in enumerate(self.columns) if kind in types and name not in self.key]


# --- Shapes --------------------------------------------------------------------------------------------------------------------------------


def of_sqlite(path, query, name, columns, key, metric=None):
    database = sqlite3.connect("file:%s?mode=ro" % path, uri=True)
    rows = [["" if v is None else str(v) for v in row] for row in database.execute(query)]
    return Table(name, columns, key, rows, metric)


def made(rng):
    words = ["plain", "with, a comma", 'with "quotes"', "two\nlines", "Zürich", "日本語", "=1+1 is two", "O'Brien", "a;b|c", " blanks "]
    rows = [["r%d" % i, "2024-%02d-%02d" % (1 + i // 28 % 12, 1 + i % 28), "2024-02-29T%02d:%02d:00" % (i % 24, i % 60), str(rng.randrange(-500, 500)), "%.2f" % rng.gauss(0, 90),
             rng.choice(["true", "false"]), "http://example.org/page/%d" % i, rng.choice(words)] for i in range(400)]
    columns = [("id", "string"), ("day", "date"), ("at", "dateTime"), ("count", "int"), ("amount", "decimal"), ("paid", "boolean"), ("page", "IRI"), ("note", "string")]
    return Table("made", columns, ["id"], rows, ("day", "count", ["id"]))


def shapes():
    found = [made(random.Random(7))]
    path = os.path.join(DATA, "northwind", "northwind.db")
    if os.path.exists(path):
        found.append(of_sqlite(path, "SELECT OrderID, CustomerID, date(OrderDate), Freight, ShipName, ShipCountry FROM Orders", "northwind", [("OrderID", "integer"),
            ("CustomerID", "string"), ("OrderDate", "date"), ("Freight", "decimal"), ("ShipName", "string"), ("ShipCountry", "string")], ["OrderID"], ("OrderDate", "Freight", ["OrderID"])))
    path = os.path.join(DATA, "chinook", "Chinook_Sqlite.sqlite")
    if os.path.exists(path) and not SMALL:
        found.append(of_sqlite(path, "SELECT InvoiceId, CustomerId, replace(InvoiceDate, ' ', 'T'), date(InvoiceDate), BillingAddress, BillingCity, Total FROM Invoice", "chinook",
            [("InvoiceId", "integer"), ("CustomerId", "integer"), ("InvoiceDate", "dateTime"), ("Day", "date"), ("BillingAddress", "string"), ("BillingCity", "string"),
             ("Total", "decimal")], ["InvoiceId"], ("Day", "Total", ["InvoiceId"])))
    path = os.path.join(DATA, "online-retail-daily", "2010-12-01.csv")
    if os.path.exists(path) and not SMALL:
        rows = [[str(i), r[0], r[2], r[3], r[4].replace(" ", "T"), r[4][:10], r[5], r[7]] for i, r in enumerate(list(csv.reader(open(path, encoding="utf-8")))[1:])]
        found.append(Table("retail", [("row", "integer"), ("InvoiceNo", "string"), ("Description", "string"), ("Quantity", "int"), ("InvoiceDate", "dateTime"), ("Day", "date"),
            ("UnitPrice", "decimal"), ("Country", "string")], ["row"], rows, ("Day", "Quantity", ["row"])))
    path = os.path.join(DATA, "gtfs-madrid", "gen.py")
    if os.path.exists(path) and not SMALL:
        subprocess.run([sys.executable, path, "1", WORK + "/gtfs"], check=True, stdout=subprocess.DEVNULL)
        read = csv.reader(open(WORK + "/gtfs/STOPS.csv", encoding="utf-8"))
        stops = [r for r in list(read)[1:] if r[7]]
        found.append(Table("gtfs", [("stop_id", "string"), ("stop_name", "string"), ("stop_lat", "decimal"), ("stop_url", "IRI"), ("location_type", "int"), ("day", "date")], ["stop_id"],
            [[r[0], r[2], r[4], r[7], r[8], "2023-01-%02d" % (1 + i % 28)] for i, r in enumerate(stops)], ("day", "location_type", ["stop_id"])))
    return found


# --- Files ---------------------------------------------------------------------------------------------------------------------------------


def cell(text, delimiter=","):
    return '"%s"' % text.replace('"', '""') if re.search('[%s"\r\n]' % delimiter, text) or text != text.strip() else text


def as_csv(t, delimiter=","):
    """The lines of the rows, and the line of the file at which each begins."""
    lines, places, at = [delimiter.join(t.names)], [], 2
    for row in t.rows:
        places.append(at)
        lines.append(delimiter.join(cell(c, delimiter) for c in row))
        at += 1 + lines[-1].count("\n")
    return lines, places


def write(path, data):
    with open(path, "wb") as out:
        out.write(data if isinstance(data, bytes) else data.encode())


def text_of(lines):
    return "\n".join(lines) + "\n"


def objects(t):
    return [json.dumps(dict(zip(t.names, row)), ensure_ascii=False) for row in t.rows]


def as_json(t):
    return "[\n" + ",\n".join(objects(t)) + "\n]\n"


def as_xml(t, head=""):
    out = [head + "<rows>"]
    for row in t.rows:
        cells = "".join("<%s>%s</%s>" % (n, escape(v).replace("\n", "&#10;"), n) for n, v in zip(t.names, row))
        out.append("<row>%s</row>" % cells)
    return out + ["</rows>"]


def as_sheet(t, special=None):
    """A workbook of texts; `special` is (row, column, XML of a cell)."""
    rows = [t.names] + t.rows
    body = ""
    for r, row in enumerate(rows):
        body += '<row r="%d">' % (r + 1)
        for c, value in enumerate(row):
            place = chr(65 + c) + str(r + 1)
            body += special[2] % place if special and special[:2] == (r - 1, c) else '<c r="%s" t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>' % (place, escape(value))
        body += "</row>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("_rels/.rels", '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>')
        z.writestr("xl/workbook.xml", '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>')
        z.writestr("xl/_rels/workbook.xml.rels", '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>')
        z.writestr("xl/worksheets/sheet1.xml", '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>' % body)
    return out.getvalue()


def as_database(t, path, changes=()):
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE t (%s)" % ", ".join('"%s" %s' % (n, "INTEGER" if k == "int" else "TEXT") for n, k in t.columns))
    database.executemany("INSERT INTO t VALUES (%s)" % ", ".join("?" * len(t.names)), t.rows)
    for change in changes:
        database.execute(change)
    database.commit()
    database.close()


# --- Mappings ------------------------------------------------------------------------------------------------------------------------------

FORMS = {"csv": ("CSV", ""), "json": ("JSONPath", ' ; rml:iterator "$[*]"'), "ndjson": ("JSONPath", ' ; rml:iterator "$"'), "xml": ("XPath", ' ; rml:iterator "/rows/row"'), "xlsx": ("CSV", "")}


def source(path, form="csv"):
    return '[ rml:source [ rml:root rml:MappingDirectory ; rml:path "%s" ] ; rml:referenceFormulation rml:%s%s ]' % (path, FORMS[form][0], FORMS[form][1])


def says(t):
    maps = ""
    for name, kind in t.columns:
        how = "" if kind == "string" else " ; rml:termType rml:IRI" if kind == "IRI" else " ; rml:datatype xsd:" + kind
        maps += ' ;\n  rml:predicateObjectMap [ rml:predicate ex:%s ; rml:objectMap [ rml:reference "%s"%s ] ]' % (name, name, how)
    return maps


def rml(t, path, form="csv", where=None, more=""):
    subject = "/".join("{%s}" % k for k in t.key)
    return PREFIXES + 'ex:m rml:logicalSource %s ;\n  rml:subjectMap [ rml:template "http://example.org/%s/%s" ; rml:class ex:Row ]%s%s .\n' % (
        where or source(path, form), t.name, subject, says(t), more)


def metric(t, path="t.csv", aggregation="Sum"):
    time, measure, keys = t.metric
    return PREFIXES + 'ex:measure a propter:Metric ; skos:prefLabel "measure"@en ; propter:sourceFile "%s" ; propter:timeColumn "%s" ; propter:sourceColumn "%s" ;\n%s  propter:grain "P1D"^^xsd:duration ; propter:aggregation propter:%s .\n' % (
        path, time, measure, "".join('  propter:keyColumn "%s" ;\n' % k for k in keys), aggregation)


# --- Running -------------------------------------------------------------------------------------------------------------------------------


class Fault(Exception):
    pass


class Missing(Exception):
    """There is nothing here that this kind could be put into."""


def run(folder, *arguments, **more):
    environment = dict(os.environ, LC_ALL="C.UTF-8", **more)
    done = subprocess.run([PROPTER, *arguments], cwd=folder, capture_output=True, env=environment, timeout=300)
    return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")


def quads(folder):
    _, out, _ = run(folder, "-g", "g", "export")
    return sorted(line for line in out.splitlines() if "propter/run/" not in line and "propter#sourceRow>" not in line)


def template_graph():
    """A graph that holds something else."""
    folder = os.path.join(WORK, "template")
    os.mkdir(folder)
    write(folder + "/c.csv", "id,n\nclean,1\n")
    write(folder + "/c.ttl", PREFIXES + 'ex:c rml:logicalSource %s ; rml:subjectMap [ rml:template "http://example.org/{id}" ] ; rml:predicateObjectMap [ rml:predicate ex:n ; rml:objectMap [ rml:reference "n" ] ] .\n' % source("c.csv"))
    code, out, err = run(folder, "-g", "g", "ingest", "c.ttl")
    if code:
        raise SystemExit("defects.py: the template was not ingested: " + out + err)
    return folder


class Trial:
    def __init__(self, folder, rng, table):
        self.folder, self.rng, self.t = folder, rng, table
        self.placed = True

    def file(self, name, data):
        write(os.path.join(self.folder, name), data)
        return name

    def mapping(self, text):
        return self.file("m.ttl", text)

    def ingest(self, *options, **more):
        return run(self.folder, "-g", "g", "ingest", "m.ttl", *options, **more)

    def column(self, *kinds):
        columns = self.t.of(*kinds)
        if not columns:
            raise Missing
        return self.rng.choice(columns)

    def row(self):
        return self.rng.randrange(len(self.t.rows))

    def place(self, good):
        self.placed = self.placed and bool(good)

    def rejected(self, wanted, clean, name="t.csv", make=None):
        """Rows are rejected at exactly the places `wanted`, [(line, column or None)]; the rest is what the table `clean` gives, a dict of files."""
        code, out, err = self.ingest()
        if code != 1:
            raise Fault("exit %d: %s%s" % (code, out, err))
        _, listed, _ = run(self.folder, "-g", "g", "rejects", "last", "-f", "csv")
        rejects = list(csv.DictReader(io.StringIO(listed)))
        if not rejects:
            raise Fault("nothing is listed")
        for line, column in wanted:
            self.place(any(name in (os.path.basename(r["file"]), r["file"]) and r["row"] == str(line) and (column is None or r["column"] == column) for r in rejects))
        lines = {str(line) for line, _ in wanted}
        if any(r["row"] not in lines for r in rejects):
            raise Fault("another row is rejected: " + listed)
        if not self.same(clean, make):
            raise Fault("the rows beside it are not what they are without it")

    def same(self, clean, make=None):
        """Whether the rows are what the table `clean` gives, a dict of files."""
        after = quads(self.folder)
        shutil.rmtree(self.folder + "/g")
        shutil.copytree(WORK + "/template/g", self.folder + "/g")
        for path, data in clean.items():
            (make or self.file)(path, data)
        code, out, err = self.ingest()
        if code:
            raise Fault("the clean rows alone: exit %d: %s%s" % (code, out, err))
        return quads(self.folder) == after

    def understood(self, places, clean):
        """What was found is said, naming all `places`, and all rows are what the table `clean` gives."""
        code, out, err = self.ingest()
        said = out + err
        if code:
            raise Fault("exit %d: %s" % (code, said))
        self.place(all(p in said for p in places))
        if not self.same(clean):
            raise Fault("the rows are not those of the clean table: " + said)

    def refused(self, places, *options, code=None, **more):
        """It is an error that names all `places`, and the graph is as it was."""
        before = quads(self.folder)
        got, out, err = self.ingest(*options, **more)
        said = out + err
        if got == 0 or (code and got != code):
            raise Fault("exit %d: %s" % (got, said))
        if got < 0 or got > 100:
            raise Fault("it crashed: exit %d: %s" % (got, said))
        self.place(all(p in said for p in places))
        if not self.placed:
            self.said = said
        if quads(self.folder) != before:
            raise Fault("the graph is another")
        return said


KINDS = []


def kind(name, shapes=None):
    def add(function):
        KINDS.append((name, function, shapes))
        return function

    return add


def without(lines, *gone):
    return text_of([line for i, line in enumerate(lines) if i not in gone])


def bad_value(t, column, value, also=None):
    """One cell of a CSV file is `value`."""
    row = t.row()
    t.t.rows[row][column] = value
    lines, places = as_csv(t.t)
    t.file("t.csv", text_of(lines))
    t.mapping(rml(t.t, "t.csv"))
    t.rejected([(places[row], t.t.names[column])], {"t.csv": without(lines, row + 1)})


def bad_line(t, change):
    """One line of a CSV file is another; rows that fill a single line are taken."""
    lines, places = as_csv(t.t)
    row = t.rng.choice([i for i in range(len(t.t.rows)) if "\n" not in lines[i + 1]])
    broken = change(lines[row + 1], t.t.rows[row])
    clean = without(lines, row + 1)
    lines[row + 1] = broken
    t.file("t.csv", text_of(lines))
    t.mapping(rml(t.t, "t.csv"))
    t.rejected([(places[row] + i, None) for i in range(1 + broken.count("\n"))], {"t.csv": clean})


# --- Rows of CSV ---------------------------------------------------------------------------------------------------------------------------


@kind("a cell too many")
def _(t):
    def change(line, row):
        at = t.rng.randrange(len(row))
        return ",".join(map(cell, row[:at] + ["x"] + row[at:]))

    bad_line(t, change)


@kind("a cell too few")
def _(t):
    def change(line, row):
        at = t.rng.randrange(len(row))
        return ",".join(map(cell, row[:at] + row[at + 1 :])) or '""'

    bad_line(t, change)


FORM = {"integer": r"[+-]?\d+$", "int": r"[+-]?\d{1,9}$", "decimal": r"[+-]?(\d+(\.\d*)?|\.\d+)$", "date": r"\d{4}-\d\d-\d\d$", "dateTime": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$", "boolean": r"(true|false|0|1)$"}


@kind("cells shifted by one, as many as before")
def _(t):
    def change(line, row):
        turned = row[1:] + row[:1]
        if all(re.match(FORM.get(k, ""), v.strip()) for v, (_, k) in zip(turned, t.t.columns)):
            raise Missing
        return ",".join(map(cell, turned))

    bad_line(t, change)


@kind("a line break outside of quotes")
def _(t):
    bad_line(t, lambda line, row: ",".join(map(cell, row[:2])) + "\n" + ",".join(map(cell, row[2:])))


@kind("the header again in the middle")
def _(t):
    lines, places = as_csv(t.t)
    row = t.row()
    t.file("t.csv", text_of(lines[: row + 1] + lines[:1] + lines[row + 1 :]))
    t.mapping(rml(t.t, "t.csv"))
    t.rejected([(places[row], None)], {"t.csv": text_of(lines)})


@kind("an empty key")
def _(t):
    row = t.row()
    t.t.rows[row][t.t.names.index(t.t.key[0])] = ""
    lines, places = as_csv(t.t)
    t.file("t.csv", text_of(lines))
    t.mapping(rml(t.t, "t.csv"))
    t.rejected([(places[row], t.t.key[0])], {"t.csv": without(lines, row + 1)})


for name, kinds, values in (
    ("a word for a number", NUMBERS, ["ten", "n/a", "NULL", "-", "?"]),
    ("a decimal comma", ("decimal",), ["1,5", "12,50"]),
    ("groups of thousands", NUMBERS, ["1,234", "1.234.567", "1 234", "1'234"]),
    ("a unit in the cell", NUMBERS, ["5 kg", "12 %", "3h"]),
    ("a currency in the cell", NUMBERS, ["€12", "12 EUR", "$3.50"]),
    ("an exponent", ("int", "integer"), ["1.2E+5", "1e3"]),
    ("no number as IEEE 754 writes it", NUMBERS, ["NaN", "Infinity", "-inf"]),
    ("an error of a spreadsheet", NUMBERS + ("date",), ["#N/A", "#REF!", "#DIV/0!", "#VALUE!"]),
    ("a number beyond its type", ("int",), ["2147483648", "-99999999999"]),
    ("a day that does not exist", ("date",), ["2023-02-29", "2024-13-01", "2024-04-31"]),
    ("a day in another order", ("date",), ["29/02/2024", "31.12.2023", "12/31/2023"]),
    ("a day as a number of a spreadsheet", ("date",), ["45351", "45351.5"]),
    ("a zero day of a database", ("date",), ["0000-00-00", "2024-00-10"]),
    ("an hour that does not exist", ("dateTime",), ["2024-02-29T25:00:00", "2024-02-29T10:61:00"]),
    ("a blank between day and time", ("dateTime",), ["2024-02-29 10:00:00"]),
    ("yes for true", ("boolean",), ["yes", "Y", "on", "wahr"]),
    ("no IRI", ("IRI",), ["http://a b", "http://[", "<http://x>"]),
):
    def make(kinds=kinds, values=values):
        return lambda t: bad_value(t, t.column(*kinds), t.rng.choice(values))

    KINDS.append((name, make(), None))


@kind("the same key twice")
def _(t):
    time, measure, keys = t.t.metric
    row = t.rng.randrange(len(t.t.rows) - 1)
    copy = list(t.t.rows[row])
    copy[t.t.names.index(measure)] = "77"
    at = t.rng.randrange(row + 1, len(t.t.rows))
    t.t.rows.insert(at, copy)
    lines, places = as_csv(t.t)
    t.file("t.csv", text_of(lines))
    t.mapping(metric(t.t))
    t.rejected([(places[at], None)], {"t.csv": without(lines, at + 1)})


@kind("a file delivered twice in one")
def _(t):
    lines, places = as_csv(t.t)
    count = len(t.t.rows)
    t.t.rows = t.t.rows * 2
    twice, places = as_csv(t.t)
    t.file("t.csv", text_of(twice))
    t.mapping(metric(t.t))
    t.rejected([(places[count + i], None) for i in range(count)], {"t.csv": text_of(lines)})


@kind("two values of one key, against shapes")
def _(t):
    columns = t.t.of("string", *NUMBERS)
    name = t.t.names[t.rng.choice(columns)]
    copy = list(t.t.rows[t.row()])
    copy[t.t.names.index(name)] = "77"
    t.t.rows.append(copy)
    t.file("t.csv", text_of(as_csv(t.t)[0]))
    t.file("s.ttl", "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> .\nex:S sh:targetClass ex:Row ; sh:property [ sh:path ex:%s ; sh:maxCount 1 ] .\n" % name)
    t.mapping(rml(t.t, "t.csv"))
    t.refused([t.t.name + "/", name, "MaxCount", "s.ttl:2"], "--validate", "s.ttl", code=1)


# --- Bytes and files -----------------------------------------------------------------------------------------------------------------------


@kind("two encodings in one file")
def _(t):
    lines, places = as_csv(t.t)
    row, column = t.row(), t.column("string")
    t.t.rows[row][column] = "Z\u00fcrich caf\u00e9"
    lines, places = as_csv(t.t)
    head, tail = text_of(lines[: row + 1]).encode(), text_of(lines[row + 2 :]).encode() if row + 2 < len(lines) else b""
    t.file("t.csv", head + (lines[row + 1] + "\n").encode(t.rng.choice(["windows-1252", "latin-1"])) + tail)
    t.mapping(rml(t.t, "t.csv"))
    t.refused(["t.csv:%d:" % places[row]])


@kind("the end of the file inside a character")
def _(t):
    lines, places = as_csv(t.t)
    t.file("t.csv", text_of(lines).encode() + ",".join(["é"] * len(t.t.names)).encode()[:-1])
    t.mapping(rml(t.t, "t.csv"))
    t.refused(["t.csv:%d:" % (places[-1] + 1 + lines[-1].count("\n"))])


@kind("UTF-16 that says nothing of it")
def _(t):
    text = text_of(as_csv(t.t)[0])
    t.file("t.csv", text.encode("utf-16-le"))
    t.mapping(rml(t.t, "t.csv"))
    t.understood(["t.csv: read as UTF-16LE"], {"t.csv": text})


@kind("a NUL")
def _(t):
    lines, places = as_csv(t.t)
    row = t.row()
    lines[row + 1] = lines[row + 1][:1] + "\0" + lines[row + 1][1:]
    t.file("t.csv", text_of(lines))
    t.mapping(rml(t.t, "t.csv"))
    t.refused(["t.csv:%d:" % places[row], "NUL"])


@kind("a quote that is never closed")
def _(t):
    lines, places = as_csv(t.t)
    row = t.rng.choice([i for i in range(len(t.t.rows)) if '"' not in lines[i + 1]])
    lines[row + 1] = '"' + lines[row + 1]
    t.file("t.csv", text_of(lines[: row + 2]))
    t.mapping(rml(t.t, "t.csv"))
    t.refused(["t.csv:%d:" % places[row], "never closed"])


@kind("text behind a closing quote")
def _(t):
    lines, places = as_csv(t.t)
    row = t.row()
    lines[row + 1] = '"a"b,' + lines[row + 1]
    t.file("t.csv", text_of(lines))
    t.mapping(rml(t.t, "t.csv"))
    t.refused(["t.csv:%d:" % places[row]])


def header(t, change, *places):
    lines, _ = as_csv(t.t)
    t.file("t.csv", change(lines))
    t.mapping(rml(t.t, "t.csv"))
    t.refused(places or ["t.csv", "m.ttl"])


@kind("an empty file")
def _(t):
    header(t, lambda lines: "", "t.csv", "empty file")


@kind("a file that is not there")
def _(t):
    t.mapping(rml(t.t, "none.csv"))
    t.refused(["none.csv"])


@kind("a column that is missing")
def _(t):
    gone = t.rng.randrange(len(t.t.names))
    name = t.t.names[gone]
    t.mapping(rml(t.t, "t.csv"))
    cut = Table(t.t.name, [c for i, c in enumerate(t.t.columns) if i != gone], t.t.key, [[c for i, c in enumerate(r) if i != gone] for r in t.t.rows])
    t.file("t.csv", text_of(as_csv(cut)[0]))
    t.refused(["t.csv", "m.ttl:", '"%s"' % name])


@kind("a column with another name")
def _(t):
    name = t.rng.choice(t.t.names)
    header(t, lambda lines: text_of([",".join("other" if n == name else n for n in t.t.names)] + lines[1:]), "t.csv", "m.ttl:", '"%s"' % name)


@kind("a column that stands twice")
def _(t):
    name, other = t.rng.sample(t.t.names, 2)
    header(t, lambda lines: text_of([",".join(name if n == other else n for n in t.t.names)] + lines[1:]), "t.csv", "m.ttl:")


@kind("no header")
def _(t):
    header(t, lambda lines: text_of(lines[1:]), "t.csv", "m.ttl:", "no column")


@kind("another delimiter")
def _(t):
    header(t, lambda lines: text_of(as_csv(t.t, t.rng.choice(";|\t"))[0]), "t.csv", "m.ttl:")


@kind("a file cut inside of a row")
def _(t):
    lines, places = as_csv(t.t)
    row = t.rng.choice([i for i in range(len(lines) // 2, len(lines) - 1) if '"' not in lines[i + 1]])
    kept = lines[row + 1][: t.rng.randrange(1, lines[row + 1].rindex(","))]
    t.file("t.csv", text_of(lines[: row + 1]) + kept)
    t.mapping(rml(t.t, "t.csv"))
    t.rejected([(places[row], None)], {"t.csv": text_of(lines[: row + 1])})


def shrunk(t, make):
    lines, _ = as_csv(t.t)
    t.file("t.csv", text_of(lines))
    t.mapping(rml(t.t, "t.csv"))
    code, out, err = t.ingest()
    if code:
        raise Fault("the whole file: exit %d: %s%s" % (code, out, err))
    t.file("t.csv", make(lines))
    t.refused(["t.csv"])


@kind("a file cut between two rows")
def _(t):
    shrunk(t, lambda lines: text_of(lines[: len(lines) * 2 // 5]))


@kind("a header and nothing below it")
def _(t):
    shrunk(t, lambda lines: lines[0] + "\n")


# --- JSON, XML, workbooks, packed files ------------------------------------------------------------------------------------------------------


@kind("JSON that ends too early")
def _(t):
    text = as_json(t.t)
    cut = text[: t.rng.randrange(len(text) // 3, len(text) - 4)]
    t.file("t.json", cut)
    t.mapping(rml(t.t, "t.json", "json"))
    t.refused(["t.json:%d" % (1 + cut.count("\n"))])


@kind("JSON with something behind it")
def _(t):
    text = as_json(t.t)
    t.file("t.json", text + t.rng.choice(["]", "{}", "x"]))
    t.mapping(rml(t.t, "t.json", "json"))
    t.refused(["t.json:%d" % (1 + text.count("\n"))])


def json_row(t, change, column, ndjson):
    rows = objects(t.t)
    row = t.row()
    clean = rows[:row] + rows[row + 1 :]
    rows[row] = change(row)
    form = "ndjson" if ndjson else "json"
    pack = text_of if ndjson else lambda r: "[\n" + ",\n".join(r) + "\n]\n"
    t.file("t." + form, pack(rows))
    t.mapping(rml(t.t, "t." + form, form))
    t.rejected([(row + 1 + (not ndjson), column)], {"t." + form: pack(clean)}, "t." + form)


@kind("a line of NDJSON that is cut")
def _(t):
    json_row(t, lambda row: objects(t.t)[row][: t.rng.randrange(1, 12)], None, True)


@kind("a member that stands twice")
def _(t):
    def change(row):
        return objects(t.t)[row][:-1] + ', "%s": "again"}' % t.rng.choice(t.t.names)

    json_row(t, change, None, t.rng.random() < 0.5)


@kind("an object for a value")
def _(t):
    name = t.t.names[t.column("string", *NUMBERS)]

    def change(row):
        value = dict(zip(t.t.names, t.t.rows[row]))
        value[name] = {"a": 1}
        return json.dumps(value)

    json_row(t, change, name, t.rng.random() < 0.5)


@kind("a text for a number in JSON")
def _(t):
    name = t.t.names[t.column(*NUMBERS)]

    def change(row):
        return json.dumps(dict(zip(t.t.names, t.t.rows[row]), **{name: "many"}))

    json_row(t, change, name, t.rng.random() < 0.5)


@kind("XML that ends too early")
def _(t):
    lines = as_xml(t.t)
    row = t.rng.randrange(10, len(lines) - 1)
    t.file("t.xml", text_of(lines[:row]) + lines[row][:8])
    t.mapping(rml(t.t, "t.xml", "xml"))
    t.refused(["t.xml:%d" % (row + 1)])


@kind("an element that another one closes")
def _(t):
    lines = as_xml(t.t)
    row = t.rng.randrange(1, len(lines) - 1)
    lines[row] = lines[row].replace("</%s>" % t.t.names[0], "</other>")
    t.file("t.xml", text_of(lines))
    t.mapping(rml(t.t, "t.xml", "xml"))
    t.refused(["t.xml:%d" % (row + 1)])


@kind("a bomb of XML entities")
def _(t):
    entities = "".join("<!ENTITY l%d '%s'>" % (i, "&l%d;" % (i - 1) * 10 if i else "lol") for i in range(10))
    lines = as_xml(t.t, "<!DOCTYPE rows [%s]>" % entities)
    lines[-2] = lines[-2].replace("</row>", "<x>&l9;</x></row>")
    t.file("t.xml", text_of(lines))
    t.mapping(rml(t.t, "t.xml", "xml"))
    t.refused(["t.xml:1", "DOCTYPE"])


@kind("an XML entity that reads another file")
def _(t):
    t.file("secret.txt", "s3cret")
    lines = as_xml(t.t, '<!DOCTYPE rows [<!ENTITY e SYSTEM "secret.txt">]>')
    lines[1] = lines[1].replace("</%s>" % t.t.names[-1], "&e;</%s>" % t.t.names[-1])
    t.file("t.xml", text_of(lines))
    t.mapping(rml(t.t, "t.xml", "xml"))
    if "s3cret" in t.refused(["t.xml:1", "DOCTYPE"]):
        raise Fault("the other file was read")


@kind("XML nested without end")
def _(t):
    t.file("t.xml", "<rows>" + "<row>" * 100000)
    t.mapping(rml(t.t, "t.xml", "xml"))
    t.refused(["t.xml:1"])


PACKERS = {"gz": gzip.compress, "xz": lzma.compress, "bz2": bz2.compress}


def zipped(data):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("t.csv", data)
    return out.getvalue()


@kind("a packed file that is cut")
def _(t):
    form = t.rng.choice(sorted(PACKERS))
    packed = PACKERS[form](text_of(as_csv(t.t)[0]).encode())
    t.file("t.csv." + form, packed[: t.rng.randrange(len(packed) // 3, len(packed) - 9)])
    t.mapping(rml(t.t, "t.csv." + form))
    t.refused(["t.csv." + form])


@kind("a packed file with bytes that changed")
def _(t):
    form = t.rng.choice(sorted(PACKERS) + ["zip"])
    packed = bytearray((PACKERS.get(form) or zipped)(text_of(as_csv(t.t)[0]).encode()))
    middle = len(packed) // 2 + t.rng.randrange(-9, 9)
    packed[middle] ^= 1 << t.rng.randrange(8)
    packed[middle + 1] ^= 0xFF
    t.file("t.csv." + form, bytes(packed))
    t.mapping(rml(t.t, "t.csv." + form))
    t.refused(["t.csv." + form])


@kind("a bomb of packed rows", ["made"])
def _(t):
    line = (",".join("1" for _ in t.t.names) + "\n").encode()
    data = (text_of(as_csv(t.t)[0])).encode() + line * (80000000 // len(line))
    form = t.rng.choice(["gz", "xz", "bz2", "zip"])
    packed = {"gz": gzip.compress, "xz": lambda d: lzma.compress(d, preset=0), "bz2": bz2.compress, "zip": zipped}[form](data)
    t.file("t.csv." + form, packed)
    t.mapping(rml(t.t, "t.csv." + form))
    t.refused(["t.csv." + form, "limit"])


@kind("a bomb in a workbook", ["made"])
def _(t):
    t.file("t.xlsx", as_sheet(t.t, (0, 0, '<c r="%s">' + " " * 100000000 + "</c>")))
    t.mapping(rml(t.t, "t.xlsx", "xlsx"))
    t.refused(["t.xlsx", "times its size"])


@kind("a workbook that is cut")
def _(t):
    data = as_sheet(t.t)
    t.file("t.xlsx", data[: len(data) * 2 // 3])
    t.mapping(rml(t.t, "t.xlsx", "xlsx"))
    t.refused(["t.xlsx"])


@kind("an error in a cell of a workbook")
def _(t):
    row, column = t.row(), t.column(*NUMBERS, "date")
    t.file("t.xlsx", as_sheet(t.t, (row, column, '<c r="%s" t="e"><v>#REF!</v></c>')))
    t.mapping(rml(t.t, "t.xlsx", "xlsx"))
    clean = Table(t.t.name, t.t.columns, t.t.key, t.t.rows[:row] + t.t.rows[row + 1 :])
    t.rejected([(row + 2, t.t.names[column])], {"t.xlsx": as_sheet(clean)}, "t.xlsx")


@kind("a workbook with a password")
def _(t):
    t.file("t.xlsx", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + bytes(600))
    t.mapping(rml(t.t, "t.xlsx", "xlsx"))
    t.refused(["t.xlsx", "encrypted"])


# --- Databases -------------------------------------------------------------------------------------------------------------------------------


def table_of(address, what="Table", iterator="t", more=""):
    return PREFIXES + 'ex:db d2rq:jdbcDSN "%s"%s .\n' % (address, more), '[ rml:source ex:db ; rml:referenceFormulation rml:SQL2008%s ; rml:iterator "%s" ]' % (what, iterator)


def database(t, *places, what="Table", iterator="t", address="sqlite:t.db", more="", **said):
    head, where = table_of(address, what, iterator, more)
    t.mapping(rml(t.t, "", where=where).replace(PREFIXES, head))
    return t.refused(places, **said)


@kind("a value of a database that is no number")
def _(t):
    row, column = t.row(), t.column(*NUMBERS, "date")
    name = t.t.names[column]
    key = t.t.key[0]
    head, where = table_of("sqlite:t.db")
    t.mapping(rml(t.t, "", where=where).replace(PREFIXES, head))
    value = t.t.rows[row][t.t.names.index(key)]
    path = t.folder + "/t.db"
    as_database(t.t, path, ["UPDATE t SET \"%s\" = 'many' WHERE \"%s\" = '%s'" % (name, key, value)])

    def clean(_, table):
        os.remove(path)
        as_database(table, path)

    rest = Table(t.t.name, t.t.columns, t.t.key, t.t.rows[:row] + t.t.rows[row + 1 :])
    t.rejected([(row + 1, name)], {"t.db": rest}, "t.db", clean)


@kind("a table that is not there")
def _(t):
    as_database(t.t, t.folder + "/t.db")
    database(t, "none", "m.ttl:", iterator="none")


@kind("a column of a database that is not there")
def _(t):
    as_database(t.t, t.folder + "/t.db", ["ALTER TABLE t DROP COLUMN \"%s\"" % t.t.names[-1]])
    database(t, '"%s"' % t.t.names[-1], "m.ttl:")


@kind("a query that is none")
def _(t):
    as_database(t.t, t.folder + "/t.db")
    database(t, "m.ttl:", "SELEKT", what="Query", iterator="SELEKT * FROM t")


@kind("a damaged database")
def _(t):
    t.t.rows = t.t.rows * 60
    path = t.folder + "/t.db"
    as_database(t.t, path)
    data = bytearray(open(path, "rb").read())
    at = len(data) // 2
    data[at : at + 8192] = b"\xA5" * 8192
    write(path, bytes(data))
    database(t, "t.db")


@kind("a database that nobody serves")
def _(t):
    if "s3cret" in database(t, "127.0.0.1", "m.ttl", address="postgresql://127.0.0.1:1/x", more=' ; d2rq:username "u" ; d2rq:password "s3cret"'):
        raise Fault("the password is told")


class Server:
    """PostgreSQL on loopback, started once; its user needs the password."""

    address = reason = None

    @classmethod
    def start(cls):
        if cls.address or cls.reason:
            return cls.address
        bins = [b for b in ([] if SMALL else sorted(subprocess.run("ls -d /usr/lib/postgresql/*/bin", shell=True, capture_output=True, text=True).stdout.split())) if os.path.exists(b + "/initdb")]
        if not bins or os.geteuid() != 0:
            cls.reason = "PostgreSQL is not started in the small run" if SMALL else "no PostgreSQL: install Debian's package postgresql and run as root"
            return None
        cls.bin, cls.folder = bins[-1], tempfile.mkdtemp(prefix="propter-pg-")
        write(cls.folder + "/word", "right\n")
        shutil.chown(cls.folder, "postgres")
        shutil.chown(cls.folder + "/word", "postgres")
        cls.pg("initdb", "-D", "data", "-A", "scram-sha-256", "--pwfile", "word", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8")
        port = 20000 + os.getpid() % 12000
        for port in range(port, port + 9):
            if cls.pg("pg_ctl", "-D", "data", "-w", "-o", "-F -k %s -h 127.0.0.1 -p %d" % (cls.folder, port), "-l", "log", "start") == 0:
                cls.address = "postgresql://127.0.0.1:%d/postgres" % port
                return cls.address
        cls.reason = "no PostgreSQL: its server did not start"
        return None

    @classmethod
    def pg(cls, name, *arguments):
        done = subprocess.run(["runuser", "-u", "postgres", "--", cls.bin + "/" + name, *arguments], cwd=cls.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return done.returncode

    @classmethod
    def stop(cls):
        if getattr(cls, "folder", None):
            cls.pg("pg_ctl", "-D", "data", "-m", "immediate", "stop")
            shutil.rmtree(cls.folder, ignore_errors=True)


@kind("a wrong password")
def _(t):
    if not Server.start():
        raise Missing
    if "wr0ng" in database(t, "127.0.0.1", "password", address=Server.address, more=' ; d2rq:username "postgres" ; d2rq:password "wr0ng"'):
        raise Fault("the password is told")


@kind("a database that goes away while it is read")
def _(t):
    if not Server.start():
        raise Missing
    at = t.rng.randrange(2000, 60000)
    columns = ", ".join('CASE WHEN i = %d THEN pg_terminate_backend(pg_backend_pid()) END::text || i AS \\"%s\\"' % (at, n) if n == t.t.key[0] else 'i AS \\"%s\\"' % n for n in t.t.names)
    if "right" in database(t, "127.0.0.1", "m.ttl:", what="Query", iterator="SELECT %s FROM generate_series(1, 100000) i" % columns, address=Server.address, more=' ; d2rq:username "postgres" ; d2rq:password "right"'):
        raise Fault("the password is told")


# --- Mappings --------------------------------------------------------------------------------------------------------------------------------


def wrong_mapping(t, places, more="", **changes):
    t.file("t.csv", text_of(as_csv(t.t)[0]))
    text = rml(t.t, "t.csv", more=more)
    for old, new in changes.get("change", {}).items():
        text = text.replace(old, new, 1)
    t.mapping(text + changes.get("tail", ""))
    t.refused(["m.ttl:"] + places)


@kind("a mapping that calls itself")
def _(t):
    wrong_mapping(t, ["itself"], ' ;\n  rml:predicateObjectMap [ rml:predicate ex:f ; rml:objectMap [ rml:functionExecution ex:f ] ]',
                  tail="ex:f rml:function fno:slugify ; rml:input [ rml:parameter fno:str ; rml:inputValueMap [ rml:functionExecution ex:f ] ] .\n")


@kind("a function that nobody knows")
def _(t):
    wrong_mapping(t, ["no function"], ' ;\n  rml:predicateObjectMap [ rml:predicate ex:f ; rml:objectMap [ rml:functionExecution [ rml:function ex:none ] ] ]')


@kind("a join without a condition")
def _(t):
    t.file("o.csv", "a\n1\n")
    wrong_mapping(t, ["join condition"], ' ;\n  rml:predicateObjectMap [ rml:predicate ex:f ; rml:objectMap [ rml:parentTriplesMap ex:o ] ]',
                  tail='ex:o rml:logicalSource %s ; rml:subject ex:s .\n' % source("o.csv"))


@kind("a brace without its partner")
def _(t):
    wrong_mapping(t, ["'}'"], change={"{%s}" % t.t.key[0]: "{" + t.t.key[0]})


@kind("a mapping that is no Turtle")
def _(t):
    wrong_mapping(t, [], change={"rml:logicalSource": "rml:logicalSource ["})


# --- Nights and exports ----------------------------------------------------------------------------------------------------------------------


@kind("figures in another unit", ["made"])
def _(t):
    factor = t.rng.choice([1000, 0.001, 100, 0.01, 2.20462262, 1 / 2.54, 60, 3.785412])
    days, slices = 50, 6
    sizes = [math.exp(t.rng.gauss(4, 1)) for _ in range(slices)]

    def table(until, times):
        lines = ["day,shop,weight"]
        r = random.Random(3)
        for d in range(until):
            for k, size in enumerate(sizes):
                value = size * math.exp(r.gauss(0, 0.1)) * (times if d >= days else 1)
                lines.append("2024-%02d-%02d,s%d,%.6f" % (1 + d // 28, 1 + d % 28, k, value))
        return text_of(lines)

    t.mapping(PREFIXES + 'ex:w a propter:Metric ; skos:prefLabel "weight"@en ; propter:sourceFile "t.csv" ; propter:timeColumn "day" ; propter:sourceColumn "weight" ; propter:sliceColumn "shop" ;\n  propter:grain "P1D"^^xsd:duration ; propter:aggregation propter:Sum .\n')
    t.file("t.csv", table(days, 1))
    t.ingest()
    t.file("t.csv", table(days + 1, factor))
    code, out, err = t.ingest()
    if code != 1:
        raise Fault("exit %d, times %g: %s%s" % (code, factor, out, err))
    _, listed, _ = run(t.folder, "-g", "g", "rejects", "last", "-f", "csv")
    t.place("t.csv,,w," in listed)
    run(t.folder, "-g", "g", "undo", "last")
    t.refused(["t.csv", "unit"], "--on-error", "stop")


@kind("formulas that an export would run")
def _(t):
    row, column = t.row(), t.column("string")
    t.t.rows[row][column] = t.rng.choice(["=HYPERLINK(\"http://x\")", "+cmd|' /C calc'!A0", "@SUM(A1)", "-1+1", "\t=1+1", "=1+1"])
    t.file("t.csv", text_of(as_csv(t.t)[0]))
    t.mapping(rml(t.t, "t.csv"))
    code, out, err = t.ingest()
    if code:
        raise Fault("exit %d: %s%s" % (code, out, err))
    _, out, _ = run(t.folder, "-g", "g", "query", "-f", "csv", "SELECT ?o { ?s <http://example.org/%s> ?o }" % t.t.names[column])
    cells = [r[0] for r in csv.reader(io.StringIO(out)) if r]
    if any(re.match(r"\s*[=+@-]", c) and not re.match(r"-?[\d.]+$", c) for c in cells):
        raise Fault("a cell would be run: %s" % [c for c in cells if c[:1] in "=+@-\t"])
    t.place(any(c.startswith("'") and c[1:].strip() == t.t.rows[row][column].strip() for c in cells))


# --- Clean data ------------------------------------------------------------------------------------------------------------------------------


def wilson(k, n):
    """Upper bound of 95 % of a share."""
    z, p = 1.96, k / n
    return (p + z * z / (2 * n) + z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n)


def clean_tables(template, tables):
    alarms, seen, rows = [], 0, 0
    for table in tables:
        for seed in range(SEEDS):
            rng = random.Random("clean %s %d" % (table.name, seed))
            for form in ("csv", "json", "ndjson", "xml", "xlsx", "db", "metric"):
                t = table.sample(rng)
                folder = tempfile.mkdtemp(dir=WORK)
                shutil.copytree(template + "/g", folder + "/g")
                trial = Trial(folder, rng, t)
                text = rml(t, "t." + form, form) if form in FORMS else metric(t, aggregation="Sum")
                if form == "db":
                    head, where = table_of("sqlite:t.db")
                    as_database(t, folder + "/t.db")
                    text = rml(t, "", where=where).replace(PREFIXES, head)
                else:
                    path = "t.csv" if form == "metric" else "t." + form
                    trial.file(path, {"json": as_json, "ndjson": lambda t: text_of(objects(t)), "xml": lambda t: text_of(as_xml(t)), "xlsx": as_sheet}.get(form, lambda t: text_of(as_csv(t)[0]))(t))
                trial.mapping(text)
                code, out, err = trial.ingest()
                seen, rows = seen + 1, rows + len(t.rows)
                if code or ("%d rows" % len(t.rows)) not in out:
                    alarms.append("%s as %s: exit %d: %s%s" % (t.name, form, code, out, err))
                shutil.rmtree(folder)
    return alarms, seen, rows


def by_day(names, rows, measures, folder, start, step):
    """Nights of a table whose rows begin with their day, oldest first: rows of one more period each night, from `start` on. Yields what each night says of unit."""
    days = sorted({r[0] for r in rows})
    text = PREFIXES
    for i, m in enumerate(measures):
        slices = "".join('propter:sliceColumn "%s" ; ' % n for n in names[1:] if n not in measures)
        text += 'ex:m%d a propter:Metric ; skos:prefLabel "%s"@en ; propter:sourceFile "t.csv" ; propter:timeColumn "%s" ; propter:sourceColumn "%s" ; %spropter:grain "P1D"^^xsd:duration ; propter:aggregation propter:Sum .\n' % (i, m, names[0], m, slices)
    trial = Trial(folder, None, None)
    trial.mapping(text)
    for until in range(start, len(days), step):
        trial.file("t.csv", text_of([",".join(names)] + [",".join(r) for r in rows if r[0] <= days[until]]))
        code, out, err = trial.ingest()
        if code not in (0, 1):
            raise SystemExit("defects.py: a clean night: " + out + err)
        _, listed, _ = run(folder, "-g", "g", "rejects", "last", "-f", "csv")
        yield days[until], [r for r in csv.DictReader(io.StringIO(listed)) if r["rule"] == "unit"] if code else []


def clean_nights():
    """Measures of real tables, night by night: sales of a shop by day and country, employment by month and branch."""
    alarms, seen = [], 0
    tables = []
    retail = os.path.join(DATA, "online-retail-daily")
    if os.path.isdir(retail):
        sums = {}
        for name in sorted(os.listdir(retail)):
            if name.endswith(".csv"):
                for r in csv.DictReader(open(os.path.join(retail, name), encoding="utf-8")):
                    s = sums.setdefault((name[:10], r["Country"]), [0, 0.0, set(), 0, set()])
                    s[0] += int(r["Quantity"])
                    s[1] += int(r["Quantity"]) * float(r["UnitPrice"])
                    s[2].add(r["InvoiceNo"])
                    s[3] += 1
                    s[4].add(r["StockCode"])
        rows = [[day, country, str(s[0]), "%.2f" % s[1], str(len(s[2])), str(s[3]), str(len(s[4]))] for (day, country), s in sorted(sums.items())]
        tables.append((["day", "country", "units", "revenue", "orders", "lines", "articles"], rows, ["units", "revenue", "orders", "lines", "articles"], 15, 1))
    pack = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../ontology/packs/us-employment/us-employment.csv")
    with open(pack, encoding="utf-8") as file:
        rows = list(csv.reader(file))
    tables.append((rows[0], [r for r in rows[1:] if all(r)], rows[0][1:], 60, 2))
    for names, rows, measures, start, step in tables:
        folder = tempfile.mkdtemp(dir=WORK)
        for day, found in by_day(names, rows, measures, folder, start, step):
            seen += len(measures)
            alarms += ["%s: %s: %s" % (day, r["column"], r["reason"]) for r in found]
    return alarms, seen


def main():
    tables = shapes()
    template = template_graph()
    wanted = re.compile(os.environ.get("KINDS", ""))
    width = max(len(name) for name, _, _ in KINDS)
    failures = []
    print("%-*s  detected/injected  place  %s" % (width, "kind", "shapes"))
    for name, function, only in KINDS:
        if not wanted.search(name):
            continue
        injected = found = placed = 0
        where = []
        for table in tables:
            if only and table.name not in only:
                continue
            hit = 0
            for seed in range(SEEDS):
                rng = random.Random("%s %s %d" % (name, table.name, seed))
                folder = tempfile.mkdtemp(dir=WORK)
                shutil.copytree(template + "/g", folder + "/g")
                trial = Trial(folder, rng, table.sample(rng))
                try:
                    function(trial)
                    injected, found, placed, hit = injected + 1, found + 1, placed + trial.placed, hit + 1
                    if not trial.placed:
                        failures.append("%s, %s, seed %d: no place: %s" % (name, table.name, seed, getattr(trial, "said", "")))
                except Missing:
                    pass
                except Fault as fault:
                    injected, hit = injected + 1, hit + 1
                    failures.append("%s, %s, seed %d: %s" % (name, table.name, seed, fault))
                shutil.rmtree(folder)
            if hit:
                where.append(table.name)
        if injected:
            print("%-*s  %17s  %5s  %s" % (width, name, "%d/%d" % (found, injected), "%d/%d" % (placed, injected), " ".join(where)), flush=True)
        else:
            print("%-*s  %17s  %5s  %s" % (width, name, "skipped", "", Server.reason or "no table has such a column"), flush=True)
    alarms, seen, rows = clean_tables(template, tables)
    print("clean tables with an alarm: %d of %d (%d rows), at most %.2f %% with 95 %%" % (len(alarms), seen, rows, 100 * wilson(len(alarms), seen)))
    failures += ["false alarm: " + a for a in alarms]
    if not SMALL:
        alarms, seen = clean_nights()
        bound = wilson(len(alarms), seen)
        print("clean nights of a measure with an alarm of rule unit: %d of %d, at most %.2f %% with 95 %%" % (len(alarms), seen, 100 * bound))
        print("".join("# alarm: %s\n" % a for a in alarms), end="")
        failures += ["more than 1 %% of clean nights raised an alarm"] if len(alarms) > seen / 100 else []
    for failure in failures:
        print("# " + failure.rstrip().replace("\n", "\n#   "))
    return 1 if failures else 0


try:
    code = main()
finally:
    Server.stop()
    shutil.rmtree(WORK, ignore_errors=True)
sys.exit(code)
