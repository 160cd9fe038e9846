/* SPDX-License-Identifier: Apache-2.0 */
/* Reads rule files and compiles them. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "propter/hash.h"
#include "propter/io.h"
#include "rules.h"

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "no memory for reading rules"); }

PropterStatus rules_bad(RuleParser *p, const char *expected, PropterStr found) {
  PropterStatus status = propter_fail(p->err, PROPTER_SYNTAX, "expected %s, found \"%.*s\"", expected, (int)(found.len > 120 ? 120 : found.len), found.data);
  propter_error_at(p->err, p->source, p->line, 0);
  return status;
}

static const char *keep(PropterRules *r, PropterStr text) { return propter_arena_copy(&r->arena, text).data; }

PropterStr rules_word(PropterStr *rest) {
  PropterStr s = propter_str_trim(*rest);
  size_t n = 0;
  while (n < s.len && s.data[n] != ' ' && s.data[n] != '\t') n++;
  *rest = propter_str_trim((PropterStr){s.data + n, s.len - n});
  return (PropterStr){s.data, n};
}

static PropterStatus number(RuleParser *p, PropterStr text, double low, double high, double *out) {
  if (!propter_str_to_double(text, out) || !(*out >= low && *out <= high)) return rules_bad(p, "a number from 0 to 1", text);
  return PROPTER_OK;
}

/* A rule is complete when the next one begins or the file ends. */
static PropterStatus finish_rule(RuleParser *p) {
  Rule *rule = p->rule;
  p->rule = NULL;
  if (!rule) return PROPTER_OK;
  unsigned at = p->line;
  p->line = rule->line;
  bool example = false, counter = false;
  for (size_t i = 0; i < rule->examples.count; i++) *(rule->examples.items[i].counter ? &counter : &example) = true;
  PropterStr name = propter_str(rule->name);
  if (!rule->pattern_texts.count) return rules_bad(p, "a rule with a pattern", name);
  if (!rule->triggers.count) return rules_bad(p, "a rule with a trigger", name);
  if (!example || !counter) return rules_bad(p, "a rule with an example and a counter-example", name);
  if (rule->precision <= 0) return rules_bad(p, "a rule with a precision", name);
  for (size_t i = 0; i < rule->pattern_texts.count; i++) {
    Pattern pattern = {0};
    PropterStatus status = rules_compile_pattern(p, rule, rule->pattern_texts.items[i], &pattern);
    if (status == PROPTER_OK && !propter_vec_push(&rule->patterns, pattern)) {
      propter_regex_free(pattern.regex);
      propter_regex_free(pattern.rest);
      status = no_memory(p->err);
    }
    PROPTER_TRY(status);
  }
  p->line = at;
  return PROPTER_OK;
}

static PropterStatus rule_line(RuleParser *p, PropterStr key, PropterStr rest) {
  Rule *rule = p->rule;
  PropterRules *r = p->r;
  PropterStr copy;
  if (propter_str_equal(key, PROPTER_STR("trigger"))) {
    while (rest.len) {
      PropterStr word = rules_word(&rest);
      size_t letters = word.len - (word.len && word.data[word.len - 1] == '$');
      for (size_t i = 0; i < letters; i++)
        if ((word.data[i] < 'a' || word.data[i] > 'z') && !(i && (unsigned char)word.data[i] >= 0x80))
          return rules_bad(p, "triggers: beginnings of words in small letters, the first of a to z, whole words with $", word);
      if (letters < 2) return rules_bad(p, "triggers of two letters or more", word);
      if (!(copy = propter_arena_copy(&r->arena, word)).data || !propter_vec_push(&rule->triggers, copy)) return no_memory(p->err);
    }
  } else if (propter_str_equal(key, PROPTER_STR("pattern"))) {
    if (!(copy = propter_arena_copy(&r->arena, rest)).data || !propter_vec_push(&rule->pattern_texts, copy)) return no_memory(p->err);
  } else if (propter_str_equal(key, PROPTER_STR("example")) || propter_str_equal(key, PROPTER_STR("counter"))) {
    Example e = {propter_arena_copy(&r->arena, rest), p->line, key.data[0] == 'c'};
    if (!e.text.data || !propter_vec_push(&rule->examples, e)) return no_memory(p->err);
  } else if (propter_str_equal(key, PROPTER_STR("precision"))) {
    return number(p, rest, 0, 1, &rule->precision);
  } else if (propter_str_equal(key, PROPTER_STR("hedge"))) {
    return number(p, rest, 0, 1, &rule->hedge);
  } else if (propter_str_equal(key, PROPTER_STR("polarity"))) {
    bool enable = propter_str_equal(rest, PROPTER_STR("enable")), prevent = propter_str_equal(rest, PROPTER_STR("prevent"));
    rule->enabling = enable || prevent;
    rule->flip = prevent || propter_str_equal(rest, PROPTER_STR("flip"));
    rule->polarity = enable || propter_str_equal(rest, PROPTER_STR("up")) ? 1 : propter_str_equal(rest, PROPTER_STR("down")) ? -1 : 0;
    if (!rule->flip && !rule->polarity) return rules_bad(p, "up, down, enable, prevent or flip", rest);
  } else if (propter_str_equal(key, PROPTER_STR("negated"))) {
    if (!propter_str_equal(rest, PROPTER_STR("yes"))) return rules_bad(p, "yes", rest);
    rule->negated = true;
  } else if (propter_str_equal(key, PROPTER_STR("previous"))) {
    if (!(rule->previous = rules_part(rest))) return rules_bad(p, "cause or effect", rest);
  } else if (propter_str_equal(key, PROPTER_STR("counterfactual"))) {
    if (!(rule->counterfactual = propter_str_equal(rest, PROPTER_STR("yes")))) return rules_bad(p, "yes", rest);
  } else if (propter_str_equal(key, PROPTER_STR("needs"))) {
    bool change = propter_str_equal(rest, PROPTER_STR("effect-change")), number = propter_str_equal(rest, PROPTER_STR("effect-number")),
         verb = propter_str_equal(rest, PROPTER_STR("cause-verb"));
    if (!change && !number && !verb) return rules_bad(p, "effect-change, effect-number or cause-verb", rest);
    rule->needs_change |= change, rule->needs_number |= number, rule->needs_verb |= verb;
  } else if (propter_str_equal(key, PROPTER_STR("tagged")) || propter_str_equal(key, PROPTER_STR("lemmas"))) {
    PropterRegex **expression = key.data[0] == 't' ? &rule->tagged : &rule->lemmas;
    if (!p->r->language.tagger) return rules_bad(p, "no expression over tags in a language without a tagger", rest);
    if (*expression) return rules_bad(p, "one such expression", rest);
    return rules_compile_tagged(p, rest, expression);
  } else {
    return rules_bad(
        p, "a word of a rule (trigger, pattern, tagged, lemmas, polarity, negated, counterfactual, previous, needs, hedge, precision, example, counter)", key);
  }
  return PROPTER_OK;
}

static void free_rule(Rule *rule) {
  for (size_t i = 0; i < rule->patterns.count; i++) {
    propter_regex_free(rule->patterns.items[i].regex);
    propter_regex_free(rule->patterns.items[i].rest);
  }
  propter_regex_free(rule->tagged);
  propter_regex_free(rule->lemmas);
  propter_vec_clear(&rule->patterns);
  propter_vec_clear(&rule->pattern_texts);
  propter_vec_clear(&rule->triggers);
  propter_vec_clear(&rule->examples);
  memset(rule, 0, sizeof *rule);
}

static PropterStatus new_rule(RuleParser *p, PropterStr name) {
  PropterRules *r = p->r;
  PROPTER_TRY(finish_rule(p));
  if (!name.len) return rules_bad(p, "a rule's name", name);
  Rule *rule = NULL;
  for (size_t i = 0; i < r->rules.count && !rule; i++)
    if (propter_str_equal(propter_str(r->rules.items[i].name), name)) rule = &r->rules.items[i];
  if (rule && propter_str_equal(propter_str(rule->source), propter_str(p->source))) return rules_bad(p, "a rule's name once", name);
  if (!rule) {
    if (r->rules.count >= READ_RULES) return propter_fail(p->err, PROPTER_LIMIT, "more than %d rules", READ_RULES);
    if (!propter_vec_push(&r->rules, (Rule){0})) return no_memory(p->err);
    rule = &r->rules.items[r->rules.count - 1];
  } else {
    free_rule(rule);
  }
  rule->name = keep(r, name);
  rule->source = keep(r, propter_str(p->source));
  rule->line = p->line;
  p->rule = rule;
  return rule->name && rule->source ? PROPTER_OK : no_memory(p->err);
}

/* "down strike : expression" */
static PropterStatus happening(RuleParser *p, PropterStr rest) {
  Paraphrase h = {0};
  PropterStr way = rules_word(&rest);
  h.polarity = propter_str_equal(way, PROPTER_STR("up")) ? 1 : propter_str_equal(way, PROPTER_STR("down")) ? -1 : 0;
  if (!h.polarity && !propter_str_equal(way, PROPTER_STR("none"))) return rules_bad(p, "up, down or none", way);
  size_t colon = propter_str_find(rest, PROPTER_STR(" : "));
  if (colon == SIZE_MAX || !colon) return rules_bad(p, "a label, a colon and an expression", rest);
  if (!(h.label = keep(p->r, (PropterStr){rest.data, colon}))) return no_memory(p->err);
  PropterBuf b = {0};
  propter_buf_printf(&b, "(?<![\\w-])(?:%.*s)(?!\\w)", (int)(rest.len - colon - 3), rest.data + colon + 3);
  PropterStatus status = propter_buf_status(&b, p->err);
  if (status == PROPTER_OK) status = rules_compile(p, propter_buf_str(&b), PROPTER_REGEX_CASELESS, &h.regex);
  propter_buf_clear(&b);
  PROPTER_TRY(status);
  if (propter_vec_push(&p->r->paraphrases, h)) return PROPTER_OK;
  propter_regex_free(h.regex);
  return no_memory(p->err);
}

static PropterStatus add_regex(RuleParser *p, PropterRegex *regex, Expressions *list) {
  if (propter_vec_push(list, regex)) return PROPTER_OK;
  propter_regex_free(regex);
  return no_memory(p->err);
}

static PropterStatus hedge_line(RuleParser *p, PropterStr rest) {
  Hedge h = {0};
  PROPTER_TRY(number(p, rules_word(&rest), 0, 1, &h.weight));
  PROPTER_TRY(rules_compile_words(p, rest, &h.regex));
  if (propter_vec_push(&p->r->hedges, h)) return PROPTER_OK;
  propter_regex_free(h.regex);
  return no_memory(p->err);
}

static PropterStatus define_line(RuleParser *p, PropterStr rest) {
  Named n = {keep(p->r, rules_word(&rest)), NULL};
  PropterStr copy = propter_arena_copy(&p->r->arena, rest);
  if (!n.name || !copy.data || !propter_vec_push(&p->r->define_texts, copy)) return no_memory(p->err);
  if (propter_vec_push(&p->r->defines, n)) return PROPTER_OK;
  p->r->define_texts.count--;
  return no_memory(p->err);
}

static PropterStatus shape_line(RuleParser *p, PropterStr rest) {
  Named *n = propter_arena_alloc(&p->r->arena, sizeof *n);
  if (!n || !(n->name = keep(p->r, rules_word(&rest)))) return no_memory(p->err);
  PROPTER_TRY(rules_compile(p, rest, PROPTER_REGEX_CASELESS, &n->regex));
  if (propter_vec_push(&p->r->shapes, n)) return PROPTER_OK;
  propter_regex_free(n->regex);
  return no_memory(p->err);
}

static PropterStatus language_line(RuleParser *p, PropterStr rest) {
  if (propter_str_equal(rest, propter_str(p->r->language.code))) return PROPTER_OK;
  char expected[40];
  (void)snprintf(expected, sizeof expected, "the language %s", p->r->language.code);
  return rules_bad(p, expected, rest);
}

static PropterStatus date_line(RuleParser *p, PropterStr rest) {
  PropterStr found;
  const char *expected = calendar_add(p->r->calendar, rest, &found);
  return expected ? rules_bad(p, expected, found) : PROPTER_OK;
}

/* "lemma VERB lead led", "ending VERB ied y", "mend VERB us use". */
static PropterStatus lemma_line(RuleParser *p, LemmaLine kind, PropterStr rest) {
  PropterStr tag = rules_word(&rest), first = rules_word(&rest);
  if (!rest.len) return rules_bad(p, "a tag and two words", first);
  do {
    PropterStr next = rules_word(&rest);
    PropterStatus status = lemma_add(&p->r->lemmas, &p->r->arena, kind, tag, kind == LEMMA_FORM ? next : first, kind == LEMMA_FORM ? first : next, p->err);
    if (status != PROPTER_OK) propter_error_at(p->err, p->source, p->line, 0);
    PROPTER_TRY(status);
  } while (rest.len && kind == LEMMA_FORM);
  return rest.len ? rules_bad(p, "a tag and two words", rest) : PROPTER_OK;
}

typedef enum { WORDS, PLAIN, FRONT, NAMED } ExpressionKind;

static PropterStatus expression(RuleParser *p, ExpressionKind kind, PropterStr text, PropterRegex **out) {
  if (kind == WORDS) return rules_compile_words(p, text, out);
  if (kind == NAMED) return rules_compile_tagged(p, text, out);
  return rules_compile(p, text, kind == FRONT ? PROPTER_REGEX_ANCHORED : 0, out);
}

/* Puts the item of index `last` behind those with the same first byte; `next` of item i stands at `nexts` + i · `size`. */
static void chain(size_t first[256], PropterStr word, size_t last, void *nexts, size_t size) {
  size_t *at = &first[(unsigned char)(word.data[0] >= 'A' && word.data[0] <= 'Z' ? word.data[0] | 0x20 : word.data[0])];
  while (*at) at = (size_t *)(void *)((char *)nexts + (*at - 1) * size);
  *at = last + 1;
}

/* "unit USD*.01 cent cents": a code, what one word is in it, and words or "quoted phrases". */
static PropterStatus unit_line(RuleParser *p, PropterStr key, PropterStr rest) {
  PropterRules *r = p->r;
  PropterStr code = rules_word(&rest);
  Unit u = {.times = 1, .by = propter_str_ends(key, PROPTER_STR("-by")), .alone = propter_str_ends(key, PROPTER_STR("-alone"))};
  const char *star = code.len ? memchr(code.data + 1, '*', code.len - 1) : NULL;
  if (star) {
    PropterStr times = {star + 1, (size_t)(code.data + code.len - star) - 1};
    if (!propter_str_to_double(times, &u.times) || !(u.times > 0)) return rules_bad(p, "a code, perhaps * and a number above 0", code);
    code.len = (size_t)(star - code.data);
  }
  if (!rest.len) return rules_bad(p, "a unit's code and words for it", code);
  if (!(u.code = propter_arena_copy(&r->arena, code)).data) return no_memory(p->err);
  while (rest.len) {
    PropterStr word = rules_phrase(&rest);
    if (!word.len) return rules_bad(p, "words for a unit", rest);
    if (!(u.word = propter_arena_copy(&r->arena, word)).data || !propter_vec_push(&r->units, u)) return no_memory(p->err);
    chain(r->unit_first, word, r->units.count - 1, &r->units.items->next, sizeof u);
  }
  return PROPTER_OK;
}

/* "scale 1e6 million", "number 2 two". */
static PropterStatus number_line(RuleParser *p, NumberKind kind, PropterStr rest) {
  PropterRules *r = p->r;
  PropterStr value = rules_word(&rest);
  NumberWord n = {.kind = kind};
  if (!propter_str_to_double(value, &n.value) || !(n.value > 0) || !rest.len) return rules_bad(p, "a number above 0 and words for it", value);
  while (rest.len) {
    PropterStr word = rules_word(&rest);
    n.cut = word.len > 1 && word.data[word.len - 1] == '.';
    word.len -= n.cut;
    if (!(n.word = propter_arena_copy(&r->arena, word)).data || !propter_vec_push(&r->numbers, n)) return no_memory(p->err);
    chain(r->number_first, word, r->numbers.count - 1, &r->numbers.items->next, sizeof n);
  }
  return PROPTER_OK;
}

/* "figures , . blank": the mark of decimals, then marks between thousands. */
static PropterStatus figures_line(RuleParser *p, PropterStr rest) {
  PropterRules *r = p->r;
  PropterStr decimal = rules_word(&rest);
  if (decimal.len != 1 || !strchr(".,'", decimal.data[0])) return rules_bad(p, "a mark of decimals (. , ') and marks between thousands", decimal);
  r->decimal = decimal.data[0];
  r->thousands.count = 0;
  while (rest.len) {
    PropterStr mark = rules_word(&rest);
    bool blank = propter_str_equal(mark, PROPTER_STR("blank"));
    const PropterStr blanks[] = {PROPTER_STR(" "), PROPTER_STR("\xC2\xA0"), PROPTER_STR("\xE2\x80\xAF")};
    for (size_t i = 0; i < (blank ? 3 : 1); i++) {
      PropterStr copy = propter_arena_copy(&r->arena, blank ? blanks[i] : mark);
      if (!copy.data || !propter_vec_push(&r->thousands, copy)) return no_memory(p->err);
    }
  }
  return PROPTER_OK;
}

/* "Mr. Inc.? No.#": ? it may end a sentence, # before a number only. */
static PropterStatus abbreviation_line(RuleParser *p, PropterStr rest) {
  while (rest.len) {
    Abbreviation a = {.text = propter_arena_copy(&p->r->arena, rules_word(&rest))};
    if (!a.text.data) return no_memory(p->err);
    a.before_number = propter_str_ends(a.text, PROPTER_STR("#")), a.may_end = propter_str_ends(a.text, PROPTER_STR("?"));
    a.text.len -= a.before_number || a.may_end;
    if (!propter_str_ends(a.text, PROPTER_STR("."))) return rules_bad(p, "abbreviations with a full stop, perhaps ? or # behind it", a.text);
    if (!propter_vec_push(&p->r->parts.abbreviations, a)) return no_memory(p->err);
  }
  return PROPTER_OK;
}

static PropterStatus clitic_line(RuleParser *p, PropterStr rest) {
  while (rest.len) {
    PropterStr word = propter_arena_copy(&p->r->arena, rules_word(&rest));
    if (!word.data) return no_memory(p->err);
    if (!memchr(word.data, '\'', word.len)) return rules_bad(p, "ends of words with an apostrophe", word);
    if (!propter_vec_push(&p->r->parts.clitics, word)) return no_memory(p->err);
  }
  return PROPTER_OK;
}

LabelLineKind label_line_kind(PropterStr word) {
  static const char *const names[LABEL_LINE_KINDS] = {
#define ROW(name) #name,
      LABEL_LINES(ROW)
#undef ROW
  };
  size_t i = 0;
  while (i < LABEL_LINE_KINDS && !propter_str_equal(word, propter_str(names[i]))) i++;
  return (LabelLineKind)i;
}

static PropterStatus top_line(RuleParser *p, PropterStr key, PropterStr rest) {
  PropterRules *r = p->r;
#define EXPRESSIONS(field, word, kind)                                        \
  if (propter_str_equal(key, PROPTER_STR(word))) {                           \
    PropterRegex *regex = NULL;                                              \
    PROPTER_TRY(expression(p, kind, rest, &regex));                          \
    return add_regex(p, regex, &r->field);                                   \
  }
#include "expressions.def"
#undef EXPRESSIONS
  if (propter_str_equal(key, PROPTER_STR("language"))) return language_line(p, rest);
  if (propter_str_equal(key, PROPTER_STR("stemmer")))
    return propter_str_equal(rest, propter_str(r->language.stemmer)) ? PROPTER_OK : rules_bad(p, "the language's stemmer", rest);
  if (propter_str_equal(key, PROPTER_STR("date"))) return date_line(p, rest);
  if (propter_str_equal(key, PROPTER_STR("unit")) || propter_str_equal(key, PROPTER_STR("unit-by")) || propter_str_equal(key, PROPTER_STR("unit-alone")))
    return unit_line(p, key, rest);
  static const char *const numbers[NUMBER_KINDS] = {"number", "scale", "scale-short", "scale-money", "number-lead"};
  for (size_t k = 0; k < NUMBER_KINDS; k++)
    if (propter_str_equal(key, propter_str(numbers[k]))) return number_line(p, (NumberKind)k, rest);
  if (propter_str_equal(key, PROPTER_STR("figures"))) return figures_line(p, rest);
  if (propter_str_equal(key, PROPTER_STR("lemma"))) return lemma_line(p, LEMMA_FORM, rest);
  if (propter_str_equal(key, PROPTER_STR("ending"))) return lemma_line(p, LEMMA_ENDING, rest);
  if (propter_str_equal(key, PROPTER_STR("mend"))) return lemma_line(p, LEMMA_MEND, rest);
  if (propter_str_equal(key, PROPTER_STR("define"))) return define_line(p, rest);
  if (propter_str_equal(key, PROPTER_STR("shape"))) return shape_line(p, rest);
  if (propter_str_equal(key, PROPTER_STR("hedge"))) return hedge_line(p, rest);
  if (propter_str_equal(key, PROPTER_STR("happening"))) return happening(p, rest);
  if (propter_str_equal(key, PROPTER_STR("abbreviation"))) return abbreviation_line(p, rest);
  if (propter_str_equal(key, PROPTER_STR("clitic"))) return clitic_line(p, rest);
  LabelLine label = {label_line_kind(key), propter_arena_copy(&r->arena, rest)};
  if (label.kind < LABEL_LINE_KINDS) return label.text.data && propter_vec_push(&r->label_lines, label) ? PROPTER_OK : no_memory(p->err);
  return rules_bad(p, "rule, define, shape, hedge, happening, a list of words or a comment", key);
}

/* A mistake in a file of the user's leaves out the rule or line it is in. */
static PropterStatus forgive(RuleParser *p, Rule *rule, PropterStatus status) {
  PropterRules *r = p->r;
  if (!p->left_out || (status != PROPTER_SYNTAX && status != PROPTER_LIMIT)) return status;
  LeftOut l = {.source = keep(r, propter_str(p->source)), .name = rule ? rule->name : NULL, .first = rule ? rule->line : p->line};
  l.line = p->err->line ? (unsigned)p->err->line : l.first;
  l.problem = keep(r, propter_str(p->err->message));
  if (!l.source || !l.problem || !propter_vec_push(p->left_out, l)) return no_memory(p->err);
  propter_error_clear(p->err);
  p->passing = rule != NULL;
  p->rule = NULL;
  if (rule) {
    Rule kept = {.name = rule->name, .source = rule->source, .line = rule->line};
    free_rule(rule);
    *rule = kept;
  }
  return PROPTER_OK;
}

static bool is_left_out(const RuleParser *p) {
  for (size_t i = 0; p->left_out && i < p->left_out->count; i++)
    if (p->left_out->items[i].first == p->line && strcmp(p->left_out->items[i].source, p->source) == 0) return true;
  return false;
}

static PropterStatus end_rule(RuleParser *p) {
  Rule *rule = p->rule;
  unsigned at = p->line;
  PropterStatus status = forgive(p, rule, finish_rule(p));
  p->line = at;
  return status;
}

static PropterStatus parse_line(RuleParser *p, PropterStr key, PropterStr rest) {
  if (propter_str_equal(key, PROPTER_STR("rule"))) {
    PROPTER_TRY(end_rule(p));
    p->passing = is_left_out(p);
    return p->passing ? PROPTER_OK : new_rule(p, rest);
  }
  if (p->passing) return PROPTER_OK;
  if (p->rule) return forgive(p, p->rule, rule_line(p, key, rest));
  if (propter_str_equal(key, PROPTER_STR("language")) || propter_str_equal(key, PROPTER_STR("stemmer"))) return top_line(p, key, rest);
  return is_left_out(p) ? PROPTER_OK : forgive(p, NULL, top_line(p, key, rest));
}

static PropterStatus parse(RuleParser *p, PropterStr text) {
  size_t bad_byte = 0;
  if (!propter_utf8_valid(text, &bad_byte)) {
    PropterStatus status = propter_fail(p->err, PROPTER_SYNTAX, "expected UTF-8");
    propter_error_at_byte(p->err, p->source, bad_byte);
    return status;
  }
  for (size_t at = 0; at < text.len;) {
    size_t end = at;
    while (end < text.len && text.data[end] != '\n') end++;
    PropterStr rest = propter_str_trim((PropterStr){text.data + at, end - at});
    at = end + 1;
    p->line++;
    if (!rest.len || rest.data[0] == '#') {
      if (rest.len) continue;
      PROPTER_TRY(end_rule(p));
      p->passing = false;
      continue;
    }
    PropterStr key = rules_word(&rest);
    PROPTER_TRY(parse_line(p, key, rest));
  }
  return end_rule(p);
}

uint64_t rules_eight(const char *bytes) {
  uint64_t n;
  memcpy(&n, bytes, sizeof n);
  return n;
}

static size_t letter_index(char c) { return c >= 'a' && c <= 'z' ? (size_t)(c - 'a') + 1 : 0; }

size_t rules_bucket(const char *word, size_t len) { return letter_index(word[0]) * 27 + (len > 1 ? letter_index(word[1]) : 0); }

static int by_bucket(const void *a_, const void *b_) {
  const Trigger *a = a_, *b = b_;
  size_t x = rules_bucket(a->word.data, a->word.len), y = rules_bucket(b->word.data, b->word.len);
  if (x != y) return x < y ? -1 : 1;
  return a->rule < b->rule ? -1 : a->rule > b->rule;
}

/* Most sentences hold no trigger; finding that out must not cost a search per trigger. */
static PropterStatus index_triggers(PropterRules *r, PropterError *err) {
  r->triggers.count = 0;
  for (size_t i = 0; i < r->rules.count; i++)
    for (size_t t = 0; t < r->rules.items[i].triggers.count; t++) {
      PropterStr word = r->rules.items[i].triggers.items[t];
      bool whole = word.data[word.len - 1] == '$';
      word.len -= whole;
      char key[8] = {0}, mask[8] = {0};
      memcpy(key, word.data, word.len < 8 ? word.len : 8);
      memset(mask, 0xFF, word.len < 8 ? word.len : 8);
      if (!propter_vec_push(&r->triggers, ((Trigger){word, i, rules_eight(key), rules_eight(mask), whole}))) return no_memory(err);
    }
  if (r->triggers.count) qsort(r->triggers.items, r->triggers.count, sizeof *r->triggers.items, by_bucket);
  size_t at = 0;
  for (size_t b = 0; b <= TRIGGER_BUCKETS; b++) {
    while (at < r->triggers.count && rules_bucket(r->triggers.items[at].word.data, r->triggers.items[at].word.len) < b) at++;
    r->bucket[b] = at;
  }
  return PROPTER_OK;
}

enum { PUMPED = 300, PUMPS = 64 };

/* An example without its marks. */
static void plain_example(PropterStr text, PropterBuf *out) {
  for (size_t i = 0; i < text.len; i++) {
    PropterStr rest = {text.data + i, text.len - i};
    if (propter_str_starts(rest, PROPTER_STR("{cause:")))
      i += 6;
    else if (propter_str_starts(rest, PROPTER_STR("{effect:")))
      i += 7;
    else if (text.data[i] != '}')
      propter_buf_add_char(out, text.data[i]);
  }
}

/* Texts made to keep a pattern busy: an example of the rule in which a letter or word repeats and is then followed by what does not fit. What takes too many
 * steps on three of them is left out before it is used. */
static PropterStatus probe(PropterRules *rules, Rule *rule, PropterError *err) {
  PropterBuf plain = {0}, text = {0};
  bool found;
  if (rule->examples.count) plain_example(rule->examples.items[0].text, &plain);
  for (size_t i = 0; i < plain.len && i < PUMPS; i++)
    for (int words = 0; words < 2 && rule->limits < RULE_QUARANTINE; words++) {
      size_t end = i + 1;
      if ((unsigned char)plain.data[i] >= 0x80 || (words && (plain.data[i] == ' ' || (i && plain.data[i - 1] != ' ')))) continue;
      while (words && end < plain.len && plain.data[end - 1] != ' ') end++;
      propter_buf_reset(&text);
      propter_buf_add(&text, (PropterStr){plain.data, i});
      while (text.len < i + PUMPED) propter_buf_add(&text, (PropterStr){plain.data + i, end - i});
      propter_buf_add_char(&text, '!');
      propter_buf_add(&text, (PropterStr){plain.data + end, plain.len - end});
      if (!propter_utf8_valid(propter_buf_str(&text), NULL)) continue;
      for (size_t p = 0; p < rule->patterns.count && text.failed == PROPTER_OK; p++)
        rule->limits += propter_regex_match(rule->patterns.items[p].regex, rules->matcher, propter_buf_str(&text), 0, &found, NULL) == PROPTER_LIMIT;
    }
  PropterStatus status = propter_buf_status(&plain, err);
  if (status == PROPTER_OK) status = propter_buf_status(&text, err);
  propter_buf_clear(&plain);
  propter_buf_clear(&text);
  return status;
}

static PropterStatus rules_new_in(const Language *language, const PropterLimits *limits, PropterRules **out, PropterError *err);

static PropterStatus example_failed(const Rule *rule, const Example *example, const char *problem, void *payload, PropterError *err) {
  PropterRules *rules = payload;
  for (size_t i = 0; i < rules->left_out.count; i++)
    if (rules->left_out.items[i].first == rule->line && strcmp(rules->left_out.items[i].source, rule->source) == 0) return PROPTER_OK;
  LeftOut l = {keep(rules, propter_str(rule->source)), keep(rules, propter_str(rule->name)), rule->line, example->line, keep(rules, propter_str(problem))};
  return l.source && l.name && l.problem && propter_vec_push(&rules->left_out, l) ? PROPTER_OK : no_memory(err);
}

/* What of a user's file is wrong, tried on a set of its own: what does not compile, and rules whose examples fail. */
static PropterStatus try_file(PropterRules *trial, PropterStr text, const char *source, PropterError *err) {
  PropterError local = {0};
  size_t tried;
  RuleParser p = {.r = trial, .source = source, .err = err ? err : &local, .left_out = &trial->left_out};
  PROPTER_TRY(parse(&p, text));
  PROPTER_TRY(index_triggers(trial, err));
  return rules_try(trial, source, example_failed, trial, &tried, err);
}

static PropterStatus take_left_out(PropterRules *rules, const PropterRules *trial, PropterError *err) {
  for (size_t i = 0; i < trial->left_out.count; i++) {
    LeftOut l = trial->left_out.items[i];
    l.source = keep(rules, propter_str(l.source)), l.problem = keep(rules, propter_str(l.problem));
    const char *name = l.name ? keep(rules, propter_str(l.name)) : NULL;
    if (!l.source || !l.problem || (l.name && !name)) return no_memory(err);
    l.name = name;
    if (!propter_vec_push(&rules->left_out, l)) return no_memory(err);
  }
  return PROPTER_OK;
}

static PropterStatus add_rules(PropterRules *rules, PropterStr text, const char *source, bool forgiving, PropterError *err) {
  /* A second set takes the new file first, so that a mistake in it leaves the present rules alone. */
  if (!rules->built_in) {
    PropterRules *trial = NULL;
    PropterStatus status = rules_new_in(&rules->language, &rules->limits, &trial, err);
    RuleParser p = {.r = trial, .source = source, .err = err};
    if (status == PROPTER_OK) status = forgiving ? try_file(trial, text, source, err) : parse(&p, text);
    if (status == PROPTER_OK) status = take_left_out(rules, trial, err);
    propter_rules_free(trial);
    PROPTER_TRY(status);
  }
  PropterError local = {0};
  RuleParser p = {.r = rules, .source = source, .err = err ? err : &local, .left_out = forgiving ? &rules->left_out : NULL};
  PropterStatus status = parse(&p, text);
  if (status == PROPTER_OK) status = index_triggers(rules, err);
  for (size_t i = 0; i < rules->rules.count && status == PROPTER_OK && !rules->built_in; i++)
    if (strcmp(rules->rules.items[i].source, source) == 0) status = probe(rules, &rules->rules.items[i], err);
  if (status == PROPTER_OK) rules->hash = rules->hash * 1099511628211u ^ propter_hash64(text);
  return status;
}

PropterStatus propter_rules_add(PropterRules *rules, PropterStr text, const char *source, PropterError *err) {
  return add_rules(rules, text, source, false, err);
}

static PropterStatus rules_new_in(const Language *language, const PropterLimits *limits, PropterRules **out, PropterError *err) {
  *out = NULL;
  PropterRules *r = propter_calloc(1, sizeof *r);
  if (!r) return no_memory(err);
  r->language = *language;
  r->built_in = true;
  r->limits = limits ? *limits : propter_limits_default();
  r->work_max = READ_WORK;
  char source[sizeof language->code + 8];
  (void)snprintf(source, sizeof source, "%s.rules", language->code);
  PropterStatus status = (r->calendar = calendar_new()) ? propter_matcher_new(r->limits.match_steps, &r->matcher, err) : no_memory(err);
  if (status == PROPTER_OK && language->rules) status = propter_rules_add(r, (PropterStr){language->rules, *language->rules_size}, source, err);
  r->built_in = false;
  if (status != PROPTER_OK) {
    propter_rules_free(r);
    return status;
  }
  *out = r;
  return PROPTER_OK;
}

PropterStatus propter_rules_new(const PropterLimits *limits, PropterRules **out, PropterError *err) { return rules_new_in(languages, limits, out, err); }

static PropterStatus add_file(PropterRules *r, const char *path, PropterError *err) {
  PropterBuf text = {0};
  PropterStatus status = propter_io_read_file(path, RULE_BYTES, &text, err);
  PropterStr stemmer;
  if (status == PROPTER_OK && propter_str_equal(language_said(propter_buf_str(&text), &stemmer), propter_str(r->language.code)))
    status = add_rules(r, propter_buf_str(&text), path, true, err);
  propter_buf_clear(&text);
  return status;
}

PropterStatus propter_rules_open(const char *language, const char *const *files, size_t count, const PropterLimits *limits, PropterRules **out,
                                 PropterError *err) {
  Languages all;
  *out = NULL;
  PROPTER_TRY(languages_of(files, count, &all, err));
  size_t which = language_of(&all, propter_str(language));
  if (which == SIZE_MAX) return propter_fail(err, PROPTER_NOT_FOUND, "no reading rules for the language %s", language);
  PropterStatus status = rules_new_in(&all.items[which], limits, out, err);
  for (size_t i = 0; i < count && status == PROPTER_OK; i++) status = add_file(*out, files[i], err);
  if (status != PROPTER_OK) {
    propter_rules_free(*out);
    *out = NULL;
  }
  return status;
}

void propter_rules_weigh(PropterRules *r, PropterWeigh weigh, void *payload) { r->weigh = weigh, r->weigh_payload = payload; }

void propter_rules_free(PropterRules *r) {
  if (!r) return;
  for (size_t i = 0; i < r->rules.count; i++) free_rule(&r->rules.items[i]);
  propter_vec_clear(&r->rules);
  for (size_t i = 0; i < r->shapes.count; i++) propter_regex_free(r->shapes.items[i]->regex);
  propter_vec_clear(&r->shapes);
  for (size_t i = 0; i < r->hedges.count; i++) propter_regex_free(r->hedges.items[i].regex);
  propter_vec_clear(&r->hedges);
  for (size_t i = 0; i < r->paraphrases.count; i++) propter_regex_free(r->paraphrases.items[i].regex);
  propter_vec_clear(&r->paraphrases);
#define EXPRESSIONS(field, word, kind)                                                     \
  for (size_t i = 0; i < r->field.count; i++) propter_regex_free(r->field.items[i]);      \
  propter_vec_clear(&r->field);
#include "expressions.def"
#undef EXPRESSIONS
  propter_vec_clear(&r->defines);
  propter_vec_clear(&r->define_texts);
  propter_vec_clear(&r->parts.abbreviations);
  propter_vec_clear(&r->parts.clitics);
  propter_vec_clear(&r->label_lines);
  calendar_free(r->calendar);
  propter_vec_clear(&r->units);
  propter_vec_clear(&r->numbers);
  propter_vec_clear(&r->thousands);
  propter_vec_clear(&r->left_out);
  propter_vec_clear(&r->triggers);
  lemmas_clear(&r->lemmas);
  propter_matcher_free(r->matcher);
  judge_free(r->judge);
  propter_free(r->tagged);
  propter_arena_clear(&r->arena);
  propter_free(r);
}

size_t propter_rules_count(const PropterRules *r) { return r->rules.count; }

uint64_t propter_rules_hash(const PropterRules *r) { return r->hash; }

void propter_rules_report(const PropterRules *r, PropterRuleReport report, void *payload) {
  for (size_t i = 0; i < r->left_out.count; i++) {
    const LeftOut *l = &r->left_out.items[i];
    char problem[700];
    (void)snprintf(problem, sizeof problem, "was left out: %s", l->problem);
    report(l->source, l->line, l->name ? l->name : "(none)", problem, payload);
  }
  for (size_t i = 0; i < r->rules.count; i++) {
    const Rule *rule = &r->rules.items[i];
    if (!rule->limits) continue;
    report(rule->source, rule->line, rule->name, rule->limits >= RULE_QUARANTINE ? "took too many steps three times and was left out" : "took too many steps",
           payload);
  }
}

bool rules_first(const PropterRules *r, PropterRegex *const *list, size_t count, PropterStr text, size_t from, PropterSpan *span) {
  bool any = false;
  for (size_t i = 0; i < count; i++) {
    bool found;
    size_t start, end;
    if (propter_regex_match(list[i], r->matcher, text, from, &found, NULL) != PROPTER_OK || !found || !propter_matcher_span(r->matcher, 0, &start, &end))
      continue;
    if (any && start >= span->start) continue;
    *span = (PropterSpan){start, end};
    any = true;
  }
  return any;
}

bool rules_last(const PropterRules *r, PropterRegex *const *list, size_t count, PropterStr text, PropterSpan *span) {
  bool any = false;
  PropterSpan s;
  for (size_t from = 0; from <= text.len && rules_first(r, list, count, text, from, &s);) {
    *span = s;
    any = true;
    if (s.end == text.len && s.start < s.end) break;
    from = s.end > from ? s.end : from + 1;
    while (from < text.len && ((unsigned char)text.data[from] & 0xC0) == 0x80) from++;
  }
  return any;
}

bool rules_any(const PropterRules *r, PropterRegex *const *list, size_t count, PropterStr text) {
  PropterSpan s;
  return rules_first(r, list, count, text, 0, &s);
}
