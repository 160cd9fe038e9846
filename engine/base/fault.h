/* SPDX-License-Identifier: Apache-2.0 */
/* Asked by the shims before each call. */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#include "propter/fault.h"

/* True: this allocation must fail. */
bool fault_allocation(void);

/* True: this file operation must fail; errno is set. */
bool fault_io(void);

/* True: this thread, without which the work is done as well, must not start. */
bool fault_thread(void);

#endif
