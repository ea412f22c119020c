#include "cli/foresee.h"

#include "core/h1_response.h"

enum { MAX_INTERIMS = 5 };

static void add_fields(struct bytes *out, const struct step *step) {
  for (size_t i = 0; i < step->num_fields; i++) {
    const struct case_field *field = &step->fields[i];
    if (field->demand == FIELD_VALUE) {
      bytes_add(out, field->name);
      bytes_text(out, ": ");
      bytes_add(out, field->value);
      bytes_text(out, "\r\n");
    }
  }
}

/* More repetitions than a target must cope with are as good as one more. */
static uint64_t repeats_of(const struct step *step) {
  return step->repeat <= MAX_INTERIMS ? step->repeat : MAX_INTERIMS + 1;
}

static void add_sent(struct bytes *out, const struct step *step) {
  const struct case_message *message = &step->messages[0];
  for (uint64_t i = 0; i < repeats_of(step); i++) {
    if (message->kind == MESSAGE_BYTES) {
      bytes_add(out, step->content);
    } else if (message->kind == MESSAGE_STATUS) {
      bytes_printf(out, "HTTP/1.1 %u \r\n", message->low);
      add_fields(out, step);
      bytes_text(out, "\r\n");
    }
  }
}

/* The heads that the origin sends in answer to one request. */
static void add_answer(struct bytes *out, const struct case_file *file, unsigned number) {
  for (size_t i = 0; i < file->num_steps; i++) {
    const struct step *step = &file->steps[i];
    if (step->lane == LANE_ORIGIN && step->verb == VERB_SENDS && step->number == number) {
      add_sent(out, step);
    }
  }
}

static bool is_barred(const struct h1_event *event) {
  return span_is_nocase(event->name, "Content-Length") ||
         span_is_nocase(event->name, "Transfer-Encoding") ||
         span_is_nocase(event->name, "Connection") || span_is_nocase(event->name, "Upgrade");
}

static bool is_faulty(const struct h1_event *event) {
  return (event->kind == H1_FIELD && is_barred(event)) ||
         (event->kind == H1_INTERIM && (event->code == 101 || event->minor != 1));
}

/* Counts the interim responses before the first final; -1 when one is faulty. */
static int count_interims(struct span answer) {
  struct h1_response parser;
  struct h1_event event;
  int num = 0;
  h1_response_init(&parser, &h1_default_limits);
  (void)h1_response_request(&parser, H1_FOR_GET);
  enum h1_status status = h1_response_next(&parser, answer, &event);
  while (status == H1_EVENT && event.kind != H1_FINAL) {
    if (is_faulty(&event)) {
      return -1;
    }
    num += event.kind == H1_HEAD_END;
    status = h1_response_next(&parser, answer, &event);
  }
  return status == H1_ERROR ? -1 : num;
}

bool foresee_valid_interims(const struct case_file *file) {
  unsigned highest = 0;
  for (size_t i = 0; i < file->num_steps; i++) {
    const struct step *step = &file->steps[i];
    highest = step->lane == LANE_ORIGIN && step->number > highest ? step->number : highest;
  }
  bool any = false;
  for (unsigned number = 1; number <= highest && !any; number++) {
    struct bytes answer = {0};
    add_answer(&answer, file, number);
    int num = count_interims(bytes_span(&answer));
    any = num >= 1 && num <= MAX_INTERIMS;
    bytes_free(&answer);
  }
  return any;
}
