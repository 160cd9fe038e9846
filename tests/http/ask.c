/* SPDX-License-Identifier: Apache-2.0 */
/* For shell tests: ask PORT METHOD TARGET [HEAD-LINE [BODY]] prints the status and the body. */
#include <stdio.h>
#include <string.h>

#include "http_client.h"

int main(int argc, char **argv) {
  HttpAnswer a;
  PropterBuf head = {0};
  int64_t port;
  if (argc < 4 || !propter_str_to_int64(propter_str(argv[1]), &port)) return 2;
  propter_buf_printf(&head, "%s%s", argc > 4 ? argv[4] : "", argc > 4 && argv[4][0] ? "\r\n" : "");
  bool ok = http_ask((uint16_t)port, argv[2], argv[3], "127.0.0.1", head.data, propter_str(argc > 5 ? argv[5] : ""), &a);
  if (ok) printf("%u\n%.*s", a.code, (int)a.body.len, a.body.data ? a.body.data : "");
  http_answer_clear(&a);
  propter_buf_clear(&head);
  return ok && a.whole ? 0 : 1;
}
