// SPDX-License-Identifier: Apache-2.0
// Apache Jena (TDB2) and Eclipse RDF4J (LMDB store) as engines of sparql.py, which compiles and starts this; see bench_engine.c for what is said by lines.
// Arguments: jena or rdf4j, the folder of the store, milliseconds a query may take, and, to load, the N-Triples file.
import java.io.*;
import java.nio.file.*;
import java.util.*;

public class Peers {
  interface Engine {
    void load(String file) throws Exception;

    void answer(String query, OutputStream out) throws Exception;

    void close() throws Exception;

    default void graph(String file) throws Exception {
      throw new UnsupportedOperationException();
    }
  }

  static class Jena implements Engine {
    org.apache.jena.query.Dataset data;
    final long limit;

    public void graph(String file) {
      data = org.apache.jena.query.DatasetFactory.createTxnMem();
      org.apache.jena.riot.RDFDataMgr.read(data, file);
    }

    Jena(String folder, long limit) {
      this.data = org.apache.jena.tdb2.TDB2Factory.connectDataset(folder);
      this.limit = limit;
    }

    public void load(String file) {
      var loader = org.apache.jena.tdb2.loader.LoaderFactory.parallelLoader(data.asDatasetGraph(), (format, words) -> {});
      loader.startBulk();
      loader.load(file);
      loader.finishBulk();
    }

    public void answer(String text, OutputStream out) {
      data.begin(org.apache.jena.query.ReadWrite.READ);
      try (var run = org.apache.jena.query.QueryExecution.dataset(data).query(text).timeout(limit).build()) {
        var query = run.getQuery();
        if (query.isSelectType()) org.apache.jena.query.ResultSetFormatter.outputAsTSV(out, run.execSelect());
        else if (query.isAskType()) new PrintStream(out, true).println(run.execAsk());
        else {
          var model = query.isConstructType() ? run.execConstruct() : run.execDescribe();
          org.apache.jena.riot.RDFDataMgr.write(out, model, org.apache.jena.riot.Lang.NTRIPLES);
        }
      } finally {
        data.end();
      }
    }

    public void close() {
      data.close();
    }
  }

  static class Rdf4j implements Engine {
    final org.eclipse.rdf4j.repository.sail.SailRepository data;
    final long limit;

    Rdf4j(String folder, long limit) {
      var config = new org.eclipse.rdf4j.sail.lmdb.config.LmdbStoreConfig("spoc,posc,ospc,cspo,psoc");
      config.setForceSync(true);
      this.data = new org.eclipse.rdf4j.repository.sail.SailRepository(new org.eclipse.rdf4j.sail.lmdb.LmdbStore(new File(folder), config));
      this.data.init();
      this.limit = limit;
    }

    public void load(String file) throws Exception {
      try (var c = data.getConnection()) {
        c.begin(org.eclipse.rdf4j.common.transaction.IsolationLevels.NONE);
        c.add(new File(file), org.eclipse.rdf4j.rio.RDFFormat.NTRIPLES);
        c.commit();
      }
    }

    public void answer(String text, OutputStream out) throws Exception {
      try (var c = data.getConnection()) {
        var query = c.prepareQuery(text);
        query.setMaxExecutionTime((int) Math.max(1, limit / 1000));
        if (query instanceof org.eclipse.rdf4j.query.TupleQuery q) q.evaluate(new org.eclipse.rdf4j.query.resultio.text.tsv.SPARQLResultsTSVWriter(out));
        else if (query instanceof org.eclipse.rdf4j.query.BooleanQuery q) new PrintStream(out, true).println(q.evaluate());
        else ((org.eclipse.rdf4j.query.GraphQuery) query).evaluate(new org.eclipse.rdf4j.rio.ntriples.NTriplesWriter(out));
      }
    }

    public void close() {
      data.shutDown();
    }
  }

  static class Count extends OutputStream {
    long bytes;

    public void write(int b) {
      bytes++;
    }

    public void write(byte[] b, int from, int n) {
      bytes += n;
    }
  }

  static String query(Engine engine, String file, String out) throws Exception {
    String text = Files.readString(Path.of(file));
    long start = System.nanoTime(), bytes;
    if (out.equals("-")) {
      var count = new Count();
      engine.answer(text, count);
      bytes = count.bytes;
    } else {
      try (var stream = new BufferedOutputStream(new FileOutputStream(out))) {
        engine.answer(text, stream);
      }
      bytes = Files.size(Path.of(out));
    }
    return "ok " + (System.nanoTime() - start) / 1e9 + " " + bytes;
  }

  static String mix(Engine engine, String prefix, int clients) throws Exception {
    var threads = new ArrayList<Thread>();
    var failure = new Throwable[1];
    var count = new Count[clients];
    for (int i = 0; i < clients; i++) {
      String[] texts = Files.readString(Path.of(prefix + "." + i)).split("\n----\n");
      var mine = count[i] = new Count();
      threads.add(new Thread(() -> {
        try {
          for (String text : texts) engine.answer(text, mine);
        } catch (Throwable e) {
          failure[0] = e;
        }
      }));
    }
    long start = System.nanoTime(), bytes = 0;
    for (Thread t : threads) t.start();
    for (Thread t : threads) t.join();
    double seconds = (System.nanoTime() - start) / 1e9;
    if (failure[0] != null) throw new Exception(failure[0]);
    for (Count c : count) bytes += c.bytes;
    return "ok " + seconds + " " + bytes;
  }

  public static void main(String[] args) throws Exception {
    long limit = Long.parseLong(args[2]);
    Engine engine = args[0].equals("jena") ? new Jena(args[1], limit) : new Rdf4j(args[1], limit);
    if (args.length > 3) {
      int code = 1; // an engine's own threads must not keep a failed load alive
      try {
        engine.load(args[3]);
        engine.close();
        code = 0;
      } catch (Throwable e) {
        e.printStackTrace();
      }
      System.exit(code);
    }
    var in = new BufferedReader(new InputStreamReader(System.in));
    for (String line; (line = in.readLine()) != null; ) {
      String[] word = line.split(" ");
      String answer;
      try {
        if (word[0].equals("graph")) { // differential.py: from now on ask this document, in memory
          engine.graph(word[1]);
          answer = "ok 0 0";
        } else answer = word[0].equals("query") ? query(engine, word[1], word[2]) : mix(engine, word[1], Integer.parseInt(word[2]));
      } catch (Throwable e) {
        answer = "fail " + e.toString().replaceAll("\\s+", " ");
      }
      System.out.println(answer);
      System.out.flush();
    }
    engine.close();
  }
}
