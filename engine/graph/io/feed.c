/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include <pthread.h>
#include <string.h>

#include "../../base/fault.h"
#include "../dict.h"
#include "../term.h"
#include "../writer.h"

enum { BATCH_TERMS = 1 << 16, BATCH_BYTES = 4 << 20, AHEAD = 8, KNOWN_BITS = 9 };
typedef enum { EMPTY, FILLING, FULL } State;
#define NO_TERM UINT32_MAX

/* A term made ready: an inlined id, or a record in the batch's bytes. */
typedef struct {
  uint64_t hash; /* of the content; for all but typed literals that of the record */
  PropterId id;
  size_t at;
  uint32_t len, type; /* type: the term that is the datatype, whose id is still to be written into the record */
} Ready;

typedef struct {
  State state;
  PropterBuf bytes;
  PROPTER_VEC(Ready) terms;
  PROPTER_VEC(struct Four { uint32_t term[4]; }) quads;
  uint32_t last[4]; /* terms of the statement before */
  uint32_t known[1 << KNOWN_BITS]; /* IRIs of the batch, by their ends */
  uint64_t sums[2], lines;
  bool hashed;
  PropterStatus status; /* of reading the stretch, with the line counted from its first */
  PropterError err;
} Batch;

struct Feed {
  PropterWriter *writer;
  PropterId fallback, last_graph;
  PropterStatus (*graph)(PropterId graph, void *payload, PropterError *err);
  void *payload;
  Batch batches[SPREAD_PLACES]; /* batch i is at place i % SPREAD_PLACES */
  size_t made, turn;            /* number of the next batch to be filled, and to be taken by the writer */
  const Stretches *stretches;
  pthread_t thread;
  pthread_mutex_t lock;
  pthread_cond_t changed;
  bool threaded, taking, reading, ended, quit;
  uint64_t sums[2], lines, statements;
  PropterStatus status; /* of the first batch that failed */
  PropterError err;
};

/* ---- a batch -------------------------------------------------------------------------------------------------------------- */

static void hash_terms(Batch *b) {
  for (size_t i = 0; i < b->terms.count; i++) {
    Ready *t = &b->terms.items[i];
    t->hash = t->id != PROPTER_NO_ID ? t->id : propter_hash64((PropterStr){b->bytes.data + t->at, t->len});
    if (t->type != NO_TERM) t->hash += b->terms.items[t->type].hash * 3;
  }
}

/* Sums, so that order does not matter; the second keeps equal first sums apart. */
static void hash_statement(Batch *b, const uint32_t term[4]) {
  uint64_t hashes[4];
  for (int i = 0; i < 4; i++) hashes[i] = term[i] == NO_TERM ? 0 : b->terms.items[term[i]].hash;
  uint64_t whole = propter_hash64((PropterStr){(const char *)hashes, sizeof hashes});
  b->sums[0] += whole;
  b->sums[1] += propter_hash64((PropterStr){(const char *)&whole, sizeof whole});
}

static void hash_batch(Batch *b) {
  hash_terms(b);
  for (size_t i = 0; i < b->quads.count; i++) hash_statement(b, b->quads.items[i].term);
  b->hashed = true;
}

static PropterStatus take_terms(Feed *feed, Batch *b, PropterError *err) {
  for (size_t i = 0; i < b->terms.count; i++) {
    Ready *t = &b->terms.items[i];
    for (unsigned step = 0; step < PROPTER_MAP_STEPS; step++) {
      size_t ahead = (size_t)AHEAD * (PROPTER_MAP_STEPS - step);
      if (i + ahead < b->terms.count && t[ahead].id == PROPTER_NO_ID) writer_expect(feed->writer, t[ahead].hash, step);
    }
    if (t->id != PROPTER_NO_ID) continue;
    uint64_t hash = t->hash;
    PropterStr record = {b->bytes.data + t->at, t->len};
    if (t->type != NO_TERM) {
      memcpy(b->bytes.data + t->at + 1, &b->terms.items[t->type].id, sizeof(PropterId));
      hash = propter_hash64(record);
    }
    PROPTER_TRY(writer_intern_record(feed->writer, record, hash, &t->id, err));
  }
  return PROPTER_OK;
}

static PropterStatus take(Feed *feed, Batch *b, PropterError *err) {
  if (b->status != PROPTER_OK) {
    *err = b->err;
    if (err->line) err->line += feed->lines;
    return b->status;
  }
  if (!b->hashed) hash_batch(b);
  PROPTER_TRY(take_terms(feed, b, err));
  for (size_t i = 0; i < b->quads.count; i++) {
    const uint32_t *t = b->quads.items[i].term;
    PropterQuad q = {b->terms.items[t[0]].id, b->terms.items[t[1]].id, b->terms.items[t[2]].id, t[3] == NO_TERM ? feed->fallback : b->terms.items[t[3]].id};
    if (t[3] != NO_TERM && q.g != feed->last_graph && feed->graph) PROPTER_TRY(feed->graph(q.g, feed->payload, err));
    if (t[3] != NO_TERM) feed->last_graph = q.g;
    PROPTER_TRY(propter_writer_add(feed->writer, q, err));
  }
  for (int i = 0; i < 2; i++) feed->sums[i] += b->sums[i];
  feed->lines += b->lines;
  feed->statements += b->quads.count;
  return PROPTER_OK;
}

static void empty(Batch *b) {
  propter_buf_reset(&b->bytes);
  b->terms.count = b->quads.count = 0;
  b->sums[0] = b->sums[1] = b->lines = 0;
  b->hashed = false;
  for (int i = 0; i < 4; i++) b->last[i] = NO_TERM;
  for (int i = 0; i < 1 << KNOWN_BITS; i++) b->known[i] = NO_TERM;
  b->state = EMPTY;
}

/* ---- both threads, holding the lock --------------------------------------------------------------------------------------- */

static void take_turn(Feed *feed, Batch *b) {
  PropterError err = {0};
  PropterStatus status = PROPTER_OK;
  feed->taking = true;
  (void)pthread_mutex_unlock(&feed->lock);
  if (feed->status == PROPTER_OK) status = take(feed, b, &err);
  (void)pthread_mutex_lock(&feed->lock);
  if (status != PROPTER_OK) {
    feed->status = status;
    feed->err = err;
    feed->ended = true;
  }
  empty(b);
  feed->taking = false;
  feed->turn++;
}

static void fill(Feed *feed, Batch *b) {
  const Stretches *from = feed->stretches;
  unsigned place = feed->made++ % SPREAD_PLACES;
  bool more = false;
  b->state = FILLING;
  b->err = (PropterError){0};
  feed->reading = true;
  (void)pthread_mutex_unlock(&feed->lock);
  b->status = from->next(from->payload, place, &more, &b->err);
  (void)pthread_mutex_lock(&feed->lock);
  feed->reading = false;
  feed->ended |= b->status != PROPTER_OK || !more;
  (void)pthread_cond_broadcast(&feed->changed);
  (void)pthread_mutex_unlock(&feed->lock);
  if (b->status == PROPTER_OK && more) {
    b->status = from->read(from->payload, place, &b->lines, &b->err);
    hash_batch(b);
  }
  (void)pthread_mutex_lock(&feed->lock);
  b->state = FULL;
}

/* Hands the batch whose turn it is to the writer, or else fills the next; false: neither can be done now. A full writer is the caller's, who opened it. */
static bool step(Feed *feed, bool caller) {
  Batch *first = &feed->batches[feed->turn % SPREAD_PLACES], *next = &feed->batches[feed->made % SPREAD_PLACES];
  if (first->state == FULL && !feed->taking && (caller || !writer_is_full(feed->writer)))
    take_turn(feed, first);
  else if (feed->stretches && !feed->ended && !feed->reading && next->state == EMPTY)
    fill(feed, next);
  else
    return false;
  (void)pthread_cond_broadcast(&feed->changed);
  return true;
}

static void step_or_wait(Feed *feed, bool caller) {
  if (!step(feed, caller)) (void)pthread_cond_wait(&feed->changed, &feed->lock);
}

static void *run(void *payload) {
  Feed *feed = payload;
  (void)pthread_mutex_lock(&feed->lock);
  while (!feed->quit) step_or_wait(feed, false);
  (void)pthread_mutex_unlock(&feed->lock);
  return NULL;
}

/* ---- the caller's thread -------------------------------------------------------------------------------------------------- */

static PropterStatus failure(const Feed *feed, PropterError *err) {
  if (feed->status != PROPTER_OK && err) *err = feed->err;
  return feed->status;
}

PropterStatus feed_run(void *payload, const Stretches *stretches, PropterError *err) {
  Feed *feed = payload;
  (void)pthread_mutex_lock(&feed->lock);
  feed->stretches = stretches;
  (void)pthread_cond_broadcast(&feed->changed);
  while (!feed->ended || feed->turn < feed->made) step_or_wait(feed, true);
  feed->stretches = NULL;
  PropterStatus status = failure(feed, err);
  (void)pthread_mutex_unlock(&feed->lock);
  return status;
}

/* The batch that is filled goes on; returns when the next can be filled, if `whole` when all are with the writer. */
static PropterStatus hand_over(Feed *feed, bool whole, PropterError *err) {
  (void)pthread_mutex_lock(&feed->lock);
  feed->batches[feed->made++ % SPREAD_PLACES].state = FULL;
  (void)pthread_cond_broadcast(&feed->changed);
  while (feed->batches[feed->made % SPREAD_PLACES].state != EMPTY || (whole && feed->turn < feed->made)) step_or_wait(feed, true);
  PropterStatus status = failure(feed, err);
  (void)pthread_mutex_unlock(&feed->lock);
  return status;
}

static uint32_t *known_place(Batch *b, PropterStr iri) {
  uint64_t end = iri.len;
  if (iri.len >= sizeof end) memcpy(&end, iri.data + iri.len - sizeof end, sizeof end);
  return &b->known[(end + iri.len) * UINT64_C(0x9E3779B97F4A7C15) >> (64 - KNOWN_BITS)];
}

static bool is_iri(const Batch *b, uint32_t place, PropterStr iri) {
  if (place == NO_TERM) return false;
  const Ready *t = &b->terms.items[place];
  const char *record = b->bytes.data + t->at;
  return t->id == PROPTER_NO_ID && t->len == iri.len + 1 && record[0] == ID_IRI && memcmp(record + 1, iri.data, iri.len) == 0;
}

/* Adds a record unless it is that of term `before` or of an IRI that came not long ago. */
static PropterStatus make_ready(Batch *b, const PropterTerm *term, uint32_t before, uint32_t *place, PropterError *err) {
  Ready t = {.type = NO_TERM};
  uint32_t *known = term->kind == PROPTER_TERM_IRI ? known_place(b, term->value) : NULL;
  if (known && is_iri(b, before, term->value)) return *place = before, PROPTER_OK;
  if (known && is_iri(b, *known, term->value)) return *place = *known, PROPTER_OK;
  bool typed = term->kind == PROPTER_TERM_LITERAL && !term->language.len && !term_is_string(term);
  if (typed) t.id = id_inline(term->value, term->datatype);
  if (typed && t.id == PROPTER_NO_ID) {
    PropterTerm type = propter_iri(term->datatype);
    PROPTER_TRY(make_ready(b, &type, NO_TERM, &t.type, err));
  }
  t.at = b->bytes.len;
  if (t.id == PROPTER_NO_ID) {
    dict_record(term, PROPTER_NO_ID, &b->bytes);
    PROPTER_TRY(propter_buf_status(&b->bytes, err));
    PropterStr record = {b->bytes.data + t.at, b->bytes.len - t.at};
    const Ready *old = before == NO_TERM ? NULL : &b->terms.items[before];
    if (old && !typed && old->id == PROPTER_NO_ID && propter_str_equal(record, (PropterStr){b->bytes.data + old->at, old->len})) {
      b->bytes.len = t.at;
      *place = before;
      return PROPTER_OK;
    }
    t.len = (uint32_t)record.len;
  }
  *place = (uint32_t)b->terms.count;
  if (known) *known = *place;
  return propter_vec_push(&b->terms, t) ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for terms");
}

PropterStatus feed_add(Feed *feed, unsigned place, const PropterStatement *st, PropterError *err) {
  bool alone = !feed->stretches;
  Batch *b = &feed->batches[alone ? feed->made % SPREAD_PLACES : place];
  const PropterTerm *terms[4] = {&st->s, &st->p, &st->o, &st->g};
  struct Four four;
  for (int i = 0; i < 4; i++) {
    four.term[i] = NO_TERM;
    if (terms[i]->kind == PROPTER_TERM_NONE) continue;
    PROPTER_TRY(make_ready(b, terms[i], b->last[i], &four.term[i], err));
  }
  memcpy(b->last, four.term, sizeof b->last);
  if (!propter_vec_push(&b->quads, four)) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for statements");
  return alone && (b->terms.count >= BATCH_TERMS || b->bytes.len >= BATCH_BYTES) ? hand_over(feed, false, err) : PROPTER_OK;
}

PropterStatus feed_finish(Feed *feed, PropterRdfLoaded *loaded, PropterError *err) {
  PROPTER_TRY(hand_over(feed, true, err));
  for (int i = 0; i < 2; i++) loaded->hash[i] += feed->sums[i];
  loaded->statements += feed->statements;
  return PROPTER_OK;
}

PropterStatus feed_open(PropterWriter *writer, PropterId fallback, PropterStatus (*graph)(PropterId graph, void *payload, PropterError *err), void *payload,
                        Feed **out, PropterError *err) {
  Feed *feed = propter_calloc(1, sizeof *feed);
  if (!feed) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  *feed = (Feed){.writer = writer, .fallback = fallback, .graph = graph, .payload = payload};
  for (int i = 0; i < SPREAD_PLACES; i++) {
    feed->batches[i].bytes.max = SIZE_MAX / 2;
    empty(&feed->batches[i]);
  }
  (void)pthread_mutex_init(&feed->lock, NULL);
  (void)pthread_cond_init(&feed->changed, NULL);
  feed->threaded = !fault_thread() && pthread_create(&feed->thread, NULL, run, feed) == 0;
  *out = feed;
  return PROPTER_OK;
}

void feed_close(Feed *feed) {
  if (!feed) return;
  if (feed->threaded) {
    (void)pthread_mutex_lock(&feed->lock);
    feed->quit = true;
    (void)pthread_cond_broadcast(&feed->changed);
    (void)pthread_mutex_unlock(&feed->lock);
    (void)pthread_join(feed->thread, NULL);
  }
  (void)pthread_mutex_destroy(&feed->lock);
  (void)pthread_cond_destroy(&feed->changed);
  for (int i = 0; i < SPREAD_PLACES; i++) {
    propter_buf_clear(&feed->batches[i].bytes);
    propter_vec_clear(&feed->batches[i].terms);
    propter_vec_clear(&feed->batches[i].quads);
  }
  propter_free(feed);
}
