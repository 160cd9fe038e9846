/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAP_OSSIE_H
#define MAP_OSSIE_H

#include "define.h"

/* The version of the specification that is read, of semantic models and of ontologies. */
#define OSSIE_VERSION "0.2.0.dev0"

/* The metrics of a semantic model. */
PropterStatus ossie_model(Define *d, yaml_node_t *model, PropterError *err);
/* INVALID unless the document says that version. */
PropterStatus ossie_version(Define *d, PropterError *err);

#endif
