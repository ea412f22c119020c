/* Whether a case's cites fit its seats and versions: a verdict by a rule that does not bind the
 * target would be stricter than the text. */
#include "case/check.h"

enum { SIDE_FRONT = 1, SIDE_BACK = 2 };

struct role {
  const char *word;
  unsigned seats; /* where a target has this role */
  unsigned sides; /* on which side it has it */
};

/* An intermediary is a server towards its client and a client towards its origin (RFC 9110
 * section 3.3); what binds an origin server binds a gateway too (section 3.7). */
static const struct role roles[] = {
    {"origin", SEAT_ORIGIN | SEAT_GATEWAY, SIDE_FRONT},
    {"server", SEAT_ORIGIN | SEAT_GATEWAY | SEAT_PROXY, SIDE_FRONT},
    {"gateway", SEAT_GATEWAY, SIDE_FRONT | SIDE_BACK},
    {"proxy", SEAT_PROXY, SIDE_FRONT | SIDE_BACK},
    {"client", SEAT_GATEWAY | SEAT_PROXY | SEAT_CLIENT, SIDE_BACK},
    {"sender", SEAT_ORIGIN | SEAT_GATEWAY | SEAT_PROXY | SEAT_CLIENT, SIDE_FRONT | SIDE_BACK},
    {"recipient", SEAT_ORIGIN | SEAT_GATEWAY | SEAT_PROXY | SEAT_CLIENT, SIDE_FRONT | SIDE_BACK},
    {"cache", SEAT_GATEWAY | SEAT_PROXY | SEAT_CLIENT, SIDE_FRONT | SIDE_BACK},
};

struct place {
  enum seat seat;
  enum http_version front;
  enum http_version back;
};

/* Takes the next element of "a,b,c". */
static struct span take_element(struct span *list) {
  size_t comma = span_find(*list, span_of(","), 0);
  size_t len = comma == SIZE_MAX ? list->len : comma;
  struct span element = {list->ptr, len};
  *list = span_skip(*list, len + 1);
  return element;
}

/* The sides on which a requirement binds a target at this seat; 0 when it does not. */
static unsigned sides_bound(const struct requirement *requirement, enum seat seat) {
  unsigned sides = 0;
  for (struct span list = requirement->roles; list.len > 0;) {
    struct span word = take_element(&list);
    for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
      if (span_is(word, roles[i].word) && (roles[i].seats & seat) != 0) {
        sides |= roles[i].sides;
      }
    }
  }
  return sides;
}

static unsigned versions_of(const struct requirement *requirement) {
  unsigned versions = 0;
  for (struct span list = requirement->versions; list.len > 0;) {
    struct span word = take_element(&list);
    if (span_starts(word, "1.")) {
      versions |= HTTP_H1;
    } else if (span_is(word, "2")) {
      versions |= HTTP_H2;
    }
  }
  return versions;
}

static bool speaks_of(const struct requirement *requirement, struct place place, unsigned sides) {
  unsigned versions = versions_of(requirement);
  bool has_front = place.seat != SEAT_CLIENT && (sides & SIDE_FRONT) != 0;
  bool has_back = place.seat != SEAT_ORIGIN && (sides & SIDE_BACK) != 0;
  return (has_front && (versions & place.front) != 0) || (has_back && (versions & place.back) != 0);
}

static const char *version_word(enum http_version version) {
  return version == HTTP_H1 ? "h1" : "h2";
}

static int check_place(const struct case_file *file, const struct registry *registry,
                       struct place place, struct diag *diag) {
  const char *seat = case_seat_word(place.seat);
  const struct case_cite *cite = case_cite_for(file, place.seat, place.front, place.back);
  if (cite == NULL) {
    return check_fail(file, file->seat_line, 1, diag,
                      "no requirement decides at seat %s, front %s, back %s: add \"cites %s ID\"",
                      seat, version_word(place.front), version_word(place.back), seat);
  }
  const struct requirement *requirement = registry_find(registry, cite->id);
  unsigned sides = sides_bound(requirement, place.seat);
  int id_len = (int)cite->id.len;
  const char *id = (const char *)cite->id.ptr;
  if (sides == 0) {
    return check_fail(file, cite->line, cite->column, diag,
                      "%.*s binds %.*s, not a target at seat %s: cite what binds it there", id_len,
                      id, (int)requirement->roles.len, (const char *)requirement->roles.ptr, seat);
  }
  if (!speaks_of(requirement, place, sides)) {
    return check_fail(
        file, cite->line, cite->column, diag,
        "%.*s is about HTTP %.*s and cannot decide at seat %s, front %s, back %s: limit "
        "the cite or the case",
        id_len, id, (int)requirement->versions.len, (const char *)requirement->versions.ptr, seat,
        version_word(place.front), version_word(place.back));
  }
  return 0;
}

static int check_known(const struct case_file *file, const struct registry *registry,
                       struct diag *diag) {
  for (size_t i = 0; i < file->num_cites; i++) {
    const struct case_cite *cite = &file->cites[i];
    if (registry_find(registry, cite->id) == NULL) {
      return check_fail(
          file, cite->line, cite->column, diag,
          "%.*s is not in the registry: correct it, or add its row to requirements.tsv",
          (int)cite->id.len, (const char *)cite->id.ptr);
    }
    if (cite->seats != 0 && (cite->seats & file->seats) == 0) {
      return check_fail(
          file, cite->line, 1, diag,
          "a cite for a seat that the case does not have: add the seat, or take it out");
    }
  }
  return 0;
}

static int check_seat(const struct case_file *file, const struct registry *registry, enum seat seat,
                      struct diag *diag) {
  static const enum http_version versions[] = {HTTP_H1, HTTP_H2};
  for (size_t i = 0; i < 4; i++) {
    struct place place = {seat, versions[i / 2], versions[i % 2]};
    bool allowed = (file->fronts & place.front) != 0 && (file->backs & place.back) != 0;
    if (allowed && check_place(file, registry, place, diag) < 0) {
      return -1;
    }
  }
  return 0;
}

int check_cites(const struct case_file *file, const struct registry *registry, struct diag *diag) {
  static const enum seat seats[] = {SEAT_ORIGIN, SEAT_GATEWAY, SEAT_PROXY, SEAT_CLIENT};
  if (check_known(file, registry, diag) < 0) {
    return -1;
  }
  for (size_t i = 0; i < sizeof(seats) / sizeof(seats[0]); i++) {
    if ((file->seats & seats[i]) != 0 && check_seat(file, registry, seats[i], diag) < 0) {
      return -1;
    }
  }
  return 0;
}
