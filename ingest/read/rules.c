/* SPDX-License-Identifier: Apache-2.0 */
/* Reads rule files and compiles them. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "propter/hash.h"
#include "propter/io.h"
#include "reading.h"

enum { MAX_NESTED = 4 };

typedef struct {
  PropterRules *r;
  const char *source;
  unsigned line;
  Rule *rule; /* the one being read */
  PropterError *err;
} Parser;

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "no memory for reading rules"); }

static PropterStatus bad(Parser *p, const char *expected, PropterStr found) {
  PropterStatus status = propter_fail(p->err, PROPTER_SYNTAX, "expected %s, found \"%.*s\"", expected, (int)(found.len > 120 ? 120 : found.len), found.data);
  propter_error_at(p->err, p->source, p->line, 0);
  return status;
}

static const char *keep(PropterRules *r, PropterStr text) { return propter_arena_copy(&r->arena, text).data; }

static PropterStr word_of(PropterStr *rest) {
  PropterStr s = propter_str_trim(*rest);
  size_t n = 0;
  while (n < s.len && s.data[n] != ' ' && s.data[n] != '\t') n++;
  *rest = propter_str_trim((PropterStr){s.data + n, s.len - n});
  return (PropterStr){s.data, n};
}

static PropterStatus compile(Parser *p, PropterStr pattern, unsigned flags, PropterRegex **out) {
  /* The letters of English words are ASCII, which is faster. */
  if (p->r->language != languages) flags |= PROPTER_REGEX_UNICODE;
  PropterBuf factored = {.max = p->r->limits.pattern_bytes};
  PropterStatus status = PROPTER_SYNTAX;
  if (rules_factor(pattern, flags & PROPTER_REGEX_CASELESS, &factored) && propter_buf_status(&factored, NULL) == PROPTER_OK)
    status = propter_regex_compile(propter_buf_str(&factored), flags, &p->r->limits, out, NULL);
  propter_buf_clear(&factored);
  /* What is not understood is compiled as it stands; so is what is wrong, since its place is told. */
  if (status != PROPTER_OK) status = propter_regex_compile(pattern, flags, &p->r->limits, out, p->err);
  if (status != PROPTER_OK) propter_error_at(p->err, p->source, p->line, 0);
  return status;
}

/* Words with * for any ending, "quoted words" for phrases, into one expression. */
static PropterStatus compile_words(Parser *p, PropterStr words, PropterRegex **out) {
  PropterBuf b = {0};
  b.max = 1 << 20;
  propter_buf_add(&b, PROPTER_STR("(?<![\\w'-])(?:"));
  bool first = true;
  while (words.len) {
    PropterStr w;
    if (words.data[0] == '"') {
      const char *end = memchr(words.data + 1, '"', words.len - 1);
      size_t n = end ? (size_t)(end - words.data) : words.len;
      w = (PropterStr){words.data + 1, n - 1};
      words = propter_str_trim((PropterStr){words.data + n + (end != NULL), words.len - n - (end != NULL)});
    } else {
      w = word_of(&words);
    }
    if (!first) propter_buf_add_char(&b, '|');
    first = false;
    for (size_t i = 0; i < w.len; i++) {
      if (w.data[i] == '*')
        propter_buf_add(&b, PROPTER_STR("\\w*"));
      else if (strchr(".+?()[]{}|^$\\", w.data[i]))
        propter_buf_printf(&b, "\\%c", w.data[i]);
      else
        propter_buf_add_char(&b, w.data[i]);
    }
  }
  propter_buf_add(&b, PROPTER_STR(")(?![\\w'])"));
  PropterStatus status = propter_buf_status(&b, p->err);
  if (status == PROPTER_OK) status = first ? bad(p, "words", words) : compile(p, propter_buf_str(&b), 0, out);
  propter_buf_clear(&b);
  return status;
}

static const PropterStr *define_of(const PropterRules *r, PropterStr name) {
  for (size_t i = r->defines.count; i-- > 0;)
    if (propter_str_equal(propter_str(r->defines.items[i].name), name)) return &r->define_texts.items[i];
  return NULL;
}

static const Named *shape_of(const PropterRules *r, PropterStr name) {
  for (size_t i = r->shapes.count; i-- > 0;)
    if (propter_str_equal(propter_str(r->shapes.items[i]->name), name)) return r->shapes.items[i];
  return NULL;
}

/* "{name}" or "{name:shape}" at the start of `s`: its length, or 0. Braces of a quantifier hold digits. */
static size_t placeholder(PropterStr s, PropterStr *name, PropterStr *shape) {
  if (!s.len || s.data[0] != '{' || s.len < 3 || !isalpha((unsigned char)s.data[1])) return 0;
  const char *end = memchr(s.data, '}', s.len);
  if (!end) return 0;
  *name = (PropterStr){s.data + 1, (size_t)(end - s.data) - 1};
  *shape = (PropterStr){"", 0};
  const char *colon = memchr(name->data, ':', name->len);
  if (colon) {
    *shape = (PropterStr){colon + 1, (size_t)(end - colon) - 1};
    name->len = (size_t)(colon - name->data);
  }
  return (size_t)(end - s.data) + 1;
}

static Part part_of(PropterStr name) {
  return propter_str_equal(name, PROPTER_STR("cause")) ? PART_CAUSE : propter_str_equal(name, PROPTER_STR("effect")) ? PART_EFFECT : PART_NONE;
}

static PropterStatus take_shape(Parser *p, Pattern *pattern, Part part, PropterStr shape) {
  if (!shape.len) return PROPTER_OK;
  const Named *n = shape_of(p->r, shape);
  if (!n) return bad(p, "the name of a shape", shape);
  if (part == PART_CAUSE)
    pattern->cause_shape = n;
  else
    pattern->effect_shape = n;
  return PROPTER_OK;
}

static PropterStatus expand(Parser *p, PropterStr s, Pattern *pattern, unsigned *seen, unsigned depth, PropterBuf *out) {
  if (depth > MAX_NESTED) return bad(p, "definitions nested less deeply", s);
  for (size_t i = 0; i < s.len;) {
    PropterStr name, shape;
    size_t n = placeholder((PropterStr){s.data + i, s.len - i}, &name, &shape);
    if (!n) {
      propter_buf_add_char(out, s.data[i++]);
      continue;
    }
    Part part = part_of(name);
    if (part) {
      if (*seen & (1u << part)) return bad(p, "each argument once", s);
      *seen |= 1u << part;
      PROPTER_TRY(take_shape(p, pattern, part, shape));
      propter_buf_printf(out, "(?<%s>[^;:]{2,250}?)", part == PART_CAUSE ? "cause" : "effect");
    } else {
      const PropterStr *text = define_of(p->r, name);
      if (!text) return bad(p, "the name of a definition", name);
      PROPTER_TRY(expand(p, *text, pattern, seen, depth + 1, out));
    }
    i += n;
  }
  return PROPTER_OK;
}

/* An expression over tags; definitions may stand in it, arguments not. */
static PropterStatus compile_tagged(Parser *p, PropterStr text, PropterRegex **out) {
  PropterBuf b = {.max = 1 << 20};
  Pattern none = {0};
  unsigned seen = ~0u;
  PropterStatus status = expand(p, text, &none, &seen, 0, &b);
  if (status == PROPTER_OK) status = propter_buf_status(&b, p->err);
  if (status == PROPTER_OK) status = compile(p, propter_buf_str(&b), 0, out);
  propter_buf_clear(&b);
  return status;
}

/* Cuts an argument off the beginning or the end; its place is found by the connective's neighbourhood, not by the expression. */
static PropterStatus outer_arguments(Parser *p, PropterStr *core, Pattern *pattern, unsigned *seen) {
  PropterStr name, shape;
  size_t n = placeholder(*core, &name, &shape);
  if (n && part_of(name)) {
    pattern->lead = part_of(name);
    PROPTER_TRY(take_shape(p, pattern, pattern->lead, shape));
    *core = (PropterStr){core->data + n, core->len - n};
  }
  for (size_t i = core->len; i-- > 0;) {
    if (core->data[i] != '{') continue;
    n = placeholder((PropterStr){core->data + i, core->len - i}, &name, &shape);
    if (n && i + n == core->len && part_of(name)) {
      pattern->trail = part_of(name);
      PROPTER_TRY(take_shape(p, pattern, pattern->trail, shape));
      core->len = i;
    }
    break;
  }
  *seen = (pattern->lead ? 1u << pattern->lead : 0) | (pattern->trail ? 1u << pattern->trail : 0);
  return PROPTER_OK;
}

/* The core from its first piece that is no definition on ("{aux}{adv}due to": "due to"): most sentences with a trigger fail there at once. */
static PropterStatus compile_rest(Parser *p, PropterStr core, bool blank, PropterRegex **out) {
  PropterStr name, shape, rest = core;
  for (size_t n; (n = placeholder(rest, &name, &shape)) && !part_of(name); rest = (PropterStr){rest.data + n, rest.len - n}) continue;
  if (rest.len == core.len || !rest.len) return PROPTER_OK;
  PropterBuf b = {0};
  Pattern ignored = {0};
  unsigned seen = 0;
  PropterStatus status = expand(p, rest, &ignored, &seen, 0, &b);
  if (blank) propter_buf_add(&b, PROPTER_STR("(?![\\w-])"));
  if (status == PROPTER_OK) status = propter_buf_status(&b, p->err);
  if (status == PROPTER_OK) status = compile(p, propter_buf_str(&b), PROPTER_REGEX_CASELESS, out);
  propter_buf_clear(&b);
  return status;
}

static PropterStatus compile_pattern(Parser *p, const Rule *rule, PropterStr text, Pattern *pattern) {
  PropterBuf b = {0};
  b.max = 1 << 20;
  PropterStr core = text;
  unsigned seen = 0;
  PropterStatus status = outer_arguments(p, &core, pattern, &seen);
  if (pattern->lead && core.len && core.data[0] == ' ') {
    core = (PropterStr){core.data + 1, core.len - 1};
    propter_buf_add(&b, PROPTER_STR("(?<![\\w-])"));
  } else if (core.len && isalpha((unsigned char)core.data[0])) {
    propter_buf_add(&b, PROPTER_STR("(?<![\\w-])"));
  }
  pattern->front = core.len && core.data[0] == '^';
  if (pattern->front) {
    /* A sentence also begins after a colon, a semicolon, a dash, or a conjunction after a comma. */
    propter_buf_add(&b, PROPTER_STR("(?:^|(?<=[:;\"(] )|(?<=^[\"(])|(?<=\xE2\x80\x93 )|(?<=\xE2\x80\x94 )|(?<=, and )|(?<=, but ))"));
    core = (PropterStr){core.data + 1, core.len - 1};
  }
  bool blank = pattern->trail && core.len && core.data[core.len - 1] == ' ';
  if (blank) core.len--;
  if (status == PROPTER_OK && !core.len) status = bad(p, "words beside the arguments", text);
  if (status == PROPTER_OK) status = expand(p, core, pattern, &seen, 0, &b);
  if (blank) propter_buf_add(&b, PROPTER_STR("(?![\\w-])"));
  if (status == PROPTER_OK) status = propter_buf_status(&b, p->err);
  unsigned wanted = rule->previous ? 1u << (rule->previous == PART_CAUSE ? PART_EFFECT : PART_CAUSE) : 1u << PART_CAUSE | 1u << PART_EFFECT;
  if (status == PROPTER_OK && seen != wanted)
    status = bad(p, rule->previous ? "the argument that is not the sentence before" : "a pattern with {cause} and {effect}", text);
  if (status == PROPTER_OK) status = compile(p, propter_buf_str(&b), PROPTER_REGEX_CASELESS, &pattern->regex);
  if (status == PROPTER_OK && !pattern->front && (status = compile_rest(p, core, blank, &pattern->rest)) != PROPTER_OK) {
    propter_regex_free(pattern->regex);
    pattern->regex = NULL;
  }
  if (status == PROPTER_OK) {
    pattern->cause_group = propter_regex_group(pattern->regex, "cause");
    pattern->effect_group = propter_regex_group(pattern->regex, "effect");
  }
  propter_buf_clear(&b);
  return status;
}

static PropterStatus number(Parser *p, PropterStr text, double low, double high, double *out) {
  if (!propter_str_to_double(text, out) || !(*out >= low && *out <= high)) return bad(p, "a number from 0 to 1", text);
  return PROPTER_OK;
}

/* A rule is complete when the next one begins or the file ends. */
static PropterStatus finish_rule(Parser *p) {
  Rule *rule = p->rule;
  p->rule = NULL;
  if (!rule) return PROPTER_OK;
  unsigned at = p->line;
  p->line = rule->line;
  bool example = false, counter = false;
  for (size_t i = 0; i < rule->examples.count; i++) *(rule->examples.items[i].counter ? &counter : &example) = true;
  PropterStr name = propter_str(rule->name);
  if (!rule->pattern_texts.count) return bad(p, "a rule with a pattern", name);
  if (!rule->triggers.count) return bad(p, "a rule with a trigger", name);
  if (!example || !counter) return bad(p, "a rule with an example and a counter-example", name);
  if (rule->precision <= 0) return bad(p, "a rule with a precision", name);
  for (size_t i = 0; i < rule->pattern_texts.count; i++) {
    Pattern pattern = {0};
    PropterStatus status = compile_pattern(p, rule, rule->pattern_texts.items[i], &pattern);
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

static PropterStatus rule_line(Parser *p, PropterStr key, PropterStr rest) {
  Rule *rule = p->rule;
  PropterRules *r = p->r;
  PropterStr copy;
  if (propter_str_equal(key, PROPTER_STR("trigger"))) {
    while (rest.len) {
      PropterStr word = word_of(&rest);
      size_t letters = word.len - (word.len && word.data[word.len - 1] == '$');
      for (size_t i = 0; i < letters; i++)
        if ((word.data[i] < 'a' || word.data[i] > 'z') && !(i && (unsigned char)word.data[i] >= 0x80))
          return bad(p, "triggers: beginnings of words in small letters, the first of a to z, whole words with $", word);
      if (letters < 2) return bad(p, "triggers of two letters or more", word);
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
    rule->flip = propter_str_equal(rest, PROPTER_STR("flip"));
    rule->polarity = propter_str_equal(rest, PROPTER_STR("up")) ? 1 : propter_str_equal(rest, PROPTER_STR("down")) ? -1 : 0;
    if (!rule->flip && !rule->polarity) return bad(p, "up, down or flip", rest);
  } else if (propter_str_equal(key, PROPTER_STR("negated"))) {
    if (!propter_str_equal(rest, PROPTER_STR("yes"))) return bad(p, "yes", rest);
    rule->negated = true;
  } else if (propter_str_equal(key, PROPTER_STR("previous"))) {
    if (!(rule->previous = part_of(rest))) return bad(p, "cause or effect", rest);
  } else if (propter_str_equal(key, PROPTER_STR("needs"))) {
    rule->needs_change |= propter_str_equal(rest, PROPTER_STR("effect-change"));
    rule->needs_number |= propter_str_equal(rest, PROPTER_STR("effect-number"));
    if (!propter_str_equal(rest, PROPTER_STR("effect-change")) && !propter_str_equal(rest, PROPTER_STR("effect-number")))
      return bad(p, "effect-change or effect-number", rest);
  } else if (propter_str_equal(key, PROPTER_STR("tagged")) || propter_str_equal(key, PROPTER_STR("lemmas"))) {
    PropterRegex **expression = key.data[0] == 't' ? &rule->tagged : &rule->lemmas;
    if (!p->r->language->full) return bad(p, "no expression over tags in a language without a tagger", rest);
    if (*expression) return bad(p, "one such expression", rest);
    return compile_tagged(p, rest, expression);
  } else {
    return bad(p, "a word of a rule (trigger, pattern, tagged, lemmas, polarity, negated, previous, needs, hedge, precision, example, counter)", key);
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

static PropterStatus new_rule(Parser *p, PropterStr name) {
  PropterRules *r = p->r;
  PROPTER_TRY(finish_rule(p));
  if (!name.len) return bad(p, "a rule's name", name);
  Rule *rule = NULL;
  for (size_t i = 0; i < r->rules.count && !rule; i++)
    if (propter_str_equal(propter_str(r->rules.items[i].name), name)) rule = &r->rules.items[i];
  if (rule && propter_str_equal(propter_str(rule->source), propter_str(p->source))) return bad(p, "a rule's name once", name);
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
static PropterStatus happening(Parser *p, PropterStr rest) {
  Paraphrase h = {0};
  PropterStr way = word_of(&rest);
  h.polarity = propter_str_equal(way, PROPTER_STR("up")) ? 1 : propter_str_equal(way, PROPTER_STR("down")) ? -1 : 0;
  if (!h.polarity && !propter_str_equal(way, PROPTER_STR("none"))) return bad(p, "up, down or none", way);
  size_t colon = propter_str_find(rest, PROPTER_STR(" : "));
  if (colon == SIZE_MAX || !colon) return bad(p, "a label, a colon and an expression", rest);
  if (!(h.label = keep(p->r, (PropterStr){rest.data, colon}))) return no_memory(p->err);
  PropterBuf b = {0};
  propter_buf_printf(&b, "(?<![\\w-])(?:%.*s)(?!\\w)", (int)(rest.len - colon - 3), rest.data + colon + 3);
  PropterStatus status = propter_buf_status(&b, p->err);
  if (status == PROPTER_OK) status = compile(p, propter_buf_str(&b), PROPTER_REGEX_CASELESS, &h.regex);
  propter_buf_clear(&b);
  PROPTER_TRY(status);
  if (propter_vec_push(&p->r->paraphrases, h)) return PROPTER_OK;
  propter_regex_free(h.regex);
  return no_memory(p->err);
}

static PropterStatus add_regex(Parser *p, PropterRegex *regex, void *list_) {
  PROPTER_VEC(PropterRegex *) *list = list_;
  if (propter_vec_push(list, regex)) return PROPTER_OK;
  propter_regex_free(regex);
  return no_memory(p->err);
}

static PropterStatus hedge_line(Parser *p, PropterStr rest) {
  Hedge h = {0};
  PROPTER_TRY(number(p, word_of(&rest), 0, 1, &h.weight));
  PROPTER_TRY(compile_words(p, rest, &h.regex));
  if (propter_vec_push(&p->r->hedges, h)) return PROPTER_OK;
  propter_regex_free(h.regex);
  return no_memory(p->err);
}

static PropterStatus define_line(Parser *p, PropterStr rest) {
  Named n = {keep(p->r, word_of(&rest)), NULL};
  PropterStr copy = propter_arena_copy(&p->r->arena, rest);
  if (!n.name || !copy.data || !propter_vec_push(&p->r->define_texts, copy)) return no_memory(p->err);
  if (propter_vec_push(&p->r->defines, n)) return PROPTER_OK;
  p->r->define_texts.count--;
  return no_memory(p->err);
}

static PropterStatus shape_line(Parser *p, PropterStr rest) {
  Named *n = propter_arena_alloc(&p->r->arena, sizeof *n);
  if (!n || !(n->name = keep(p->r, word_of(&rest)))) return no_memory(p->err);
  PROPTER_TRY(compile(p, rest, PROPTER_REGEX_CASELESS, &n->regex));
  if (propter_vec_push(&p->r->shapes, n)) return PROPTER_OK;
  propter_regex_free(n->regex);
  return no_memory(p->err);
}

static PropterStatus language_line(Parser *p, PropterStr rest) {
  if (propter_str_equal(rest, propter_str(p->r->language->code))) return PROPTER_OK;
  char expected[40];
  (void)snprintf(expected, sizeof expected, "the language %s", p->r->language->code);
  return bad(p, expected, rest);
}

/* "date may mai": the English word of the calendar, then what this language has for it. */
static PropterStatus date_line(Parser *p, PropterStr rest) {
  PropterRules *r = p->r;
  PropterStr english = word_of(&rest);
  if (!rest.len) return bad(p, "an English word of the calendar (or none) and words for it", english);
  if (propter_str_equal(english, PROPTER_STR("none"))) english.len = 0;
  if (!(english.data = keep(r, english))) return no_memory(p->err);
  while (rest.len) {
    WhenWord w = {propter_arena_copy(&r->arena, word_of(&rest)), english};
    if (!w.word.data || !propter_vec_push(&r->dates, w)) return no_memory(p->err);
  }
  return PROPTER_OK;
}

/* "lemma VERB lead led", "ending VERB ied y", "mend VERB us use". */
static PropterStatus lemma_line(Parser *p, LemmaLine kind, PropterStr rest) {
  PropterStr tag = word_of(&rest), first = word_of(&rest);
  if (!rest.len) return bad(p, "a tag and two words", first);
  do {
    PropterStr next = word_of(&rest);
    PropterStatus status = lemma_add(&p->r->lemmas, &p->r->arena, kind, tag, kind == LEMMA_FORM ? next : first, kind == LEMMA_FORM ? first : next, p->err);
    if (status != PROPTER_OK) propter_error_at(p->err, p->source, p->line, 0);
    PROPTER_TRY(status);
  } while (rest.len && kind == LEMMA_FORM);
  return rest.len ? bad(p, "a tag and two words", rest) : PROPTER_OK;
}

static PropterStatus top_line(Parser *p, PropterStr key, PropterStr rest) {
  PropterRules *r = p->r;
  const struct {
    const char *key;
    void *list;
    bool words;
    unsigned flags;
  } lists[] = {{"up", &r->up, true, 0},
               {"down", &r->down, true, 0},
               {"negation", &r->negation, true, 0},
               {"negation-except", &r->negation_except, false, 0},
               {"negation-before", &r->negation_before, false, 0},
               {"hedge-except", &r->hedge_except, false, 0},
               {"condition", &r->condition, false, 0},
               {"nothing", &r->nothing, false, 0},
               {"reverse", &r->reverse, true, 0},
               {"amount", &r->amount, false, 0},
               {"happening-gap", &r->gap, false, 0},
               {"happening-lead", &r->lead, false, 0},
               {"happening-place", &r->place, false, 0},
               {"pronoun", &r->pronoun, false, 0},
               {"definite", &r->definite, false, 0},
               {"definite-front", &r->front_definite, false, 0},
               {"list-gap", &r->list_gap, false, 0},
               {"common", &r->common, true, 0},
               {"answer-no", &r->answer_no, false, 0},
               {"answer-yes", &r->answer_yes, false, 0},
               {"past", &r->past, false, 0},
               {"future", &r->future, false, 0},
               {"order", &r->order, false, 0},
               {"tagged-cut-left", &r->tagged_cut_left, false, 0},
               {"tagged-cut-right", &r->tagged_cut_right, false, 0},
               {"tagged-nothing", &r->tagged_nothing, false, 0},
               {"tagged-phrase", &r->tagged_phrase, false, 0},
               {"cut-left", &r->cut_left, false, 0},
               {"cut-right", &r->cut_right, false, 0},
               {"strip-left", &r->strip_left, false, PROPTER_REGEX_ANCHORED},
               {"strip-right", &r->strip_right, false, 0}};
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
    if (!propter_str_equal(key, propter_str(lists[i].key))) continue;
    PropterRegex *regex = NULL;
    bool tagged = propter_str_starts(key, PROPTER_STR("tagged-"));
    PROPTER_TRY(tagged ? compile_tagged(p, rest, &regex) : lists[i].words ? compile_words(p, rest, &regex) : compile(p, rest, lists[i].flags, &regex));
    return add_regex(p, regex, lists[i].list);
  }
  if (propter_str_equal(key, PROPTER_STR("language"))) return language_line(p, rest);
  if (propter_str_equal(key, PROPTER_STR("date"))) return date_line(p, rest);
  if (propter_str_equal(key, PROPTER_STR("lemma"))) return lemma_line(p, LEMMA_FORM, rest);
  if (propter_str_equal(key, PROPTER_STR("ending"))) return lemma_line(p, LEMMA_ENDING, rest);
  if (propter_str_equal(key, PROPTER_STR("mend"))) return lemma_line(p, LEMMA_MEND, rest);
  if (propter_str_equal(key, PROPTER_STR("define"))) return define_line(p, rest);
  if (propter_str_equal(key, PROPTER_STR("shape"))) return shape_line(p, rest);
  if (propter_str_equal(key, PROPTER_STR("hedge"))) return hedge_line(p, rest);
  if (propter_str_equal(key, PROPTER_STR("happening"))) return happening(p, rest);
  if (propter_str_equal(key, PROPTER_STR("abbreviation"))) {
    while (rest.len) {
      PropterStr copy = propter_arena_copy(&r->arena, word_of(&rest));
      if (!copy.data || !propter_vec_push(&r->abbreviations, copy)) return no_memory(p->err);
    }
    return PROPTER_OK;
  }
  if (propter_str_equal(key, PROPTER_STR("small")) || propter_str_equal(key, PROPTER_STR("alike"))) {
    PropterStr copy = propter_arena_copy(&r->arena, rest);
    return copy.data && propter_vec_push(key.data[0] == 's' ? &r->small : &r->alike, copy) ? PROPTER_OK : no_memory(p->err);
  }
  return bad(p, "rule, define, shape, hedge, happening, a list of words or a comment", key);
}

static PropterStatus parse(Parser *p, PropterStr text) {
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
      if (!rest.len) PROPTER_TRY(finish_rule(p));
      continue;
    }
    PropterStr key = word_of(&rest);
    if (propter_str_equal(key, PROPTER_STR("rule")))
      PROPTER_TRY(new_rule(p, rest));
    else if (p->rule)
      PROPTER_TRY(rule_line(p, key, rest));
    else
      PROPTER_TRY(top_line(p, key, rest));
  }
  return finish_rule(p);
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
      if (!propter_vec_push(&r->triggers, ((Trigger){word, i, whole}))) return no_memory(err);
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

PropterStatus propter_rules_add(PropterRules *rules, PropterStr text, const char *source, PropterError *err) {
  /* A second set takes the new file first, so that a mistake in it leaves the present rules alone. */
  if (rules->rules.count) {
    PropterRules *trial = NULL;
    PropterStatus status = rules_new_in(rules->language, &rules->limits, &trial, err);
    if (status == PROPTER_OK) {
      Parser p = {.r = trial, .source = source, .err = err};
      status = parse(&p, text);
    }
    propter_rules_free(trial);
    PROPTER_TRY(status);
  }
  bool built_in = rules->rules.count == 0;
  Parser p = {.r = rules, .source = source, .err = err};
  PropterStatus status = parse(&p, text);
  if (status == PROPTER_OK) status = index_triggers(rules, err);
  for (size_t i = 0; i < rules->rules.count && status == PROPTER_OK && !built_in; i++)
    if (strcmp(rules->rules.items[i].source, source) == 0) status = probe(rules, &rules->rules.items[i], err);
  if (status == PROPTER_OK) rules->hash = rules->hash * 1099511628211u ^ propter_hash64(text);
  return status;
}

static PropterStatus rules_new_in(const Language *language, const PropterLimits *limits, PropterRules **out, PropterError *err) {
  *out = NULL;
  PropterRules *r = propter_calloc(1, sizeof *r);
  if (!r) return no_memory(err);
  r->language = language;
  r->limits = limits ? *limits : propter_limits_default();
  char source[16];
  (void)snprintf(source, sizeof source, "%s.rules", language->code);
  PropterStatus status = propter_matcher_new(r->limits.match_steps, &r->matcher, err);
  if (status == PROPTER_OK) status = propter_rules_add(r, (PropterStr){language->rules, *language->rules_size}, source, err);
  if (status != PROPTER_OK) {
    propter_rules_free(r);
    return status;
  }
  *out = r;
  return PROPTER_OK;
}

PropterStatus propter_rules_new(const PropterLimits *limits, PropterRules **out, PropterError *err) { return rules_new_in(languages, limits, out, err); }

/* The language that a rule file says in its first lines; English if it says none. */
static PropterStr language_said(PropterStr text) {
  for (size_t at = 0; at < text.len;) {
    size_t end = at;
    while (end < text.len && text.data[end] != '\n') end++;
    PropterStr rest = propter_str_trim((PropterStr){text.data + at, end - at});
    at = end + 1;
    if (!rest.len || rest.data[0] == '#') continue;
    return propter_str_equal(word_of(&rest), PROPTER_STR("language")) ? rest : propter_str(languages->code);
  }
  return propter_str(languages->code);
}

static PropterStatus add_file(PropterRules *r, const char *path, PropterError *err) {
  PropterBuf text = {0};
  PropterStatus status = propter_io_read_file(path, 16 << 20, &text, err);
  PropterStr said = status == PROPTER_OK ? language_said(propter_buf_str(&text)) : (PropterStr){"", 0};
  /* A language without rules is a mistake, which is reported with its line. */
  if (status == PROPTER_OK && (propter_str_equal(said, propter_str(r->language->code)) || language_of(said) == SIZE_MAX))
    status = propter_rules_add(r, propter_buf_str(&text), path, err);
  propter_buf_clear(&text);
  return status;
}

PropterStatus propter_rules_open(const char *language, const char *const *files, size_t count, const PropterLimits *limits, PropterRules **out,
                                 PropterError *err) {
  size_t which = language_of(propter_str(language));
  *out = NULL;
  if (which == SIZE_MAX) return propter_fail(err, PROPTER_NOT_FOUND, "no reading rules for the language %s", language);
  PropterStatus status = rules_new_in(&languages[which], limits, out, err);
  for (size_t i = 0; i < count && status == PROPTER_OK; i++) status = add_file(*out, files[i], err);
  if (status != PROPTER_OK) {
    propter_rules_free(*out);
    *out = NULL;
  }
  return status;
}

#define FREE_LIST(list)                                                                  \
  do {                                                                                   \
    for (size_t i_ = 0; i_ < (list).count; i_++) propter_regex_free((list).items[i_]);   \
    propter_vec_clear(&(list));                                                          \
  } while (0)

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
  FREE_LIST(r->cut_left);
  FREE_LIST(r->cut_right);
  FREE_LIST(r->strip_left);
  FREE_LIST(r->strip_right);
  FREE_LIST(r->tagged_cut_left);
  FREE_LIST(r->tagged_cut_right);
  FREE_LIST(r->tagged_phrase);
  FREE_LIST(r->tagged_nothing);
  FREE_LIST(r->negation);
  FREE_LIST(r->negation_except);
  FREE_LIST(r->negation_before);
  FREE_LIST(r->hedge_except);
  FREE_LIST(r->condition);
  FREE_LIST(r->order);
  FREE_LIST(r->nothing);
  FREE_LIST(r->reverse);
  FREE_LIST(r->gap);
  FREE_LIST(r->lead);
  FREE_LIST(r->place);
  FREE_LIST(r->pronoun);
  FREE_LIST(r->definite);
  FREE_LIST(r->front_definite);
  FREE_LIST(r->list_gap);
  FREE_LIST(r->common);
  FREE_LIST(r->answer_no);
  FREE_LIST(r->answer_yes);
  FREE_LIST(r->past);
  FREE_LIST(r->future);
  FREE_LIST(r->up);
  FREE_LIST(r->down);
  FREE_LIST(r->amount);
  propter_vec_clear(&r->defines);
  propter_vec_clear(&r->define_texts);
  propter_vec_clear(&r->abbreviations);
  propter_vec_clear(&r->small);
  propter_vec_clear(&r->alike);
  propter_vec_clear(&r->dates);
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
