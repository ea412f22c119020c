/* One connection of HTTP/2 of the gateway, to a client or to the origin: what both need (RFC 9113
 * sections 5 and 6). Its streams, the content that waits for the peer's windows, the room that the
 * peer is given back, timers, the end.
 *
 * Content that has to wait is sent in turns, one frame for each stream, so that no stream starves.
 * Room is given back only for content that has gone on: what a sender of HTTP/2 can make us hold is
 * bounded by our windows. A sender of HTTP/1.1 cannot be held back, so that DECIDE_MAX_HELD ends
 * it.
 *
 * All that is written waits until the present event is done with. */
#ifndef INTERIM_PEER_H2_LINK_H
#define INTERIM_PEER_H2_LINK_H

#include "core/h2_connection.h"
#include "peer/exchange.h"
#include "peer/h2_wire.h"
#include "peer/inner.h"

struct h2_link;

/* The head of every stream object, which lives in its own arena. */
struct link_stream {
  struct arena arena;
  struct h2_link *link;
  struct link_stream *next;        /* of the link's, or of the dead */
  struct link_stream *next_queued; /* of those that have something to send */
  struct h2_stream h2;
  struct message *message; /* that the peer is sending; its header blocks are read into it */
  uint64_t deadline;       /* ACTOR_NEVER when there is none */
  struct bytes content;    /* to be sent, from content_at on */
  size_t content_at;
  struct h2_block_text trailers; /* to be sent behind it */
  size_t room;                   /* bytes that the peer may still send */
  size_t owed;                   /* bytes of content whose room is not given back yet */
  size_t credit;                 /* room to be given back */
  bool end;                      /* no more content comes: send END_STREAM */
  bool queued;
  bool doomed; /* to be reset when the present event is done with */
  bool dead;
};

/* What a front and a back do with a stream's events. A stream that is lost, broken or reset is dead
 * by then: it is off the link, and freed when the present event is done with. */
struct link_ops {
  /* The peer opens a stream. NULL: it is refused, or not the peer's to open. */
  struct link_stream *(*opened)(struct h2_link *link, uint32_t id);
  /* A header block is complete: stream->h2.block says what it is. False when it cannot go on. */
  bool (*head)(struct link_stream *stream);
  void (*content)(struct link_stream *stream, struct span content);
  void (*ended)(struct link_stream *stream);
  /* So many bytes of what link_content took are on their way. */
  void (*sent)(struct link_stream *stream, size_t len);
  /* END_STREAM went out. */
  void (*sent_end)(struct link_stream *stream);
  /* The stream is dead. LOSS_STALE says that the connection ended. */
  void (*lost)(struct link_stream *stream, enum exchange_loss loss, const char *why);
  /* Something came on the stream, or went out: set its deadline anew. */
  void (*touched)(struct link_stream *stream);
  void (*expired)(struct link_stream *stream); /* its deadline has passed; it has none now */
  void (*free)(struct link_stream *stream);    /* free what it holds, but not itself */
  /* The link takes no new streams any more. Called once. */
  void (*retired)(struct h2_link *link);
};

struct h2_link {
  struct conn conn;
  const struct link_ops *link_ops;
  struct h2_connection h2;
  struct link_stream *streams;
  struct link_stream *last_found;
  struct link_stream *first_queued;
  struct link_stream *last_queued;
  struct link_stream *dead;
  unsigned num_streams;
  unsigned num_queued;
  uint32_t last_peer; /* the highest stream that the peer opened */
  struct bytes out;
  size_t held;         /* bytes of content that wait in all streams */
  size_t room;         /* bytes that the peer may still send on all streams */
  size_t credit;       /* room to be given back */
  uint64_t idle_at;    /* without a stream the connection ends then */
  struct bytes frames; /* that a named bug has not taken yet */
  struct bytes inside; /* that it puts off until the end of a header block */
  bool block_open;
  bool connected;
  bool retired; /* no new streams; the connection ends with the last one */
  bool fin;     /* the peer sends no more */
  bool linger;  /* we send no more; what comes is thrown away */
};

/* link_new makes a link object of size bytes, which begins with a struct h2_link, and says hello.
 */
struct h2_link *link_new(struct relay *relay, size_t size, enum h2_end end,
                         const struct link_ops *ops, conn_id id);

/* link_stream_new makes a stream object of size bytes, which begins with a struct link_stream.
 * message is where its peer's header blocks are read into. */
struct link_stream *link_stream_new(struct h2_link *link, size_t size, struct message *message);

/* link_stream_add gives it an identifier and puts it on the link. */
void link_stream_add(struct link_stream *stream, uint32_t id, enum h2_receiver reads);

/* link_headers sends a header block and frees it. */
void link_headers(struct link_stream *stream, struct h2_block_text *block, bool end_stream);

/* link_content sends content when the windows allow it. False, and nothing done, when too much is
 * held. */
bool link_content(struct link_stream *stream, struct span content);

/* link_end ends our side of the stream behind its content, with trailers if there are any. */
void link_end(struct link_stream *stream, const struct field_list *trailers);

/* link_unread returns how many bytes came behind the frame at hand. */
size_t link_unread(const struct h2_link *link);

/* link_push sends of the stream's content what the windows allow, before its turn. */
void link_push(struct link_stream *stream);

/* link_give_back lets the peer send that many bytes more: they have gone on. */
void link_give_back(struct link_stream *stream, size_t len);

/* link_reset resets the stream. It is dead then, and lost is not called. */
void link_reset(struct link_stream *stream, enum h2_error_code code);

/* link_remove ends a stream that both sides have ended. It is dead then. */
void link_remove(struct link_stream *stream);

/* link_doom resets the stream and calls lost, once the present event is done with. */
void link_doom(struct link_stream *stream);

/* link_deadline calls expired once at_us has come; ACTOR_NEVER takes that back. */
void link_deadline(struct link_stream *stream, uint64_t at_us);

/* link_retire takes no new streams. */
void link_retire(struct h2_link *link);

#endif
