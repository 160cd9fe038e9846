/* SPDX-License-Identifier: Apache-2.0 */
/* A shop with known truth: what is planted, the figures that follow from it, what is told about it. */
#ifndef RETAIL_H
#define RETAIL_H

#include <stdio.h>
#include <stdlib.h>

#include "propter/date.h"
#include "propter/mem.h"
#include "propter/rng.h"

#define SHOP "https://w3id.org/propter/bench/retail#"

enum { MOST = 6, CHANNELS_MOST = 4, CELLS_MOST = MOST * MOST };
enum { ANY = -1 };                      /* every region or product */
enum { LAG = 3, NEAR = 2, QUIET = 14 }; /* days: from a late delivery to the refund; of a coincidence; left alone around a move */

typedef struct {
#define PARAMETER(name, value, low, high, text) double name;
#include "parameters.def"
#undef PARAMETER
} Parameters;

typedef enum { ORDERS, REFUNDS, DELIVERY, STOCKOUTS, PRICE, MEASURES } Measure;
typedef enum { SCOPE_CELL, SCOPE_REGION, SCOPE_PRODUCT } ScopeKind;

typedef struct {
  const char *id, *name, *plural;
  ScopeKind scope;
  int shortest, longest;
  Measure measure;
  int sign;
  bool step, planned;
  int weight;
} Kind;
extern const Kind kinds[];
extern const int kind_count;

/* Something that happens. Days count from the first. `kind` HIDDEN: nobody knows of it. */
enum { HIDDEN = -1 };
typedef struct {
  int kind, region, product, from, to;
  Measure measure;
  double size;   /* on the logarithm of the measure; 0: it moves nothing */
  bool calendar; /* it stands in the calendar */
  double dose;   /* documented size in units of the measure a day; 0: none */
  char name[48];
} Event;

/* A move that is asked about. */
typedef struct {
  Measure measure;
  int region, product; /* of the series asked about */
  int from, to;        /* window, inclusive */
  size_t event[3];     /* planted for it; hidden ones too */
  size_t events;
  size_t decoy; /* event of no effect in the same place and time; SIZE_MAX: none */
  bool confounded, consensus, undocumented;
} Episode;

typedef struct {
  Parameters p;
  PropterRng rng;
  PROPTER_VEC(Event) events;
  PROPTER_VEC(Episode) episodes;
  double *noise[MEASURES], *market; /* [cell × days] by measure, cell = (region × products + product) × channels + channel; [days] */
  double level[CELLS_MOST * CHANNELS_MOST];
} Shop;

double draw(Shop *shop); /* even in [0, 1) */
bool chance(Shop *shop, double probability);
int between(Shop *shop, int low, int high); /* inclusive */

/* shop.c: the figures. */
void shop_open(Shop *shop);
void shop_close(Shop *shop);
/* One figure; event `without` (SIZE_MAX: none) left out; `planted` false: every event left out. */
double shop_value(const Shop *shop, Measure measure, int region, int product, int channel, int day, size_t without, bool planted);
/* Mean over the window of the whole series asked about. */
double shop_mean(const Shop *shop, const Episode *episode, size_t without, bool planted);
extern const char *const measure_ids[MEASURES], *const measure_names[MEASURES];

/* plant.c: what happens. */
void plant(Shop *shop);

/* tell.c: FOLDER/documents and FOLDER/claims.tsv. */
void tell(Shop *shop, const char *folder);
/* "orders for shoes in the North" */
void series_phrase(Measure measure, int region, int product, char *out, size_t size);
PropterDay day_of(int day);

/* write.c: the other files. */
void write_files(Shop *shop, const char *folder);
extern const char *const region_names[MOST], *const product_names[MOST], *const channel_names[CHANNELS_MOST];
FILE *open_file(const char *folder, const char *name); /* ends the program when it cannot */
void close_file(FILE *file);
void must_have(bool memory);

#endif
