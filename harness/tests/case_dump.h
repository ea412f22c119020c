/* A parsed case as text, line by line, without places: for tests, and to tell two parses apart. */
#ifndef INTERIM_TESTS_CASE_DUMP_H
#define INTERIM_TESTS_CASE_DUMP_H

#include "base/escape.h"
#include "case/case.h"

static inline void case_dump_versions(struct bytes *out, const char *side, unsigned versions) {
  bytes_printf(out, " %s=%s%s", side, (versions & HTTP_H1) != 0 ? "h1" : "",
               (versions & HTTP_H2) != 0 ? "h2" : "");
}

static inline void case_dump_text(struct bytes *out, const char *before, struct span text) {
  bytes_text(out, before);
  escape_text(out, text);
}

static inline void case_dump_seats(struct bytes *out, unsigned seats) {
  for (unsigned seat = SEAT_ORIGIN; seat <= SEAT_CLIENT; seat *= 2) {
    if ((seats & seat) != 0) {
      bytes_printf(out, " %s", case_seat_word((enum seat)seat));
    }
  }
}

static inline void case_dump_head(struct bytes *out, const struct case_file *file) {
  case_dump_text(out, "title ", file->title);
  if (file->why.len > 0) {
    case_dump_text(out, "\nwhy ", file->why);
  }
  for (size_t i = 0; i < file->num_cites; i++) {
    const struct case_cite *cite = &file->cites[i];
    case_dump_text(out, "\ncites ", cite->id);
    case_dump_seats(out, cite->seats);
    if (cite->fronts != 0) {
      case_dump_versions(out, "front", cite->fronts);
    }
    if (cite->backs != 0) {
      case_dump_versions(out, "back", cite->backs);
    }
  }
  bytes_text(out, "\nseat");
  case_dump_seats(out, file->seats);
  bytes_text(out, "\non");
  case_dump_versions(out, "front", file->fronts);
  case_dump_versions(out, "back", file->backs);
  bytes_printf(out, "%s%s", file->alone ? " alone" : "", file->slow ? " slow" : "");
  for (size_t i = 0; i < file->num_needs; i++) {
    case_dump_text(out, i == 0 ? "\nneeds " : " ", file->needs[i]);
  }
  for (size_t i = 0; i < file->num_parameters; i++) {
    case_dump_text(out, "\nfor ", file->parameters[i].name);
    for (size_t k = 0; k < file->parameters[i].num_values; k++) {
      case_dump_text(out, " ", file->parameters[i].values[k]);
    }
  }
  bytes_text(out, "\n");
}

static inline const char *case_dump_verb(enum verb verb) {
  switch (verb) {
  case VERB_SENDS:
    return "sends";
  case VERB_SEES:
    return "sees";
  case VERB_MAY_SEE:
    return "may-see";
  case VERB_NEVER_SEES:
    return "never-sees";
  case VERB_CLOSES:
    return "closes";
  case VERB_HALF_CLOSES:
    return "half-closes";
  case VERB_ABORTS:
    return "aborts";
  case VERB_PAUSES:
    return "pauses";
  }
  return "?";
}

static inline void case_dump_message(struct bytes *out, const struct case_message *message) {
  switch (message->kind) {
  case MESSAGE_REQUEST:
    case_dump_text(out, "", message->method);
    case_dump_text(out, message->target.len > 0 ? " " : "", message->target);
    break;
  case MESSAGE_STATUS:
    bytes_printf(out, "%u", message->low);
    if (message->high != message->low) {
      bytes_printf(out, "-%u", message->high);
    }
    break;
  case MESSAGE_CONTENT:
    bytes_text(out, "content");
    break;
  case MESSAGE_BYTES:
    bytes_text(out, "bytes");
    break;
  case MESSAGE_FRAME:
    bytes_printf(out, "frame %u flags=%u on=%d number=%u", message->frame.type,
                 message->frame.flags, (int)message->frame.on, message->frame.number);
    break;
  case MESSAGE_CLOSE:
    bytes_text(out, "close");
    break;
  case MESSAGE_ABORT:
    bytes_text(out, "abort");
    break;
  case MESSAGE_NOTHING:
    bytes_text(out, "nothing");
    break;
  }
  if (message->minor >= 0) {
    bytes_printf(out, " HTTP/1.%d", message->minor);
  }
}

static inline void case_dump_number(struct bytes *out, const char *name, uint64_t number,
                                    uint64_t usual) {
  if (number != usual) {
    bytes_printf(out, " %s=%llu", name, (unsigned long long)number);
  }
}

/* case_dump_step writes one line: "client sends GET /x [X-A: b] [!Date] |content| x=3 glued". */
static inline void case_dump_step(struct bytes *out, const struct step *step) {
  if (step->verb != VERB_PAUSES) {
    bytes_text(out, step->lane == LANE_CLIENT ? "client" : "origin");
    if (step->numbered) {
      bytes_printf(out, "%u", step->number);
    }
    bytes_text(out, " ");
  }
  bytes_text(out, case_dump_verb(step->verb));
  for (size_t i = 0; i < step->num_messages; i++) {
    bytes_text(out, i == 0 ? " " : " or ");
    case_dump_message(out, &step->messages[i]);
  }
  for (size_t i = 0; i < step->num_fields; i++) {
    const struct case_field *field = &step->fields[i];
    case_dump_text(out, field->demand == FIELD_ABSENT ? " [!" : " [", field->name);
    bool bare = field->demand == FIELD_ABSENT && field->value.len == 0;
    case_dump_text(out, bare ? "" : ": ", field->value);
    bytes_text(out, "]");
  }
  if (step->has_content) {
    case_dump_text(out, " |", step->content);
    bytes_text(out, "|");
  }
  case_dump_number(out, "x", step->repeat, 1);
  case_dump_number(out, "cut", step->cut, 0);
  case_dump_number(out, "pace", step->pace_us, 0);
  case_dump_number(out, "split", step->split, 0);
  if (step->padded) {
    bytes_printf(out, " padded=%u", step->padding);
  }
  bytes_text(out, step->priority ? " priority" : "");
  bytes_text(out, step->glued ? " glued" : "");
  bytes_text(out, step->on_arrival ? " on-arrival" : "");
  case_dump_number(out, "within", step->within_us, 0);
  case_dump_number(out, "for", step->duration_us, 0);
  bytes_text(out, "\n");
}

static inline void case_dump_steps(struct bytes *out, const struct case_file *file) {
  for (size_t i = 0; i < file->num_steps; i++) {
    case_dump_step(out, &file->steps[i]);
  }
}

/* case_dump writes all that a case says. */
static inline void case_dump(struct bytes *out, const struct case_file *file) {
  case_dump_head(out, file);
  case_dump_steps(out, file);
}

#endif
