/* Header blocks of HTTP/2 (RFC 7541), by nghttp2's public functions. */
#ifndef INTERIM_HPACK_HPACK_H
#define INTERIM_HPACK_HPACK_H

#include "core/h2.h"

/* The coder that connections use. Encoding indexes fields in the dynamic table, as most peers do;
 * names and values go through as they are. */
extern const struct h2_coder_ops hpack_coder;

#endif
