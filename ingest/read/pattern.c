/* SPDX-License-Identifier: Apache-2.0 */
/* Compiles the expressions of rule files. */
#include <ctype.h>
#include <string.h>

#include "rules.h"

enum { MAX_NESTED = 4 };

PropterStatus rules_compile(RuleParser *p, PropterStr pattern, unsigned flags, PropterRegex **out) {
  /* The letters of English words are ASCII, which is faster. */
  if (!language_first(&p->r->language)) flags |= PROPTER_REGEX_UNICODE;
  flags |= PROPTER_REGEX_SIEVED;
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

PropterStr rules_phrase(PropterStr *rest) {
  PropterStr words = propter_str_trim(*rest);
  if (!words.len || words.data[0] != '"') return rules_word(rest);
  const char *end = memchr(words.data + 1, '"', words.len - 1);
  size_t n = end ? (size_t)(end - words.data) : words.len;
  *rest = propter_str_trim((PropterStr){words.data + n + (end != NULL), words.len - n - (end != NULL)});
  return (PropterStr){words.data + 1, n - 1};
}

/* Words with * for any ending, "quoted words" for phrases, into one expression; at the beginning of what is looked at, a capital is no difference. */
PropterStatus rules_compile_words(RuleParser *p, PropterStr words, PropterRegex **out) {
  PropterBuf any = {.max = 1 << 20}, b = {.max = 1 << 20};
  bool first = true;
  while (words.len) {
    PropterStr w = rules_phrase(&words);
    if (!first) propter_buf_add_char(&any, '|');
    first = false;
    for (size_t i = 0; i < w.len; i++) {
      if (w.data[i] == '*')
        propter_buf_add(&any, PROPTER_STR("\\w*"));
      else if (strchr(".+?()[]{}|^$\\", w.data[i]))
        propter_buf_printf(&any, "\\%c", w.data[i]);
      else
        propter_buf_add_char(&any, w.data[i]);
    }
  }
  PropterStr all = propter_buf_str(&any);
  propter_buf_printf(&b, "(?:(?<![\\w'-])(?:%.*s)|^(?i:%.*s))(?![\\w'])", (int)all.len, all.data, (int)all.len, all.data);
  PropterStatus status = propter_buf_status(&any, p->err);
  if (status == PROPTER_OK) status = propter_buf_status(&b, p->err);
  if (status == PROPTER_OK) status = first ? rules_bad(p, "words", words) : rules_compile(p, propter_buf_str(&b), 0, out);
  propter_buf_clear(&any);
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

Part rules_part(PropterStr name) {
  return propter_str_equal(name, PROPTER_STR("cause")) ? PART_CAUSE : propter_str_equal(name, PROPTER_STR("effect")) ? PART_EFFECT : PART_NONE;
}

static PropterStatus take_shape(RuleParser *p, Pattern *pattern, Part part, PropterStr shape) {
  if (!shape.len) return PROPTER_OK;
  const Named *n = shape_of(p->r, shape);
  if (!n) return rules_bad(p, "the name of a shape", shape);
  if (part == PART_CAUSE)
    pattern->cause_shape = n;
  else
    pattern->effect_shape = n;
  return PROPTER_OK;
}

static PropterStatus expand(RuleParser *p, PropterStr s, Pattern *pattern, unsigned *seen, unsigned depth, PropterBuf *out) {
  if (depth > MAX_NESTED) return rules_bad(p, "definitions nested less deeply", s);
  for (size_t i = 0; i < s.len;) {
    PropterStr name, shape;
    size_t n = placeholder((PropterStr){s.data + i, s.len - i}, &name, &shape);
    if (!n) {
      propter_buf_add_char(out, s.data[i++]);
      continue;
    }
    Part part = rules_part(name);
    if (part) {
      if (*seen & (1u << part)) return rules_bad(p, "each argument once", s);
      *seen |= 1u << part;
      PROPTER_TRY(take_shape(p, pattern, part, shape));
      propter_buf_printf(out, "(?<%s>[^;:]{2,250}?)", part == PART_CAUSE ? "cause" : "effect");
    } else {
      const PropterStr *text = define_of(p->r, name);
      if (!text) return rules_bad(p, "the name of a definition", name);
      PROPTER_TRY(expand(p, *text, pattern, seen, depth + 1, out));
    }
    i += n;
  }
  return PROPTER_OK;
}

/* An expression over tags; definitions may stand in it, arguments not. */
PropterStatus rules_compile_tagged(RuleParser *p, PropterStr text, PropterRegex **out) {
  PropterBuf b = {.max = 1 << 20};
  Pattern none = {0};
  unsigned seen = ~0u;
  PropterStatus status = expand(p, text, &none, &seen, 0, &b);
  if (status == PROPTER_OK) status = propter_buf_status(&b, p->err);
  if (status == PROPTER_OK) status = rules_compile(p, propter_buf_str(&b), 0, out);
  propter_buf_clear(&b);
  return status;
}

/* Cuts an argument off the beginning or the end; its place is found by the connective's neighbourhood, not by the expression. */
static PropterStatus outer_arguments(RuleParser *p, PropterStr *core, Pattern *pattern, unsigned *seen) {
  PropterStr name, shape;
  size_t n = placeholder(*core, &name, &shape);
  if (n && rules_part(name)) {
    pattern->lead = rules_part(name);
    PROPTER_TRY(take_shape(p, pattern, pattern->lead, shape));
    *core = (PropterStr){core->data + n, core->len - n};
  }
  for (size_t i = core->len; i-- > 0;) {
    if (core->data[i] != '{') continue;
    n = placeholder((PropterStr){core->data + i, core->len - i}, &name, &shape);
    if (n && i + n == core->len && rules_part(name)) {
      pattern->trail = rules_part(name);
      PROPTER_TRY(take_shape(p, pattern, pattern->trail, shape));
      core->len = i;
    }
    break;
  }
  *seen = (pattern->lead ? 1u << pattern->lead : 0) | (pattern->trail ? 1u << pattern->trail : 0);
  return PROPTER_OK;
}

/* True for "(?:(?:a|b) ){0,3}", "(?:a )?": empty, or it ends with a blank. */
static bool ends_blank(PropterStr s) {
  size_t end = propter_str_starts(s, PROPTER_STR("(?:")) ? propter_regex_item_end(s, 0) : 0, at = 3;
  if (!end || end < 5 || end == s.len || s.data[end - 2] != ' ' || !strchr("?{*", s.data[end])) return false;
  while (at && at < end - 1 && s.data[at] != '|') at = propter_regex_item_end(s, at);
  return at == end - 1;
}

/* Length of a piece at the beginning of a core that says little: a definition, a piece that may be missing, a blank or comma; before a front also an argument.
 * *word: what comes after it begins a word. */
static size_t little(const PropterRules *r, PropterStr s, bool front, bool *word) {
  PropterStr name, shape;
  size_t n = placeholder(s, &name, &shape);
  if (n) {
    const PropterStr *text = define_of(r, name);
    if (rules_part(name) ? !front : !text) return 0;
    *word = *word && text && ends_blank(*text);
    return n;
  }
  if (!(n = propter_regex_item_end(s, 0))) return 0;
  if (n < s.len && s.data[n] == '?') {
    *word = *word && (s.data[0] == ',' || s.data[0] == '[' || ends_blank(s));
    return n + 1;
  }
  if (s.data[0] != ' ' && s.data[0] != ',') return 0;
  *word = s.data[0] == ' ';
  return n;
}

/* The core from its first piece that says much to its first argument ("{aux}{adv}due to": "due to"): where this does not match, the core does not, and most
 * sentences with a trigger fail there at once. */
static PropterStatus compile_rest(RuleParser *p, PropterStr core, const Pattern *pattern, bool word, bool blank, PropterRegex **out) {
  PropterStr name, shape, rest = core;
  for (size_t n; rest.len && (n = little(p->r, rest, pattern->front, &word)); rest = (PropterStr){rest.data + n, rest.len - n}) continue;
  for (size_t i = 0; i < rest.len;) {
    if (placeholder((PropterStr){rest.data + i, rest.len - i}, &name, &shape) && rules_part(name)) rest.len = i, blank = false;
    else if (!(i = propter_regex_item_end(rest, i))) return PROPTER_OK;
  }
  if (!rest.len || (rest.len == core.len && !pattern->front)) return PROPTER_OK;
  PropterBuf b = {0};
  Pattern ignored = {0};
  unsigned seen = 0;
  if (word) propter_buf_add(&b, PROPTER_STR("(?<![\\w-])"));
  PropterStatus status = expand(p, rest, &ignored, &seen, 0, &b);
  if (blank) propter_buf_add(&b, PROPTER_STR("(?![\\w-])"));
  if (status == PROPTER_OK) status = propter_buf_status(&b, p->err);
  if (status == PROPTER_OK) status = rules_compile(p, propter_buf_str(&b), PROPTER_REGEX_CASELESS, out);
  propter_buf_clear(&b);
  return status;
}

PropterStatus rules_compile_pattern(RuleParser *p, const Rule *rule, PropterStr text, Pattern *pattern) {
  PropterBuf b = {0};
  b.max = 1 << 20;
  PropterStr core = text;
  unsigned seen = 0;
  PropterStatus status = outer_arguments(p, &core, pattern, &seen);
  bool led = pattern->lead && core.len && core.data[0] == ' ', word = led || (core.len && isalpha((unsigned char)core.data[0]));
  if (led) core = (PropterStr){core.data + 1, core.len - 1};
  if (word) propter_buf_add(&b, PROPTER_STR("(?<![\\w-])"));
  pattern->front = core.len && core.data[0] == '^';
  if (pattern->front) {
    /* A sentence also begins after a colon, a semicolon, a dash, or a conjunction after a comma. */
    propter_buf_add(&b, PROPTER_STR("(?:^|(?<=[:;\"(] )|(?<=^[\"(])|(?<=\xE2\x80\x93 )|(?<=\xE2\x80\x94 )|(?<=, and )|(?<=, but ))"));
    core = (PropterStr){core.data + 1, core.len - 1};
  }
  bool blank = pattern->trail && core.len && core.data[core.len - 1] == ' ';
  if (blank) core.len--;
  if (status == PROPTER_OK && !core.len) status = rules_bad(p, "words beside the arguments", text);
  if (status == PROPTER_OK) status = expand(p, core, pattern, &seen, 0, &b);
  if (blank) propter_buf_add(&b, PROPTER_STR("(?![\\w-])"));
  if (status == PROPTER_OK) status = propter_buf_status(&b, p->err);
  unsigned wanted = rule->previous ? 1u << (rule->previous == PART_CAUSE ? PART_EFFECT : PART_CAUSE) : 1u << PART_CAUSE | 1u << PART_EFFECT;
  if (status == PROPTER_OK && seen != wanted)
    status = rules_bad(p, rule->previous ? "the argument that is not the sentence before" : "a pattern with {cause} and {effect}", text);
  if (status == PROPTER_OK) status = rules_compile(p, propter_buf_str(&b), PROPTER_REGEX_CASELESS, &pattern->regex);
  if (status == PROPTER_OK && (status = compile_rest(p, core, pattern, word || pattern->front, blank, &pattern->rest)) != PROPTER_OK) {
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
