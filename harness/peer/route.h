/* What the origin server answers at which path: one place for the routes of `interim serve` and of
 * the reference origin.
 *
 *   /                the index: a page, or JSON for who asks for it
 *   /102             one 102, then a 200; any code from 100 to 199 but 101
 *   /102/5           five of them
 *   /102/500ms       with that pause behind each; /102/5/2s
 *   /102-then/207    another final response
 *   /103?link=...    with this Link, percent-encoded; several joined by &link=
 *   /upload          as the draft of resumable uploads has it: to who names its version, a 104
 *                    with the place of the upload, then a 201 with the same
 *   /status/404      this final response, behind no interim one; from 100 to 199 as /CODE
 *   /bad/NAME        what no server should do; only where the routes are a script for trying out
 */
#ifndef INTERIM_PEER_ROUTE_H
#define INTERIM_PEER_ROUTE_H

#include "base/bytes.h"
#include "peer/message.h"

enum {
  ROUTE_MAX_INTERIMS = 1000,
  ROUTE_MAX_LINKS = 16,
};

/* Of one pause, and of all pauses of one answer together, in microseconds. */
#define ROUTE_MAX_PAUSE_US UINT64_C(10000000)
#define ROUTE_MAX_TOTAL_US UINT64_C(60000000)

/* Faults on purpose. */
enum route_fault {
  ROUTE_SOUND,
  ROUTE_LENGTH,   /* Content-Length in the interim response */
  ROUTE_CODING,   /* Transfer-Encoding in it */
  ROUTE_NO_FINAL, /* the connection ends behind it */
  ROUTE_HANG,     /* nothing comes behind it */
  NUM_ROUTE_FAULTS,
};

enum route_page {
  ROUTE_TEXT,  /* a line about what was sent */
  ROUTE_INDEX, /* the index */
};

struct route {
  unsigned interim; /* the code, 0 for none */
  unsigned count;
  uint64_t pause_us; /* behind each */
  unsigned final;
  const char *refusal; /* why the final is an error; NULL when it is not */
  enum route_fault fault;
  enum route_page page;
  bool upload; /* the final response names the place of an upload */
  bool json;   /* the index, for programs */
};

/* route_find reads a request's target, and its Accept. A target that is none of these gets a 404,
 * one that asks for too much a 400, both with the reason. faults says whether /bad is there. */
struct route route_find(const struct message *request, bool faults);

/* route_interim_fields adds the fields that an interim response of the route has. */
void route_interim_fields(const struct route *route, const struct message *request,
                          struct message *head);

/* route_final_fields adds those that its final response has. */
void route_final_fields(const struct route *route, const struct message *request,
                        struct message *head);

/* route_content appends the final response's content and returns its media type. */
const char *route_content(const struct route *route, bool faults, struct bytes *out);

#endif
