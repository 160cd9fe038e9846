/* SPDX-License-Identifier: Apache-2.0 */
/* The files of a shop besides its documents: figures, mapping, concepts with metrics, links, calendar, job, truth. */
#include "retail.h"

#include <math.h>
#include <string.h>

const char *const region_names[MOST] = {"North", "South", "West", "East", "Centre", "Islands"};
const char *const product_names[MOST] = {"shoes", "lamps", "tents", "kettles", "jackets", "bicycles"};
const char *const channel_names[CHANNELS_MOST] = {"web", "store", "phone", "partner"};

static const char prefixes[] = "# SPDX-License-Identifier: Apache-2.0\n"
                               "@prefix shop: <" SHOP "> .\n@prefix propter: <https://w3id.org/propter#> .\n"
                               "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n@prefix dct: <http://purl.org/dc/terms/> .\n"
                               "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n@prefix qb: <http://purl.org/linked-data/cube#> .\n"
                               "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
                               "@prefix sdmx-dimension: <http://purl.org/linked-data/sdmx/2009/dimension#> .\n\n";

static void put_number(FILE *f, Measure m, double x) { (void)fprintf(f, m == DELIVERY || m == PRICE ? ",%.2f" : ",%.0f", x); }

static void write_figures(const Shop *s, const char *folder) {
  FILE *f = open_file(folder, "shop.csv");
  char day[16];
  (void)fprintf(f, "day,region,product,channel,orders,refunds,delivery,stockouts,price\n");
  for (int d = 0; d < (int)s->p.days; d++) {
    propter_day_format(day_of(d), day);
    for (int r = 0; r < (int)s->p.regions; r++)
      for (int p = 0; p < (int)s->p.products; p++)
        for (int c = 0; c < (int)s->p.channels; c++) {
          (void)fprintf(f, "%s,%s,%s,%s", day, region_names[r], product_names[p], channel_names[c]);
          for (int m = 0; m < MEASURES; m++) put_number(f, (Measure)m, shop_value(s, (Measure)m, r, p, c, d, SIZE_MAX, true));
          (void)fprintf(f, "\n");
        }
  }
  close_file(f);
}

static void write_mapping(const char *folder) {
  FILE *f = open_file(folder, "mapping.ttl");
  (void)fprintf(f, "%s@prefix rml: <http://w3id.org/rml/> .\n\n", prefixes);
  (void)fprintf(f, "shop:source a rml:LogicalSource ; rml:referenceFormulation rml:CSV ;\n"
                   "  rml:source [ a rml:RelativePathSource ; rml:root rml:MappingDirectory ; rml:path \"shop.csv\" ] .\n\n"
                   "shop:map a rml:TriplesMap ; rml:logicalSource shop:source ;\n"
                   "  rml:subjectMap [ rml:template \"" SHOP "day-{day}-{region}-{product}-{channel}\" ; rml:class qb:Observation ] ;\n"
                   "  rml:predicateObjectMap [ rml:predicate qb:dataSet ; rml:object shop:cube ] ,\n"
                   "    [ rml:predicate sdmx-dimension:refPeriod ; rml:objectMap [ rml:reference \"day\" ; rml:datatype xsd:date ] ]");
  for (size_t i = 0; i < 3; i++) {
    static const char *const dimension[] = {"region", "product", "channel"};
    (void)fprintf(f, " ,\n    [ rml:predicate shop:in-%s ; rml:objectMap [ rml:template \"" SHOP "{%s}\" ] ]", dimension[i], dimension[i]);
  }
  for (int m = 0; m < MEASURES; m++)
    (void)fprintf(f, " ,\n    [ rml:predicate shop:m-%s ; rml:objectMap [ rml:reference \"%s\" ; rml:datatype xsd:decimal ] ]", measure_ids[m], measure_ids[m]);
  (void)fprintf(f, " .\n");
  close_file(f);
}

static void write_concepts(FILE *f, const char *scheme, const char *const *names, int count) {
  (void)fprintf(f, "shop:%s a skos:ConceptScheme ; skos:prefLabel \"%s of the shop\"@en .\n", scheme, scheme);
  for (int i = 0; i < count; i++) (void)fprintf(f, "shop:%s a skos:Concept ; skos:inScheme shop:%s ; skos:prefLabel \"%s\"@en .\n", names[i], scheme, names[i]);
}

static void series_id(Measure m, int r, int p, char *out, size_t size) {
  (void)snprintf(out, size, "%s-%s-%s", measure_ids[m], r == ANY ? "all" : region_names[r], p == ANY ? "all" : product_names[p]);
}

static void write_metric(const Shop *s, FILE *f, Measure m, int r, int p) {
  char id[96], label[160];
  bool level = m == DELIVERY || m == PRICE;
  series_id(m, r, p, id, sizeof id);
  series_phrase(m, r, p, label, sizeof label);
  (void)fprintf(f, "shop:%s a propter:Metric ; skos:prefLabel \"%s\"@en", id, label);
  if (r != ANY && p != ANY) (void)fprintf(f, " ; skos:altLabel \"%s %s %s\"@en", region_names[r], product_names[p], measure_names[m]);
  (void)fprintf(f, " ;\n  propter:dataset shop:cube ; propter:measure shop:m-%s ; propter:timeDimension sdmx-dimension:refPeriod ; propter:concept shop:%s ;\n",
                measure_ids[m], measure_ids[m]);
  if (r != ANY) (void)fprintf(f, "  propter:fixed [ propter:dimension shop:in-region ; propter:member shop:%s ] ;\n", region_names[r]);
  if (p != ANY) (void)fprintf(f, "  propter:fixed [ propter:dimension shop:in-product ; propter:member shop:%s ] ;\n", product_names[p]);
  (void)fprintf(f, "  propter:aggregation propter:%s ; propter:grain \"P1D\"^^xsd:duration ; propter:unit \"%s\" ; propter:unitLabel \"%s\" .\n",
                level ? "Mean" : "Sum", measure_ids[m], measure_names[m]);
  if (level || (r != ANY && p != ANY)) return;
  /* A total is the sum over the products of its region, the regions of its product, or the regions. */
  for (int i = 0; i < (r == ANY ? (int)s->p.regions : (int)s->p.products); i++) {
    char part[96];
    series_id(m, r == ANY ? i : r, r == ANY ? p : i, part, sizeof part);
    (void)fprintf(f, "shop:sum-%s-%d a propter:Definition ; propter:whole shop:%s ; propter:part shop:%s ; propter:operator propter:SumOf .\n", id, i, id,
                  part);
  }
}

static void write_pack(const Shop *s, const char *folder) {
  FILE *f = open_file(folder, "pack.ttl");
  (void)fprintf(f,
                "%sshop:cube a qb:DataSet ; dct:title \"Daily figures of the shop\"@en ; qb:structure shop:structure .\n"
                "shop:structure a qb:DataStructureDefinition ; qb:component [ qb:dimension sdmx-dimension:refPeriod ]",
                prefixes);
  for (int m = 0; m < MEASURES; m++) (void)fprintf(f, " , [ qb:measure shop:m-%s ]", measure_ids[m]);
  (void)fprintf(f, " , [ qb:dimension shop:in-region ] , [ qb:dimension shop:in-product ] , [ qb:dimension shop:in-channel ] .\n"
                   "shop:in-region a qb:DimensionProperty ; rdfs:label \"region\"@en .\nshop:in-product a qb:DimensionProperty ; rdfs:label \"product\"@en .\n"
                   "shop:in-channel a qb:DimensionProperty ; rdfs:label \"channel\"@en .\n"
                   "sdmx-dimension:refPeriod a qb:DimensionProperty ; rdfs:label \"day\"@en .\n");
  for (int m = 0; m < MEASURES; m++) (void)fprintf(f, "shop:m-%s a qb:MeasureProperty ; rdfs:label \"%s\"@en .\n", measure_ids[m], measure_names[m]);
  write_concepts(f, "regions", region_names, (int)s->p.regions);
  write_concepts(f, "products", product_names, (int)s->p.products);
  write_concepts(f, "channels", channel_names, (int)s->p.channels);
  (void)fprintf(f, "shop:measures a skos:ConceptScheme ; skos:prefLabel \"measures of the shop\"@en .\n");
  for (int m = 0; m < MEASURES; m++)
    (void)fprintf(f, "shop:%s a skos:Concept ; skos:inScheme shop:measures ; skos:prefLabel \"%s\"@en .\n", measure_ids[m], measure_names[m]);
  (void)fprintf(f, "shop:kinds a skos:ConceptScheme ; skos:prefLabel \"what happens to the shop\"@en .\n");
  for (int k = 0; k < kind_count; k++)
    (void)fprintf(f, "shop:%s a skos:Concept ; skos:inScheme shop:kinds ; skos:prefLabel \"%s\"@en ; skos:altLabel \"%s\"@en .\n", kinds[k].id, kinds[k].name,
                  kinds[k].plural);
  for (int m = 0; m < MEASURES; m++)
    for (int r = ANY; r < (int)s->p.regions; r++)
      for (int p = ANY; p < (int)s->p.products; p++) write_metric(s, f, (Measure)m, r, p);
  close_file(f);
}

/* What a merchant knows: which kinds move what, which way, how late; and what cannot. */
static void write_links(const char *folder) {
  static const struct {
    const char *kind, *measure, *way, *lag, *reason;
  } more[] = {{"carrier", "delivery", "Increase", NULL, "Parcels wait for a carrier."},
              {"shortage", "stockouts", "Increase", NULL, "What does not arrive is out of stock."}};
  FILE *f = open_file(folder, "links.ttl");
  (void)fprintf(f, "%s", prefixes);
  for (int k = 0; k < kind_count; k++) {
    if (!kinds[k].weight) continue;
    (void)fprintf(f,
                  "shop:link-%s a propter:CausalLink ; propter:constraint propter:Required ; propter:cause shop:%s ; propter:effect shop:%s ; "
                  "propter:polarity propter:%s ;%s propter:reason \"%s move %s.\"@en .\n",
                  kinds[k].id, kinds[k].id, measure_ids[kinds[k].measure], kinds[k].sign > 0 ? "Increase" : "Decrease",
                  strcmp(kinds[k].id, "carrier") == 0 ? " propter:lag \"P3D\"^^xsd:duration ;" : "", kinds[k].plural, measure_names[kinds[k].measure]);
  }
  for (size_t i = 0; i < sizeof more / sizeof *more; i++)
    (void)fprintf(f,
                  "shop:link-%s-%s a propter:CausalLink ; propter:constraint propter:Required ; propter:cause shop:%s ; propter:effect shop:%s ; "
                  "propter:polarity propter:%s ; propter:reason \"%s\"@en .\n",
                  more[i].kind, more[i].measure, more[i].kind, more[i].measure, more[i].way, more[i].reason);
  (void)fprintf(f,
                "shop:link-training a propter:CausalLink ; propter:constraint propter:Forbidden ; propter:cause shop:training ; propter:effect shop:refunds ; "
                "propter:reason \"Refunds are decided elsewhere.\"@en .\n");
  close_file(f);
}

static void event_iri(const Event *e, char *out, size_t size) {
  (void)snprintf(out, size, "%s-%s", kinds[e->kind].id, e->name);
  for (char *c = out; *c; c++)
    if (*c == ' ') *c = '-';
}

static void write_calendar(const Shop *s, const char *folder) {
  FILE *f = open_file(folder, "calendar.ttl");
  char id[96], from[16], to[16];
  (void)fprintf(f, "%s", prefixes);
  for (size_t i = 0; i < s->events.count; i++) {
    const Event *e = &s->events.items[i];
    if (e->kind == HIDDEN || !e->calendar) continue;
    const Kind *k = &kinds[e->kind];
    event_iri(e, id, sizeof id);
    propter_day_format(day_of(e->from), from);
    propter_day_format(day_of(e->to), to);
    (void)fprintf(f, "shop:%s a propter:Event ; skos:prefLabel \"%s %s\"@en ; skos:altLabel \"%s %s\"@en ; propter:concept shop:%s", id, e->name, k->name,
                  k->name, e->name, k->id);
    if (e->region != ANY) (void)fprintf(f, " ; propter:scope shop:%s", region_names[e->region]);
    if (e->product != ANY) (void)fprintf(f, " ; propter:scope shop:%s", product_names[e->product]);
    if (e->region == ANY && e->product == ANY) (void)fprintf(f, " ; propter:scope shop:%s", measure_ids[k->measure]);
    (void)fprintf(f, " ; propter:start \"%s\"^^xsd:date", from);
    if (!k->step) (void)fprintf(f, " ; propter:end \"%s\"^^xsd:date", to);
    (void)fprintf(f, " ; propter:knownFrom \"%s\"^^xsd:date", from);
    if (e->dose != 0)
      (void)fprintf(
          f,
          " ;\n  propter:scope shop:%s ; propter:dose [ propter:value %.1f ; propter:unit \"%s\" ; "
                    "propter:profile propter:%s ; propter:source \"trading desk\"@en ]",
          measure_ids[k->measure], e->dose, measure_ids[k->measure], k->step ? "Step" : "Pulse");
    (void)fprintf(f, " .\n");
  }
  close_file(f);
}

/* --- truth ------------------------------------------------------------------------------------------------------------------------ */

static const double material = .20; /* as the definition of P: without it the move would have been so much smaller */

/* How much the window's mean differs from that of the week before it, with and without. */
static double move(const Shop *s, const Episode *e, size_t without, bool planted) {
  Episode before = *e;
  before.to = e->from - 1;
  before.from = before.to - 6;
  return shop_mean(s, e, without, planted) - shop_mean(s, &before, without, planted);
}

static bool can_matter(const Event *e, const Episode *q) {
  bool step = e->kind != HIDDEN && kinds[e->kind].step;
  if (e->size == 0 || e->from > q->to || (step ? e->from : e->to + LAG) < q->from - 7) return false;
  return (e->region == ANY || q->region == ANY || e->region == q->region) && (e->product == ANY || q->product == ANY || e->product == q->product);
}

static void write_question(const Shop *s, FILE *f, size_t number) {
  const Episode *e = &s->episodes.items[number];
  char id[96], from[16], to[16], day[2][16], family[32] = "";
  double whole = move(s, e, SIZE_MAX, true), total = whole - move(s, e, SIZE_MAX, false), largest = 0;
  size_t causes = 0;
  series_id(e->measure, e->region, e->product, id, sizeof id);
  propter_day_format(day_of(e->from), from);
  propter_day_format(day_of(e->to), to);
  (void)fprintf(f, "%s\n  {\"question\": %zu, \"metric\": \"" SHOP "%s\", \"from\": \"%s\", \"to\": \"%s\", \"moved\": %.3f, \"planted\": %.3f, \"causes\": [",
                number ? "," : "", number, id, from, to, whole, total);
  for (size_t i = 0; i < s->events.count; i++) {
    const Event *x = &s->events.items[i];
    if (!can_matter(x, e)) continue;
    double share = (whole - move(s, e, i, true)) / total;
    if (!(share >= material && isfinite(share))) continue;
    if (x->kind == HIDDEN) {
      (void)fprintf(f, "%s{\"share\": %.3f}", causes++ ? ", " : "", share);
      continue;
    }
    char iri[96];
    event_iri(x, iri, sizeof iri);
    propter_day_format(day_of(x->from), day[0]);
    propter_day_format(day_of(x->to), day[1]);
    (void)fprintf(
        f, "%s{\"event\": \"" SHOP "%s\", \"kind\": \"" SHOP "%s\", \"label\": \"%s\", \"from\": \"%s\", \"to\": \"%s\", \"calendar\": %s, \"share\": %.3f}",
        causes++ ? ", " : "", iri, kinds[x->kind].id, kinds[x->kind].name, day[0], day[1], x->calendar ? "true" : "false", share);
    if (share > largest) largest = share, (void)snprintf(family, sizeof family, "%s", kinds[x->kind].id);
  }
  (void)fprintf(f, "], \"family\": \"%s\", \"confounded\": %s, \"coincidence\": %s, \"consensus\": %s}", family, e->confounded ? "true" : "false",
                e->decoy != SIZE_MAX ? "true" : "false", e->consensus ? "true" : "false");
}

static void write_truth(const Shop *s, const char *folder) {
  FILE *f = open_file(folder, "truth.json");
  (void)fprintf(f, "{\"seed\": %.0f, \"questions\": [", s->p.seed);
  for (size_t i = 0; i < s->episodes.count; i++) write_question(s, f, i);
  (void)fprintf(f, "]}\n");
  close_file(f);
}

void write_files(Shop *s, const char *folder) {
  write_figures(s, folder);
  write_mapping(folder);
  write_pack(s, folder);
  write_links(folder);
  write_calendar(s, folder);
  write_truth(s, folder);
  FILE *f = open_file(folder, "job.ini");
  (void)fprintf(f, "[job]\nname = retail\n\n[load]\nfiles = pack.ttl links.ttl calendar.ttl\n\n[ingest]\nmapping = mapping.ttl\n\n[read]\n"
                   "documents = documents\n\n[infer]\nmetrics = all\nperiods = new\nseed = 1\n");
  close_file(f);
}
