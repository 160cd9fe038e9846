/* SPDX-License-Identifier: Apache-2.0 */
/* The pictures of a report, each one an <svg> element with a title and a description. Colours come from the classes of picture.css, and none of them
 * carries a meaning that shape or text does not carry as well. Each is WHY_SVG_WIDTH wide and returns its height; 0: there is nothing to draw. */
#ifndef WHY_SVG_H
#define WHY_SVG_H

#include "render.h"

enum { WHY_SVG_WIDTH = 920 };

/* The series around the window, its baseline with the interval, the window, and the causes' days below. */
double why_svg_series(const PropterWhyAnswer *answer, PropterBuf *out);
/* From the causes over the hops behind them to the metric. */
double why_svg_chain(const PropterWhyAnswer *answer, PropterBuf *out);
/* How the score of one cause adds up in log odds. */
void why_svg_terms(const PropterWhyCause *cause, size_t number, PropterBuf *out);
/* Share of the change per cause, with its interval; the unknown cause last. */
double why_svg_shares(const PropterWhyAnswer *answer, PropterBuf *out);
/* Where the deviation lies: the tree of parts with the share of each. */
double why_svg_parts(const PropterWhyAnswer *answer, PropterBuf *out);

/* A text in lines of at most `columns`, the first on the base line `y`; how many they are. */
size_t why_svg_lines(PropterBuf *out, const char *class, double x, double y, double leading, size_t columns, PropterStr text);

#endif
