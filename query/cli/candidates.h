/* SPDX-License-Identifier: Apache-2.0 */
/* Candidate concepts on the command line: part of `propter review`. */
#ifndef CLI_CANDIDATES_H
#define CLI_CANDIDATES_H

#include "cmd.h"

/* Lists them (--limit, --format json). NEGATIVE: there is none. */
PropterStatus candidates_list(CommandCall *call, PropterError *err);
/* Writes the one of --accept into the pack of --pack, as a new concept (--label, --namespace) or as labels of the one of --as, and loads the pack. USAGE,
 * NOT_FOUND, what reading and writing the pack fails with. */
PropterStatus candidates_accept(CommandCall *call, PropterError *err);

#endif
