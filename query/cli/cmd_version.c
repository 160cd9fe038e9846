/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "cmd.h"

static PropterStatus run(CommandCall *call, PropterError *err) {
  (void)err;
  fprintf(call->out, "propter %s\n", PACKAGE_VERSION);
  return PROPTER_OK;
}

const Command command_version = {.name = "version",
                                 .summary = "print the version",
                                 .operands = "",
                                 .examples = "propter version",
                                 .run = run};
