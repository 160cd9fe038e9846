/* SPDX-License-Identifier: Apache-2.0 */
/* Judged questions made by hand, for the renderers: real figures of the pack, invented numbers of the judge. */
#ifndef TESTS_WHY_MADE_H
#define TESTS_WHY_MADE_H

#include "propter/why.h"

typedef enum { MADE_ANSWERED, MADE_QUIET, MADE_UNKNOWN, MADE_NOT_TESTABLE, MADE_HOSTILE, MADE_COUNT } MadeKind;
extern const char *const made_names[MADE_COUNT];

/* Free with propter_inference_free (or give it to propter_why_answer). Never NULL. */
PropterInference *made_inference(MadeKind kind);
/* The question that goes with it. Texts are static or owned by the inference. */
/* Gives an answer three parts, one of them part of another. They live until the test ends. */
void made_parts(PropterWhyAnswer *answer, MadeKind kind);
PropterQuestion made_question(const PropterInference *inference, const char *text);
/* Text that tries to break out of every format. */
extern const char made_payload[];

#endif
