/* A gateway for the tests of the suite, with a place for a fault wherever a real one could have it.
 *
 * It knows just enough HTTP/1.1 to carry every case without a fault, and shares no line with peer/
 * and no parser with core/ (but for what a token is): what the engine and the reference gateway get
 * wrong alike shows here. Each front connection has one back connection; a message is passed on
 * once it is whole. */
#ifndef INTERIM_TESTS_DOCTORED_H
#define INTERIM_TESTS_DOCTORED_H

#include "base/bytes.h"
#include "core/actor.h"
#include "core/h1.h"
#include "script/outbox.h"

#include <stdlib.h>
#include <strings.h>

/* Longer writes are not split up. */
enum { DOCTORED_SPLITS = 2048 };

struct doctored;
struct doctored_front;

/* A response of the origin, whole. */
struct doctored_message {
  unsigned code;
  struct bytes head; /* with the empty line */
  struct bytes content;
  bool until_close;
};

/* What goes wrong, where. A NULL hook does what is right. */
struct doctored_fault {
  const char *name;
  /* A request's head has come; true: no more is to be done with it. */
  bool (*request)(struct doctored_front *front);
  void (*interim)(struct doctored_front *front, struct doctored_message *message);
  void (*final)(struct doctored_front *front, struct doctored_message *message);
  /* The back connection ended with the final response still due. */
  void (*lost)(struct doctored_front *front);
  void (*upgraded)(struct doctored_front *front, struct doctored_message *message); /* by a 101 */
  /* Bytes came from the origin; true: no more is to be done with them. */
  bool (*bytes)(struct doctored_front *front, struct span bytes);
  void (*tunnel)(struct doctored_front *front, struct span bytes); /* came from the origin in it */
  bool loses_ahead;     /* what came in one read with a 101 */
  bool keeps_strays;    /* bytes of an idle back connection wait for the next request */
  bool forgets_content; /* what is left of a request's content is read as a request */
  bool pools_cut;       /* a back connection serves others after half a request, too */
  bool switches;        /* a 101 is passed on like any other interim response */
  bool lax;             /* a head is passed on however it reads */
  bool pools;           /* a back connection serves the next request of anybody */
  bool forgets_head;    /* after an interim response, HEAD counts as GET */
  bool takes_content;   /* Content-Length in an interim response gives it content */
  bool whole_reads;     /* a head must come in one read */
  bool swallows;        /* what follows an interim response in the same read is lost */
  bool asks_http10;     /* requests go out as HTTP/1.0 */
  bool awaits_content;  /* a request goes out once its content is there */
  bool loses_content;   /* of a request that expects 100-continue */
  size_t split;         /* bytes a write to the client */
  bool merges;          /* all that one event brings goes out in one write */
};

struct doctored_front {
  struct doctored *gateway;
  conn_id conn;
  bool open;
  struct bytes in;
  conn_id back; /* 0 for none */
  struct bytes back_in;
  bool busy;            /* the answer to a request is due */
  struct bytes request; /* its head, later with its content, as passed on */
  bool head_only;       /* HEAD */
  bool http10;
  bool closes; /* the client said that this is its last request */
  bool expects;
  uint64_t content_left; /* of the request, still to be passed on */
  bool chunked;          /* the request's content, still to be passed on */
  unsigned num_requests;
  unsigned num_interims; /* of this exchange, from the origin */
  unsigned num_passed;   /* of these, to the client */
  unsigned last_code;
  struct bytes held;
  struct bytes out;    /* with merges */
  struct bytes fields; /* of interim responses */
  bool raw;            /* what comes passes unread */
  bool stuck;          /* nothing more happens here */
  bool again;          /* the request was sent a second time */
};

struct doctored {
  const struct doctored_fault *fault;
  const char *trigger; /* part of a path that sets off what a fault does but once */
  struct doctored_front **fronts;
  size_t num_fronts;
  conn_id next_conn;
  struct outbox outbox;
  conn_id pool[256];
  struct bytes pool_in[256];
  size_t num_pool;
  bool *refuse; /* the world's */
  uint64_t now_us;
  uint64_t wake_us; /* ACTOR_NEVER */
  uint64_t down_us; /* how long a dead gateway stays so */
  bool stalled;
  unsigned num_triggered;
};

static inline void doctored_command(struct doctored *gateway, enum actor_command_kind kind,
                                    conn_id conn, struct span bytes) {
  outbox_add(&gateway->outbox, (struct actor_command){.kind = kind, .conn = conn, .bytes = bytes});
}

static inline void doctored_flush(struct doctored_front *front) {
  if (front->open && front->out.len > 0) {
    doctored_command(front->gateway, ACTOR_WRITE, front->conn, bytes_span(&front->out));
    front->out.len = 0;
  }
}

static inline void doctored_write(struct doctored_front *front, struct span bytes) {
  size_t split = bytes.len > DOCTORED_SPLITS ? 0 : front->gateway->fault->split;
  if (front->gateway->fault->merges) {
    bytes_add(&front->out, bytes);
    return;
  }
  while (front->open && split != 0 && bytes.len > split) {
    doctored_command(front->gateway, ACTOR_WRITE, front->conn, span_make(bytes.ptr, split));
    bytes = span_skip(bytes, split);
  }
  if (front->open && bytes.len > 0) {
    doctored_command(front->gateway, ACTOR_WRITE, front->conn, bytes);
  }
}

static inline void doctored_close_back(struct doctored_front *front) {
  if (front->back != 0) {
    doctored_command(front->gateway, ACTOR_CLOSE, front->back, span_make(NULL, 0));
  }
  front->back = 0;
  front->back_in.len = 0;
}

static inline void doctored_close(struct doctored_front *front) {
  doctored_flush(front);
  if (front->open) {
    doctored_command(front->gateway, ACTOR_CLOSE, front->conn, span_make(NULL, 0));
  }
  front->open = false;
  doctored_close_back(front);
}

/* The value of a field in a head, or an empty span. */
static inline struct span doctored_field(struct span head, const char *name) {
  size_t len = strlen(name);
  const uint8_t *at = head.ptr;
  const uint8_t *stop = head.ptr + head.len;
  while (at < stop && (at = memchr(at, '\n', (size_t)(stop - at))) != NULL) {
    at++;
    const uint8_t *end = memchr(at, '\n', (size_t)(stop - at));
    if (end != NULL && (size_t)(end - at) > len && at[len] == ':' &&
        strncasecmp((const char *)at, name, len) == 0) {
      return span_trim(span_make(at + len + 1, (size_t)(end - at) - len - 2));
    }
  }
  return span_make(NULL, 0);
}

/* Where the line that begins at an index ends, with its line end. */
static inline size_t doctored_line_end(const struct bytes *head, size_t at) {
  const uint8_t *end = memchr(head->ptr + at, '\n', head->len - at);
  return end == NULL ? head->len : (size_t)(end - head->ptr) + 1;
}

/* Takes out every field line whose name begins so. */
static inline void doctored_take_out(struct bytes *head, const char *name) {
  size_t len = strlen(name);
  size_t at = doctored_line_end(head, 0);
  while (at + 2 < head->len) {
    size_t end = doctored_line_end(head, at);
    if (strncasecmp((const char *)head->ptr + at, name, len) == 0) {
      memmove(head->ptr + at, head->ptr + end, head->len - end);
      head->len -= end - at;
    } else {
      at = end;
    }
  }
}

static inline void doctored_add_field(struct bytes *head, const char *line) {
  head->len -= 2;
  bytes_text(head, line);
  bytes_text(head, "\r\n\r\n");
}

static inline bool doctored_triggered(struct doctored_front *front) {
  const char *trigger = front->gateway->trigger;
  return trigger != NULL && span_find(bytes_span(&front->request), span_of(trigger), 0) != SIZE_MAX;
}

static inline void doctored_pump_front(struct doctored_front *front);

static inline void doctored_to_pool(struct doctored_front *front) {
  struct doctored *gateway = front->gateway;
  if (front->back != 0 && gateway->num_pool < 256) {
    gateway->pool[gateway->num_pool] = front->back;
    gateway->pool_in[gateway->num_pool] = front->back_in;
    gateway->num_pool++;
    front->back = 0;
    front->back_in = (struct bytes){0};
  }
}

/* The answer is over. */
static inline void doctored_finish(struct doctored_front *front, bool close) {
  bool unread =
      !front->gateway->fault->forgets_content && (front->content_left > 0 || front->chunked);
  front->busy = false;
  front->num_interims = 0;
  front->num_passed = 0;
  front->last_code = 0;
  front->again = false;
  front->held.len = 0;
  front->fields.len = 0;
  if (close || unread || front->http10 || front->closes) {
    doctored_close(front);
    return;
  }
  if (front->gateway->fault->pools) {
    doctored_to_pool(front);
  } else if (front->back_in.len > 0 && !front->gateway->fault->keeps_strays) {
    doctored_close_back(front);
  }
  doctored_pump_front(front);
}

static inline void doctored_deliver(struct doctored_front *front,
                                    const struct doctored_message *message) {
  struct bytes all = {0};
  bytes_add(&all, bytes_span(&message->head));
  bytes_add(&all, bytes_span(&message->content));
  doctored_write(front, bytes_span(&all));
  bytes_free(&all);
}

/* What is meant for one hop only. */
static inline void doctored_take_out_hop(struct doctored_message *message) {
  static const char *const known[] = {
      "Connection:", "Keep-Alive:", "Proxy-Connection:", "Upgrade:", "TE:"};
  struct bytes options = {0};
  for (size_t at = 0; at < message->head.len; at = doctored_line_end(&message->head, at)) {
    size_t end = doctored_line_end(&message->head, at);
    if (strncasecmp((const char *)message->head.ptr + at, "Connection:", 11) == 0) {
      bytes_add(&options, span_make(message->head.ptr + at + 11, end - at - 13));
      bytes_text(&options, ",");
    }
  }
  struct span rest = bytes_span(&options);
  struct span option;
  while (h1_list_next(&rest, &option)) {
    char name[128];
    (void)snprintf(name, sizeof(name), "%.*s:", (int)option.len, (const char *)option.ptr);
    if (option.len > 0 && !span_is_nocase(option, "close")) {
      doctored_take_out(&message->head, name);
    }
  }
  bytes_free(&options);
  for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
    doctored_take_out(&message->head, known[i]);
  }
}

static inline void doctored_take_out_framing(struct doctored_message *message) {
  doctored_take_out(&message->head, "Content-Length");
  doctored_take_out(&message->head, "Transfer-Encoding");
}

static inline void doctored_pass_interim(struct doctored_front *front,
                                         struct doctored_message *message) {
  if (!front->http10) {
    doctored_take_out_framing(message);
    doctored_deliver(front, message);
    front->num_passed++;
  }
}

/* HTTP/1.0 knows no chunks: the end of the connection delimits the content. */
static inline void doctored_unchunk(struct doctored_message *message) {
  struct bytes plain = {0};
  struct span rest = bytes_span(&message->content);
  for (;;) {
    size_t line = span_find(rest, span_of("\r\n"), 0);
    size_t size = rest.len == 0 ? 0 : strtoul((const char *)rest.ptr, NULL, 16);
    if (size == 0 || line == SIZE_MAX) {
      break;
    }
    bytes_add(&plain, span_make(rest.ptr + line + 2, size));
    rest = span_skip(rest, line + 2 + size + 2);
  }
  doctored_take_out(&message->head, "Transfer-Encoding");
  bytes_free(&message->content);
  message->content = plain;
  message->until_close = true;
}

static inline void doctored_pass_final(struct doctored_front *front,
                                       struct doctored_message *message) {
  doctored_deliver(front, message);
  doctored_finish(front, message->until_close);
}

static inline void doctored_error(struct doctored_front *front, const char *status) {
  struct bytes out = {0};
  bytes_printf(
      &out, "HTTP/1.1 %s\r\nServer: doctored\r\nConnection: close\r\nContent-Length: 5\r\n\r\n%s",
      status, front->head_only ? "" : "sorry");
  doctored_write(front, bytes_span(&out));
  bytes_free(&out);
  doctored_finish(front, true);
}

/* The length of chunked content at the front of the text, or 0 when it is not all there. */
static inline size_t doctored_chunked(struct span text) {
  size_t at = 0;
  for (;;) {
    size_t line = span_find(text, span_of("\r\n"), at);
    if (line == SIZE_MAX) {
      return 0;
    }
    size_t size = strtoul((const char *)text.ptr + at, NULL, 16);
    if (size == 0) {
      size_t end = span_find(text, span_of("\r\n\r\n"), line);
      return end == SIZE_MAX ? 0 : end + 4;
    }
    at = line + 2 + size + 2;
    if (at > text.len) {
      return 0;
    }
  }
}

static inline bool doctored_valid_line(struct span line) {
  size_t colon = span_find(line, span_of(":"), 0);
  if (colon == SIZE_MAX || !h1_is_token(span_make(line.ptr, colon))) {
    return false;
  }
  for (size_t i = colon + 1; i < line.len; i++) {
    if ((line.ptr[i] < ' ' && line.ptr[i] != '\t') || line.ptr[i] == 0x7f) {
      return false;
    }
  }
  return true;
}

/* Whether a head, with its empty line, is as RFC 9112 has it. */
static inline bool doctored_valid(struct span head) {
  uint64_t code = 0;
  size_t at = span_find(head, span_of("\r\n"), 0) + 2;
  if (!span_starts(head, "HTTP/1.") || at < 15 || head.ptr[8] != ' ' || head.ptr[12] != ' ' ||
      span_find(span_make(head.ptr, at - 2), span_of("\n"), 0) != SIZE_MAX ||
      !span_number(span_make(head.ptr + 9, 3), &code) || code < 100 || code > 599) {
    return false;
  }
  while (at + 2 < head.len) {
    size_t end = span_find(head, span_of("\r\n"), at);
    if (!doctored_valid_line(span_make(head.ptr + at, end - at))) {
      return false;
    }
    at = end + 2;
  }
  return true;
}

static inline void doctored_open_back(struct doctored_front *front) {
  struct doctored *gateway = front->gateway;
  if (gateway->num_pool > 0 && gateway->fault->pools) {
    gateway->num_pool--;
    front->back = gateway->pool[gateway->num_pool];
    bytes_free(&front->back_in);
    front->back_in = gateway->pool_in[gateway->num_pool];
    return;
  }
  front->back = gateway->next_conn++;
  doctored_command(gateway, ACTOR_OPEN, front->back, span_make(NULL, 0));
}

static inline void doctored_pump_back(struct doctored_front *front);

/* Passes the request's content on as far as it is there, chunks only all together. */
static inline void doctored_pass_content(struct doctored_front *front) {
  size_t len = front->in.len < front->content_left ? front->in.len : (size_t)front->content_left;
  if (front->chunked) {
    len = doctored_chunked(bytes_span(&front->in));
    front->chunked = len == 0;
  } else {
    front->content_left -= len;
  }
  bool lost = front->gateway->fault->loses_content && front->expects;
  if (len > 0 && front->back != 0 && !lost) {
    doctored_command(front->gateway, ACTOR_WRITE, front->back, span_make(front->in.ptr, len));
  }
  bytes_add(&front->request, span_make(front->in.ptr, len));
  bytes_drop(&front->in, len);
}

static inline void doctored_forward(struct doctored_front *front) {
  if (front->back == 0) {
    doctored_open_back(front);
  }
  doctored_command(front->gateway, ACTOR_WRITE, front->back, bytes_span(&front->request));
}

/* Reads what the head in front->request says. */
static inline void doctored_read_request(struct doctored_front *front) {
  struct span head = bytes_span(&front->request);
  uint64_t length = 0;
  front->head_only = span_starts(head, "HEAD ");
  front->http10 = span_find(head, span_of(" HTTP/1.0\r\n"), 0) != SIZE_MAX;
  front->chunked = doctored_field(head, "Transfer-Encoding").len > 0;
  front->closes = h1_list_has(doctored_field(head, "Connection"), "close");
  front->expects = doctored_field(head, "Expect").len > 0;
  front->content_left = span_number(doctored_field(head, "Content-Length"), &length) ? length : 0;
  size_t at = span_find(head, span_of(" HTTP/1."), 0);
  if (at != SIZE_MAX) {
    front->request.ptr[at + 8] = front->gateway->fault->asks_http10 ? '0' : '1';
  }
}

/* A tunnel to the origin, whatever host the client named. */
static inline void doctored_connect(struct doctored_front *front) {
  doctored_close_back(front);
  doctored_open_back(front);
  doctored_write(front, span_of("HTTP/1.1 200 Connected\r\n\r\n"));
  front->raw = true;
}

static inline void doctored_begin(struct doctored_front *front, size_t head_len) {
  front->busy = true;
  front->num_requests++;
  front->request.len = 0;
  bytes_add(&front->request, span_make(front->in.ptr, head_len));
  bytes_drop(&front->in, head_len);
  doctored_read_request(front);
  if (front->gateway->fault->request != NULL && front->gateway->fault->request(front)) {
    return;
  }
  if (span_starts(bytes_span(&front->request), "CONNECT ")) {
    doctored_connect(front);
    return;
  }
  doctored_forward(front);
  doctored_pass_content(front);
  doctored_pump_back(front);
}

/* The length of the next request's head that may be worked on, or 0. */
static inline size_t doctored_next_request(struct doctored_front *front) {
  struct span in = bytes_span(&front->in);
  size_t end = span_find(in, span_of("\r\n\r\n"), 0);
  if (end == SIZE_MAX) {
    return 0;
  }
  struct span head = span_make(in.ptr, end + 4);
  uint64_t length = 0;
  bool whole =
      !span_number(doctored_field(head, "Content-Length"), &length) || in.len >= end + 4 + length;
  if (doctored_field(head, "Transfer-Encoding").len > 0) {
    whole = doctored_chunked(span_skip(in, end + 4)) > 0;
  }
  if (front->gateway->fault->awaits_content && !whole) {
    return 0;
  }
  return end + 4;
}

static inline void doctored_pump_front(struct doctored_front *front) {
  while (front->open && !front->stuck) {
    if (front->busy) {
      doctored_pass_content(front);
      return;
    }
    size_t len = doctored_next_request(front);
    if (len == 0) {
      return;
    }
    doctored_begin(front, len);
  }
}

/* The response at the front of back_in, if it is whole. Its length there, or 0. */
static inline size_t doctored_take(struct doctored_front *front, struct doctored_message *out) {
  const struct doctored_fault *fault = front->gateway->fault;
  struct span in = bytes_span(&front->back_in);
  size_t end = span_find(in, span_of("\r\n\r\n"), 0);
  if (end == SIZE_MAX || in.len < 16) {
    return 0;
  }
  struct span head = span_make(in.ptr, end + 4);
  uint64_t length = 0;
  out->code = (unsigned)strtoul((const char *)in.ptr + 9, NULL, 10);
  bool interim = out->code < 200;
  bool head_only = front->head_only && !(fault->forgets_head && front->num_interims > 0);
  size_t content = 0;
  if (interim ? !fault->takes_content : head_only || out->code == 204 || out->code == 304) {
    content = 0;
  } else if (doctored_field(head, "Transfer-Encoding").len > 0) {
    content = doctored_chunked(span_skip(in, end + 4));
    if (content == 0) {
      return 0;
    }
  } else if (span_number(doctored_field(head, "Content-Length"), &length)) {
    content = (size_t)length;
  } else if (!interim) {
    out->until_close = true;
    return 0;
  }
  if (in.len < end + 4 + content) {
    return 0;
  }
  bytes_add(&out->head, head);
  bytes_add(&out->content, span_make(in.ptr + end + 4, content));
  return end + 4 + content;
}

static inline void doctored_message_free(struct doctored_message *message) {
  bytes_free(&message->head);
  bytes_free(&message->content);
}

/* A 101 switches if the client asked for the protocol that it names; from then on bytes pass
 * unread both ways. */
static inline void doctored_switch(struct doctored_front *front, struct doctored_message *message) {
  struct span asked = doctored_field(bytes_span(&front->request), "Upgrade");
  struct span named = doctored_field(bytes_span(&message->head), "Upgrade");
  bool offered = !front->http10 && named.len > 0;
  while (offered && named.len > 0) {
    struct span token;
    bool more = h1_list_next(&named, &token);
    char text[64];
    (void)snprintf(text, sizeof(text), "%.*s", (int)token.len, (const char *)token.ptr);
    offered = !more || h1_list_has(asked, text);
  }
  if (!offered) {
    doctored_error(front, "502 Bad Gateway");
    return;
  }
  if (!front->gateway->fault->lax) {
    doctored_take_out_framing(message);
  }
  doctored_deliver(front, message);
  front->raw = true;
  if (!front->gateway->fault->loses_ahead) {
    doctored_write(front, bytes_span(&front->back_in));
  }
  front->back_in.len = 0;
  if (front->in.len > 0) {
    doctored_command(front->gateway, ACTOR_WRITE, front->back, bytes_span(&front->in));
    front->in.len = 0;
  }
}

static inline void doctored_handle(struct doctored_front *front, struct doctored_message *message) {
  const struct doctored_fault *fault = front->gateway->fault;
  if (!fault->lax && !doctored_valid(bytes_span(&message->head))) {
    doctored_error(front, "502 Bad Gateway");
    return;
  }
  if (message->code >= 200) {
    if (front->http10 && doctored_field(bytes_span(&message->head), "Transfer-Encoding").len > 0) {
      doctored_unchunk(message);
    }
    (fault->final != NULL ? fault->final : doctored_pass_final)(front, message);
    return;
  }
  if (message->code == 101 && !fault->switches) {
    (fault->upgraded != NULL ? fault->upgraded : doctored_switch)(front, message);
    return;
  }
  front->num_interims++;
  doctored_take_out_hop(message);
  message->head.ptr[7] = '1';
  (fault->interim != NULL ? fault->interim : doctored_pass_interim)(front, message);
}

static inline void doctored_pump_back(struct doctored_front *front) {
  while (front->open && front->busy && front->back != 0 && !front->raw && !front->stuck) {
    struct doctored_message message = {0};
    size_t len = doctored_take(front, &message);
    if (len == 0) {
      doctored_message_free(&message);
      return;
    }
    bytes_drop(&front->back_in, len);
    if (message.code < 200 && front->gateway->fault->swallows) {
      front->back_in.len = 0;
    }
    doctored_handle(front, &message);
    doctored_message_free(&message);
  }
}

static inline void doctored_back_bytes(struct doctored_front *front, struct span bytes) {
  const struct doctored_fault *fault = front->gateway->fault;
  if (front->stuck) {
    return;
  }
  if (front->raw) {
    (fault->tunnel != NULL ? fault->tunnel : doctored_write)(front, bytes);
    return;
  }
  if (!front->busy && !fault->keeps_strays) {
    doctored_close_back(front);
    return;
  }
  bytes_add(&front->back_in, bytes);
  if (fault->whole_reads && front->busy &&
      span_find(bytes_span(&front->back_in), span_of("\r\n\r\n"), 0) == SIZE_MAX) {
    doctored_error(front, "502 Bad Gateway");
    return;
  }
  if (fault->bytes == NULL || !fault->bytes(front, bytes)) {
    doctored_pump_back(front);
  }
}

/* The back connection ended. */
static inline void doctored_back_lost(struct doctored_front *front) {
  struct doctored_message message = {0};
  doctored_command(front->gateway, ACTOR_CLOSE, front->back, span_make(NULL, 0));
  front->back = 0;
  if (!front->busy || front->stuck) {
    front->back_in.len = 0;
    return;
  }
  if (front->raw) {
    doctored_close(front);
    return;
  }
  (void)doctored_take(front, &message);
  if (message.until_close) {
    struct span all = bytes_span(&front->back_in);
    size_t len = span_find(all, span_of("\r\n\r\n"), 0) + 4;
    bytes_add(&message.head, span_make(all.ptr, len));
    bytes_add(&message.content, span_skip(all, len));
    front->back_in.len = 0;
    doctored_handle(front, &message);
  } else if (front->gateway->fault->lost != NULL) {
    front->gateway->fault->lost(front);
  } else {
    doctored_error(front, "502 Bad Gateway");
  }
  doctored_message_free(&message);
}

static inline struct doctored_front *doctored_find(struct doctored *gateway, conn_id conn) {
  for (size_t i = 0; i < gateway->num_fronts; i++) {
    struct doctored_front *front = gateway->fronts[i];
    if (front->open && (front->conn == conn || front->back == conn)) {
      return front;
    }
  }
  return NULL;
}

static inline void doctored_accept(struct doctored *gateway, conn_id conn) {
  struct doctored_front *front = calloc(1, sizeof(*front));
  struct doctored_front **grown =
      realloc(gateway->fronts, (gateway->num_fronts + 1) * sizeof(struct doctored_front *));
  if (front == NULL || grown == NULL) {
    abort();
  }
  *front = (struct doctored_front){.gateway = gateway, .conn = conn, .open = true};
  gateway->fronts = grown;
  gateway->fronts[gateway->num_fronts++] = front;
}

/* The gateway's process dies: everything is reset, and nobody listens until down_us has passed. */
static inline void doctored_die(struct doctored *gateway) {
  for (size_t i = 0; i < gateway->num_fronts; i++) {
    struct doctored_front *front = gateway->fronts[i];
    if (front->open) {
      doctored_command(gateway, ACTOR_ABORT, front->conn, span_make(NULL, 0));
      if (front->back != 0) {
        doctored_command(gateway, ACTOR_ABORT, front->back, span_make(NULL, 0));
      }
    }
    front->open = false;
  }
  if (gateway->down_us != 0) {
    *gateway->refuse = true;
    gateway->wake_us =
        gateway->down_us == ACTOR_NEVER ? ACTOR_NEVER : gateway->now_us + gateway->down_us;
  }
}

static inline void doctored_pool_bytes(struct doctored *gateway, const struct actor_event *event) {
  for (size_t i = 0; i < gateway->num_pool; i++) {
    if (gateway->pool[i] == event->conn && event->kind == ACTOR_BYTES) {
      bytes_add(&gateway->pool_in[i], event->bytes);
    } else if (gateway->pool[i] == event->conn) {
      doctored_command(gateway, ACTOR_CLOSE, event->conn, span_make(NULL, 0));
      bytes_free(&gateway->pool_in[i]);
      gateway->num_pool--;
      gateway->pool[i] = gateway->pool[gateway->num_pool];
      gateway->pool_in[i] = gateway->pool_in[gateway->num_pool];
    }
  }
}

/* The client sends, or leaves. */
static inline void doctored_client_event(struct doctored_front *front,
                                         const struct actor_event *event) {
  struct doctored *gateway = front->gateway;
  if (event->kind != ACTOR_BYTES) {
    if (gateway->fault->pools_cut && front->busy) {
      doctored_to_pool(front);
    }
    doctored_close(front);
  } else if (front->raw && front->back != 0) {
    doctored_command(gateway, ACTOR_WRITE, front->back, event->bytes);
  } else {
    bytes_add(&front->in, event->bytes);
    doctored_pump_front(front);
  }
}

static inline void doctored_connection_event(struct doctored *gateway,
                                             const struct actor_event *event) {
  struct doctored_front *front = doctored_find(gateway, event->conn);
  if (front == NULL) {
    doctored_pool_bytes(gateway, event);
    return;
  }
  if (event->conn == front->conn) {
    doctored_client_event(front, event);
  } else if (event->kind == ACTOR_BYTES) {
    doctored_back_bytes(front, event->bytes);
  } else {
    doctored_back_lost(front);
  }
  doctored_flush(front);
}

static inline void doctored_feed(void *self, uint64_t now_us, const struct actor_event *event) {
  struct doctored *gateway = self;
  gateway->now_us = now_us;
  if (event->kind == ACTOR_TIME && now_us >= gateway->wake_us) {
    gateway->wake_us = ACTOR_NEVER;
    *gateway->refuse = false;
  }
  if (gateway->stalled || event->kind == ACTOR_TIME || event->kind == ACTOR_CONNECTED) {
    return;
  }
  if (event->kind != ACTOR_ACCEPTED_CONN) {
    doctored_connection_event(gateway, event);
  } else if (*gateway->refuse) {
    doctored_command(gateway, ACTOR_ABORT, event->conn, span_make(NULL, 0));
  } else {
    doctored_accept(gateway, event->conn);
  }
}

static inline bool doctored_next(void *self, struct actor_command *out) {
  struct doctored *gateway = self;
  return outbox_next(&gateway->outbox, out);
}

static inline uint64_t doctored_wake(const void *self) {
  const struct doctored *gateway = self;
  return gateway->wake_us;
}

static inline void doctored_init(struct doctored *gateway, const struct doctored_fault *fault,
                                 bool *refuse) {
  *gateway =
      (struct doctored){.fault = fault, .next_conn = 1, .refuse = refuse, .wake_us = ACTOR_NEVER};
}

static inline struct actor doctored_actor(struct doctored *gateway) {
  return (struct actor){gateway, doctored_feed, doctored_next, doctored_wake};
}

static inline void doctored_free(struct doctored *gateway) {
  for (size_t i = 0; i < gateway->num_fronts; i++) {
    struct doctored_front *front = gateway->fronts[i];
    bytes_free(&front->in);
    bytes_free(&front->back_in);
    bytes_free(&front->request);
    bytes_free(&front->held);
    bytes_free(&front->out);
    bytes_free(&front->fields);
    free(front);
  }
  for (size_t i = 0; i < gateway->num_pool; i++) {
    bytes_free(&gateway->pool_in[i]);
  }
  free(gateway->fronts);
  outbox_free(&gateway->outbox);
}

#endif
