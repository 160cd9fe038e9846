/* SPDX-License-Identifier: Apache-2.0 */
/* Included on the compiler's command line: calls that overflow, depend on hidden state or bypass the shims do not compile. */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat sprintf vsprintf gets strtok rand srand gmtime localtime ctime asctime

#endif
