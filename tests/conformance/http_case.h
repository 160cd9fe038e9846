/* SPDX-License-Identifier: Apache-2.0 */
/* Cases of the W3C suites that talk to a server. */
#ifndef HTTP_CASE_H
#define HTTP_CASE_H

#include "conformance.h"

/* Runs every entry of the manifest that has ht:requests against a server of its own, "/gsp" in a path taken as "/data". */
void http_cases(const char *folder, const char *manifest);
/* The three cases of the service description. */
void http_description(const char *folder);

#endif
