/* Where two parsers read another stream of responses in the same bytes, and which of these
 * differences are known. */
#ifndef INTERIM_FUZZ_DIFF_H
#define INTERIM_FUZZ_DIFF_H

#include "base/span.h"
#include "fuzz/adapter.h"

enum diff_kind {
  DIFF_NONE = 0,
  DIFF_TAKES = 1,   /* the peer takes what we refuse */
  DIFF_REFUSES = 2, /* the peer refuses what we take */
  DIFF_CODE = 4,
  DIFF_HEAD = 8,
  DIFF_CONTENT = 16,
  DIFF_NUMBER = 32, /* of complete responses; both took the stream */
  DIFF_TUNNEL = 64,
};

/* The first difference in a stream. */
struct diff {
  enum diff_kind kind;
  size_t response;   /* which one it is about, from 0 */
  const char *error; /* of the side that refuses; NULL for neither */
  const struct adapter *peer;
  struct span wire;
  size_t size; /* of the peer's reads; 0: all at once */
  enum adapter_request request;
  struct adapter_log ours;
  struct adapter_log theirs;
};

/* A difference that is known. What we read in its stream, who is right, and by which sentence, is
 * in corpus/h1/FILE.events. */
struct diff_row {
  const char *name;
  const char *file;                      /* corpus/h1/FILE.http shows it, with each of the peers */
  const char *peers;                     /* names, with blanks between */
  unsigned kinds;                        /* of enum diff_kind */
  const char *errors;                    /* names, with blanks between; NULL: any, or none */
  bool (*when)(const struct diff *diff); /* NULL: always */
};

extern const struct diff_row diff_rows[];
extern const size_t diff_num_rows;

/* diff_find compares what the peer reads, in reads of size bytes or with 0 all at once, with what
 * we read. */
struct diff diff_find(const struct adapter *peer, struct span wire, size_t size,
                      enum adapter_request request);

/* diff_row_of returns the first row that knows the difference, but for the one named except, which
 * may be NULL. NULL: none does. */
const struct diff_row *diff_row_of(const struct diff *diff, const char *except);

/* diff_is_new tells whether there is a difference that no row but the one named except knows. With
 * DIFF_LAX in the environment none is new in which the peer takes what we refuse. */
bool diff_is_new(const struct diff *diff, const char *except);

/* diff_text says in a line what the difference is, for people. Good until the next call. */
const char *diff_text(const struct diff *diff);

/* diff_property compares all peers on a stream. NULL, or the first difference that is not known.
 * The row that the environment names in DIFF_FORGET is not. */
const char *diff_property(struct span wire);

#endif
