#include "peer/bugs.h"

#include "peer/bug_rows.h"

enum { MAX_LEAKED = 16 }; /* interim responses of one exchange */

const struct bug *bug_at(size_t index) {
  const struct bug_rows *const tables[] = {&bugs_of_fate, &bugs_of_form, &bugs_of_hops,
                                           &bugs_of_http_2, &bugs_of_origin};
  for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
    if (index < tables[i]->num) {
      return &tables[i]->rows[index];
    }
    index -= tables[i]->num;
  }
  return NULL;
}

const struct bug *bug_named(const char *name) {
  size_t index = 0;
  const struct bug *bug = bug_at(0);
  while (bug != NULL && strcmp(bug->name, name) != 0) {
    bug = bug_at(++index);
  }
  return bug;
}

static size_t num_fields(const struct field_list *list) {
  size_t num = 0;
  for (const struct field *each = list->first; each != NULL; each = each->next) {
    num++;
  }
  return num;
}

static size_t size_of(const struct field_list *list) {
  size_t size = 0;
  for (const struct field *each = list->first; each != NULL; each = each->next) {
    size += each->name.len + each->value.len;
  }
  return size;
}

static bool is_not_ascii(const struct field_list *list) {
  for (const struct field *each = list->first; each != NULL; each = each->next) {
    for (size_t i = 0; i < each->value.len; i++) {
      if (each->value.ptr[i] >= 0x80) {
        return true;
      }
    }
  }
  return false;
}

static bool strikes_at(const struct bug *bug, const struct message *interim) {
  switch ((int)bug->when) {
  case WHEN_CODE:
    return interim->code == bug->number;
  case WHEN_CODE_NOT:
    return interim->code != bug->number;
  case WHEN_CODE_FROM:
    return interim->code >= bug->number;
  case WHEN_LARGE:
    return size_of(&interim->fields) > bug->number;
  case WHEN_MANY_FIELDS:
    return num_fields(&interim->fields) > bug->number;
  case WHEN_SMALLEST:
    return num_fields(&interim->fields) <= 1; /* Via is ours */
  case WHEN_NOT_ASCII:
    return is_not_ascii(&interim->fields);
  default:
    return false;
  }
}

static bool is_named(const struct message *message, struct span name) {
  for (const struct field *option = message->options.first; option; option = option->next) {
    if (span_eq_nocase(option->name, name)) {
      return true;
    }
  }
  return false;
}

static bool strikes_expectation(const struct bug *bug, const struct exchange *x) {
  const struct message *request = &x->request;
  switch ((int)bug->when) {
  case WHEN_EXPECTS:
    return request->expects_continue;
  case WHEN_EXPECTS_NOTHING:
    return request->expects_continue && request->content == CONTENT_NONE;
  case WHEN_EXPECTS_OTHER:
    return x->facts.expects_other;
  case WHEN_ZERO_LENGTH:
    return request->content == CONTENT_LENGTH && request->length == 0;
  default:
    return false;
  }
}

static bool strikes_offer(const struct bug *bug, const struct exchange *x) {
  const struct message *request = &x->request;
  bool offers = request->upgrade.len > 0;
  bool names = !offers && is_named(request, span_of("Upgrade"));
  switch ((int)bug->when) {
  case WHEN_OFFERS:
    return offers;
  case WHEN_OFFERS_CONTENT:
    return offers && request->content != CONTENT_NONE;
  case WHEN_OFFERS_NOTHING:
    return names && request->minor > 0;
  case WHEN_OFFERS_1_0:
    return names && request->minor == 0;
  default:
    return strikes_expectation(bug, x);
  }
}

static bool strikes_request(const struct bug *bug, const struct exchange *x) {
  const struct message *request = &x->request;
  bool content = request->content == CONTENT_OPEN || request->length > 0;
  bool is_head = span_is(request->method, "HEAD");
  switch ((int)bug->when) {
  case WHEN_CONTENT:
    return content;
  case WHEN_UPLOADING:
    return content && !x->request_ended;
  case WHEN_CONTINUED:
    return x->continued;
  case WHEN_METHOD_HEAD:
    return is_head;
  case WHEN_METHOD_ODD:
    return !is_head && !span_is(request->method, "GET") && !span_is(request->method, "POST");
  case WHEN_CHUNKED:
    return request->content == CONTENT_OPEN;
  case WHEN_IN_READS:
    return x->facts.content_reads > bug->number;
  case WHEN_STAR:
    return span_is(request->target, "*");
  case WHEN_KEEP_ALIVE:
    return is_named(request, span_of("keep-alive"));
  case WHEN_SAYS_CLOSE:
    return is_named(request, span_of("close"));
  default:
    return strikes_offer(bug, x);
  }
}

static bool strikes_in(const struct bug *bug, const struct exchange *x) {
  const struct bug_facts *facts = &x->facts;
  switch ((int)bug->when) {
  case WHEN_ALWAYS:
    return true;
  case WHEN_NTH:
    return x->rule.interims == bug->number;
  case WHEN_BEHIND:
    return x->rule.interims >= bug->number;
  case WHEN_FOLLOWED:
    return facts->unread > 0;
  case WHEN_LAST_BYTES:
    return facts->unread == 0;
  case WHEN_FOLLOWED_BY:
    return facts->unread == bug->number;
  case WHEN_IN_PIECES:
    return facts->in_pieces;
  case WHEN_REUSED_FRONT:
    return facts->front_requests > bug->number;
  case WHEN_REUSED_BACK:
    return facts->back_reused;
  default:
    return strikes_request(bug, x);
  }
}

bool bug_strikes(const struct exchange *x, const struct message *interim, enum bug_fault fault) {
  const struct bug *bug = x->relay->config.bug;
  if (bug == NULL || bug->fault != fault) {
    return false;
  }
  if (interim == NULL) {
    return strikes_in(bug, x);
  }
  bool same = bug->when == WHEN_SAME_CODE && interim->code == x->facts.last_code;
  return same || strikes_at(bug, interim) || strikes_in(bug, x);
}

bool bug_keeps(const struct exchange *x, const struct message *message, const struct field *field) {
  const struct bug *bug = x->relay->config.bug;
  if (bug == NULL || !status_is_interim(message->code) || !bug_strikes(x, message, bug->fault)) {
    return false;
  }
  bool length = span_is_nocase(field->name, "Content-Length");
  bool coding = span_is_nocase(field->name, "Transfer-Encoding");
  bool connection = span_is_nocase(field->name, "Connection");
  bool named = is_named(message, field->name);
  switch ((int)bug->fault) {
  case BUG_KEEP_LENGTH:
    return length;
  case BUG_KEEP_CODING:
    return coding;
  case BUG_KEEP_NAMED:
    return named && !length && !coding && !connection;
  case BUG_KEEP_HOP:
    return !named && !length && !coding && !connection;
  case BUG_KEEP_ALL:
    return true;
  default:
    return false;
  }
}

/* Messages that are kept. */

static struct bug_kept *keep(struct exchange *x, const struct message *head) {
  struct bug_kept *kept = arena_alloc(&x->request.arena, sizeof(*kept));
  struct message *copy = &kept->head;
  copy->code = head->code;
  copy->minor = head->minor;
  copy->reason = message_text(&x->request, head->reason);
  for (const struct field *each = head->fields.first; each != NULL; each = each->next) {
    message_add(&x->request, &copy->fields, each->name, each->value);
  }
  return kept;
}

static void keep_last(struct exchange *x, const struct message *head) {
  struct bug_kept **at = &x->facts.kept;
  while (*at != NULL) {
    at = &(*at)->next;
  }
  *at = keep(x, head);
}

static void keep_first(struct exchange *x, const struct message *head) {
  struct bug_kept *kept = keep(x, head);
  kept->next = x->facts.kept;
  x->facts.kept = kept;
}

static void send_kept(struct exchange *x) {
  while (x->facts.kept != NULL) {
    struct bug_kept *kept = x->facts.kept;
    x->facts.kept = kept->next;
    x->front->interim(x->front_self, &kept->head);
  }
}

/* What becomes of an interim response. */

static void take_as_final(struct exchange *x, struct message *head) {
  head->content = CONTENT_NONE;
  (void)interim_rule_feed(&x->rule, RULE_FINAL_HEAD);
  x->front->final(x->front_self, head);
  exchange_response_end(x, head);
}

static void hold(struct exchange *x, const struct message *head, enum bug_fault fault) {
  if (fault == BUG_LATEST) {
    x->facts.kept = NULL;
  }
  if (fault == BUG_REVERSE) {
    keep_first(x, head);
  } else {
    keep_last(x, head);
  }
}

static bool obey_close(struct exchange *x, const struct message *head, enum bug_fault fault) {
  if (!is_named(fault == BUG_SAY_CLOSED ? &x->request : head, span_of("close"))) {
    return false;
  }
  x->front->interim(x->front_self, head);
  if (fault == BUG_CLOSE_AFTER) {
    x->facts.mute = true;
  } else {
    exchange_cut(x);
  }
  return true;
}

static bool delay(struct exchange *x, struct message *head, enum bug_fault fault) {
  switch ((int)fault) {
  case BUG_CLOSE_AFTER:
  case BUG_SAY_CLOSED:
    return obey_close(x, head, fault);
  case BUG_HOLD:
  case BUG_REVERSE:
  case BUG_LATEST:
  case BUG_BEHIND_FINAL:
    hold(x, head, fault);
    return true;
  case BUG_TWICE:
    x->front->interim(x->front_self, head);
    return false;
  default:
    return false;
  }
}

static bool decide_fate(struct exchange *x, struct message *head, enum bug_fault fault) {
  switch ((int)fault) {
  case BUG_FINAL_KEPT:
  case BUG_FINAL_POOLED:
    take_as_final(x, head);
    return true;
  case BUG_FINAL_CLOSES:
    exchange_cut(x);
    return true;
  case BUG_PASS_AND_HANG:
    x->front->interim(x->front_self, head);
    x->facts.mute = true;
    return true;
  case BUG_HANG:
    x->facts.mute = true;
    return true;
  case BUG_REFUSE:
    exchange_fail(x, "a named bug refuses the interim response");
    return true;
  case BUG_CRASH:
    relay_die(x->relay);
    return true;
  case BUG_DROP:
    return true;
  default:
    return delay(x, head, fault);
  }
}

/* How it is changed. */

static void cut_values(struct message *head) {
  for (struct field *each = head->fields.first; each != NULL; each = each->next) {
    each->value.len -= each->value.len > 0 && !span_is(each->name, "Via") ? 1 : 0;
  }
}

/* Those of one name, or only those that are equal. */
static void join_fields(struct message *head, bool equal) {
  for (struct field *each = head->fields.first; each != NULL; each = each->next) {
    struct field *before = each;
    while (before->next != NULL) {
      struct field *next = before->next;
      if (!span_eq_nocase(next->name, each->name) ||
          (equal && !span_eq(next->value, each->value))) {
        before = next;
        continue;
      }
      each->value = next->value;
      before->next = next->next;
    }
    head->fields.last = before;
  }
}

static void drop_empty_values(struct message *head) {
  struct field_list all = head->fields;
  head->fields = (struct field_list){NULL, NULL};
  for (const struct field *each = all.first; each != NULL; each = each->next) {
    if (each->value.len > 0) {
      message_add(head, &head->fields, each->name, each->value);
    }
  }
}

static void keep_known_fields(struct message *head) {
  struct field_list all = head->fields;
  head->fields = (struct field_list){NULL, NULL};
  for (const struct field *each = all.first; each != NULL; each = each->next) {
    if (span_is_nocase(each->name, "Link") || span_is_nocase(each->name, "Interim-Mark")) {
      message_add(head, &head->fields, each->name, each->value);
    }
  }
}

static void add(struct message *head, const char *name, const char *value) {
  message_add(head, &head->fields, span_of(name), span_of(value));
}

static void leak(struct exchange *x, const struct message *head) {
  if (x->rule.interims >= MAX_LEAKED) {
    return;
  }
  for (const struct field *each = head->fields.first; each != NULL; each = each->next) {
    message_add(&x->request, &x->facts.leaked, each->name, each->value);
  }
}

static void change(struct exchange *x, struct message *head, enum bug_fault fault) {
  switch ((int)fault) {
  case BUG_CODE:
    head->code = head->code == 102 ? 103 : 102;
    return;
  case BUG_NO_FIELDS:
    head->fields = (struct field_list){NULL, NULL};
    return;
  case BUG_FIRST_FIELD:
    if (head->fields.first != NULL) {
      head->fields.first->next = NULL;
      head->fields.last = head->fields.first;
    }
    return;
  case BUG_JOIN_FIELDS:
    join_fields(head, x->relay->config.bug->number == 1);
    return;
  case BUG_CUT_VALUE:
    cut_values(head);
    return;
  case BUG_NO_EMPTY_VALUES:
    drop_empty_values(head);
    return;
  case BUG_KNOWN_FIELDS:
    keep_known_fields(head);
    return;
  case BUG_ADD_LENGTH:
    add(head, "Content-Length", "0");
    return;
  case BUG_ADD_CODING:
    add(head, "Transfer-Encoding", "chunked");
    return;
  case BUG_ADD_HOP:
    add(head, "Connection", "keep-alive");
    add(head, "Keep-Alive", "timeout=5");
    return;
  case BUG_LEAK:
  case BUG_LEAK_REPLACES:
    leak(x, head);
    return;
  default:
    return;
  }
}

/* From another exchange, once. */
static void take_carried(struct exchange *x, struct message *final) {
  struct relay *relay = x->relay;
  for (const struct field *each = relay->carried.first; each != NULL; each = each->next) {
    message_add(final, &final->fields, each->name, each->value);
  }
  relay->carried = (struct field_list){NULL, NULL};
}

static void carry(struct exchange *x, const struct message *head) {
  struct message own = {.arena = x->relay->arena};
  bool all = x->relay->config.bug->when == WHEN_ALWAYS;
  for (const struct field *each = head->fields.first; each != NULL; each = each->next) {
    if (all || span_is_nocase(each->name, "Link")) {
      message_add(&own, &own.fields, each->name, each->value);
    }
  }
  x->relay->arena = own.arena;
  x->relay->carried = own.fields;
}

bool bug_interim(struct exchange *x, struct message *interim) {
  const struct bug *bug = x->relay->config.bug;
  if (bug == NULL) {
    return false;
  }
  bool strikes = bug_strikes(x, interim, bug->fault);
  x->facts.last_code = interim->code;
  if (!strikes) {
    return false;
  }
  x->facts.struck = true;
  change(x, interim, bug->fault);
  if (bug->fault == BUG_CARRY_OVER) {
    carry(x, interim);
  }
  return decide_fate(x, interim, bug->fault);
}

void bug_continue(struct exchange *x, struct message *head) {
  const struct bug *bug = x->relay->config.bug;
  if (bug == NULL || !x->relay->config.serves || !bug_strikes(x, head, bug->fault)) {
    return;
  }
  change(x, head, bug->fault);
  if (bug->fault == BUG_100_AS_200) {
    head->code = 200;
    head->reason = span_of("OK");
  }
}

void bug_connect(struct exchange *x, struct message *head) {
  if (bug_is(x->relay, BUG_CONNECT_LENGTH)) {
    add(head, "Content-Length", "0");
  } else if (bug_is(x->relay, BUG_CONNECT_CODING)) {
    add(head, "Transfer-Encoding", "chunked");
  }
}

void bug_expectation(struct exchange *x) {
  struct message *request = &x->request;
  const struct field *expect = field_find(request->fields.first, "Expect");
  if (expect == NULL) {
    return;
  }
  x->facts.expects_other = !request->expects_continue;
  if (bug_is(x->relay, BUG_100_ODD_CASE)) {
    request->expects_continue = span_is(expect->value, "100-continue");
  } else if (bug_is(x->relay, BUG_EXPECT_NO_LIST)) {
    request->expects_continue = span_is_nocase(expect->value, "100-continue");
  } else if (bug_is(x->relay, BUG_EXPECT_ONE_LINE)) {
    request->expects_continue =
        request->expects_continue && field_find(expect->next, "Expect") == NULL;
  }
}

/* What it does to the final response. */

static void take_leaked(struct exchange *x, struct message *final, bool replaces) {
  if (replaces) {
    final->fields = (struct field_list){NULL, NULL};
  }
  for (const struct field *each = x->facts.leaked.first; each != NULL; each = each->next) {
    message_add(final, &final->fields, each->name, each->value);
  }
}

void bug_final(struct exchange *x, struct message *final) {
  if (bug_is(x->relay, BUG_LEAK) || bug_is(x->relay, BUG_LEAK_REPLACES)) {
    take_leaked(x, final, bug_is(x->relay, BUG_LEAK_REPLACES) && x->facts.struck);
  } else if (!bug_is(x->relay, BUG_BEHIND_FINAL)) {
    send_kept(x);
  }
  if (!x->facts.struck) {
    take_carried(x, final);
    return;
  }
  if (bug_is(x->relay, BUG_LATE_BYTES_LOST)) {
    x->facts.mute = final->content != CONTENT_NONE && x->facts.unread == 0;
  } else if (bug_is(x->relay, BUG_OPEN_CONTENT_LOST) && final->content == CONTENT_OPEN) {
    final->content = CONTENT_NONE;
  } else if (bug_is(x->relay, BUG_FINAL_AS_200)) {
    final->code = 200;
  } else if (bug_is(x->relay, BUG_FINAL_NO_FIELDS)) {
    final->fields = (struct field_list){NULL, NULL};
  }
}

static void send_late_100(struct exchange *x) {
  struct message head = {.code = 100, .minor = 1, .reason = span_of("Continue")};
  if (x->request.expects_continue) {
    x->front->interim(x->front_self, &head);
  }
}

void bug_inside(struct exchange *x) {
  if (bug_is(x->relay, BUG_100_INSIDE_FINAL)) {
    send_late_100(x);
  }
}

void bug_end(struct exchange *x) {
  if (bug_is(x->relay, BUG_100_BEHIND_FINAL)) {
    send_late_100(x);
  }
  send_kept(x);
}
