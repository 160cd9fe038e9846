/* SPDX-License-Identifier: Apache-2.0 */
#include "reading.h"

void reading_because(const Reading *reading) { reading_documents(reading, "because", false, NULL, 0); }
