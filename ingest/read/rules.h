/* SPDX-License-Identifier: Apache-2.0 */
/* What reads rule files (rules.c) and what compiles their expressions (pattern.c) share. */
#ifndef READ_RULES_H
#define READ_RULES_H

#include "reading.h"

typedef struct {
  PropterRules *r;
  const char *source;
  unsigned line;
  Rule *rule; /* the one being read */
  LeftOuts *left_out; /* NULL: a mistake ends it; else what is wrong is added and left out, and so is what stands there already */
  bool passing;       /* the lines of a rule that is left out */
  PropterError *err;
} RuleParser;

enum { RULE_BYTES = 16 << 20 };

/* SYNTAX with the line. */
PropterStatus rules_bad(RuleParser *p, const char *expected, PropterStr found);
/* Takes the first word off. */
PropterStr rules_word(PropterStr *rest);
/* Likewise, or a "quoted phrase" without its marks. */
PropterStr rules_phrase(PropterStr *rest);
Part rules_part(PropterStr name);

PropterStatus rules_compile(RuleParser *p, PropterStr pattern, unsigned flags, PropterRegex **out);
/* Words with * for any ending, "quoted words" for phrases, into one expression. */
PropterStatus rules_compile_words(RuleParser *p, PropterStr words, PropterRegex **out);
/* An expression over tags; definitions may stand in it, arguments not. */
PropterStatus rules_compile_tagged(RuleParser *p, PropterStr text, PropterRegex **out);
PropterStatus rules_compile_pattern(RuleParser *p, const Rule *rule, PropterStr text, Pattern *pattern);

#endif
