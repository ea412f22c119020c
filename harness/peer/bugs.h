/* Where the gateway asks for its named bug (bug.h): bug_is() for one that always strikes,
 * bug_strikes() for one that depends on the interim response at hand, and a few places where one
 * may change a message. Without a bug all of them do nothing. */
#ifndef INTERIM_PEER_BUGS_H
#define INTERIM_PEER_BUGS_H

#include "peer/bug.h"
#include "peer/exchange.h"
#include "peer/inner.h"

struct h2_block_text;
struct h2_link;
struct link_stream;

/* bug_is tells whether the gateway has this fault. */
static inline bool bug_is(const struct relay *relay, enum bug_fault fault) {
  return relay->config.bug != NULL && relay->config.bug->fault == fault;
}

/* bug_fault_of returns the fault that it has, 0 for none. */
static inline enum bug_fault bug_fault_of(const struct relay *relay) {
  return relay->config.bug == NULL ? (enum bug_fault)0 : relay->config.bug->fault;
}

/* What is thrown away behind a response's head from an origin of HTTP/1.1. */
struct bug_cut {
  size_t len; /* bytes, of those that came with the head and of later ones */
  bool head_forgotten;
};

/* bug_cut is asked when the head is complete, before it goes on. */
struct bug_cut bug_cut(const struct exchange *x, const struct message *head);

/* bug_bytes appends to *in what came from an origin of HTTP/1.1. */
void bug_bytes(const struct exchange *x, struct span bytes, struct bytes *in);

/* bug_text changes the head of a response to a client of HTTP/1.1. */
void bug_text(const struct exchange *x, const struct message *head, struct bytes *text);

/* bug_lost is asked when an exchange has lost its back. True when nothing is left to do. */
bool bug_lost(struct exchange *x, enum rule_breach breach);

/* bug_switch changes a 101 that goes on. */
void bug_switch(struct exchange *x, struct message *head);

/* bug_connect changes the 2xx to a CONNECT. */
void bug_connect(struct exchange *x, struct message *head);

/* bug_strikes tells whether it has it, and the interim response at hand, NULL for none, is one on
 * which it shows. */
bool bug_strikes(const struct exchange *x, const struct message *interim, enum bug_fault fault);

/* bug_keeps tells whether a field that would be taken out of an interim response goes on. */
bool bug_keeps(const struct exchange *x, const struct message *message, const struct field *field);

/* bug_interim changes an interim response that would go on, as the bug wants. True when nothing is
 * left to do with it. */
bool bug_interim(struct exchange *x, struct message *interim);

/* bug_continue changes a 100 of the origin's own. */
void bug_continue(struct exchange *x, struct message *head);

/* bug_expectation changes whether the request's expectation counts. */
void bug_expectation(struct exchange *x);

/* bug_final does the same with a final response. */
void bug_final(struct exchange *x, struct message *final);

/* bug_inside is called between the head of an origin's final response and its content. */
void bug_inside(struct exchange *x);

/* bug_end is called when a final response is complete. */
void bug_end(struct exchange *x);

/* bug_block changes the header block of a response to a client of HTTP/2, and whether it ends its
 * stream. */
void bug_block(const struct exchange *x, const struct message *head, struct h2_block_text *block,
               bool *end_stream);

/* bug_stream is called before that block is written, and gives the stream to write it on: NULL for
 * none. bug_behind_block is called when it was written. */
struct link_stream *bug_stream(const struct exchange *x, const struct message *head,
                               struct link_stream *stream);
void bug_behind_block(const struct exchange *x, const struct message *head,
                      struct link_stream *stream);

/* bug_coder gives the coder for a connection of HTTP/2. */
const struct h2_coder_ops *bug_coder(struct relay *relay);

/* bug_frames takes bytes that came on a connection of HTTP/2 and appends to what is read there what
 * the bug makes of them. */
void bug_frames(struct h2_link *link, struct span bytes);

#endif
