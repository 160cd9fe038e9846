/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "cmd.h"

static PropterStatus run(CommandCall *call, PropterError *err) {
  (void)err;
  fprintf(call->out, "propter %s\n", PACKAGE_VERSION);
  fputs("Apache License 2.0, but for the model en.tagger, which is CC BY-SA 4.0 (learned from the Universal Dependencies English Web Treebank): see NOTICE\n",
        call->out);
  return PROPTER_OK;
}

const Command command_version = {.name = "version",
                                 .summary = "print the version and the licences",
                                 .operands = "",
                                 .examples = "propter version",
                                 .run = run};
