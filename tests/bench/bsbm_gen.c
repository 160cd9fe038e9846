/* SPDX-License-Identifier: Apache-2.0 */
/* bsbm_gen PRODUCTS [SEED]: N-Triples on stdout in the vocabulary and the shapes of the Berlin SPARQL Benchmark's explore use case (Bizer and Schultz, The
 * Berlin SPARQL Benchmark, IJSWIS 5(2), 2009). The numbers of classes, features, offers and reviews per product and the spread of values follow the public data
 * set of 1,000 products; the words are made up. Equal arguments, equal bytes. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "propter/date.h"
#include "propter/rng.h"

#define INSTANCES "http://www4.wiwiss.fu-berlin.de/bizer/bsbm/v01/instances/"
#define VOCABULARY "http://www4.wiwiss.fu-berlin.de/bizer/bsbm/v01/vocabulary/"
#define XSD "http://www.w3.org/2001/XMLSchema#"
#define RDF_TYPE "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
#define LABEL "http://www.w3.org/2000/01/rdf-schema#label"
#define COMMENT "http://www.w3.org/2000/01/rdf-schema#comment"
#define DC "http://purl.org/dc/elements/1.1/"
#define FOAF "http://xmlns.com/foaf/0.1/"
#define REVIEW "http://purl.org/stuff/rev#"
#define STANDARDS INSTANCES "StandardizationInstitution1"

enum { WORDS = 90000, LETTERS = 24, OFFERS = 20, REVIEWS = 10, SITE_REVIEWS = 10000, LEVELS = 3 };

static PropterRng rng;
static char words[WORDS][LETTERS];

/* A class of products: its superclass (0: none) and its own features, numbered first..first+count-1. */
typedef struct {
  unsigned parent, first, count;
} Type;

static unsigned between(unsigned low, unsigned high) { return low + (unsigned)propter_rng_below(&rng, high - low + 1); }

/* Normal, rounded, drawn again until it lies in the range. */
static unsigned normal(double mean, double deviation, unsigned low, unsigned high) {
  for (;;) {
    double x = round(mean + deviation * propter_rng_normal(&rng));
    if (x >= low && x <= high) return (unsigned)x;
  }
}

/* Words are built as English ones are (beginning, syllables, ending), so that text compresses as English words drawn evenly do. */
static void make_words(void) {
  static const char *const begin[] = {"", "", "", "", "", "un", "re", "over", "non", "dis", "in", "de", "pre", "mis", "out", "con"};
  static const char *const onset[] = {"b", "c",  "d",  "f",  "g",  "h",  "l",  "m",  "n",  "p",  "r", "s", "t",
                                      "v", "st", "tr", "pl", "br", "cr", "gr", "sp", "ch", "sh", "w", "k"};
  static const char *const nucleus[] = {"a", "e", "i", "o", "u", "ea", "oo", "ai", "e", "i", "a", "o"};
  static const char *const coda[] = {"", "", "", "n", "r", "l", "t", "s", "m", "ck", "nt", "st", "p", "d", "g", "ss", "b"};
  static const char *const end[] = {"", "", "s", "s", "ed", "ing", "er", "ers", "ly", "ness", "ation", "able", "ic", "ist", "ism", "es"};
#define PICK(list) list[propter_rng_below(&rng, sizeof(list) / sizeof *(list))]
  for (unsigned w = 0; w < WORDS; w++) {
    size_t at = (size_t)snprintf(words[w], LETTERS, "%s", PICK(begin));
    for (unsigned left = between(1, 2); left; left--) at += (size_t)snprintf(words[w] + at, LETTERS - at, "%s%s%s", PICK(onset), PICK(nucleus), PICK(coda));
    (void)snprintf(words[w] + at, LETTERS - at, "%s", PICK(end));
  }
#undef PICK
}

static const char *word(void) { return words[propter_rng_below(&rng, WORDS)]; }

static void link_iri(const char *s, const char *p, const char *o) { (void)printf("<%s> <%s> <%s> .\n", s, p, o); }

/* A text of low..high words; `tail` is what stands behind the closing quote. */
static void link_text(const char *s, const char *p, unsigned low, unsigned high, const char *tail) {
  (void)printf("<%s> <%s> \"%s", s, p, word());
  for (unsigned left = between(low, high); left > 1; left--) (void)printf(" %s", word());
  (void)printf("\"%s .\n", tail);
}

static void link_integer(const char *s, const char *p, unsigned value) { (void)printf("<%s> <%s> \"%u\"^^<" XSD "integer> .\n", s, p, value); }

static void link_day(const char *s, const char *p, int32_t day, bool time) {
  char date[16];
  propter_day_format(day, date);
  (void)printf("<%s> <%s> \"%s%s\"^^<" XSD "%s> .\n", s, p, date, time ? "T00:00:00" : "", time ? "dateTime" : "date");
}

static void published(const char *s, const char *publisher, int32_t day) {
  link_iri(s, DC "publisher", publisher);
  link_day(s, DC "date", day, false);
}

static unsigned country(void) {
  static const unsigned to[] = {40, 50, 60, 70, 75, 80, 85, 90, 95, 100};
  unsigned x = between(1, 100), c = 0;
  while (x > to[c]) c++;
  return c;
}
static const char *const countries[] = {"US", "GB", "JP", "CN", "DE", "FR", "ES", "RU", "KR", "AT"};
static const char *const languages[] = {"@en", "@en", "@ja", "@zh", "@de", "@fr", "@es", "@ru", "@ko", "@de"};

static void described(const char *s, const char *type, unsigned words_low, unsigned words_high) {
  link_iri(s, RDF_TYPE, type);
  link_text(s, LABEL, 1, 3, "");
  link_text(s, COMMENT, words_low, words_high, "");
}

/* The tree of classes (1 root, then 2L, 8 and 2^(L-2) children each, L = log10 of the products) and the features of each class below the root. */
static unsigned make_types(unsigned products, Type **types) {
  unsigned log = products < 10 ? 1 : (unsigned)lround(log10(products)), fan[LEVELS] = {2 * log, 8, log < 3 ? 1 : 1U << (log - 2)};
  unsigned count = 1 + fan[0] + fan[0] * fan[1] + fan[0] * fan[1] * fan[2], feature = 1, next = 1, done = 0, level_end = 1;
  *types = calloc(count + 1, sizeof **types);
  if (!*types) return 0;
  for (unsigned level = 0; level < LEVELS; level++, level_end = next)
    for (; done < level_end; done++)
      for (unsigned c = 0; c < fan[level]; c++) (*types)[++next].parent = done + 1;
  for (unsigned t = 1; t <= count; t++) {
    char s[256], parent[256];
    (void)snprintf(s, sizeof s, INSTANCES "ProductType%u", t);
    described(s, VOCABULARY "ProductType", 20, 50);
    (void)snprintf(parent, sizeof parent, INSTANCES "ProductType%u", (*types)[t].parent);
    if (t > 1) link_iri(s, "http://www.w3.org/2000/01/rdf-schema#subClassOf", parent);
    published(s, STANDARDS, propter_day(2000, 6, 20) + (int32_t)between(0, 32));
    if (t > 1) (*types)[t].first = feature, (*types)[t].count = between(5, 58), feature += (*types)[t].count;
  }
  for (unsigned f = 1; f < feature; f++) {
    char s[256];
    (void)snprintf(s, sizeof s, INSTANCES "ProductFeature%u", f);
    described(s, VOCABULARY "ProductFeature", 20, 50);
    published(s, STANDARDS, propter_day(2000, 6, 20) + (int32_t)between(0, 32));
  }
  return count;
}

static void make_owner(const char *s, const char *type, const char *page, int32_t day) {
  char object[128];
  described(s, type, 20, 50);
  link_iri(s, FOAF "homepage", page);
  (void)snprintf(object, sizeof object, "http://downlode.org/rdf/iso-3166/countries#%s", countries[country()]);
  link_iri(s, VOCABULARY "country", object);
  published(s, s, day);
}

static void make_product(const char *s, const char *producer, const Type *types, unsigned type_count, int32_t day) {
  static const double optional[] = {1, 1, 1, .5, .55, .2};
  char p[128], o[256];
  described(s, VOCABULARY "Product", 50, 150);
  unsigned leaf = between(types[type_count].parent + 1, type_count); /* the last class's parent is the last that has subclasses */
  for (unsigned t = leaf; t; t = types[t].parent) (void)snprintf(o, sizeof o, INSTANCES "ProductType%u", t), link_iri(s, RDF_TYPE, o);
  link_iri(s, VOCABULARY "producer", producer);
  bool has[6];
  for (unsigned i = 0; i < 6; i++) has[i] = propter_rng_unit(&rng) < optional[i];
  for (unsigned i = 0; i < 6; i++) {
    (void)snprintf(p, sizeof p, VOCABULARY "productPropertyNumeric%u", i + 1);
    if (has[i]) link_integer(s, p, normal(600, 450, 1, 2000));
  }
  for (unsigned i = 0; i < 6; i++) {
    (void)snprintf(p, sizeof p, VOCABULARY "productPropertyTextual%u", i + 1);
    if (has[i]) link_text(s, p, 3, 15, "^^<" XSD "string>");
  }
  for (unsigned t = leaf; t; t = types[t].parent)
    for (unsigned f = 0; f < types[t].count; f++) {
      if (propter_rng_unit(&rng) >= .216) continue;
      (void)snprintf(o, sizeof o, INSTANCES "ProductFeature%u", types[t].first + f);
      link_iri(s, VOCABULARY "productFeature", o);
    }
  published(s, producer, day);
}

/* Where a product stands: its producer, and how often it is offered and reviewed. */
typedef struct {
  unsigned producer;
  unsigned char offered, reviewed;
} Product;

static void make_products(unsigned products, const Type *types, unsigned type_count, Product *made) {
  unsigned producer = 0, left = 0;
  char owner[256], s[256];
  for (unsigned i = 1; i <= products; i++, left--) {
    if (!left) {
      left = normal(45, 15, 3, 100);
      (void)snprintf(s, sizeof s, "http://www.Producer%u.com/", ++producer);
      (void)snprintf(owner, sizeof owner, INSTANCES "dataFromProducer%u/Producer%u", producer, producer);
      make_owner(owner, VOCABULARY "Producer", s, propter_day(2000, 10, 20) + (int32_t)between(0, 1680));
    }
    (void)snprintf(s, sizeof s, INSTANCES "dataFromProducer%u/Product%u", producer, i);
    make_product(s, owner, types, type_count, propter_day(2000, 10, 20) + (int32_t)between(0, 2285));
    made[i] = (Product){producer, (unsigned char)normal(OFFERS, 12, 1, 55), (unsigned char)normal(REVIEWS, 6, 1, 30)};
  }
}

/* A product at random, as often as it is offered (or reviewed). */
static unsigned draw(const Product *made, unsigned products, bool review) {
  for (;;) {
    unsigned i = between(1, products);
    if (review ? between(1, 30) <= made[i].reviewed : between(1, 55) <= made[i].offered) return i;
  }
}

static void make_offers(unsigned products, const Product *made) {
  int32_t start = propter_day(2007, 12, 16);
  unsigned vendor = 0, left = 0;
  char owner[256], s[256], o[257];
  for (unsigned i = 1; i <= products * OFFERS; i++, left--) {
    if (!left) {
      left = normal(2000, 600, 100, 4000);
      (void)snprintf(s, sizeof s, "http://www.vendor%u.com/", ++vendor);
      (void)snprintf(owner, sizeof owner, INSTANCES "dataFromVendor%u/Vendor%u", vendor, vendor);
      make_owner(owner, VOCABULARY "Vendor", s, propter_day(2008, 4, 8) + (int32_t)between(0, 71));
    }
    unsigned product = draw(made, products, false);
    (void)snprintf(s, sizeof s, INSTANCES "dataFromVendor%u/Offer%u", vendor, i);
    link_iri(s, RDF_TYPE, VOCABULARY "Offer");
    (void)snprintf(o, sizeof o, INSTANCES "dataFromProducer%u/Product%u", made[product].producer, product);
    link_iri(s, VOCABULARY "product", o);
    link_iri(s, VOCABULARY "vendor", owner);
    (void)printf("<%s> <" VOCABULARY "price> \"%u.%02u\"^^<" VOCABULARY "USD> .\n", s, between(5, 9999), between(0, 99));
    int32_t published_at = start + (int32_t)between(90, 186), from = published_at - (int32_t)between(0, 90), to = published_at + (int32_t)between(1, 90);
    link_day(s, VOCABULARY "validFrom", from, true);
    link_day(s, VOCABULARY "validTo", to, true);
    link_integer(s, VOCABULARY "deliveryDays", normal(3.4, 1.4, 1, 9));
    (void)snprintf(o, sizeof o, "%s/", s);
    link_iri(s, VOCABULARY "offerWebpage", o);
    published(s, owner, published_at);
  }
}

static unsigned make_reviewer(const char *s, const char *site) {
  unsigned from = country();
  char o[128], sum[41];
  link_iri(s, RDF_TYPE, FOAF "Person");
  const char *first = word(), *second = word();
  (void)printf("<%s> <" FOAF "name> \"%c%s-%c%s\" .\n", s, first[0] - 32, first + 1, second[0] - 32, second + 1);
  for (int i = 0; i < 40; i++) sum[i] = "0123456789abcdef"[propter_rng_below(&rng, 16)];
  sum[40] = 0;
  (void)printf("<%s> <" FOAF "mbox_sha1sum> \"%s\" .\n", s, sum);
  (void)snprintf(o, sizeof o, "http://downlode.org/rdf/iso-3166/countries#%s", countries[from]);
  link_iri(s, VOCABULARY "country", o);
  published(s, site, propter_day(2008, 6, 20) + (int32_t)between(0, 94));
  return from;
}

static void make_reviews(unsigned products, const Product *made) {
  unsigned reviewer = 0, left = 0, from = 0;
  char s[256], o[256], p[128], person[256] = "", site[256] = "";
  for (unsigned i = 1; i <= products * REVIEWS; i++, left--) {
    unsigned n = (i - 1) / SITE_REVIEWS + 1;
    (void)snprintf(site, sizeof site, INSTANCES "dataFromRatingSite%u/RatingSite%u", n, n);
    if (!left) {
      left = normal(20, 7, 1, 42);
      (void)snprintf(person, sizeof person, INSTANCES "dataFromRatingSite%u/Reviewer%u", n, ++reviewer);
      from = make_reviewer(person, site);
    }
    unsigned product = draw(made, products, true);
    (void)snprintf(s, sizeof s, INSTANCES "dataFromRatingSite%u/Review%u", n, i);
    link_iri(s, RDF_TYPE, REVIEW "Review");
    (void)snprintf(o, sizeof o, INSTANCES "dataFromProducer%u/Product%u", made[product].producer, product);
    link_iri(s, VOCABULARY "reviewFor", o);
    link_iri(s, REVIEW "reviewer", person);
    int32_t written = propter_day(2007, 6, 21) + (int32_t)between(0, 364), last = propter_day(2008, 6, 19);
    link_day(s, VOCABULARY "reviewDate", written, true);
    link_text(s, DC "title", 4, 15, "");
    link_text(s, REVIEW "text", 50, 200, languages[from]);
    for (unsigned r = 1; r <= 4; r++) {
      if (propter_rng_unit(&rng) >= .7) continue;
      (void)snprintf(p, sizeof p, VOCABULARY "rating%u", r);
      link_integer(s, p, between(1, 10));
    }
    published(s, site, written + (int32_t)between(0, (unsigned)(last - written)));
  }
}

int main(int argc, char **argv) {
  char *end = NULL;
  unsigned long products = argc > 1 ? strtoul(argv[1], &end, 10) : 0, seed = argc > 2 ? strtoul(argv[2], NULL, 10) : 1;
  if (!products || products > 10000000 || *end) return fprintf(stderr, "usage: bsbm_gen PRODUCTS [SEED]\n"), 2;
  Type *types = NULL;
  Product *made = calloc(products + 1, sizeof *made);
  propter_rng_seed(&rng, seed);
  make_words();
  unsigned type_count = make_types((unsigned)products, &types);
  int code = made && types ? 0 : 75;
  if (!code) {
    make_products((unsigned)products, types, type_count, made);
    make_offers((unsigned)products, made);
    make_reviews((unsigned)products, made);
  }
  free(made);
  free(types);
  if (fflush(stdout)) return fprintf(stderr, "bsbm_gen: %s\n", strerror(errno)), 75;
  return code;
}
