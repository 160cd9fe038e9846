/* SPDX-License-Identifier: Apache-2.0 */
/* What the name of a column tells: its words, its unit, whether it is averaged. */
#include <string.h>

#include "sniff_seen.h"

static const SniffWord known_words[] = {
#define WORD(word, kind, unit, label) {word, KIND_##kind, unit, label},
#include "sniff.def"
#undef WORD
};

const SniffSign sniff_signs[SIGNS] = {{"%", "percent"}, {"€", "eur"}, {"$", "usd"}, {"£", "gbp"}, {"°C", "celsius"}, {"°F", "fahrenheit"}};

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory looking at a table"); }

static bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
static bool is_alpha(char c) { return is_upper(c) || (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80; }

/* A unit's sign at `i` of a name becomes a word. */
static bool put_sign(PropterStr name, size_t *i, PropterBuf *out) {
  for (size_t k = 0; k < SIGNS; k++) {
    PropterStr sign = propter_str(sniff_signs[k].sign);
    if (!propter_str_starts((PropterStr){name.data + *i, name.len - *i}, sign)) continue;
    propter_buf_printf(out, "%s%s ", out->len && out->data[out->len - 1] != ' ' ? " " : "", sniff_signs[k].word);
    *i += sign.len - 1;
    return true;
  }
  return false;
}

/* "UnitPrice", "unit_price" and "unit price (USD)" are words with one blank between them. */
static PropterStatus split_name(PropterStr name, PropterArena *arena, PropterStr *label, PropterError *err) {
  PropterBuf out = {0};
  for (size_t i = 0; i < name.len; i++) {
    if (put_sign(name, &i, &out)) continue;
    char c = name.data[i], before = i ? name.data[i - 1] : ' ', after = i + 1 < name.len ? name.data[i + 1] : ' ';
    bool inside = is_alpha(c) || written_digit(c);
    bool single = i < 2 || !is_alpha(name.data[i - 2]); /* kWh and MWh are one word */
    bool plural = after == 's' && (i + 2 >= name.len || !is_alpha(name.data[i + 2])); /* so are SKUs */
    bool begins = is_upper(c) && is_alpha(before) && !single && !(plural && is_upper(before)) && (!is_upper(before) || (is_alpha(after) && !is_upper(after)));
    bool blank = out.len && out.data[out.len - 1] != ' ';
    if (blank && (!inside || begins)) propter_buf_add_char(&out, ' ');
    if (inside) propter_buf_add_char(&out, is_upper(c) ? (char)(c + 32) : c);
  }
  PropterStatus status = propter_buf_status(&out, err);
  if (status == PROPTER_OK) {
    *label = propter_arena_copy(arena, propter_str_trim(propter_buf_str(&out)));
    if (!label->data) status = no_memory(err);
  }
  propter_buf_clear(&out);
  return status;
}

static void take_unit(PropterColumn *column, const char *unit, const char *label) {
  column->unit = unit, column->unit_label = label;
  column->mean |= unit[0] == '%' || strcmp(unit, "Cel") == 0 || strcmp(unit, "[degF]") == 0;
}

/* "beleg" of "belegnr", "rechnungs" of "rechnungsnummer"; else the word. */
static PropterStr without_number(PropterStr word) {
  for (size_t i = 0; i < sizeof known_words / sizeof *known_words; i++) {
    const PropterStr end = propter_str(known_words[i].word);
    if (known_words[i].kind == KIND_NUMBER && word.len > end.len + 3 && propter_str_ends(word, end)) return (PropterStr){word.data, word.len - end.len};
  }
  return word;
}

void sniff_read_word(PropterStr word, PropterColumn *column, Seen *c) {
  for (size_t i = 0; i < sizeof known_words / sizeof *known_words; i++) {
    if (!propter_str_equal(word, propter_str(known_words[i].word))) continue;
    switch (known_words[i].kind) {
    case KIND_IDENTIFIER:
      column->identifier = true;
      break;
    case KIND_PART:
      c->part = true;
      break;
    case KIND_CALENDAR:
      c->calendar = true;
      c->says_time = true;
      break;
    case KIND_TIME:
      c->says_time = true;
      break;
    case KIND_YEAR:
      c->names_year = true;
      break;
    case KIND_MEAN:
      column->mean = true;
      break;
    case KIND_SPAN:
      c->span = true;
      break;
    case KIND_STOCK:
      c->stock = true;
      break;
    case KIND_TOTAL:
      c->total = true;
      break;
    case KIND_PLAN:
      c->plan = true;
      break;
    case KIND_UP:
      column->direction = 1;
      break;
    case KIND_DOWN:
      column->direction = -1;
      break;
    case KIND_UNIT:
    case KIND_NOUN:
      take_unit(column, known_words[i].unit, known_words[i].label);
      break;
    case KIND_COUNTS:
    case KIND_SAYS_WHAT:
    case KIND_NEVER_ADDED:
    case KIND_MANY:
    case KIND_NUMBER:
    case KIND_SHORT:
    case KIND_AVERAGE:
    case KIND_MARKS:
    case KIND_SCALE:
    case KIND_MULTIPLE:
    case KIND_GERMAN:
      break;
    }
  }
  column->identifier |= without_number(word).len < word.len;
}

/* Takes the last word off. */
static PropterStr last_word(PropterStr *words) {
  const PropterStr all = propter_str_trim(*words);
  size_t at = all.len;
  while (at && all.data[at - 1] != ' ') at--;
  *words = propter_str_trim((PropterStr){all.data, at});
  return (PropterStr){all.data + at, all.len - at};
}

static bool is_link(PropterStr word) { return propter_str_equal(word, PROPTER_STR("in")) || propter_str_equal(word, PROPTER_STR("of")); }

/* By ISO 4217. */
static bool is_currency(PropterStr word) {
  const SniffWord *known = sniff_word(word, KIND_UNIT);
  return known && strlen(known->unit) == 3 && is_upper(known->unit[0]) && is_upper(known->unit[1]) && is_upper(known->unit[2]);
}

/* "sales in 000s", "thousands of euros", "orders t eur" of "Orders T€", "eur m", "teur": what the values are multiplied by is taken out of the words. */
static void take_scale(PropterColumn *column, PropterStr *words) {
  PropterStr head = *words, last = last_word(&head), unit = {"", 0}, before = head, previous = last_word(&before);
  while (is_link(previous)) previous = last_word(&before);
  const PropterStr first = {last.data, last.len > 0}, code = {last.data + first.len, last.len - first.len};
  const SniffWord *known = sniff_word(last, KIND_SCALE);
  if (!known && is_currency(previous) && !memchr(column->name.data, '/', column->name.len)) known = sniff_word(last, KIND_MULTIPLE);
  if (!known && code.len == 3 && is_currency(code) && (known = sniff_word(first, KIND_MULTIPLE))) unit = code;
  if (!known && sniff_word(last, KIND_UNIT)) {
    known = sniff_word(previous, KIND_SCALE);
    if (!known && is_currency(last)) known = sniff_word(previous, KIND_MULTIPLE);
    if (known) unit = last, head = before;
  }
  const PropterStr rest = head, of = last_word(&head);
  if (!is_link(of)) head = rest;
  if (!known || sniff_word(of, KIND_AVERAGE)) return; /* deaths per million */
  column->scale = known->unit, column->scale_label = known->label;
  char *end = (char *)(uintptr_t)words->data + head.len;
  if (head.len && unit.len) *end++ = ' ';
  memmove(end, unit.data, unit.len);
  words->len = (size_t)(end - words->data) + unit.len;
}

/* Nothing behind the thing that is counted but what was done with it. */
static PropterStr head_noun(PropterStr label) {
  static const char *const after[] = {"of", "for", "by", "with", "to", "from", "in", "at", "on", "about"};
  size_t end = label.len;
  for (size_t at = 0; at < label.len; at++)
    for (size_t i = 0; i < sizeof after / sizeof *after && at && label.data[at - 1] == ' '; i++) {
      const size_t n = strlen(after[i]);
      if (at + n < end && label.data[at + n] == ' ' && memcmp(label.data + at, after[i], n) == 0) end = at - 1;
    }
  PropterStr left = {label.data, end}, word = last_word(&left);
  while (left.len && propter_str_ends(word, PROPTER_STR("ed"))) word = last_word(&left);
  return word;
}

/* "low pressure calls", "complaints about price": a plural at the end counts, whatever kind of thing stands before it. */
static bool ends_in_counted(PropterStr label) {
  static const WordKind others[] = {KIND_IDENTIFIER, KIND_CALENDAR, KIND_TIME, KIND_MEAN, KIND_STOCK, KIND_MARKS, KIND_UNIT, KIND_NOUN};
  const PropterStr noun = head_noun(label), one = {noun.data, noun.len - (noun.len > 0)};
  if (noun.len < 4 || noun.data[one.len] != 's' || strchr("sui", noun.data[one.len - 1])) return false;
  for (size_t i = 0; i < sizeof others / sizeof *others; i++)
    if (sniff_word(noun, others[i]) || sniff_word(one, others[i])) return false;
  for (PropterStr rest = label; rest.len;)
    if (sniff_word(last_word(&rest), KIND_AVERAGE)) return false;
  return true;
}

/* "response time (h)", "energy [kWh]": the unit in brackets at the end of a name, and what stands before them. */
static PropterStatus bracketed_unit(PropterSniff *out, PropterColumn *column, PropterStr *before, PropterError *err) {
  PropterStr name = propter_str_trim(column->name), word;
  *before = column->name;
  if (name.len < 3 || !strchr(")]", name.data[name.len - 1])) return PROPTER_OK;
  const char *open = memrchr(name.data, name.data[name.len - 1] == ')' ? '(' : '[', name.len);
  if (!open || open == name.data) return PROPTER_OK;
  PropterStr inside = {open + 1, (size_t)(name.data + name.len - 1 - open) - 1};
  PROPTER_TRY(split_name(inside, &out->arena, &word, err));
  if (propter_str_starts(word, PROPTER_STR("in "))) word.data += 3, word.len -= 3;
  take_scale(column, &word);
  if (column->scale && !word.len) *before = (PropterStr){name.data, (size_t)(open - name.data)};
  bool letters = false;
  for (size_t i = 0; i < word.len; i++) letters |= is_alpha(word.data[i]);
  if (!letters) *before = (PropterStr){name.data, (size_t)(open - name.data)}; /* a scale: (1-5) */
  for (size_t i = 0; i < sizeof known_words / sizeof *known_words; i++)
    if (known_words[i].kind >= KIND_UNIT && propter_str_equal(word, propter_str(known_words[i].word))) {
      take_unit(column, known_words[i].unit, known_words[i].label);
      *before = (PropterStr){name.data, (size_t)(open - name.data)};
      break;
    }
  return PROPTER_OK;
}

const SniffWord *sniff_word(PropterStr words, WordKind kind) {
  for (size_t i = 0; i < sizeof known_words / sizeof *known_words; i++)
    if (known_words[i].kind == kind && propter_str_equal_caseless(words, propter_str(known_words[i].word))) return &known_words[i];
  return NULL;
}

/* "No. of orders" and "no-shows" count. */
static bool counts(PropterStr label) {
  for (size_t i = 0; i < label.len; i++)
    if (label.data[i] == ' ' && sniff_word((PropterStr){label.data, i}, KIND_COUNTS)) return true;
  return false;
}

bool sniff_says_total(PropterStr text) {
  const PropterStr all = propter_str_trim(text);
  PropterStr first = {all.data, 0};
  while (first.len < all.len && !strchr(" :,", all.data[first.len])) first.len++;
  const char *blank = all.len ? memrchr(all.data, ' ', all.len) : NULL;
  return sniff_word(first, KIND_TOTAL) || (blank && sniff_word((PropterStr){blank + 1, all.len - (size_t)(blank + 1 - all.data)}, KIND_TOTAL));
}

/* Several of them: by the table, else by the rules of the language; `german`: the word was the first part of another. */
static void put_many(PropterBuf *out, PropterStr word, bool german) {
  if (german && propter_str_ends(word, PROPTER_STR("ungs"))) word.len--;
  const SniffWord *known = sniff_word(word, KIND_MANY);
  if (known) {
    propter_buf_add(out, propter_str(known->label));
    return;
  }
  const char last = word.data[word.len - 1];
  const bool ies = !german && last == 'y' && word.len > 1 && !strchr("aeiou", word.data[word.len - 2]);
  propter_buf_add(out, (PropterStr){word.data, word.len - ies});
  if (german || propter_str_ends(word, PROPTER_STR("ung"))) propter_buf_add(out, propter_str(last == 'g' ? "en" : last == 'e' ? "n" : ""));
  else if (ies) propter_buf_add(out, PROPTER_STR("ies"));
  else if (last != 's') propter_buf_add_char(out, 's');
}

PropterStatus sniff_counted(PropterSniff *out, const PropterColumn *key, PropterError *err) {
  PropterBuf name = {.max = 1 << 16};
  PropterStr last = {"", 0};
  bool any = false, german = false;
  for (size_t at = 0; at < key->words.len; at++) {
    PropterStr word = {key->words.data + at, 0};
    while (at < key->words.len && key->words.data[at] != ' ') at++, word.len++;
    const PropterStr thing = without_number(word);
    german = thing.len < word.len;
    any |= german || sniff_word(word, KIND_IDENTIFIER);
    if (!german && sniff_word(word, KIND_IDENTIFIER)) continue;
    if (last.len) propter_buf_add(&name, last), propter_buf_add_char(&name, ' ');
    last = thing;
  }
  any &= last.len > 0;
  if (any) put_many(&name, last, german);
  PropterStatus status = propter_buf_status(&name, err);
  if (status == PROPTER_OK) {
    out->counted = propter_arena_copy(&out->arena, any ? propter_buf_str(&name) : PROPTER_STR("rows"));
    if (!out->counted.data) status = no_memory(err);
  }
  propter_buf_clear(&name);
  return status;
}

static bool is_time_unit(const char *unit) {
  static const char *const units[] = {"ms", "s", "min", "h", "d"};
  for (size_t i = 0; unit && i < sizeof units / sizeof *units; i++)
    if (strcmp(unit, units[i]) == 0) return true;
  return false;
}

/* Of weight, power and volume, written as it is: "size L" is no litre. */
static bool is_amount_unit(const SniffWord *known, PropterStr name) {
  static const char *const units[] = {"t", "kW", "MW", "L"};
  bool any = false;
  for (size_t i = 0; i < sizeof units / sizeof *units; i++) any |= strcmp(known->unit, units[i]) == 0;
  return any && propter_str_ends(propter_str_trim(name), propter_str(known->label));
}

/* "first reply min", "Absatz t": what is a unit in brackets only is one behind what takes its time, too, and so is at the end that of an amount. */
static void read_short_unit(PropterStr word, bool span, PropterColumn *column) {
  const SniffWord *known = sniff_word(word, KIND_SHORT);
  if (known && (is_time_unit(known->unit) ? span : !column->unit && is_amount_unit(known, column->name))) take_unit(column, known->unit, known->label);
}

PropterStatus sniff_read_name(PropterSniff *out, size_t i, PropterStr name, Seen *c, PropterError *err) {
  PropterColumn *column = &out->columns[i];
  PropterStr before;
  column->name = propter_arena_copy(&out->arena, name);
  if (!column->name.data) return no_memory(err);
  PROPTER_TRY(split_name(column->name, &out->arena, &column->words, err));
  PROPTER_TRY(bracketed_unit(out, column, &before, err));
  PROPTER_TRY(split_name(before, &out->arena, &column->label, err));
  if (!column->scale && !column->unit) take_scale(column, &column->label);
  bool unit_last = false, averaged = false;
  size_t last = 0;
  for (size_t at = 0; at < column->label.len; at++) {
    PropterStr word = {column->label.data + at, 0};
    const char *unit = column->unit;
    last = at, averaged = column->mean, c->part = false;
    while (at < column->label.len && column->label.data[at] != ' ') at++, word.len++;
    sniff_read_word(word, column, c);
    if (last && at >= column->label.len) read_short_unit(word, c->span, column);
    unit_last = column->unit != unit;
  }
  if (counts(column->label)) column->identifier = false;
  column->mean |= c->span && is_time_unit(column->unit);
  if (c->total && !(column->unit && column->unit[0] == '%')) column->mean = false;
  /* "net revenue eur" is called net revenue, in euros; "agency nurse hours" are no agency nurse. */
  const PropterStr before_last = {column->label.data, last ? last - 1 : 0}, noun = {column->label.data + last, column->label.len - last};
  const bool named = column->label.data && sniff_word(noun, KIND_NOUN) && !c->span && !averaged && !propter_str_ends(before_last, PROPTER_STR(" in"));
  if (unit_last && last && !named) column->label = propter_str_trim((PropterStr){column->label.data, last});
  if (unit_last && !named && propter_str_ends(column->label, PROPTER_STR(" in"))) column->label.len -= 3;
  c->counts = !column->unit && ends_in_counted(column->label);
  return PROPTER_OK;
}

/* "avg rate" is called average rate. */
static PropterStatus write_out(PropterSniff *out, PropterColumn *column, PropterError *err) {
  PropterBuf label = {0};
  bool any = false;
  for (size_t at = 0; at < column->label.len; at++) {
    PropterStr word = {column->label.data + at, 0};
    while (at < column->label.len && column->label.data[at] != ' ') at++, word.len++;
    for (size_t i = 0; i < sizeof known_words / sizeof *known_words; i++)
      if (known_words[i].kind == KIND_MEAN && known_words[i].label && propter_str_equal(word, propter_str(known_words[i].word)))
        word = propter_str(known_words[i].label), any = true;
    propter_buf_printf(&label, "%s%.*s", label.len ? " " : "", (int)word.len, word.data);
  }
  PropterStatus status = propter_buf_status(&label, err);
  if (status == PROPTER_OK && any) {
    column->label = propter_arena_copy(&out->arena, propter_buf_str(&label));
    if (!column->label.data) status = no_memory(err);
  }
  propter_buf_clear(&label);
  return status;
}

/* Amounts in two units keep the unit in their names. */
PropterStatus sniff_tell_apart(PropterSniff *out, PropterError *err) {
  for (size_t i = 0; i < out->count; i++) {
    bool same = false;
    if (out->columns[i].label.len == out->columns[i].words.len) continue;
    for (size_t k = 0; k < out->count && !same; k++)
      same = k != i && out->columns[k].words.len >= out->columns[i].label.len &&
             propter_str_equal((PropterStr){out->columns[k].words.data, out->columns[i].label.len}, out->columns[i].label);
    if (same) out->columns[i].label = out->columns[i].words;
  }
  for (size_t i = 0; i < out->count; i++) PROPTER_TRY(write_out(out, &out->columns[i], err));
  return PROPTER_OK;
}

/* "Gutmenge Stück": letters are large again where they were in the name. */
static void enlarge(const PropterColumn *column, char *label) {
  size_t at = 0;
  for (size_t i = 0; i < column->label.len && at < column->name.len; at++) {
    const char c = column->name.data[at], small = is_upper(c) ? (char)(c + 32) : c;
    if (label[i] != small) continue;
    if ((i == 0 || label[i - 1] == ' ') && is_upper(c)) label[i] = c;
    i++;
    while (i < column->label.len && label[i] == ' ') i++;
  }
}

/* "Woche ab", "Rechnungsdatum": the name of a column of days. */
static bool is_german(PropterStr words) {
  while (words.len) {
    const PropterStr word = last_word(&words);
    for (size_t i = 0; i < sizeof known_words / sizeof *known_words; i++)
      if (known_words[i].kind == KIND_GERMAN && propter_str_ends(word, propter_str(known_words[i].word))) return true;
  }
  return false;
}

PropterStatus sniff_write_nouns(PropterSniff *out, PropterError *err) {
  if (out->time == SIZE_MAX || !is_german(out->columns[out->time].words)) return PROPTER_OK;
  for (size_t i = 0; i < out->count; i++) {
    const PropterStr label = propter_arena_copy(&out->arena, out->columns[i].label);
    if (!label.data) return no_memory(err);
    enlarge(&out->columns[i], (char *)(uintptr_t)label.data);
    out->columns[i].label = label;
  }
  return PROPTER_OK;
}
