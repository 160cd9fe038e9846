/* SPDX-License-Identifier: Apache-2.0 */
/* One document from another machine over HTTP or HTTPS; the only user of libcurl. Nothing is fetched that a list does not allow. */
#ifndef PROPTER_FETCH_H
#define PROPTER_FETCH_H

#include <stdatomic.h>

#include "propter/mem.h"

/* What may be fetched. A rule is the beginning of a URL: "https://host[:port][/path]" allows this host and what stands at or below this path; "https:" or
 * "http:" alone allows every host with a public address. A host named by a rule may also have an address that is not public (loopback, private networks, link
 * local and the other special purposes of IANA's registries, RFC 6890). The address is checked when the connection is made, so that no name can lead elsewhere.
 */
typedef struct {
  const char *const *rules;  /* ended by NULL; NULL: nothing */
  uint64_t bytes;            /* of the reply; 0: limits.document_bytes */
  uint32_t ms;               /* for everything; 0: no deadline */
  const atomic_bool *cancel; /* may be NULL */
} PropterFetchOptions;

/* A GET, or a POST if there is a body. */
typedef struct {
  PropterStr url, accept;
  PropterStr content_type, body;
} PropterFetchRequest;

/* Is this a rule? INVALID says what was expected. */
PROPTER_API PropterStatus propter_fetch_rule(const char *rule, PropterError *err);
/* INVALID: `url` is no absolute http or https URL without user and password, or no rule allows it. *named (may be NULL): a rule names the host. */
PROPTER_API PropterStatus propter_fetch_allowed(const char *const *rules, PropterStr url, bool *named, PropterError *err);
/* Is this address (4 or 16 bytes, network order) reachable by everybody? */
PROPTER_API bool propter_fetch_public(const unsigned char *address, size_t bytes);

/* Appends the body of a reply with status 200 to `reply` and its media type, as sent, to `type`. No redirection is followed, no proxy, cookie or password of
 * the environment is used, certificates are checked. INVALID: not allowed, or another status (named, with where a redirection leads); IO: no connection, or a
 * status that may be another one later; LIMIT; TIMEOUT; CANCELLED within a second; NO_MEMORY. */
PROPTER_API PropterStatus propter_fetch(const PropterFetchRequest *request, const PropterFetchOptions *options, PropterBuf *reply, PropterBuf *type,
                                        PropterError *err);

#endif
