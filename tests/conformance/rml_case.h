/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RML_CASE_H
#define RML_CASE_H

#include <stdbool.h>

/* Executes FOLDER/NAME/mapping.ttl inside its folder and compares with the file `truth` there; without that file, or with `fails`, it must be refused. */
void rml_case(const char *folder, const char *name, const char *truth, const char *base, bool fails);

#endif
