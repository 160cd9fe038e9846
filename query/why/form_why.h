/* SPDX-License-Identifier: Apache-2.0 */
/* The WHY form as a question: for those who show the whole answer instead of solutions. */
#ifndef WHY_FORM_H
#define WHY_FORM_H

#include "propter/sparql.h"
#include "propter/why.h"

/* The question a parsed WHY query asks; DEPTH and LIMIT go to the options. Texts are borrowed from the query. INVALID: another form, or a
 * variable that nothing binds. */
PropterStatus why_form_of_query(const PropterQuery *query, PropterWhyForm *form, PropterWhyOptions *options, PropterError *err);

#endif
