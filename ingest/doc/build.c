/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "doc.h"
#include "when.h"

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "no memory for a document's text"); }

PropterStr doc_open_text(const DocBuilder *b) { return b->open ? (PropterStr){b->text.data + b->start, b->text.len - b->start} : (PropterStr){"", 0}; }

static size_t base_of(const DocBuilder *b) { return b->parts.count ? b->parts.items[b->parts.count - 1].decoded : 0; }

static PropterStatus blank(DocBuilder *b, PropterError *err) {
  b->space = false;
  size_t at = b->text.len;
  propter_buf_add_char(&b->text, ' ');
  return doc_runs_add(&b->runs, (DocRun){at, 1, base_of(b) + b->space_at, b->space_len, b->space_len == 1}) ? PROPTER_OK : no_memory(err);
}

/* Decodes a part's bytes; its runs then lead to where `part` says. */
static PropterStatus begin_part(DocBuilder *b, DocPart part, PropterStr bytes, PropterStr declared, PropterStr *decoded, PropterError *err) {
  /* The blank before what follows stood in the part that ends. */
  if (!b->keep_block) PROPTER_TRY(doc_block(b, PROPTER_BLOCK_PARAGRAPH, 0, err));
  if (b->keep_block && b->space) PROPTER_TRY(blank(b, err));
  doc_decoded_clear(&b->part);
  b->part = (DocDecoded){0};
  if (!part.name.data || !propter_vec_push(&b->parts, part)) return no_memory(err);
  /* Before it is decoded, which takes as much again. */
  if (bytes.len > b->limits->text_bytes)
    return propter_fail(err, PROPTER_LIMIT, "text or markup of %zu bytes, at most %llu", bytes.len, (unsigned long long)b->limits->text_bytes);
  PROPTER_TRY(doc_decode(bytes, declared, b->limits->text_bytes, &b->part, err));
  if (!b->encoding[0]) (void)snprintf(b->encoding, sizeof b->encoding, "%s", b->part.encoding);
  b->decoded_end += b->part.text.len + 1;
  *decoded = propter_buf_str(&b->part.text);
  if (!decoded->data) *decoded = (PropterStr){"", 0};
  return PROPTER_OK;
}

PropterStatus doc_part(DocBuilder *b, PropterStr name, PropterStr bytes, PropterStr declared, PropterStr *decoded, PropterError *err) {
  PropterStr within = b->within;
  if (within.len && name.len) name = propter_arena_printf(b->arena, "%.*s/%.*s", (int)within.len, within.data, (int)name.len, name.data);
  else name = propter_arena_copy(b->arena, within.len ? within : name);
  DocPart part = {name, b->decoded_end, b->source_end};
  PROPTER_TRY(begin_part(b, part, bytes, declared, decoded, err));
  for (size_t i = 0; i < b->part.runs.count; i++) {
    DocRun run = b->part.runs.items[i];
    run.at += part.decoded, run.source += part.source;
    if (!doc_runs_add(&b->source, run)) return no_memory(err);
  }
  propter_vec_clear(&b->part.runs);
  b->source_end += bytes.len + 1;
  return PROPTER_OK;
}

PropterStatus doc_part_unpacked(DocBuilder *b, PropterStr bytes, const DocRuns *from, PropterStr declared, PropterStr *decoded, PropterError *err) {
  DocPart part = {PROPTER_STR(""), b->decoded_end, 0};
  PROPTER_TRY(begin_part(b, part, bytes, declared, decoded, err));
  for (size_t i = 0, f = 0; i < b->part.runs.count; i++) {
    DocRun run = b->part.runs.items[i];
    /* Where one byte stands for one on both ways the runs are cut where either is; else a piece stands for a piece. */
    for (size_t done = 0; done < run.len;) {
      size_t source = run.source + (run.stride ? done * run.stride : 0);
      while (f + 1 < from->count && from->items[f].at + from->items[f].len <= source) f++;
      if (f >= from->count) break;
      const DocRun *r = &from->items[f];
      size_t left = r->at + r->len > source ? r->at + r->len - source : 1, len = run.len - done;
      DocRun one = {part.decoded + run.at + done, len, 0, 0, 0};
      if (run.stride == 1 && len > left) one.len = len = left;
      if (run.stride == 1 && r->stride == 1) {
        one.source = r->source + (source - r->at), one.source_len = len, one.stride = 1;
      } else {
        size_t end = 0;
        doc_runs_find(from, source, run.stride == 1 ? source + len : run.source + run.source_len, &one.source, &end);
        one.source_len = end > one.source ? end - one.source : 1;
      }
      if (!doc_runs_add(&b->source, one)) return no_memory(err);
      done += len;
    }
  }
  propter_vec_clear(&b->part.runs);
  return PROPTER_OK;
}

/* The element path as in the element() scheme of XPointer: numbers among siblings. */
static PropterStatus path_of(DocBuilder *b, PropterStr *out, PropterError *err) {
  char text[DOC_PATH * 12];
  size_t n = 0;
  for (unsigned i = 0; i < b->block_depth; i++) n += (size_t)snprintf(text + n, sizeof text - n, "/%u", b->block_path[i]);
  *out = (PropterStr){"", 0};
  if (!n) return PROPTER_OK;
  *out = propter_arena_copy(b->arena, (PropterStr){text, n});
  return out->data ? PROPTER_OK : no_memory(err);
}

static PropterStatus section_of(DocBuilder *b, unsigned below, PropterStr *out, PropterError *err) {
  PropterStr path = {"", 0};
  for (unsigned l = 1; l < below && l < 7; l++) {
    if (!b->headings[l].len) continue;
    path = path.len ? propter_arena_printf(b->arena, "%.*s > %.*s", (int)path.len, path.data, (int)b->headings[l].len, b->headings[l].data) : b->headings[l];
    if (!path.data) return no_memory(err);
  }
  *out = path;
  return PROPTER_OK;
}

static PropterStatus close_block(DocBuilder *b, PropterError *err) {
  b->space = false;
  if (!b->open) return PROPTER_OK;
  if (b->kind == PROPTER_BLOCK_CODE)
    while (b->text.len > b->start && (b->text.data[b->text.len - 1] == '\n' || b->text.data[b->text.len - 1] == ' ')) b->text.len--;
  PropterBlock block = {b->kind, b->level, b->start, b->text.len, {"", 0}, {"", 0}};
  b->open = false;
  if (block.end == block.start) return PROPTER_OK;
  bool heading = b->kind == PROPTER_BLOCK_HEADING && b->level >= 1 && b->level < 7;
  PROPTER_TRY(section_of(b, heading ? b->level : 7, &block.section, err));
  PROPTER_TRY(path_of(b, &block.path, err));
  if (!propter_vec_push(&b->blocks, block)) return no_memory(err);
  if (heading) {
    /* A path of very long headings helps nobody. */
    PropterStr text = {b->text.data + block.start, block.end - block.start};
    if (text.len > 200) {
      text.len = 200;
      while (text.len && ((unsigned char)text.data[text.len] & 0xC0) == 0x80) text.len--;
    }
    for (unsigned l = b->level; l < 7; l++) b->headings[l] = (PropterStr){"", 0};
    if (!(b->headings[b->level] = propter_arena_copy(b->arena, text)).data) return no_memory(err);
  }
  return PROPTER_OK;
}

PropterStatus doc_block(DocBuilder *b, PropterBlockKind kind, unsigned level, PropterError *err) {
  PROPTER_TRY(close_block(b, err));
  b->kind = kind, b->level = level;
  b->block_depth = b->depth < DOC_PATH ? b->depth : DOC_PATH;
  memcpy(b->block_path, b->path, b->block_depth * sizeof *b->path);
  return PROPTER_OK;
}

/* Bytes of white space (1–3), or 0. */
static size_t white(PropterStr s) {
  const unsigned char *c = (const unsigned char *)s.data;
  if (c[0] == ' ' || (c[0] >= '\t' && c[0] <= '\r')) return 1;
  if (s.len >= 2 && c[0] == 0xC2 && c[1] == 0xA0) return 2;
  if (s.len >= 3 && c[0] == 0xE2 && c[1] == 0x80 && (c[2] <= 0x8A || c[2] == 0xAF || c[2] == 0xA8 || c[2] == 0xA9)) return 3;
  if (s.len >= 3 && c[0] == 0xE3 && c[1] == 0x80 && c[2] == 0x80) return 3;
  return 0;
}

/* Bytes of a character that is not shown (soft hyphen, zero width space, byte order mark), or 0. */
static size_t invisible(PropterStr s) {
  const unsigned char *c = (const unsigned char *)s.data;
  if (s.len >= 2 && c[0] == 0xC2 && c[1] == 0xAD) return 2;
  if (s.len >= 3 && c[0] == 0xE2 && c[1] == 0x80 && c[2] == 0x8B) return 3;
  if (s.len >= 3 && c[0] == 0xEF && c[1] == 0xBB && c[2] == 0xBF) return 3;
  return 0;
}

static PropterStatus emit(DocBuilder *b, PropterStr text, size_t byte, size_t bytes, PropterError *err) {
  if (!b->open) {
    b->open = true;
    if (b->text.len) propter_buf_add(&b->text, PROPTER_STR("\n\n"));
    b->start = b->text.len;
  }
  if (b->space) PROPTER_TRY(blank(b, err));
  size_t at = b->text.len;
  propter_buf_add(&b->text, text);
  return doc_runs_add(&b->runs, (DocRun){at, text.len, base_of(b) + byte, bytes, text.len == bytes}) ? PROPTER_OK : no_memory(err);
}

PropterStatus doc_text(DocBuilder *b, PropterStr text, size_t byte, size_t bytes, PropterError *err) {
  bool literal = text.len == bytes, verbatim = b->kind == PROPTER_BLOCK_CODE;
  for (size_t i = 0; i < text.len;) {
    PropterStr rest = {text.data + i, text.len - i};
    size_t n = verbatim ? 0 : white(rest), hidden = n ? 0 : invisible(rest);
    if (n) {
      if (b->open && !b->space) b->space = true, b->space_at = literal ? byte + i : byte, b->space_len = literal ? n : bytes;
    } else if (hidden) {
      n = hidden;
    } else {
      while (n < rest.len && (verbatim || !white((PropterStr){rest.data + n, rest.len - n})) && !invisible((PropterStr){rest.data + n, rest.len - n})) n++;
      PROPTER_TRY(emit(b, (PropterStr){rest.data, n}, literal ? byte + i : byte, literal ? n : bytes, err));
    }
    i += n;
  }
  return propter_buf_status(&b->text, err);
}

PropterDay doc_date(PropterStr text, const Calendar *calendar) {
  Whens found = {0};
  PropterDay day = PROPTER_NO_DAY;
  if (text.len > 400) text.len = 400;
  while (text.len && !propter_utf8_valid(text, NULL)) text.len--;
  if (when_scan(text, &(WhenContext){.calendar = calendar, .reference = PROPTER_NO_DAY}, &found))
    for (size_t i = 0; i < found.count && day == PROPTER_NO_DAY; i++)
      if (found.items[i].grain <= WHEN_MONTH) day = found.items[i].last;
  propter_vec_clear(&found);
  return day;
}

void doc_set_date(DocBuilder *b, PropterStr value) {
  value = propter_str_trim(value);
  if (b->published == PROPTER_NO_DAY && !propter_day_parse(value, &b->published)) b->published = doc_date(value, NULL);
}

PropterStatus doc_set_language(DocBuilder *b, PropterStr tag, PropterError *err) {
  tag = propter_str_trim(tag);
  if (!tag.len || b->language.len) return PROPTER_OK;
  return (b->language = propter_arena_copy(b->arena, tag)).data ? PROPTER_OK : no_memory(err);
}

PropterStatus doc_set_title(DocBuilder *b, PropterStr title, PropterError *err) {
  title = propter_str_trim(title);
  if (!title.len || b->title.len) return PROPTER_OK;
  PropterBuf folded = {0};
  for (size_t i = 0; i < title.len;) {
    size_t n = white((PropterStr){title.data + i, title.len - i});
    if (n) {
      if (folded.len && folded.data[folded.len - 1] != ' ') propter_buf_add_char(&folded, ' ');
      i += n;
    } else {
      propter_buf_add_char(&folded, title.data[i++]);
    }
  }
  PropterStatus status = propter_buf_status(&folded, err);
  if (status == PROPTER_OK && !(b->title = propter_arena_copy(b->arena, propter_str_trim(propter_buf_str(&folded)))).data) status = no_memory(err);
  propter_buf_clear(&folded);
  return status;
}
