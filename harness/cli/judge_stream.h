/* What is wrong with the interim responses of one HTTP/1.1 response stream. */
#ifndef INTERIM_CLI_JUDGE_STREAM_H
#define INTERIM_CLI_JUDGE_STREAM_H

#include <stddef.h>
#include <stdio.h>

struct judge_options {
  const char *const *methods; /* of the requests, in order */
  size_t num_methods;         /* 0: as many GET as final responses come, one at least */
};

/* judge_stream reads a stream to its end and writes one line for each interim and final response
 * and each finding, "OFFSET  KIND  text", where KIND is interim, final, tunnel, note or fault; last
 * a summary. Hostile bytes are escaped. 0 when nothing is wrong, EXIT_UNEXPECTED when something is,
 * or -1 when the stream cannot be read (errno is set). */
int judge_stream(FILE *in, const struct judge_options *options, FILE *out);

#endif
