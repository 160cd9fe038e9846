/* SPDX-License-Identifier: Apache-2.0 */
#include "reading.h"

void reading_fincausal_10k_brat(const Reading *reading) {
  reading_documents(reading, "10k-claims", false, NULL, 0);
  reading_documents(reading, "10k", true, "naive-rule", 23.3);
}
