/* SPDX-License-Identifier: Apache-2.0 */
/* Where somebody can begin who does not know yet what to ask. */
#include "http.h"
#include "propter/put.h"
#include "propter/why.h"

static void put_text(PropterBuf *out, const char *name, PropterStr text) {
  propter_buf_printf(out, ",\"%s\":", name);
  propter_buf_add_json(out, text);
}

static void put_day(PropterBuf *out, const char *name, PropterDay day) {
  char text[16];
  propter_day_format(day, text);
  put_text(out, name, propter_str(text));
}

static void put_also(PropterBuf *out, const PropterMove *also, size_t count) {
  propter_buf_add(out, PROPTER_STR(",\"also\":["));
  for (size_t i = 0; i < count; i++) {
    propter_buf_add(out, i ? PROPTER_STR(",{\"metric\":") : PROPTER_STR("{\"metric\":")), propter_buf_add_json(out, also[i].metric);
    put_text(out, "label", also[i].label), propter_put_json_number(out, "part", also[i].part, 10);
    propter_buf_add_char(out, '}');
  }
  propter_buf_add_char(out, ']');
}

static void put_move(PropterBuf *out, const PropterMove *m, const PropterMove *also, size_t alsos) {
  propter_buf_add(out, PROPTER_STR("{\"metric\":")), propter_buf_add_json(out, m->metric);
  put_text(out, "label", m->label), put_text(out, "unit", m->unit), put_day(out, "from", m->first), put_day(out, "to", m->last);
  propter_put_json_number(out, "deviation", m->deviation, 10), propter_put_json_number(out, "expected", m->expected, 10);
  propter_put_json_number(out, "score", m->score, 10);
  put_text(out, "question", m->question), put_also(out, also, alsos), propter_buf_add_char(out, '}');
}

static void put_all(PropterBuf *out, const PropterMoves *found) {
  propter_buf_add(out, PROPTER_STR("{\"moves\":["));
  for (size_t i = 0; i < found->count; i++) {
    if (i) propter_buf_add_char(out, ',');
    put_move(out, &found->move[i], found->also[i], found->alsos[i]);
  }
  propter_buf_add(out, PROPTER_STR("],\"questions\":["));
  for (size_t i = 0; i < PROPTER_WHY_EXAMPLES && found->count; i++) {
    if (i) propter_buf_add_char(out, ',');
    propter_buf_add_json(out, found->example[i]);
  }
  propter_buf_printf(out, "],\"figures\":%zu", found->figures), propter_put_json_number(out, "largest", found->largest, 10);
  propter_buf_add(out, PROPTER_STR("}\n"));
}

static PropterStatus run(HttpRequest *r, PropterError *err) {
  PropterSnapshot *snapshot = NULL;
  PropterMoves found;
  PropterBuf out = {.max = 1 << 20};
  PropterStatus status = http_snapshot(r, r->server->options.deadline_ms, &snapshot, err);
  if (status == PROPTER_OK) status = propter_why_moves(snapshot, &r->arena, &found, err);
  propter_snapshot_close(snapshot);
  if (status == PROPTER_OK) put_all(&out, &found), status = propter_buf_status(&out, err);
  http_reply_head(r, 200, "application/json");
  if (status == PROPTER_OK) status = http_reply_write(propter_buf_str(&out), r, err);
  propter_buf_clear(&out);
  return status;
}

const HttpRoute http_route_moves = {
    .path = "/moves",
    .methods = "GET",
    .summary = "the most surprising moves, beyond what chance makes, each with other measures of its file that moved with it (also), and questions about them",
    .run = run};
