#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The page of example queries is true.
DOC=query/why/QUERIES.md DOC_FOLDER=tests/fixtures/queries; export DOC DOC_FOLDER
. "$srcdir/tests/cli/readme.sh"
