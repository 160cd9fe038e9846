/* SPDX-License-Identifier: Apache-2.0 */
/* A table as a cube: roles are declared instead of guessed. */
#include <string.h>

#include "output.h"
#include "propter/io.h"
#include "propter/sniff.h"

static PropterStatus find_column(PropterSniff *s, const char *option, PropterStr name, PropterColumn **column, PropterError *err) {
  for (size_t i = 0; i < s->count; i++)
    if (propter_str_equal(s->columns[i].name, name)) return *column = &s->columns[i], PROPTER_OK;
  PropterBuf names = {.max = 200};
  for (size_t i = 0; i < s->count; i++) propter_buf_printf(&names, "%s%.*s", i ? ", " : "", (int)s->columns[i].name.len, s->columns[i].name.data);
  PropterStatus status =
      propter_fail(err, PROPTER_NOT_FOUND, "--%s: the table has no column \"%.*s\"; it has %s", option, (int)name.len, name.data, names.data ? names.data : "");
  propter_buf_clear(&names);
  return status;
}

static PropterStatus set_time(const CommandCall *call, PropterSniff *s, PropterError *err) {
  static const char *const grains[] = {"P1D", "P7D", "P1M", "P3M", "P1Y"};
  const char *name = cmd_value(call, "time"), *grain = cmd_value(call, "grain");
  PropterColumn *column;
  size_t g = 0;
  if (!name) return propter_fail(err, PROPTER_USAGE, "expected --time COLUMN");
  PROPTER_TRY(find_column(s, "time", propter_str(name), &column, err));
  while (grain && g < 5 && strcmp(grains[g], grain) != 0) g++;
  if (g == 5) return propter_fail(err, PROPTER_USAGE, "--grain: expected P1D, P7D, P1M, P3M or P1Y, found \"%s\"", grain);
  if (!grain && s->time != (size_t)(column - s->columns))
    return propter_fail(err, PROPTER_USAGE, "the grain of column %s is not known: expected --grain", name);
  if (grain) s->grain = grains[g];
  s->time = (size_t)(column - s->columns);
  column->role = PROPTER_COLUMN_TIME;
  return PROPTER_OK;
}

/* COLUMN or COLUMN=UNIT. */
static PropterStatus set_measures(const CommandCall *call, PropterSniff *s, PropterError *err) {
  unsigned n = 0;
  for (const char *value; (value = cmd_value_at(call, "measure", n)); n++) {
    const char *unit = strrchr(value, '=');
    PropterColumn *column;
    PROPTER_TRY(find_column(s, "measure", (PropterStr){value, unit ? (size_t)(unit - value) : strlen(value)}, &column, err));
    column->role = PROPTER_COLUMN_MEASURE;
    if (unit) column->unit = unit + 1, column->unit_label = NULL;
  }
  return n ? PROPTER_OK : propter_fail(err, PROPTER_USAGE, "expected --measure COLUMN or --measure COLUMN=UNIT");
}

static PropterStatus set_roles(const CommandCall *call, PropterSniff *s, PropterError *err) {
  for (size_t i = 0; i < s->count; i++) s->columns[i].role = PROPTER_COLUMN_OTHER;
  PROPTER_TRY(set_measures(call, s, err));
  const char *name;
  for (unsigned n = 0; (name = cmd_value_at(call, "dimension", n)); n++) {
    PropterColumn *column;
    PROPTER_TRY(find_column(s, "dimension", propter_str(name), &column, err));
    if (column->role == PROPTER_COLUMN_MEASURE) return propter_fail(err, PROPTER_USAGE, "column %s cannot be a measure and a dimension", name);
    column->role = PROPTER_COLUMN_SLICE;
  }
  s->repeated = 0; /* counted with other roles */
  return set_time(call, s, err);
}

static PropterStatus run(CommandCall *call, PropterError *err) {
  PropterSniff found = {0};
  PropterBuf text = {0};
  PropterStr base;
  const char *table = call->operands[0], *output;
  PROPTER_TRY(output_iri_option(call, "base", &base, err));
  PROPTER_TRY(output_file_option(call, "output", &output, err));
  if (!base.len) return propter_fail(err, PROPTER_USAGE, "expected --base IRI: what the cube's IRIs begin with, such as https://example.org/shop#");
  PropterStatus status = propter_sniff(table, NULL, NULL, &found, err);
  if (status == PROPTER_OK) status = set_roles(call, &found, err);
  if (status == PROPTER_OK) status = propter_sniff_write(&found, propter_str(table), base, &text, err);
  if (status == PROPTER_OK && output) status = propter_io_write_file(output, propter_buf_str(&text), err);
  else if (status == PROPTER_OK) status = output_write(propter_buf_str(&text), call->data, err);
  propter_sniff_clear(&found);
  propter_buf_clear(&text);
  return status;
}

static const CommandOption options[] = {{"time", 0, "COLUMN", "the column of days (required)"},
                                        {"grain", 0, "GRAIN", "length of a period: P1D, P7D, P1M, P3M or P1Y (default: as the column's days stand)"},
                                        {"measure", 0, "COLUMN[=UNIT]", "a column of figures, with its unit as a UCUM or ISO 4217 code; may be repeated"},
                                        {"dimension", 0, "COLUMN", "a column whose members split the figures; may be repeated"},
                                        {"base", 0, "IRI", "what the IRIs begin with (required)"},
                                        {"output", 0, "FILE", "write to a file instead of standard output"},
                                        {NULL, 0, NULL, NULL}};

const Command command_cube = {
    .name = "cube",
    .summary = "declare a table's measures, dimensions, unit and grain as a data cube",
    .operands = "TABLE",
    .min_operands = 1,
    .max_operands = 1,
    .options = options,
    .details =
        "Writes metric definitions, to be edited and ingested: each measure becomes an RDF Data Cube of its own with its structure definition,\n"
        "dimensions and unit, and can be asked about. Paths in it are relative to it. propter validate --cubes checks the cubes of a graph against the\n"
        "integrity constraints of the vocabulary.",
    .examples = "propter cube ontology/packs/us-employment/us-employment.csv --time month --measure government=10*3 --base https://example.org/jobs#",
    .run = run};
