/* SPDX-License-Identifier: Apache-2.0 */
/* What a sentence claims: arguments, direction, denial, hedging, condition, dates, amounts. */
#include <math.h>
#include <string.h>

#include "doc_support.h"
#include "propter/read.h"
#include "reading.h"

Suite *suite_claims(void);

static const char front[] = "---\ndate: 2011-09-09\n---\n";

typedef struct {
  PropterRules *rules;
  PropterDocument *d;
  PropterReadings r;
} Read;

static Read read_named(const char *text, const PropterNames *names) {
  Read x = {0};
  PropterBuf b = {0};
  propter_buf_add(&b, propter_str(front));
  propter_buf_add(&b, propter_str(text));
  ck_ok(propter_rules_new(NULL, &x.rules, err));
  x.d = doc_of(propter_buf_str(&b), "x.md");
  ck_ok(propter_read_document(x.rules, names, x.d, &x.r, err));
  propter_buf_clear(&b);
  return x;
}

static Read read_text(const char *text) { return read_named(text, NULL); }

static void done(Read *x) {
  propter_readings_clear(&x->r);
  propter_document_free(x->d);
  propter_rules_free(x->rules);
}

static PropterStr words(const Read *x, PropterSpan s) { return (PropterStr){x->d->text.data + s.start, s.end - s.start}; }

static void check_words(const Read *x, PropterSpan s, const char *wanted) {
  PropterStr got = words(x, s);
  ck_assert_msg(propter_str_equal(got, propter_str(wanted)), "found \"%.*s\", wanted \"%s\"", (int)got.len, got.data, wanted);
}

static void check_period(PropterPeriod p, const char *first, const char *last) {
  char a[16] = "none", b[16] = "none";
  if (p.first != PROPTER_NO_DAY) propter_day_format(p.first, a), propter_day_format(p.last, b);
  ck_assert_str_eq(a, first);
  ck_assert_str_eq(b, last);
}

static const struct {
  const char *text, *cause, *effect;
  int polarity;
  bool negated;
  double hedge; /* at least this; 0: none at all */
} cases[] = {
    {"Output was cut by a frost.", "a frost", "Output", -1, false, 0},
    {"The mill stopped because of a strike.", "a strike", "The mill stopped", 0, false, 0},
    {"The fall in sales was not caused by rain.", "rain", "The fall in sales", -1, true, 0},
    {"Sales did not fall because of rain.", "rain", "Sales did not fall", -1, true, 0},
    {"Sales did not grow because of rain.", "rain", "Sales did not grow", -1, false, 0},
    {"The flaw was not noticed in testing because of haste.", "haste", "The flaw was not noticed in testing", 0, false, 0},
    {"The plant saw no changes because of the tariff.", "the tariff", "The plant saw no changes", 0, true, 0},
    {"A shop cannot stay open just because a buyer asks.", "a buyer asks", "A shop cannot stay open", 0, true, 0},
    {"The pump was not fully repaired, causing a flood in the yard.", "The pump was not fully repaired", "a flood in the yard", 0, false, 0},
    {"The rain may have caused the drop in sales.", "The rain", "the drop in sales", -1, false, .5},
    {"There is no evidence that rain caused the drop.", "rain", "the drop", -1, true, 0},
    {"The rain had no effect on sales.", "The rain", "sales", 0, true, 0},
    {"Without the subsidy, sales would have fallen.", "the subsidy", "sales would have fallen", 1, false, 0},
    {"The subsidy cut job losses.", "The subsidy", "job losses", 1, false, 0},
    {"Orders stopped growing because of the tariff.", "the tariff", "Orders stopped growing", -1, false, 0},
    {"Did the rain cut sales? Hardly.", "Did the rain", "sales", -1, true, 0},
    {"Did the rain cut sales?", "Did the rain", "sales", -1, false, .9},
    {"As the union had warned, the lockout hurt output.", "the lockout", "output", -1, false, 0},
    {"The frost pushed harvests down in the valley.", "The frost", "harvests", -1, false, 0},
    {"Because of the heat, demand hit a record high.", "the heat", "demand hit a record high", 1, false, 0},
    {"Refunds hit 900 because of the outage.", "the outage", "Refunds hit 900", 0, false, 0},
    {"Sales fell by more than half because of the closure.", "the closure", "Sales fell by more than half", -1, false, 0},
    {"Sales rose by less than 5 percent because of the fair.", "the fair", "Sales rose by less than 5 percent", 1, false, 0},
    {"Sales more than doubled because of the fair.", "the fair", "Sales more than doubled", 1, false, 0},
    {"Sales were lower than a year ago because of the fair.", "the fair", "Sales were lower than a year ago", -1, false, 0},
    {"The press broke; as a result, output fell.", "The press broke", "output fell", -1, false, 0},
    {"Sales were lower than expected because of the frost.", "the frost", "Sales were lower than expected", -1, false, 0},
    {"The price increase led to losses.", "The price increase", "losses", -1, false, 0},
    {"The price increase did not cause the fall in orders.", "The price increase", "the fall in orders", -1, true, 0},
    {"The fee boost reduced demand.", "The fee boost", "demand", -1, false, 0},
    {"The campaign boosted reduced sales.", "The campaign", "reduced sales", -1, false, 0},
    {"Lower sales were caused by the storm.", "the storm", "Lower sales", -1, false, 0},
    {"Smaller-scale tests did not find it because of the cache.", "the cache", "Smaller-scale tests did not find", 0, false, 0},
    {"No strike caused the fall in sales.", "No strike", "the fall in sales", -1, true, 0},
    {"Analysts say that the recall reduced sales.", "the recall", "sales", -1, false, .15},
    {"Margins were negatively impacted by restructuring charges.", "restructuring charges", "Margins", -1, false, 0},
    {"The outage took down the web shop.", "The outage", "the web shop", -1, false, 0},
    {"More visits brought more orders.", "More visits", "more orders", 1, false, 0},
    {"Demand from hospitals more than offset the decline in retail.", "Demand from hospitals", "the decline in retail", 1, false, 0},
    {"Shortages put upward pressure on prices.", "Shortages", "prices", 1, false, 0},
    {"If prices rise, sales fall.", "prices rise", "sales fall", -1, false, .25},
    {"Sales will fall unless the shop reopens.", "the shop reopens", "Sales will fall", 1, false, .25},
    {"Only if prices fall will sales rise.", "prices fall", "sales rise", 1, false, .25},
    {"Had the strike not happened, orders would have grown.", "the strike", "orders would have grown", -1, false, 0},
    {"Sales would have been higher without the strike.", "the strike", "Sales would have been higher", -1, false, 0},
    {"According to analysts, the recall reduced sales.", "the recall", "sales", -1, false, .15},
    {"The minister rejected claims that the tax reduced sales.", "the tax", "sales", -1, true, .15},
    {"Nobody believes that the layoffs reduced sales.", "the layoffs", "sales", -1, true, .25},
    {"Sales are expected to fall because of the frost.", "the frost", "Sales are expected to fall", -1, false, .4},
};

START_TEST(flags_of_a_claim) {
  Read x = read_text(cases[_i].text);
  ck_assert_msg(x.r.claims.count >= 1, "no claim in: %s", cases[_i].text);
  const PropterReading *c = &x.r.claims.items[0];
  check_words(&x, c->cause, cases[_i].cause);
  check_words(&x, c->effect, cases[_i].effect);
  ck_assert_msg(c->polarity == cases[_i].polarity, "%s: polarity %d by %s", cases[_i].text, c->polarity, c->rule);
  ck_assert_msg(c->negated == cases[_i].negated, "%s: negated %d by %s", cases[_i].text, c->negated, c->rule);
  if (cases[_i].hedge > 0)
    ck_assert_msg(c->hedge >= cases[_i].hedge, "%s: hedge %g", cases[_i].text, c->hedge);
  else
    ck_assert_msg(c->hedge < .01, "%s: hedge %g", cases[_i].text, c->hedge);
  done(&x);
}
END_TEST

/* Each claim as "cause > effect", with + or - for its direction and ! for a denial. */
static const struct {
  const char *text, *claims;
} lists[] = {
    {"The flood caused lower sales and higher costs.", "The flood > lower sales -; The flood > higher costs +; "},
    {"Late parcels, wrong sizes and poor packaging led to returns.", "Late parcels > returns; wrong sizes > returns; poor packaging > returns; "},
    {"Neither the weather nor the strike caused the delay.", "the weather > the delay!; the strike > the delay!; "},
    {"Sales fell because of the strike, not the weather.", "the strike > Sales fell -; the weather > Sales fell -!; "},
    {"The fall in orders was caused not by the price but by the recall.", "the price > The fall in orders -!; the recall > The fall in orders -; "},
    {"Sales fell for two reasons: the strike and the recall.", "the strike > Sales fell -; the recall > Sales fell -; "},
    {"The recall cut sales and drove complaints up.", "The recall > sales -; The recall > complaints +; "},
    {"The recall led to lower sales and profits.", "The recall > lower sales -; The recall > profits -; "},
    {"Sales of shoes and bags fell because of the strike.", "the strike > Sales of shoes and bags fell -; "},
    {"Supply and demand problems caused the shortage.", "Supply and demand problems > the shortage; "},
    {"The quarrel between the mill and the mine caused the shortage.", "The quarrel between the mill and the mine > the shortage; "},
    /* Where a clause or a second verb begins. */
    {"We stopped the tests because configuration and directive handling currently still has many faults.",
     "configuration and directive handling currently still has many faults > We stopped the tests; "},
    {"Too little rest causes chaos and requires a second shift.", "Too little rest > chaos; "},
    {"We align our goals with those of the company and our work contributes to revenue.", "our work > revenue; "},
    {"Peter pointed out two places make copies slow, as the mirrors need a case of their own.",
     "two places > copies slow -; the mirrors need a case of their own > two places make copies slow -; "},
};

START_TEST(parts_of_a_list) {
  Read x = read_text(lists[_i].text);
  PropterBuf b = {0};
  for (size_t i = 0; i < x.r.claims.count; i++) {
    const PropterReading *c = &x.r.claims.items[i];
    PropterStr cause = words(&x, c->cause), effect = words(&x, c->effect);
    propter_buf_printf(&b, "%.*s > %.*s%s%s; ", (int)cause.len, cause.data, (int)effect.len, effect.data, c->polarity > 0 ? " +" : c->polarity ? " -" : "",
                       c->negated ? "!" : "");
  }
  propter_buf_add_char(&b, '\0');
  ck_assert_str_eq(b.data, lists[_i].claims);
  propter_buf_clear(&b);
  done(&x);
}
END_TEST

static const struct {
  const char *text, *unit, *per;
  double value;
} measures[] = {
    {"Sales fell 14 percent because of the fire.", "%", "", 14},
    {"The fine reduced profit by $2.5 million.", "USD", "", 2.5e6},
    {"The contract increased revenue by EUR 3.5m.", "EUR", "", 3.5e6},
    {"The shock raised yields by 120 basis points.", "bp", "", 120},
    {"The strike delayed deliveries by two days.", "d", "", 2},
    {"The new line increased output by 300 units a month.", "1", "mo", 300},
    {"The cut lowered the price by 15 cents per litre.", "USD", "L", .15},
    {"Debt rose by $2.1 trillion because of the war.", "USD", "", 2.1e12},
    {"The strike cut output by 4,500 cars.", "", "", 4500},
    {"At 7:30 the outage delayed orders.", "", "", 0},
    {"The tram strike halved the takings at the station.", "%", "", 50},
    {"The street festival more than doubled takings.", "%", "", 100},
    {"Refunds tripled because of the wrong labels.", "%", "", 200},
    {"The festival doubled takings to 9,000 euros.", "EUR", "", 9000},
};

START_TEST(numbers_have_units) {
  Read x = read_text(measures[_i].text);
  ck_assert_uint_ge(x.r.claims.count, 1);
  const PropterReading *c = &x.r.claims.items[0];
  ck_assert_msg(fabs(c->quantity - measures[_i].value) < 1e-9 * (1 + measures[_i].value), "%s: %g", measures[_i].text, c->quantity);
  ck_assert_msg(propter_str_equal(c->unit, propter_str(measures[_i].unit)), "%s: %.*s", measures[_i].text, (int)c->unit.len, c->unit.data);
  ck_assert(propter_str_equal(c->unit_per, propter_str(measures[_i].per)));
  done(&x);
}
END_TEST

START_TEST(a_verb_of_its_own_is_turned_by_nothing) {
  static const struct {
    const char *text;
    int polarity;
  } texts[] = {{"The outage cost us about 700 orders and orders fell by 40 per cent.", -1},
               {"The reform cut losses.", 1},
               {"The strike halved the takings at the station.", -1}};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    Read x = read_text(texts[i].text);
    ck_assert_uint_ge(x.r.claims.count, 1);
    for (size_t k = 0; k < x.r.claims.count; k++)
      ck_assert_msg(x.r.claims.items[k].polarity == texts[i].polarity, "%s: %d", texts[i].text, x.r.claims.items[k].polarity);
    done(&x);
  }
}
END_TEST

/* What is shown, thought, reported or quoted, without who does so; nothing of the clause itself is lost. */
START_TEST(ends_of_arguments) {
  static const struct {
    const char *text, *cause, *effect;
  } cut[] = {{"The chart shows it is steady, so the tank holds.", "it is steady", "the tank holds"},
             {"I think they left because the pay was low.", "the pay was low", "they left"},
             {"Note that the mill stopped because the dam broke.", "the dam broke", "the mill stopped"},
             {"The reason is that the crews had to wait, since the gate was shut.", "the gate was shut", "the crews had to wait"},
             {"The new valve mends a fault where the pump stalled, causing a flood.", "The new valve mends a fault where the pump stalled", "a flood"},
             {"The update mends a rare case where the pump stalled, causing a flood.", "the pump stalled", "a flood"},
             {"“We closed the shop because the rent was too high,” Miller said.", "the rent was too high", "We closed the shop"},
             {"The mill used steel as the main material, resulting in lower costs.", "The mill used steel as the main material", "lower costs"},
             {"We count the share of deployments that cause outages.", "deployments", "outages"},
             {"They repainted the shop, resulting in a similar look and feel.", "They repainted the shop", "a similar look and feel"},
             {"Using it results in a long delay.", "Using it", "a long delay"},
             {"Ensuring that bolts hold is important because bolts carry the roof.", "bolts carry the roof", "Ensuring that bolts hold is important"},
             {"In practice, the pump failed because the filter was clogged.", "the filter was clogged", "the pump failed"},
             {"But that is hard to bear because the noise never stops.", "the noise never stops", "that is hard to bear"},
             {"It slowed the work precisely because two teams shared one crane.", "two teams shared one crane", "It slowed the work"}};
  for (size_t i = 0; i < sizeof cut / sizeof *cut; i++) {
    Read x = read_text(cut[i].text);
    ck_assert_msg(x.r.claims.count == 1, "%s: %zu", cut[i].text, x.r.claims.count);
    check_words(&x, x.r.claims.items[0].cause, cut[i].cause);
    check_words(&x, x.r.claims.items[0].effect, cut[i].effect);
    done(&x);
  }
}
END_TEST

START_TEST(dates_are_cut_off) {
  static const struct {
    const char *text, *cause, *first, *last, *duration;
  } dated[] = {{"Last week the strike cut output.", "the strike", "2011-08-29", "2011-09-04", ""},
               {"In Q2 weak demand cut output.", "weak demand", "2011-04-01", "2011-06-30", ""},
               {"In May, the August strike cut output.", "the August strike", "2011-05-01", "2011-05-31", ""},
               {"Since March the new fee has reduced bookings.", "the new fee", "2011-03-01", "2011-09-09", ""},
               {"In May the strike cut output for three weeks.", "the strike", "2011-05-01", "2011-05-31", "P21D"}};
  for (size_t i = 0; i < sizeof dated / sizeof *dated; i++) {
    Read x = read_text(dated[i].text);
    ck_assert_msg(x.r.claims.count == 1, "%s: %zu", dated[i].text, x.r.claims.count);
    const PropterReading *c = &x.r.claims.items[0];
    check_words(&x, c->cause, dated[i].cause);
    check_period(c->when_effect, dated[i].first, dated[i].last);
    ck_assert_str_eq(c->duration, dated[i].duration);
    done(&x);
  }
}
END_TEST

START_TEST(how_long_and_where_not) {
  static const struct {
    const char *text, *cause, *effect, *lasted, *exception;
  } told[] = {{"The crane failure for three weeks caused the delay.", "The crane failure", "the delay", "P21D", ""},
              {"The delay was caused by the crane failure for three weeks.", "the crane failure", "The delay", "P21D", ""},
              {"The closure of the bridge for two months led to longer routes.", "The closure of the bridge", "longer routes", "P2M", ""},
              {"The storm cut sales in the north but not in the south.", "The storm", "sales in the north", "", "but not in the south"},
              {"Sales fell in all towns except Riga because of the strike.", "the strike", "Sales fell in all towns except Riga", "", "except Riga"}};
  for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
    Read x = read_text(told[i].text);
    ck_assert_msg(x.r.claims.count == 1, "%s: %zu", told[i].text, x.r.claims.count);
    const PropterReading *c = &x.r.claims.items[0];
    check_words(&x, c->cause, told[i].cause);
    if (told[i].effect) check_words(&x, c->effect, told[i].effect);
    ck_assert_str_eq(c->cause_duration, told[i].lasted);
    check_words(&x, c->exception, told[i].exception);
    done(&x);
  }
}
END_TEST

/* A period that the sentence does not give is a guess, and one of a single day or of another item is none. */
START_TEST(periods_of_neighbours) {
  static const struct {
    const char *text, *first, *from;
  } neighbours[] = {{"The shop was open in May 2011. Sales fell because of rain.", "2011-05-01", "text before"},
                {"# In May 2011\n\nSales fell because of rain.", "2011-05-01", "headings"},
                {"The shop was open on 7 May 2011. Sales fell because of rain.", "none", NULL},
                {"The shop was open in May 2011. Sales will fall because of rain.", "none", NULL},
                {"- The shop was open in May 2011.\n- Sales fell because of rain.", "none", NULL}};
  for (size_t i = 0; i < sizeof neighbours / sizeof *neighbours; i++) {
    Read x = read_text(neighbours[i].text);
    ck_assert_uint_eq(x.r.claims.count, 1);
    char first[16] = "none";
    if (x.r.claims.items[0].when_effect.first != PROPTER_NO_DAY) propter_day_format(x.r.claims.items[0].when_effect.first, first);
    ck_assert_msg(strcmp(first, neighbours[i].first) == 0, "%s: %s", neighbours[i].text, first);
    if (neighbours[i].from) ck_assert_str_eq(x.r.claims.items[0].when_from, neighbours[i].from);
    else ck_assert_ptr_null(x.r.claims.items[0].when_from);
    done(&x);
  }
}
END_TEST

START_TEST(nothing_is_claimed) {
  static const char *const texts[] = {"The cause of the fire is not known.", "The shop opened on Monday and sold bread.", "# Sales fell because of rain\n",
                                      "```\nsales fell because of rain\n```\n", "He explained that it was late."};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    Read x = read_text(texts[i]);
    ck_assert_msg(x.r.claims.count == 0, "%s: %s", texts[i], x.r.claims.items[0].rule);
    done(&x);
  }
}
END_TEST

START_TEST(the_sentence_before) {
  Read x = read_text("A storm tore down the lines. This led to a two-day stoppage. Some other thing happened.");
  ck_assert_uint_eq(x.r.claims.count, 1);
  check_words(&x, x.r.claims.items[0].cause, "A storm tore down the lines");
  check_words(&x, x.r.claims.items[0].effect, "a two-day stoppage");
  check_words(&x, x.r.claims.items[0].quote, "A storm tore down the lines. This led to a two-day stoppage.");
  done(&x);
}
END_TEST

START_TEST(dates_go_to_their_side) {
  Read x = read_text("Sales fell by 45,000 boxes in September because the strike of 7\xE2\x80\x93" "22 August had emptied the shelves.");
  ck_assert_uint_ge(x.r.claims.count, 1);
  check_period(x.r.claims.items[0].when_cause, "2011-08-07", "2011-08-22");
  check_period(x.r.claims.items[0].when_effect, "2011-09-01", "2011-09-30");
  ck_assert(fabs(x.r.claims.items[0].quantity - 45000) < .5);
  check_words(&x, x.r.claims.items[0].quantity_words, "45,000");
  ck_assert(!x.r.claims.items[0].generic);
  done(&x);
  x = read_text("In May 2010 hiring for the fair raised sales.");
  check_words(&x, x.r.claims.items[0].cause, "hiring for the fair");
  check_period(x.r.claims.items[0].when_effect, "2010-05-01", "2010-05-31");
  done(&x);
  x = read_text("## May 2010\n\nSales jumped because of the fair.\n");
  check_period(x.r.claims.items[0].when_effect, "2010-05-01", "2010-05-31");
  ck_assert(!x.r.claims.items[0].when_effect_said);
  done(&x);
  x = read_text("It was quiet in June 2010. Sales jumped because of the fair.\n");
  check_period(x.r.claims.items[0].when_effect, "2010-06-01", "2010-06-30");
  done(&x);
}
END_TEST

START_TEST(kinds_and_conditions) {
  Read x = read_text("Long delays cause refunds.");
  ck_assert(x.r.claims.items[0].generic);
  done(&x);
  x = read_text("The delays caused refunds.");
  ck_assert(!x.r.claims.items[0].generic);
  done(&x);
  x = read_text("Snow lowers sales only if it lasts for a week.");
  ck_assert_uint_eq(x.r.claims.count, 1);
  check_words(&x, x.r.claims.items[0].condition, "if it lasts for a week.");
  done(&x);
}
END_TEST

static const struct {
  const char *text, *speaker, *condition;
  bool enabling, counterfactual;
} said[] = {
    {"The CFO said: \"The strike reduced sales.\"", "The CFO", "", false, false},
    {"Analysts say the tariff hurt exports.", "Analysts", "", false, false},
    {"According to the central bank, higher wages raised prices.", "the central bank", "", false, false},
    {"The strike reduced sales, said the operator.", "the operator", "", false, false},
    {"The company denied that the recall reduced sales.", "The company", "", false, false},
    {"Management blamed the weather for the fall in visits.", "Management", "", false, false},
    {"It said that the strike reduced sales.", "", "", false, false},
    {"The strike reduced sales.", "", "", false, false},
    {"If prices rise, sales fall.", "", "If prices rise", false, false},
    {"Only if prices fall will sales rise.", "", "if prices fall", false, false},
    {"Had the strike not happened, orders would have grown.", "", "", false, true},
    {"The training helped users finish the setup.", "", "", true, false},
    {"The wall prevented a flood.", "", "", true, false},
    {"The wall prevented a fall in sales.", "", "", false, false},
};

START_TEST(who_says_it_and_if_what) {
  Read x = read_text(said[_i].text);
  ck_assert_msg(x.r.claims.count == 1, "%s: %zu claims", said[_i].text, x.r.claims.count);
  const PropterReading *c = &x.r.claims.items[0];
  check_words(&x, c->speaker, said[_i].speaker);
  check_words(&x, c->condition, said[_i].condition);
  ck_assert_msg(c->enabling == said[_i].enabling && c->counterfactual == said[_i].counterfactual, "%s", said[_i].text);
  done(&x);
}
END_TEST

START_TEST(happenings_have_a_date) {
  Read x = read_text("About 45,000 telephone workers stopped work on 7 August. They did not return to work on 9 August. They might have walked out.");
  ck_assert_uint_eq(x.r.happenings.count, 1);
  const PropterHappening *h = &x.r.happenings.items[0];
  ck_assert_str_eq(h->label, "strike");
  check_words(&x, h->words, "stopped work");
  check_period(h->when, "2011-08-07", "2011-08-07");
  ck_assert(fabs(h->quantity - 45000) < .5);
  ck_assert_int_eq(h->polarity, -1);
  done(&x);
}
END_TEST

START_TEST(the_strike_of_a_day_is_over_with_it) {
  static const struct {
    const char *text;
    bool ends;
  } texts[] = {{"The storm of 13 May 2011 halved takings.", true},
               {"The storm of 13 May 2011 hit the port.", true},
               {"The price increase of 3 June 2011 hurt sales.", false},
               {"The storm since 13 May 2011 hurt sales.", false}};
  PropterNames *names;
  size_t at;
  ck_ok(propter_names_new(&names, err));
  ck_ok(propter_names_add(names, PROPTER_STR("urn:storm"), PROPTER_ROLE_KIND, &at, err));
  ck_ok(propter_names_label(names, at, PROPTER_STR("storm"), 1, err));
  ck_ok(propter_names_add(names, PROPTER_STR("urn:rise"), PROPTER_ROLE_KIND, &at, err));
  ck_ok(propter_names_label(names, at, PROPTER_STR("price increase"), 1, err));
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    Read x = read_named(texts[i].text, names);
    for (size_t k = 0; k < x.r.happenings.count; k++) ck_assert_msg(x.r.happenings.items[k].ends == texts[i].ends, "%s", texts[i].text);
    ck_assert_msg(x.r.happenings.count == 1, "%s: %zu", texts[i].text, x.r.happenings.count);
    done(&x);
  }
  propter_names_free(names);
}
END_TEST

/* Plain clauses with a date at their edge, or a day right behind what happened; words NULL: none. `ends`: what the words say was over at the end of the period. */
static const struct {
  const char *text, *words, *first, *last, *name;
  bool ends;
} clauses[] = {
    {"A second production line was opened in November 2010.", "A second production line was opened", "2010-11-01", "2010-11-30",
     "second production line was opened", false},
    {"We redesigned the website on 10 February 2011.", "We redesigned the website", "2011-02-10", "2011-02-10", "We redesigned the website", false},
    {"From 27 October 2010 we doubled ad spend.", "we doubled ad spend", "2010-10-27", "2010-10-27", "we doubled ad spend", false},
    {"In May 2011 the city closed the bridge.", "the city closed the bridge", "2011-05-01", "2011-05-31", "city closed the bridge", true},
    {"The web shop was offline from 3 to 5 May 2011.", "The web shop was offline", "2011-05-03", "2011-05-05", "web shop was offline", true},
    {"On 7 March 2011 the power failed for six hours at both branches.", "the power failed for six hours at both branches", "2011-03-07", "2011-03-07",
     "power failed", true},
    {"The power failed for three weeks on 7 March 2011.", "The power failed for three weeks", "2011-03-07", "2011-03-27", "power failed", true},
    {"The power failed for two months on 31 December 2010.", "The power failed for two months", "2010-12-31", "2011-02-27", "power failed", true},
    {"On Monday 2 May 2011 a burst pipe closed our shop for the whole day.", "a burst pipe closed our shop for the whole day", "2011-05-02", "2011-05-02",
     "burst pipe closed our shop", true},
    {"Our lift was blocked on 3 May 2011 for repairs.", "Our lift was blocked", "2011-05-03", "2011-05-03", "lift was blocked", false},
    {"The season pass app was launched on 19 May 2011 with a bonus week until 25 May 2011.", "The season pass app was launched", "2011-05-19", "2011-05-19",
     "season pass app was launched", false},
    {"We launched the season pass app on 19 May 2011.", "We launched the season pass app", "2011-05-19", "2011-05-19", "We launched the season pass app", false},
    {"On 10 May 2011 the Osprey broke down.", "the Osprey broke down", "2011-05-10", "2011-05-10", "Osprey broke down", false},
    {"A database failure took the booking website down on 14 May 2011.", "A database failure took the booking website down", "2011-05-14", "2011-05-14",
     "database failure took the booking website down", false},
    {"A database failure took the website down on 13 May 2011. On 15 May 2011 everything worked again.", "A database failure took the website down", "2011-05-13",
     "2011-05-14", "database failure took the website down", true},
    {"We moved the contract to another bank at the end of April 2011.", "We moved the contract to another bank", "2011-04-21", "2011-04-30",
     "We moved the contract", false},
    {"On 15 May 2011 everything worked again.", NULL, NULL, NULL, NULL, false},
    {"We met the mayor on 5 May 2011 at noon.", NULL, NULL, NULL, NULL, false},
    {"Sales rose by 5 percent in March 2011.", NULL, NULL, NULL, NULL, false},
    {"Retailers added 20,000 jobs in March 2011.", NULL, NULL, NULL, NULL, false},
    {"The report was published on 3 May 2011.", NULL, NULL, NULL, NULL, false},
    {"The workshop did not open on 3 May 2011.", NULL, NULL, NULL, NULL, false},
    {"The workshop will be opened on 3 May 2012.", "The workshop will be opened", "2012-05-03", "2012-05-03", "workshop will be opened", false},
    {"The new price list will apply from 3 May 2012.", "The new price list will apply", "2012-05-03", "2012-05-03", "new price list", false},
    {"A rail strike will take place on 3 May 2012.", "A rail strike will take place", "2012-05-03", "2012-05-03", "rail strike", false},
    {"The strike caused the fall in sales on 3 May 2011.", NULL, NULL, NULL, NULL, false},
    {"The licence expired on 3 May 2011 and was renewed on 6 May 2011.", "The licence expired", "2011-05-03", "2011-05-05", "licence expired", true},
    {"The contract ran out on 3 May 2011 and a new one began on 6 May 2011.", "The contract ran out", "2011-05-03", "2011-05-05", "contract ran out", true},
    {"The power failed on 7 May 2011 and stayed off until the 9th.", "The power failed", "2011-05-07", "2011-05-09", "power failed", true},
    {"The crane broke down on 7 May 2011 and was out of use until 4 June 2011.", "The crane broke down", "2011-05-07", "2011-06-04", "crane broke down", true},
    {"Between 3 and 7 May 2011 both cranes were out of order.", "both cranes were out of order", "2011-05-03", "2011-05-07",
     "cranes were out of order", true},
    {"Orders hit a record on 3 May 2011.", NULL, NULL, NULL, NULL, false},
    {"We lost far more accounts than usual in May 2011.", NULL, NULL, NULL, NULL, false},
    {"All ferries were cancelled on 3 May 2011.", "All ferries were cancelled", "2011-05-03", "2011-05-03", "ferries were cancelled", false},
    {"Some of them were cancelled on 3 May 2011.", NULL, NULL, NULL, NULL, false},
    {"A storm swept the harbour from 3 to 5 May 2011; the boats stayed in.", "A storm swept the harbour", "2011-05-03", "2011-05-05", "storm", true},
    {"A flu wave hit the north branch from 3 to 5 May 2011.", "A flu wave hit the north branch", "2011-05-03", "2011-05-05", "flu wave", true},
    {"The strike hit sales in May 2011.", NULL, NULL, NULL, NULL, false},
    {"It was repaired on 3 May 2011.", NULL, NULL, NULL, NULL, false},
    {"If the shop closed on 3 May 2011, nobody saw it.", NULL, NULL, NULL, NULL, false},
    /* Clauses behind a mark, beside another one, or within a claim's arguments. */
    {"A word to all: on 3 May 2011 the boiler in the annex failed.", "the boiler in the annex failed", "2011-05-03", "2011-05-03", "boiler in the annex failed",
     false},
    {"On the night to 3 May 2011 the lock gate jammed, and we could only load by hand.", "the lock gate jammed", "2011-05-03", "2011-05-03", "lock gate jammed",
     false},
    {"At 06:15 on 3 May 2011 the mixer stopped with a screech.", "the mixer stopped with a screech", "2011-05-03", "2011-05-03", "mixer stopped", false},
    {"Fog lay over the estuary from 3 to 6 May 2011, and it delayed every boat.", "Fog lay over the estuary", "2011-05-03", "2011-05-06", "Fog", true},
    {"Bargain Barn, our second largest customer, refused to take our crates from 3 to 20 May 2011 because of a row over pallets.",
     "Bargain Barn, our second largest customer, refused to take our crates", "2011-05-03", "2011-05-20",
     "Bargain Barn, our second largest customer, refused to take our crates", true},
    {"Guests could not log in from 3 to 6 May 2011.", "Guests could not log in", "2011-05-03", "2011-05-06", "Guests could not log", true},
    {"Both pumps failed on 3 May 2011 from 07:10 to 18:30.", "Both pumps failed", "2011-05-03", "2011-05-03", "pumps failed", true},
    {"Our poster campaign runs from 3 to 16 May 2011.", "Our poster campaign runs", "2011-05-03", "2011-05-16", "poster campaign", true},
    {"From 3 to 16 May 2011 the council is resurfacing our lane, so few vans get through.", "the council is resurfacing our lane", "2011-05-03", "2011-05-16",
     "council is resurfacing our lane", true},
    {"The mixer broke on 3 May 2011. It did not run again until the evening of 9 May 2011.", "The mixer broke", "2011-05-03", "2011-05-09", "mixer broke", true},
    /* Phrases with their days. */
    {"The Lantern Fair (3–9 May 2011) brought many guests to the quay.", "Lantern Fair", "2011-05-03", "2011-05-09", "", true},
    {"It is the effect of the lower deposit, which came in on 3 May 2011.", "lower deposit", "2011-05-03", "2011-05-03", "", false},
    {"The quarterly report (3–9 May 2011) is out.", NULL, NULL, NULL, NULL, false},
    {"The board decided on 3 May 2011 to raise the deposit.", NULL, NULL, NULL, NULL, false},
};

START_TEST(plain_clauses_have_a_date) {
  Read x = read_text(clauses[_i].text);
  size_t count = 0;
  for (size_t i = 0; i < x.r.happenings.count; i++) count += !x.r.happenings.items[i].named;
  ck_assert_msg(count == (clauses[_i].words != NULL), "%s: %zu", clauses[_i].text, count);
  if (clauses[_i].words) {
    ck_assert(x.r.happenings.items[0].clause);
    check_words(&x, x.r.happenings.items[0].words, clauses[_i].words);
    check_period(x.r.happenings.items[0].when, clauses[_i].first, clauses[_i].last);
    check_words(&x, x.r.happenings.items[0].name, clauses[_i].name);
    ck_assert_msg(x.r.happenings.items[0].ends == clauses[_i].ends, "%s", clauses[_i].text);
  }
  done(&x);
}
END_TEST

/* An entry of a log is of the day that opens it; a later one says when it was over. */
static const struct {
  const char *text, *words, *first, *last;
  bool ends;
} entries[] = {
    {"- 2011-05-03: Both lifts taken out of use by the inspector", "Both lifts taken out of use by the inspector", "2011-05-03", "2011-05-03", false},
    {"- [03/05/2011, 06:10] Jo Bloggs: the east lift is out of order\n- [25/05/2011, 07:00] Jo Bloggs: the east lift is back", "the east lift is out of order", "2011-05-03", "2011-05-24",
     true},
    {"- 3 May 2011 - Lift 2 out of service.\n- 9 May 2011 - Hall swept and painted.\n- 11 May 2011 - Lift 2 repaired.", "Lift 2 out of service", "2011-05-03",
     "2011-05-10", true},
    {"- 2011-05-03 to 2011-05-20: Kiln out of service (crack in the door).", "Kiln out of service", "2011-05-03", "2011-05-20", true},
    {"- 3 May 2011, New lamp for the porch", NULL, NULL, NULL, false},
    {"- 3 May 2011 was a fine day for the lifts", NULL, NULL, NULL, false},
    {"| Day | Entry |\n|---|---|\n| 2011-05-03 | Lift 2 out of service |\n", "Lift 2 out of service", "2011-05-03", "2011-05-03", false},
};

START_TEST(entries_of_a_log_are_of_their_day) {
  Read x = read_text(entries[_i].text);
  ck_assert_msg((x.r.happenings.count > 0) == (entries[_i].words != NULL), "%s: %zu", entries[_i].text, x.r.happenings.count);
  if (entries[_i].words) {
    check_words(&x, x.r.happenings.items[0].words, entries[_i].words);
    check_period(x.r.happenings.items[0].when, entries[_i].first, entries[_i].last);
    ck_assert_msg(x.r.happenings.items[0].ends == entries[_i].ends, "%s", entries[_i].text);
  }
  done(&x);
}
END_TEST

START_TEST(what_is_to_be_done_has_not_happened) {
  static const char *const texts[] = {"The drivers walked out on 17 May 2010.", "TODO: call the drivers who walked out on 17 May 2010.",
                                      "- [ ] Ask the drivers who walked out on 17 May 2010.", "Please pay the drivers who walked out on 17 May 2010.",
                                      "Ask the drivers who walked out on 17 May 2010.", "We should pay the drivers who walked out on 17 May 2010."};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    Read x = read_text(texts[i]);
    ck_assert_msg(x.r.happenings.count == (i == 0), "%s: %zu", texts[i], x.r.happenings.count);
    done(&x);
  }
}
END_TEST

typedef struct {
  PropterRules *rules;
  PropterDocument *d;
} Operation;

static PropterStatus read_once(void *payload, PropterError *err) {
  Operation *o = payload;
  PropterReadings r = {0};
  PropterStatus status = propter_read_document(o->rules, NULL, o->d, &r, err);
  propter_readings_clear(&r);
  return status;
}

START_TEST(failing_allocations) {
  Read x = read_text("# In May 2011\n\nSales fell by 5,000 in June because of rain. This led to losses. 300 men walked out on 7 August.");
  Operation o = {x.rules, x.d};
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, read_once, &o, true), 3);
  done(&x);
}
END_TEST

/* A cause that a clause tells, one that another sentence dates, one that no sentence does. */
static PropterStatus date_causes(void *payload, PropterError *err) {
  Operation *o = payload;
  enum { CLAIMS = 3 };
  size_t told[CLAIMS];
  PropterReadings r = {0};
  PropterNames *names = NULL;
  PropterStatus status = propter_names_new(&names, err);
  if (status == PROPTER_OK) status = propter_read_document(o->rules, NULL, o->d, &r, err);
  if (status == PROPTER_OK) {
    ck_assert_uint_eq(r.claims.count, CLAIMS);
    status = told_join(names, o->rules, o->d, &r, told, err);
  }
  if (status == PROPTER_OK) ck_assert(told[0] != SIZE_MAX && told[1] == r.happenings.count - 1 && told[2] == SIZE_MAX);
  propter_readings_clear(&r);
  propter_names_free(names);
  return status;
}

START_TEST(failing_allocations_while_causes_are_dated) {
  Read x = read_text("We repainted the old pier on 3 May 2011. The pier repainting cut visits. Orders fell because of the flour strike. Sales fell because of "
                     "the high tide.\n\n# Dates\n\nThe meeting of 17 May 2011 is about the flour strike.");
  Operation o = {x.rules, x.d};
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, date_causes, &o, true), 10);
  done(&x);
}
END_TEST

Suite *suite_claims(void) {
  Suite *s = suite_create("claims");
  TCase *tc = tcase_create("claims");
  tcase_set_timeout(tc, 60);
  tcase_add_loop_test(tc, flags_of_a_claim, 0, sizeof cases / sizeof *cases);
  tcase_add_loop_test(tc, parts_of_a_list, 0, sizeof lists / sizeof *lists);
  tcase_add_loop_test(tc, numbers_have_units, 0, sizeof measures / sizeof *measures);
  tcase_add_test(tc, a_verb_of_its_own_is_turned_by_nothing);
  tcase_add_test(tc, ends_of_arguments);
  tcase_add_test(tc, dates_are_cut_off);
  tcase_add_test(tc, how_long_and_where_not);
  tcase_add_test(tc, periods_of_neighbours);
  tcase_add_test(tc, nothing_is_claimed);
  tcase_add_test(tc, the_sentence_before);
  tcase_add_test(tc, dates_go_to_their_side);
  tcase_add_test(tc, kinds_and_conditions);
  tcase_add_loop_test(tc, who_says_it_and_if_what, 0, sizeof said / sizeof *said);
  tcase_add_test(tc, happenings_have_a_date);
  tcase_add_loop_test(tc, entries_of_a_log_are_of_their_day, 0, sizeof entries / sizeof *entries);
  tcase_add_loop_test(tc, plain_clauses_have_a_date, 0, sizeof clauses / sizeof *clauses);
  tcase_add_test(tc, the_strike_of_a_day_is_over_with_it);
  tcase_add_test(tc, what_is_to_be_done_has_not_happened);
  tcase_add_test(tc, failing_allocations);
  tcase_add_test(tc, failing_allocations_while_causes_are_dated);
  suite_add_tcase(s, tc);
  return s;
}
