// SPDX-License-Identifier: Apache-2.0
// CARML for ingest.py: executes MAPPING, whose sources are CSV files, and writes N-Triples to FILE.
import io.carml.engine.rdf.RdfRmlMapper;
import io.carml.logicalsourceresolver.CsvResolver;
import io.carml.util.RmlMappingLoader;
import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import org.eclipse.rdf4j.model.util.Values;
import org.eclipse.rdf4j.rio.RDFFormat;
import org.eclipse.rdf4j.rio.RDFWriter;
import org.eclipse.rdf4j.rio.ntriples.NTriplesWriter;

public class Carml {
  public static void main(String[] args) throws Exception {
    RdfRmlMapper mapper = RdfRmlMapper.builder()
        .triplesMaps(RmlMappingLoader.build().load(RDFFormat.TURTLE, Path.of(args[0])))
        .setLogicalSourceResolver(Values.iri("http://semweb.mmlab.be/ns/ql#CSV"), CsvResolver::getInstance)
        .fileResolver(Path.of("/"))
        .build();
    try (OutputStream out = new BufferedOutputStream(new FileOutputStream(args[1]), 1 << 20)) {
      RDFWriter writer = new NTriplesWriter(out);
      writer.startRDF();
      mapper.map().toStream().forEach(writer::handleStatement);
      writer.endRDF();
    }
  }
}
