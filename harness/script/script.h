/* One play of one case: bytes and ends of connections in, what to do next out (through an outbox).
 * The caller owns sockets and time.
 *
 * A script performs the case's steps in their order across the lanes. A step that waits goes on
 * when what it waits for comes, or is missed when its deadline has passed *and* a control exchange,
 * started after that, was answered through the target. The play goes on after a miss, so
 * that what happened instead is known. After the steps it probes a stall, then sends canaries. It
 * observes and does not judge. */
#ifndef INTERIM_SCRIPT_SCRIPT_H
#define INTERIM_SCRIPT_SCRIPT_H

#include "case/case.h"
#include "core/actor.h"
#include "core/h1_request.h"
#include "core/h1_response.h"
#include "script/compose.h"
#include "script/compose_h2.h"
#include "script/link.h"
#include "script/message.h"
#include "script/outbox.h"
#include "script/translate.h"

enum { SCRIPT_MAX_CLIENTS = 8 };

struct script_config {
  const struct case_file *file;
  const char *id; /* the result's id, for the path */
  enum seat seat;
  uint32_t run;
  uint32_t play;
  uint32_t attempt;
  const char *host;      /* the Host field */
  const char *path_base; /* before the path; a forward proxy's absolute form begins with it too */
  const char *absolute;  /* "http://HOST" before the path in a request target, or "" */
  const char *date;
  enum http_version front;
  const char *scheme;               /* of the target's front: "http" or "https" */
  const struct h2_coder_ops *coder; /* NULL when nobody speaks HTTP/2 */
  unsigned place;                   /* the driver's address number of the target */
  uint64_t deadline_us;             /* of one wait, and of all waits after a first miss */
  uint64_t target_timeout_us;       /* what a percentage in a duration is of; 0 when not known */
  uint64_t
      trigger_us;     /* deadline in place of deadline_us where the case sends a trigger; 0: that */
  double scale;       /* of the durations that the case states */
  bool canary;        /* send canaries after the steps */
  conn_id *next_conn; /* counter for connections that we open */
  struct outbox *outbox;
};

enum step_state {
  STEP_PENDING,
  STEP_MET,
  STEP_MISSED,
  STEP_PASSED_OVER, /* could not be done: nothing is said about the target */
};

struct step_record {
  enum step_state state;
  uint64_t ended_us;
  const char *observed; /* what came instead; escaped text; "" when met */
  bool armed;           /* on-arrival: to be sent when the request comes */
};

struct sent_interim {
  unsigned code;
  bool valid; /* obeys the grammar and the rules for 1xx */
  bool seen;
  bool guessed; /* seen by its code alone: the message bore no mark of ours */
  uint64_t sent_us;
  uint64_t seen_us;
};

/* One request of the case and its answer, from both ends. */
struct script_exchange {
  size_t client;           /* index of the lane that sent it */
  conn_id front;           /* connection on which it was sent */
  const struct step *step; /* that sent it; NULL for canaries and probes */
  struct span method;
  unsigned minor;
  char nonce[NONCE_LEN + 1];
  const char *path;
  bool automatic;      /* our origin answers it by itself: canaries and probes */
  bool upgrades;       /* it carries Upgrade */
  bool chunked;        /* its content is sent as chunks */
  bool answer_chunked; /* our answer's content is */
  unsigned num_glued;  /* interims that wait in the glue */
  uint64_t sent_us;
  unsigned arrivals;     /* at our origin; more than one is a retry by the target */
  bool answered_unasked; /* the final response was there before the first of them */
  bool resent;           /* sent again, as the target closed an idle connection under it */
  bool arrived_http10;
  bool skips_raw; /* the rest of raw bytes that were kept from HTTP/1.0 is too */
  conn_id back;   /* connection of the latest arrival; 0 for none */
  bool back_fin;  /* the target ended its direction of it */
  bool back_gone;
  bool back_left; /* the target ended it although we had not */
  bool back_ended_by_us;
  enum actor_command_kind back_end; /* how */
  struct message_seen *request;     /* as it arrived */
  /* Over HTTP/2, towards the target's front. */
  struct translate *stream;      /* reads the answer; NULL over HTTP/1.1 */
  struct translate *asked;       /* reads what we send */
  struct part *parts;            /* of the request, to send it again */
  bool ask_ends;                 /* the header block that is open ends the stream */
  struct content_due due;        /* of the request's content */
  struct message_seen *building; /* of the answer */
  bool answer_over;       /* the final response is whole, or the stream has ended otherwise */
  bool turned;            /* the steps have seen the end of the answer */
  bool cancelled;         /* we reset the stream */
  const char *reset_code; /* the target reset it: the error code's name; NULL when not */
  /* Over HTTP/2, from the target's back. */
  struct link *back_link;           /* NULL over HTTP/1.1, or when the connection is gone */
  struct h2_stream *back_stream;    /* the link's */
  uint32_t back_number;             /* the stream's identifier; 0 over HTTP/1.1 */
  struct translate *answered;       /* reads what we send */
  struct part *answer;              /* all of it, to answer a retry */
  const struct part *last_answered; /* the last part of it that was read by then */
  struct content_due answer_due;
  bool answer_ends; /* the header block that is open ends the stream */
  /* Over HTTP/1.1. */
  struct h1_response sent; /* reads what our origin sends */
  struct bytes sent_window;
  struct bytes sent_all; /* to answer a retry */
  size_t num_heard;      /* bytes of it that went to a connection that was there */
  bool sent_broken;      /* ... until it is no HTTP */
  bool switched;         /* our origin sent the 101 that was asked for: a tunnel follows */
  size_t tunnel_seen;    /* bytes of it that steps have seen */
  struct sent_interim *interims;
  size_t num_interims;
  size_t cap_interims;
  size_t last_seen; /* place of the last interim seen, from 1 */
  unsigned num_seen;
  unsigned num_late;
  unsigned num_repeated; /* interims delivered more than once */
  bool valid_interims;   /* all that were sent are valid */
  bool reordered;
  bool altered;    /* an interim of ours arrived changed */
  bool final_sent; /* whole */
  uint64_t final_sent_us;
  unsigned final_code;
  struct message_seen *final; /* as the client got it; may be the target's own */
  bool final_altered;
  bool waited; /* the client waited in vain for an interim */
  bool leaked;
  bool foreign;
  bool closed;        /* the client's connection ended before a final */
  bool forgone;       /* as the response before it had said */
  bool garbled;       /* what came instead of its answer, or in it, is no HTTP/1.1 */
  bool stalled;       /* a deadline for a final passed */
  bool passed_over;   /* it came too late for a step that was to answer it */
  uint64_t probed_us; /* what came after is the probe's doing; 0 for never */
  bool fell_out;
  bool next_answered;
};

enum lane_state {
  LANE_NEW,
  LANE_OPENING,
  LANE_OPEN,
  LANE_ENDED,
};

struct client_lane {
  enum lane_state state;
  conn_id conn;
  uint64_t opening_us; /* since then */
  bool fin;            /* the target ended its direction */
  bool reset;
  bool refused;
  bool broken;              /* what it sent is no HTTP */
  const char *instead;      /* what that is, in words; NULL: bytes that are no HTTP */
  bool shut;                /* we ended ours */
  bool closing;             /* its last final said that it closes: no request may follow */
  bool answered;            /* a final came on this connection */
  bool crossed;             /* a 408 for the idle connection crossed the last request */
  bool tunnel;              /* what comes now is behind a 101, or a 2xx to CONNECT */
  bool inside;              /* HTTP again, inside the tunnel that a CONNECT began */
  size_t tunnel_seen;       /* bytes of the tunnel that steps have seen */
  uint64_t received;        /* bytes, on this connection */
  uint64_t received_before; /* of these, before the last request */
  struct bytes request;     /* what was written since the last request began */
  struct h1_request sent;   /* reads what we send, to know whether a request is whole */
  struct bytes sent_window;
  struct h1_response parser;
  struct bytes window;
  struct link *link; /* over HTTP/2; NULL over HTTP/1.1 */
  bool greeted;      /* over HTTP/2: the target sent its SETTINGS, before the link was freed */
  struct message_seen *building;
  struct message_seen *first;   /* messages of this connection and those before it */
  struct message_seen *claimed; /* the last of those at the front that steps have taken, or NULL */
  struct message_seen *last;
  size_t *queue; /* exchanges outstanding, in order */
  size_t first_queued;
  size_t num_queued;
  size_t cap_queued;
  struct bytes glue; /* to go with the next message */
};

enum breach {
  BREACH_GRAMMAR,        /* what the target sent is no HTTP/1.1 */
  BREACH_CODE,           /* a status code of three digits, but not from 100 to 599 */
  BREACH_INTERIM_LENGTH, /* Content-Length in a 1xx */
  BREACH_INTERIM_CODING, /* Transfer-Encoding in a 1xx */
  BREACH_INTERIM_HTTP10, /* a 1xx to an HTTP/1.0 client */
  BREACH_UNSOLICITED,    /* a response that no request asked for */
  BREACH_LEAKED,         /* an interim's field in a final */
  BREACH_FOREIGN,        /* an answer to another request */
  BREACH_PASSED_OVER,    /* the next request was answered, this one had only an interim response */
  BREACH_PLANTED,        /* content arrived as a response */
  BREACH_SMUGGLED,       /* content arrived at the origin as a request */
  BREACH_OWED,           /* another request arrived as the content of one */
  BREACH_REPEATED,       /* one interim delivered twice */
  BREACH_SWITCHED,       /* a 101 that nobody asked for */
  BREACH_VERSION,        /* a forwarded message labelled with another HTTP version */
  BREACH_FRAMES,         /* what the target sent is no HTTP/2 */
  BREACH_PASSED_ON,      /* a malformed message over HTTP/2 that our origin sent so */
  BREACH_HEAD_CONTENT,   /* an origin's answer to HEAD has content */
  BREACH_NEVER,          /* what the case says must never be seen */
  NUM_BREACHES,
  /* Behind these, one for each enum h2_fault of a message that the target generated. */
  BREACH_MALFORMED = 100,
};

/* A house rule that was seen broken. */
struct finding {
  enum breach breach;
  const char *text; /* escaped */
  bool has_owner;   /* for FOREIGN and PLANTED: the request that the answer belongs to */
  struct nonce owner;
};

struct transcript_entry {
  uint64_t t_us;
  enum lane lane;
  unsigned number;
  const char *dir; /* "sent", "received", "note" */
  struct span bytes;
};

enum script_phase {
  PHASE_STEPS,
  PHASE_PROBE_NEXT, /* stalled: is the next request on the connection answered? */
  PHASE_PROBE_FALL, /* stalled: what falls out when the back connection closes? */
  PHASE_CANARY,
  PHASE_CANARY_FRESH,
  PHASE_CANARY_METHOD, /* an error of its own came: does the target answer the method at all? */
  PHASE_DONE,
};

struct script {
  struct script_config config;
  struct arena arena;
  enum script_phase phase;
  uint64_t began_us;
  uint64_t ended_us;
  uint64_t ran_us;      /* script_run was last called then */
  size_t pc;            /* the step that is to be done */
  uint64_t rep;         /* how often the step was done already */
  size_t piece_at;      /* bytes of the step's message that were written */
  struct bytes piece;   /* the message that is being written in pieces */
  bool sending;         /* piece is in use */
  struct part *pending; /* over HTTP/2: what a client's piece is made of, linked by then */
  bool opened;          /* this step has opened its connection */
  uint64_t wake_us;     /* a pause or pace ends then */
  uint64_t wait_us;     /* the wait began then; ACTOR_NEVER when none */
  uint64_t deadline_us; /* of the wait */
  uint64_t patience_us; /* of the wait, from the latest byte on; 0 where the case states a time */
  uint64_t budget_us;   /* left for waits after a first miss */
  uint64_t control_us;  /* the latest answered control began then */
  uint64_t watched;     /* what had come when "sees nothing" began */
  bool missed;
  bool triggers;       /* some step sends a trigger */
  size_t first_missed; /* index of the step; SIZE_MAX for none */
  struct step_record *steps;
  struct script_exchange **exchanges;
  size_t num_exchanges;
  size_t cap_exchanges;
  struct client_lane clients[SCRIPT_MAX_CLIENTS];
  struct bytes origin_glue;
  struct finding *findings;
  size_t num_findings;
  size_t cap_findings;
  struct transcript_entry *transcript;
  size_t num_transcript;
  size_t cap_transcript;
  size_t transcript_bytes;
  size_t canary;          /* index of the canary exchange; SIZE_MAX for none */
  bool back_exercised;    /* the canary came on the case's back connection */
  conn_id last_back;      /* of the case's last exchange */
  bool unresponsive;      /* the controls were not answered either */
  bool target_down;       /* connections were refused */
  bool hurt;              /* a process of the target died meanwhile */
  bool asked_http10;      /* an interim, or chunks, were due to a request that came as HTTP/1.0 */
  bool wrong_back;        /* a request came in a version that the case is not about */
  bool robbed;            /* a request came on a connection that our origin was leaving */
  bool never_arrived;     /* a request did not reach the origin, the target answered it itself */
  bool no_room;           /* a request was not sent, as the target takes no more streams at once */
  bool no_tunnel;         /* a step about a tunnel's bytes found none */
  bool lost_request;      /* a request neither reached the origin nor was answered */
  bool kept_waiting;      /* it was unresponsive while suspect_keeps_waiting */
  bool held_back;         /* a request was missed first while our origin owed another's answer */
  bool woken;             /* pipelined requests were answered once one more came, and not before */
  bool unrested;          /* something was sent after the first miss */
  const char *over_limit; /* what the target sent that exceeds our limits; "" for nothing */
  size_t probed;          /* index of the stalled exchange that is probed */
  const char *fallen;     /* what fell out after a stall; "" for nothing */
};

/* script_init begins a play. The case file must live until script_free. */
void script_init(struct script *script, const struct script_config *config, uint64_t now_us);

/* script_has_connection tells whether a connection that we opened is this script's. */
bool script_has_connection(const struct script *script, conn_id conn);

/* script_opening_us returns for how long that connection, which is its, has been being opened. */
uint64_t script_opening_us(const struct script *script, conn_id conn, uint64_t now_us);

/* script_client_event feeds an event of a connection that the script opened. */
void script_client_event(struct script *script, const struct actor_event *event, uint64_t now_us);

/* Where a request came to our origin. */
struct back_route {
  conn_id conn;
  struct link *link; /* over HTTP/2; NULL over HTTP/1.1 */
  struct h2_stream *stream;
};

/* script_request tells that a request with this play's nonce arrived at our origin; raw is its head
 * as it came. False when the play knows no such request. */
bool script_request(struct script *script, struct nonce nonce, struct back_route route,
                    const struct message_seen *head, struct span raw, uint64_t now_us);

/* script_request_event feeds what follows the head: H1_CONTENT, H1_TRAILER, H1_END, H1_TUNNEL.
 * stream is the route's identifier, 0 over HTTP/1.1, here and below. */
void script_request_event(struct script *script, conn_id back, uint32_t stream,
                          const struct h1_event *event, uint64_t now_us);

enum back_end {
  BACK_FIN,   /* the target ended its direction of the connection */
  BACK_GONE,  /* the connection broke */
  BACK_RESET, /* the target reset the stream */
};

/* script_back_ended tells how the target ended a request's connection or stream. */
void script_back_ended(struct script *script, conn_id back, uint32_t stream, enum back_end how,
                       uint64_t now_us);

/* script_planted tells that planted content of this play, or an answer of this play, arrived where
 * it must not: at another play's client or as a request. */
void script_planted(struct script *script, enum breach breach, const char *text);

/* script_owed tells that the content of a request, by its number, began with a request line that
 * bears this nonce: the target had not sent the content that it announced and used the connection
 * again. Nothing is found where our client sent both on one connection. */
void script_owed(struct script *script, size_t exchange, struct nonce nonce);

/* script_run goes on as far as it can. */
void script_run(struct script *script, uint64_t now_us);

/* script_wake returns when time alone makes it go on, or ACTOR_NEVER. */
uint64_t script_wake(const struct script *script);

/* script_wants_control returns true when a wait has passed its deadline and no control exchange
 * that began after that was answered yet. Not after the wait's beginning: what had arrived by the
 * deadline may still be unread when our own loop is late. */
bool script_wants_control(const struct script *script, uint64_t now_us);

/* script_control tells that a control exchange that began then was answered. */
void script_control(struct script *script, uint64_t began_us);

/* script_give_up ends the play: the target is down or does not answer the controls either. */
void script_give_up(struct script *script, bool down, uint64_t now_us);

/* script_hold_back ends the play: the target asks the origin for one thing at a time. */
void script_hold_back(struct script *script, uint64_t now_us);

/* script_waiting tells whether the play is doing nothing but wait for a deadline that looks lost.
 */
bool script_waiting(const struct script *script, uint64_t now_us);

/* script_clean tells whether nothing was missed and no house rule broken. */
bool script_clean(const struct script *script);

/* script_expected and script_observed give the sequences for a report; in the script's arena. */
const char *script_expected(struct script *script);
const char *script_observed(struct script *script);

/* script_fell_out tells whether a message came only because a stall was probed. */
bool script_fell_out(const struct script_exchange *exchange, const struct message_seen *message);

/* breach_requirement gives the registry's id of a house rule that was broken towards a client over
 * this version; NULL when it is the case's own. Static. */
const char *breach_requirement(enum breach breach, enum http_version front);

/* script_free frees all; connections are closed by then, through the outbox. */
void script_free(struct script *script);

#endif
