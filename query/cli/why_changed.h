/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_WHY_CHANGED_H
#define CLI_WHY_CHANGED_H

#include "cmd.h"

/* propter why --diff: what two runs say differently about causes, as text or JSON; at most `limit` hypotheses in text. */
PropterStatus why_changed(const CommandCall *call, size_t limit, PropterError *err);

#endif
