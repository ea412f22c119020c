/* A connection from the target to our origin that speaks HTTP/2: many requests at once, each on a
 * stream of its own, and of any play. Internal to the origin. */
#ifndef INTERIM_SCRIPT_H2_ORIGIN_H
#define INTERIM_SCRIPT_H2_ORIGIN_H

#include "script/origin.h"

/* h2_origin_begin makes our end of a connection, whose preface came. */
struct h2_origin *h2_origin_begin(const struct origin *origin, conn_id conn);

/* h2_origin_bytes feeds what the target sent, the preface too. False when the connection is of no
 * use any more: close it. */
bool h2_origin_bytes(struct origin *origin, struct h2_origin *end, struct span bytes,
                     uint64_t now_us);

/* h2_origin_ended tells the plays that the connection has ended. */
void h2_origin_ended(struct h2_origin *end, uint64_t now_us);

/* h2_origin_forget drops a script's streams. False when what it leaves behind would harm others:
 * close the connection. */
bool h2_origin_forget(struct origin *origin, struct h2_origin *end, const struct script *script);

/* h2_origin_leave writes GOAWAY: what the target has sent meanwhile was not begun with, and may be
 * sent again elsewhere (RFC 9113 section 6.8). Nothing is read or written any more. */
void h2_origin_leave(struct origin *origin, struct h2_origin *end);

/* h2_origin_free frees it. */
void h2_origin_free(struct h2_origin *end);

#endif
