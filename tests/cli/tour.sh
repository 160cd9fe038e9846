#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The longer tour is true.
DOC=query/cli/TOUR.md DOC_FOLDER=.; export DOC DOC_FOLDER
. "$srcdir/tests/cli/readme.sh"
