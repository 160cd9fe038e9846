#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The page for notebooks and curl is true.
command -v curl >/dev/null 2>&1 || { echo '1..0 # SKIP curl is not installed'; exit 0; }
no_proxy='*'; export no_proxy
DOC=query/http/NOTEBOOK.md DOC_FOLDER=tests/fixtures/queries; export DOC DOC_FOLDER
. "$srcdir/tests/cli/readme.sh"
