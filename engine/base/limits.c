/* SPDX-License-Identifier: Apache-2.0 */
#include "propter/limits.h"

PropterLimits propter_limits_default(void) {
  return (PropterLimits){
#define LIMIT(field, value, text) .field = value,
#include "propter/limits.def"
#undef LIMIT
  };
}
