/* SPDX-License-Identifier: Apache-2.0 */
/* The files that a run of reading is given: operands and all that lies below them. */
#ifndef READ_FOLDER_H
#define READ_FOLDER_H

#include "propter/mem.h"
#include "propter/status.h"

typedef struct {
  const char *path;     /* as found below the operand */
  PropterStr real;      /* absolute, links followed; its path itself where that cannot be had */
  PropterStr relative;  /* from the name of the operand's folder on: does not depend on where that lies */
  bool below;           /* found in a folder, not named by the caller: what is wrong with it stops nobody */
  PropterError bad;     /* why it cannot be read, if that was seen already */
} FolderFile;

typedef struct {
  PROPTER_VEC(FolderFile) files; /* in the order of operands, below each by name; a file that is met twice stands once */
  size_t passed;                 /* files below a folder of no format that is known */
} FolderFiles;

/* All strings live in the arena; the caller clears `files`. An operand that cannot be opened is an error (NOT_FOUND, IO); a dangling link, a folder
 * that may not be listed and one that is nested deeper than 64 below it are files with `bad` set; a link to a folder that is being listed is passed over.
 * LIMIT: more than a million files. */
PropterStatus folder_files(const char *const *paths, size_t count, PropterArena *arena, FolderFiles *out, PropterError *err);

#endif
