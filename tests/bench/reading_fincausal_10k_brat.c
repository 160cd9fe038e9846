/* SPDX-License-Identifier: Apache-2.0 */
#include "reading.h"

void reading_fincausal_10k_brat(const Reading *reading) { reading_documents(reading, "10k", "naive-rule", 23.3); }
