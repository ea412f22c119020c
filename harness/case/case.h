/* A case: one conversation and what must be seen in it, declared in one file (interim-case(5)).
 *
 * case_parse turns the text of a case file into steps. It is pure: text in, steps or a diagnosis
 * out; all memory comes from the caller's arena and borrows the text. */
#ifndef INTERIM_CASE_CASE_H
#define INTERIM_CASE_CASE_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/diag.h"

enum seat {
  SEAT_ORIGIN = 1,
  SEAT_GATEWAY = 2,
  SEAT_PROXY = 4,
  SEAT_CLIENT = 8,
};

enum http_version {
  HTTP_H1 = 1,
  HTTP_H2 = 2,
};

enum lane {
  LANE_CLIENT,
  LANE_ORIGIN,
};

enum verb {
  VERB_SENDS,
  VERB_SEES,        /* the lane's next message is one of these */
  VERB_MAY_SEE,     /* zero or more of these may come before the next sees */
  VERB_NEVER_SEES,  /* from here to the end of the case none of these comes to the lane */
  VERB_CLOSES,      /* closes the connection */
  VERB_HALF_CLOSES, /* ends its own direction */
  VERB_ABORTS,      /* resets the connection */
  VERB_PAUSES,      /* "pause 300ms": no lane */
};

enum message {
  MESSAGE_REQUEST, /* GET, COPY, ...: method; target when the step names one; minor */
  MESSAGE_STATUS,  /* 102, 1xx, 2xx, final: low to high; minor */
  MESSAGE_CONTENT, /* content of the message whose head went before */
  MESSAGE_BYTES,   /* raw bytes, in step.content */
  MESSAGE_FRAME,   /* sends: a frame of HTTP/2, in the message's frame */
  MESSAGE_CLOSE,   /* sees: the connection ends, by FIN or RST */
  MESSAGE_ABORT,   /* sees: the connection ends by RST */
  MESSAGE_NOTHING, /* sees nothing for ... */
};

/* Set in a duration that is a percentage of the target's own timeout ("50%"), not microseconds. */
#define CASE_OF_TIMEOUT ((uint64_t)1 << 63)

/* The stream that a frame is sent on. */
enum frame_stream {
  FRAME_ON_EXCHANGE, /* of the exchange that the step is about */
  FRAME_ON_ZERO,     /* the connection */
  FRAME_ON_IDLE,     /* one of the client's that it has not opened */
  FRAME_ON_EVEN,     /* one of the server's that was never promised */
  FRAME_ON_PUSHED,   /* the one promised last */
};

/* "frame HEADERS END_HEADERS". Numbers are RFC 9113's. */
struct case_frame {
  unsigned type;
  unsigned flags;
  enum frame_stream on;
  uint32_t number; /* RST_STREAM and GOAWAY: the error code; WINDOW_UPDATE: the increment */
};

/* One alternative of "sees 200 or 502 or close"; sends has exactly one. */
struct case_message {
  enum message kind;
  struct span method; /* MESSAGE_REQUEST */
  struct span target; /* MESSAGE_REQUEST: as written, or empty for the default */
  unsigned trigger;   /* "trigger-102": the request that makes the target send this interim
                         response; who knows it puts it in place of method and target. 0 for none */
  bool own_method;    /* "trigger-102 HEAD": with this method */
  unsigned low;       /* MESSAGE_STATUS: 102 is 102 to 102, 1xx is 100 to 199, final 200 to 599 */
  unsigned high;
  int minor;               /* 0 for HTTP/1.0, 1 for HTTP/1.1 when stated; -1 when not stated */
  struct case_frame frame; /* MESSAGE_FRAME */
};

enum field_demand {
  FIELD_VALUE,  /* "Name: value": this value, sent or seen */
  FIELD_ABSENT, /* "! Name": left out when sending although we would add it; not seen. "! Name:
                   value", when seeing: not seen with this value */
};

struct case_field {
  enum field_demand demand;
  struct span name;
  struct span value; /* {path} {host} {nonce} not yet substituted */
  size_t line;
};

struct step {
  size_t line;
  size_t column;
  struct span text; /* the step's line without indentation, for reports */
  enum lane lane;
  unsigned number; /* "origin 2", "client 2"; 1 when not stated */
  bool numbered;   /* stated */
  enum verb verb;
  struct case_message *messages;
  size_t num_messages;
  struct case_field *fields;
  size_t num_fields;
  bool has_content;
  struct span content;  /* lines joined by LF; for MESSAGE_BYTES the bytes, escapes undone */
  uint64_t repeat;      /* "x 1000"; 1 */
  uint64_t cut;         /* "cut 1": bytes a write; 0 for one write */
  uint64_t split;       /* "split 1": bytes of a header block in each frame of HTTP/2; 0 for all */
  bool padded;          /* "padded 7": HTTP/2's frames have so much padding */
  uint8_t padding;      /* in bytes */
  bool priority;        /* "priority": HEADERS has priority fields */
  uint64_t pace_us;     /* "pace 5ms": between the pieces, or between the repeats; 0 */
  bool glued;           /* "glued": in one write with the lane's next message */
  bool on_arrival;      /* "on-arrival": the origin sends it once the request comes; nobody waits */
  uint64_t within_us;   /* "within 250ms": deadline; 0 for the engine's own, or for no wait at all
                           with may see */
  uint64_t duration_us; /* "sees nothing for 50ms", "pause 300ms" */
};

/* "cites [SEAT] [front|back h1|h2] ID": 0 for any seat, either side, any version. */
struct case_cite {
  struct span id;
  unsigned seats;  /* mask of enum seat, 0 for all */
  unsigned fronts; /* mask of enum http_version, 0 for all */
  unsigned backs;
  size_t line;
  size_t column;
};

/* "for code 102-199": one parameter and its values, in order. */
struct case_parameter {
  struct span name;
  struct span *values;
  size_t num_values;
  size_t line;
};

struct case_file {
  const char *file;
  struct span id; /* GROUP/SLUG */
  struct span title;
  struct span why; /* lines joined by a blank, empty when there is none */
  struct case_cite *cites;
  size_t num_cites;
  unsigned seats;  /* mask of enum seat */
  unsigned fronts; /* mask of enum http_version that the case allows */
  unsigned backs;
  struct span *needs;
  size_t num_needs;
  bool alone;
  bool slow;
  struct case_parameter *parameters;
  size_t num_parameters;
  struct step *steps;
  size_t num_steps;
  struct span text; /* the whole file, for diagnoses */
  size_t seat_line; /* of the "seat" line */
};

/* One value for each of a case's parameters, in their order; none when it has none. */
struct case_binding {
  const struct span *values;
  size_t num_values;
};

/* case_parse reads a case file's text. file names it in diagnoses and gives the id by its last two
 * path parts without ".case". Each {NAME} of a parameter is replaced in the step lines by the
 * binding's value, or by the first value when binding is NULL. 0, or -1 with *diag set. */
int case_parse(struct arena *arena, const char *file, struct span text,
               const struct case_binding *binding, struct case_file *out, struct diag *diag);

/* case_bind reads the steps of a case once more, with a binding; *out shares the parameters of
 * file. 0, or -1 with *diag set. */
int case_bind(struct arena *arena, const struct case_file *file, const struct case_binding *binding,
              struct case_file *out, struct diag *diag);

/* case_parse_every parses the text with each of its bindings in turn and keeps nothing: a value
 * that makes a step senseless shows. 0, or -1 with *diag set. */
int case_parse_every(const char *file, struct span text, struct diag *diag);

/* case_num_bindings returns how many results the case makes: the product of its parameters' values.
 */
size_t case_num_bindings(const struct case_file *file);

/* case_binding_at fills in the binding number index, the first parameter varying slowest. */
void case_binding_at(struct arena *arena, const struct case_file *file, size_t index,
                     struct case_binding *out);

/* case_result_id gives "GROUP/SLUG", or "GROUP/SLUG:V" with the bound values joined by commas. */
const char *case_result_id(struct arena *arena, const struct case_file *file,
                           const struct case_binding *binding);

/* case_check looks for what the grammar allows and sense does not: a cited requirement that the
 * registry does not know, no deciding requirement for one of the case's seats and versions, one
 * that does not bind a target there (by its roles and versions), a step that nothing can reach, a
 * sees before anything was sent, an answer to a request that no step sends, a raw request without
 * {path} or {nonce}, a raw final without {nonce}, a case in which nothing is seen. 0, or -1 with
 * the first finding in *diag. */
struct registry;
int case_check(const struct case_file *file, const struct registry *registry, struct diag *diag);

/* case_cite_for returns the deciding cite at this seat and pair of versions: the first whose masks
 * allow them. NULL when there is none. */
const struct case_cite *case_cite_for(const struct case_file *file, enum seat seat,
                                      enum http_version front, enum http_version back);

/* case_format appends the canonical form of a case file's text: what case_parse accepts, with
 * aligned keywords, one blank line between head and steps, no trailing blanks. Formatting twice
 * changes nothing; comments are kept. 0, or -1 with *diag set when the text does not parse. */
int case_format(struct bytes *out, const char *file, struct span text, struct diag *diag);

/* case_seat_word and case_seat_named turn a seat into its word and back; 0 for an unknown word. */
const char *case_seat_word(enum seat seat);
unsigned case_seat_named(struct span word);

#endif
