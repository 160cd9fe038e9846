/* SPDX-License-Identifier: Apache-2.0 */
/* Cases of the W3C suites of RDF syntaxes, from their manifest. */
#ifndef RDF_CASE_H
#define RDF_CASE_H

#include "conformance.h"

/* Runs every entry of `folder`/manifest.ttl: rdft:Test…Eval reads as the result does, …PositiveSyntax is read, …NegativeSyntax and …NegativeEval are refused.
 */
void rdf_cases(const char *folder);

#endif
