/* SPDX-License-Identifier: Apache-2.0 */
/* The pictures of a report, each one an <svg> element with a title and a description. Colours come from the classes of report.css, and none of them
 * carries a meaning that shape or text does not carry as well. */
#ifndef WHY_SVG_H
#define WHY_SVG_H

#include "render.h"

/* The series around the window, its baseline with the interval, the window, and the causes' days below. */
void why_svg_series(const PropterWhyAnswer *answer, PropterBuf *out);
/* From the causes over the hops behind them to the metric. */
void why_svg_chain(const PropterWhyAnswer *answer, PropterBuf *out);
/* How the score of one cause adds up in log odds. */
void why_svg_terms(const PropterWhyCause *cause, size_t number, PropterBuf *out);
/* Share of the change per cause, with its interval; the unknown cause last. */
void why_svg_shares(const PropterWhyAnswer *answer, PropterBuf *out);

#endif
