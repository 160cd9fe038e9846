/* SPDX-License-Identifier: Apache-2.0 */
#include "conformance.h"
#include "propter/rdf.h"

bool dataset_add(Dataset *d, const PropterTerm term[4]) {
  DatasetQuad q;
  PropterBuf key = {0};
  bool added;
  for (int i = 0; i < 4; i++) {
    if (term[i].kind != PROPTER_TERM_NONE) propter_term_write(&term[i], &key);
    propter_buf_add_char(&key, '\n');
  }
  uint64_t *at = propter_map_put(&d->seen, propter_buf_str(&key), 0, &added);
  propter_buf_clear(&key);
  if (!at || !added) return at != NULL;
  for (int i = 0; i < 4; i++) {
    q.term[i].kind = term[i].kind;
    q.term[i].value = propter_arena_copy(&d->arena, term[i].value);
    q.term[i].datatype = propter_arena_copy(&d->arena, term[i].datatype);
    q.term[i].language = propter_arena_copy(&d->arena, term[i].language);
    if (!q.term[i].value.data || !q.term[i].datatype.data || !q.term[i].language.data) return false;
  }
  return propter_vec_push(d, q);
}

static PropterStatus on_statement(const PropterStatement *st, void *payload, PropterError *err) {
  PropterTerm term[4] = {st->s, st->p, st->o, st->g};
  return dataset_add(payload, term) ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
}

PropterStatus dataset_read(Dataset *d, const char *path, const char *format, PropterError *err) {
  PropterRdfOptions options = {.format = format};
  PropterRdfSink sink = {on_statement, NULL, d};
  return propter_rdf_read(path, &options, &sink, err);
}

PropterStatus dataset_read_text(Dataset *d, PropterStr text, const char *format, PropterStr base, PropterError *err) {
  PropterRdfOptions options = {.format = format, .base = base};
  PropterRdfSink sink = {on_statement, NULL, d};
  return propter_rdf_read_text(text, "text", &options, &sink, err);
}

static bool same(const PropterTerm *a, const PropterTerm *b) { return a->kind == b->kind && propter_str_equal(a->value, b->value); }

const PropterTerm *dataset_object(const Dataset *d, const PropterTerm *s, const char *p, size_t nth) {
  for (size_t i = 0; s && i < d->count; i++)
    if (same(&d->items[i].term[0], s) && propter_str_equal(d->items[i].term[1].value, propter_str(p)) && nth-- == 0) return &d->items[i].term[2];
  return NULL;
}

void dataset_numbers(Dataset *d) {
  for (size_t i = 0; i < d->count; i++) {
    PropterTerm *t = &d->items[i].term[2];
    double x;
    if (propter_str_ends(t->datatype, PROPTER_STR("XMLSchema#double")) && propter_str_to_double(t->value, &x))
      t->value = propter_arena_printf(&d->arena, "%.17g", x);
  }
}

void dataset_plain_integers(Dataset *d) {
  for (size_t i = 0; i < d->count; i++)
    if (propter_str_ends(d->items[i].term[2].datatype, PROPTER_STR("XMLSchema#integer"))) d->items[i].term[2].datatype.len = 0;
}

void dataset_clear(Dataset *d) {
  propter_vec_clear(d);
  propter_arena_clear(&d->arena);
  propter_map_clear(&d->seen);
}

/* --- Equality ------------------------------------------------------------------------------------------------------------------ */

typedef PROPTER_VEC(uint64_t) Colours;
typedef struct {
  const Dataset *d;
  PropterMap blanks; /* label → number */
  Colours colour;    /* of each blank node */
} Side;

static uint64_t mix(uint64_t a, uint64_t b) {
  uint64_t both[2] = {a, b};
  return propter_hash64((PropterStr){(const char *)both, sizeof both});
}

static uint64_t term_hash(const Side *s, const PropterTerm *t) {
  if (t->kind == PROPTER_TERM_BLANK) return s->colour.items[*propter_map_get(&s->blanks, t->value)];
  PropterBuf text = {0};
  if (t->kind != PROPTER_TERM_NONE) propter_term_write(t, &text);
  uint64_t h = propter_hash64(propter_buf_str(&text));
  propter_buf_clear(&text);
  return h;
}

static uint64_t quad_hash(const Side *s, const DatasetQuad *q) {
  uint64_t h = 1;
  for (int i = 0; i < 4; i++) h = mix(h, term_hash(s, &q->term[i]));
  return h;
}

/* Colours of blank nodes: as often as there are blank nodes, from the quads they stand in. */
static void refine(Side *s) {
  for (size_t round = 0; round <= s->blanks.count; round++) {
    Colours next = {0};
    for (size_t i = 0; i < s->blanks.count; i++) (void)propter_vec_push(&next, s->colour.items[i]);
    for (size_t k = 0; k < s->d->count; k++) {
      const DatasetQuad *q = &s->d->items[k];
      uint64_t h = quad_hash(s, q);
      for (uint64_t i = 0; i < 4; i++)
        if (q->term[i].kind == PROPTER_TERM_BLANK) next.items[*propter_map_get(&s->blanks, q->term[i].value)] += mix(h, i);
    }
    propter_vec_clear(&s->colour);
    s->colour = next;
  }
}

static void side_init(Side *s, const Dataset *d) {
  *s = (Side){.d = d};
  for (size_t k = 0; k < d->count; k++)
    for (int i = 0; i < 4; i++)
      if (d->items[k].term[i].kind == PROPTER_TERM_BLANK) {
        bool added;
        (void)propter_map_put(&s->blanks, d->items[k].term[i].value, s->blanks.count, &added);
        if (added) (void)propter_vec_push(&s->colour, 7);
      }
  refine(s);
}

static void side_clear(Side *s) {
  propter_map_clear(&s->blanks);
  propter_vec_clear(&s->colour);
}

static int by_hash(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}

/* Distinct quad hashes in order. */
static Colours hashes(const Side *s) {
  Colours h = {0};
  for (size_t k = 0; k < s->d->count; k++) (void)propter_vec_push(&h, quad_hash(s, &s->d->items[k]));
  if (h.count) qsort(h.items, h.count, sizeof *h.items, by_hash);
  size_t n = 0;
  for (size_t k = 0; k < h.count; k++)
    if (!n || h.items[n - 1] != h.items[k]) h.items[n++] = h.items[k];
  h.count = n;
  return h;
}

static bool lacks(const Colours *h, uint64_t x) { return !h->count || !bsearch(&x, h->items, h->count, sizeof x, by_hash); }

static void describe(const Side *s, const Colours *other, const char *who, PropterBuf *out) {
  for (size_t k = 0; k < s->d->count && !out->len; k++) {
    if (!lacks(other, quad_hash(s, &s->d->items[k]))) continue;
    propter_buf_printf(out, "only %s:", who);
    for (int i = 0; i < 4; i++) {
      propter_buf_add_char(out, ' ');
      if (s->d->items[k].term[i].kind != PROPTER_TERM_NONE) propter_term_write(&s->d->items[k].term[i], out);
    }
  }
}

static bool same_hashes(const Side *a, const Side *b, PropterBuf *difference) {
  Colours x = hashes(a), y = hashes(b);
  bool same = x.count == y.count && (!x.count || memcmp(x.items, y.items, x.count * sizeof *x.items) == 0);
  if (!same && difference) describe(a, &y, "found", difference), describe(b, &x, "wanted", difference);
  propter_vec_clear(&x);
  propter_vec_clear(&y);
  return same;
}

static bool shares_colour(const Side *s, size_t i) {
  for (size_t k = 0; k < s->colour.count; k++)
    if (k != i && s->colour.items[k] == s->colour.items[i]) return true;
  return false;
}

/* Equal colours everywhere settle it unless several blank nodes look alike: then one of the left is matched with each alike of the right. */
static bool match(Side *a, Side *b, PropterBuf *difference, unsigned depth) {
  if (a->blanks.count != b->blanks.count || !same_hashes(a, b, difference)) return false;
  size_t i = 0;
  while (i < a->colour.count && !shares_colour(a, i)) i++;
  if (i == a->colour.count || depth > 64) return true;
  for (size_t k = 0; k < b->colour.count; k++) {
    if (b->colour.items[k] != a->colour.items[i]) continue;
    Side x, y;
    side_init(&x, a->d);
    side_init(&y, b->d);
    memcpy(x.colour.items, a->colour.items, a->colour.count * sizeof *a->colour.items);
    memcpy(y.colour.items, b->colour.items, b->colour.count * sizeof *b->colour.items);
    x.colour.items[i] = y.colour.items[k] = mix(a->colour.items[i], 1000 + depth);
    refine(&x);
    refine(&y);
    bool equal = match(&x, &y, NULL, depth + 1);
    side_clear(&x);
    side_clear(&y);
    if (equal) return true;
  }
  return false;
}

bool dataset_equal(Dataset *a, Dataset *b, PropterBuf *difference) {
  Side x, y;
  side_init(&x, a);
  side_init(&y, b);
  bool equal = match(&x, &y, difference, 0);
  if (!equal && !difference->len) propter_buf_add(difference, PROPTER_STR("blank nodes differ"));
  side_clear(&x);
  side_clear(&y);
  return equal;
}
