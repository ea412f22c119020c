/* The tables of named bugs, by what they are about. */
#ifndef INTERIM_PEER_BUG_ROWS_H
#define INTERIM_PEER_BUG_ROWS_H

#include "peer/bug.h"

struct bug_rows {
  const struct bug *rows;
  size_t num;
};

extern const struct bug_rows bugs_of_fate;   /* what becomes of an interim response */
extern const struct bug_rows bugs_of_form;   /* how messages are read and written */
extern const struct bug_rows bugs_of_hops;   /* connections, pools, expectations, upgrades */
extern const struct bug_rows bugs_of_http_2; /* frames, streams, header blocks */
extern const struct bug_rows bugs_of_origin; /* what an origin answers */

#endif
