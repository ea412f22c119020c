#include "cli/assemble.h"

#include "base/escape.h"
#include "cli/origin_facts.h"
#include "cli/plain.h"
#include "cli/play_facts.h"
#include "cli/record.h"

/* One requirement that was found met or not, and what happened if it was not. */
struct finding_weighed {
  struct span requirement;
  bool met;
  const char *reason;
  enum outcome outcome;
};

struct weighing {
  const struct assemble_context *context;
  struct script *script;
  const struct case_file *file;
  const struct case_cite *cite;
  outcome_set outcomes;
  enum outcome decisive; /* of what decided the verdict */
  bool valid_interims;   /* the target got one to five valid interim responses before it failed */
  struct result *out;
};

/* The final response's head is there: whatever came behind it, the interim response was not taken
 * for it. */
static bool has_begun(const struct script_exchange *exchange) {
  const struct message_seen *final = exchange->final;
  return final != NULL && !final->complete && final->head_done && final->owner == OWNER_OURS &&
         !script_fell_out(exchange, final);
}

static bool has_final(const struct script_exchange *exchange) {
  const struct message_seen *final = exchange->final;
  return final != NULL && final->complete && !script_fell_out(exchange, final);
}

/* A final response was waited for in vain, and is the target's to send. */
static bool is_stalled(const struct script *script, const struct script_exchange *exchange) {
  /* Nothing more was to come: we ended the connection, as what the target sent was no HTTP. */
  bool broken = script->clients[exchange->client].broken;
  bool owed = exchange->passed_over && exchange->arrivals > 0 && !exchange->final_sent;
  bool woken = script->woken && exchange->final != NULL && exchange->final->complete;
  return exchange->stalled && !has_final(exchange) && !broken && !owed && !woken;
}

static void exchange_facts(const struct script *script, const struct script_exchange *exchange,
                           struct judge_exchange *out) {
  const struct message_seen *final = has_final(exchange) ? exchange->final : NULL;
  bool tunnel = final != NULL && final->framing == H1_SWITCHED; /* the target's to make */
  *out = (struct judge_exchange){
      .interims_sent = (unsigned)exchange->num_interims,
      .interims_seen = exchange->num_seen,
      .interims_late = exchange->num_late,
      .interims_valid = exchange->valid_interims,
      .interims_unwanted = exchange->minor == 0,
      .interims_altered = exchange->altered,
      .interims_reordered = exchange->reordered,
      .final_sent = exchange->final_sent,
      .final_seen = final != NULL && final->owner == OWNER_OURS,
      .final_altered = exchange->final_altered,
      .final_own = final != NULL && final->owner == OWNER_TARGET && !tunnel,
      .leaked = exchange->leaked,
      .foreign = exchange->foreign,
      .closed = exchange->closed && !exchange->forgone,
      .stalled = exchange->next_answered || is_stalled(script, exchange),
      .fell_out = exchange->fell_out,
      .next_answered = exchange->next_answered && !has_begun(exchange),
  };
}

/* Who asks again after a 503 has read it, an error may be answered with another, and a 504 says
 * that the target waited for an origin of ours that waited for its client. */
static bool reads_error(const struct script_exchange *exchange, enum outcome outcome) {
  bool again = exchange->final_code == 503 && exchange->arrivals > 1;
  bool late = exchange->final != NULL && exchange->final->code == 504;
  return again || (outcome == OUTCOME_REPLACED && (late || exchange->final_code >= 500));
}

/* Whoever pipelines has to reckon with a close, and sends again what was not answered (RFC 9112
 * section 9.3.2). */
static bool ends_a_pipeline(const struct script *script, const struct script_exchange *exchange) {
  for (size_t i = 0; i < script->num_exchanges; i++) {
    const struct script_exchange *other = script->exchanges[i];
    if (other != exchange && !other->automatic && other->front != 0 &&
        other->front == exchange->front && other->final == NULL) {
      return true;
    }
  }
  return false;
}

static void gather_outcomes(struct weighing *weighing) {
  const struct script *script = weighing->script;
  for (size_t i = 0; i < script->num_exchanges; i++) {
    const struct script_exchange *exchange = script->exchanges[i];
    if (exchange->automatic) {
      continue;
    }
    struct judge_exchange facts;
    exchange_facts(script, exchange, &facts);
    outcome_set set = judge_exchange_outcomes(&facts);
    weighing->outcomes |= set;
    enum outcome first = outcome_first(set);
    bool excused = reads_error(exchange, first) ||
                   (first == OUTCOME_CLOSED && ends_a_pipeline(script, exchange));
    if (outcome_blames(first, true, false) != NULL && !excused && exchange->num_interims >= 1 &&
        exchange->num_interims <= 5 && exchange->valid_interims &&
        (exchange->final_sent || exchange->back_left)) {
      weighing->valid_interims = true;
    }
  }
}

static enum outcome breach_outcome(enum breach breach) {
  static const enum outcome outcomes[NUM_BREACHES] = {
      [BREACH_FOREIGN] = OUTCOME_DESYNC,       [BREACH_PLANTED] = OUTCOME_DESYNC,
      [BREACH_SMUGGLED] = OUTCOME_DESYNC,      [BREACH_OWED] = OUTCOME_DESYNC,
      [BREACH_UNSOLICITED] = OUTCOME_DESYNC,   [BREACH_PASSED_OVER] = OUTCOME_TAKEN_AS_FINAL,
      [BREACH_LEAKED] = OUTCOME_LEAKED,        [BREACH_REPEATED] = OUTCOME_ALTERED,
      [BREACH_VERSION] = OUTCOME_ALTERED,      [BREACH_PASSED_ON] = OUTCOME_ALTERED,
      [BREACH_GRAMMAR] = OUTCOME_ALTERED,      [BREACH_CODE] = OUTCOME_ALTERED,
      [BREACH_FRAMES] = OUTCOME_ALTERED,       [BREACH_INTERIM_LENGTH] = OUTCOME_UNMET,
      [BREACH_INTERIM_CODING] = OUTCOME_UNMET, [BREACH_INTERIM_HTTP10] = OUTCOME_UNMET,
      [BREACH_SWITCHED] = OUTCOME_UNMET,       [BREACH_NEVER] = OUTCOME_UNMET,
      [BREACH_HEAD_CONTENT] = OUTCOME_DESYNC,
  };
  return breach < NUM_BREACHES ? outcomes[breach] : OUTCOME_ALTERED;
}

static enum judge_level level_of(const struct assemble_context *context, struct span id) {
  const struct requirement *row = registry_find(context->registry, id);
  return row == NULL ? JUDGE_HOUSE : (enum judge_level)row->level;
}

static void add_requirement(struct weighing *weighing, struct span id) {
  struct result *out = weighing->out;
  for (size_t i = 0; i < out->num_requirements; i++) {
    if (span_is(id, out->requirements[i].id)) {
      return;
    }
  }
  struct arena *arena = weighing->context->arena;
  const struct requirement *row = registry_find(weighing->context->registry, id);
  struct result_requirement *requirement = &out->requirements[out->num_requirements];
  out->num_requirements++;
  requirement->id = (const char *)arena_copy(arena, id).ptr;
  requirement->level = row == NULL ? "HOUSE" : requirement_level_word(row->level);
  requirement->wording = row == NULL ? "" : (const char *)arena_copy(arena, row->wording).ptr;
  requirement->address = row == NULL ? "" : (const char *)arena_copy(arena, row->address).ptr;
}

static const char *miss_aside(const struct script *script) {
  return play_lost_upgrade(script) ? "; the target itself had asked the origin for the upgrade"
         : script->woken ? "; once another request came, this one was answered in its turn"
                         : "";
}

/* The step that was missed first, in words: what was due and what came. */
static const char *miss_text(const struct weighing *weighing) {
  const struct script *script = weighing->script;
  struct arena *arena = weighing->context->arena;
  if (script->first_missed == SIZE_MAX) {
    return "";
  }
  bool own = weighing->context->seat == SEAT_ORIGIN;
  const char *unfinished = own ? origin_unfinished(arena, script) : NULL;
  if (unfinished != NULL) {
    return unfinished;
  }
  const struct step *step = &weighing->file->steps[script->first_missed];
  struct bytes text = {0};
  escape_text(&text, step->text);
  const char *observed = script->steps[script->first_missed].observed;
  bool came = strcmp(observed, "nothing") == 0 || (observed[0] >= '0' && observed[0] <= '9');
  const char *verb = strchr(observed, ',') != NULL ? ", came" : " came";
  const char *out = arena_printf(arena, "line %zu, \"%s\": %s%s%s", step->line, bytes_cstr(&text),
                                 observed, came ? verb : "", miss_aside(script));
  bytes_free(&text);
  return out;
}

/* Misses of interims that did come, only late, do not count against forwarding. A late 100 does:
 * who waits for it sends nothing before. */
static bool only_late(const struct weighing *weighing) {
  const struct script *script = weighing->script;
  if (outcome_first(weighing->outcomes) != OUTCOME_HELD) {
    return false;
  }
  for (size_t i = 0; i < weighing->file->num_steps; i++) {
    if (script->steps[i].state != STEP_MISSED) {
      continue;
    }
    const struct step *step = &weighing->file->steps[i];
    bool interim = step->lane == LANE_CLIENT && step->verb == VERB_SEES &&
                   step->messages[0].kind == MESSAGE_STATUS && step->messages[0].low > 100 &&
                   step->messages[0].high < 200 &&
                   strcmp(script->steps[i].observed, "nothing") == 0;
    if (!interim) {
      return false;
    }
  }
  return true;
}

/* The worst finding decides, and of equal ones the first; but not before one by which users get
 * what is not theirs, or lose the target. Where no word fits the first, that of an equal one does.
 */
static void weigh(struct weighing *weighing, const struct finding_weighed *finding) {
  struct result *out = weighing->out;
  enum judge_level level = level_of(weighing->context, finding->requirement);
  enum verdict verdict = verdict_of(level, finding->met);
  bool first = out->num_requirements == 0;
  bool as_bad = verdict == out->verdict;
  bool graver =
      !finding->met && finding->outcome < weighing->decisive && finding->outcome <= OUTCOME_DESYNC;
  bool worse = as_bad ? graver : verdict_worse(verdict, out->verdict) == verdict;
  if (!first && !worse) {
    out->reason = as_bad && out->reason[0] == '\0' ? finding->reason : out->reason;
    bool clearer = as_bad && !finding->met && weighing->decisive == OUTCOME_UNMET;
    weighing->decisive = clearer ? finding->outcome : weighing->decisive;
    return;
  }
  weighing->decisive = finding->outcome;
  size_t known = out->num_requirements;
  out->num_requirements = 0;
  struct result_requirement before[8];
  for (size_t i = 0; i < known && i < 8; i++) {
    before[i] = out->requirements[i];
  }
  add_requirement(weighing, finding->requirement);
  for (size_t i = 0; i < known && i < 8; i++) {
    add_requirement(weighing, span_of(before[i].id));
  }
  out->verdict = verdict;
  out->level = level;
  out->level_word = out->requirements[0].level;
  out->reason = finding->reason;
}

/* What the unmet expectation is, where the case's own sentence is not about it. */
static const char *expectation(const struct weighing *weighing, const char *id) {
  const struct script *script = weighing->script;
  if (play_lost_upgrade(script)) {
    return OUTCOME_NOT_PASSED_ON;
  }
  if (script->woken) {
    return OUTCOME_TAKEN_UP_LATE;
  }
  bool unanswered = outcome_first(weighing->outcomes) == OUTCOME_HANG && outcome_is_about_place(id);
  if (weighing->context->seat == SEAT_ORIGIN || unanswered) {
    return OUTCOME_ONE_FINAL;
  }
  for (size_t i = 0; i < script->num_exchanges; i++) {
    const struct script_exchange *exchange = script->exchanges[i];
    if (exchange->sent_broken || !exchange->valid_interims || !exchange->final_sent) {
      return OUTCOME_NO_ANSWER;
    }
  }
  return OUTCOME_NOT_PASSED_ON;
}

static const char *blamed_for(const struct weighing *weighing, enum outcome outcome) {
  bool own = weighing->context->seat == SEAT_ORIGIN;
  bool ended = outcome == OUTCOME_CLOSED && own && origin_left_unfinished(weighing->script);
  if (ended || (own && outcome == OUTCOME_TAKEN_AS_FINAL)) {
    return OUTCOME_ONE_FINAL;
  }
  return outcome_blames(outcome, weighing->valid_interims,
                        weighing->context->pair->front == HTTP_H2);
}

/* An origin's right, where the case's own sentence is about something else. */
static bool closed_unanswered(const struct weighing *weighing) {
  const char *id = (const char *)arena_copy(weighing->context->arena, weighing->cite->id).ptr;
  return weighing->context->seat == SEAT_ORIGIN &&
         outcome_first(weighing->outcomes) == OUTCOME_CLOSED &&
         !outcome_can_break(OUTCOME_CLOSED, id) && origin_closed_unanswered(weighing->script);
}

/* What an origin made is malformed: that decides, and not what could not be seen for it. */
static bool is_malformed(const struct weighing *weighing) {
  const struct script *script = weighing->script;
  if (weighing->context->seat != SEAT_ORIGIN) {
    return false;
  }
  for (size_t i = 0; i < script->num_findings; i++) {
    enum breach breach = script->findings[i].breach;
    const char *id = breach_requirement(breach, script->config.front);
    bool form = breach == BREACH_GRAMMAR || breach == BREACH_FRAMES || breach >= BREACH_MALFORMED;
    if (form && id != NULL &&
        verdict_of(level_of(weighing->context, span_of(id)), false) == VERDICT_FAIL) {
      return true;
    }
  }
  return false;
}

/* Whether what happened does not break the case's own requirement, although a step was missed. */
static bool is_about_something_else(const struct script *script, enum outcome outcome,
                                    const char *id) {
  return !outcome_can_break(outcome, id) || play_lost_upgrade(script) || script->woken ||
         (outcome_met_by_head(id) && play_lacks_the_end_only(script));
}

static void weigh_case(struct weighing *weighing) {
  const struct script *script = weighing->script;
  enum outcome outcome = outcome_first(weighing->outcomes);
  bool met = !script->missed || only_late(weighing);
  if (!met && outcome_meets(outcome)) {
    weighing->outcomes |= 1U << OUTCOME_UNMET;
    outcome = OUTCOME_UNMET;
  }
  if (!met && is_malformed(weighing)) {
    return;
  }
  const char *reason = met ? "" : miss_text(weighing);
  const char *blamed = met ? NULL : blamed_for(weighing, outcome);
  if (blamed != NULL) {
    struct finding_weighed by_outcome = {span_of(blamed), false, reason, outcome};
    weigh(weighing, &by_outcome);
  }
  struct finding_weighed own = {weighing->cite->id, met, reason, outcome};
  const char *id = (const char *)arena_copy(weighing->context->arena, own.requirement).ptr;
  bool other = is_about_something_else(script, outcome, id);
  if (!met && other) {
    if (blamed != NULL) {
      return;
    }
    own.requirement = span_of(expectation(weighing, id));
    own.met = closed_unanswered(weighing);
  }
  weigh(weighing, &own);
}

static void weigh_breaches(struct weighing *weighing) {
  const struct script *script = weighing->script;
  for (size_t i = 0; i < script->num_findings; i++) {
    const struct finding *finding = &script->findings[i];
    bool elsewhere = finding->has_owner && finding->owner.play != script->config.play;
    if (elsewhere) {
      continue;
    }
    const char *id = breach_requirement(finding->breach, script->config.front);
    enum outcome outcome = breach_outcome(finding->breach);
    weighing->outcomes |= 1U << outcome;
    struct finding_weighed weighed = {id == NULL ? weighing->cite->id : span_of(id), false,
                                      finding->text, outcome};
    weigh(weighing, &weighed);
  }
}

static void weigh_accusation(struct weighing *weighing, const struct play *play) {
  if (play->accused[0] == '\0') {
    return;
  }
  const char *id = breach_requirement(play->accused_of, play->runs[0]->config.front);
  weighing->outcomes |= 1U << OUTCOME_DESYNC;
  struct finding_weighed weighed = {
      span_of(outcome_blames(OUTCOME_DESYNC, weighing->valid_interims, false)), false,
      play->accused, OUTCOME_DESYNC};
  if (id != NULL && !weighing->valid_interims) {
    weighed.requirement = span_of(id);
  }
  weigh(weighing, &weighed);
}

static void skip(struct result *out, const char *reason) {
  out->verdict = VERDICT_SKIP;
  out->reason = reason;
}

/* How the target dealt with a request without asking the origin; NULL for one that it did ask for.
 */
static const char *own_way(const struct weighing *weighing,
                           const struct script_exchange *exchange) {
  const struct message_seen *final = exchange->final;
  bool answered = final != NULL && final->owner == OWNER_TARGET && final->framing != H1_SWITCHED;
  bool closed = exchange->closed && exchange->num_seen == 0 && !exchange->stalled;
  bool asked = exchange->arrivals > 0;
  if (exchange->automatic || (asked && !exchange->answered_unasked) || !(answered || closed)) {
    return NULL;
  }
  struct bytes method = {0};
  escape_text(&method, exchange->method);
  struct arena *arena = weighing->context->arena;
  const char *text =
      answered ? arena_printf(arena, "the target answered %s with a %u of its own; the request %s",
                              bytes_cstr(&method), final->code,
                              asked ? "reached the origin later" : "did not reach the origin")
               : arena_printf(arena,
                              "the target closed the connection on %s; the request did not "
                              "reach the origin",
                              bytes_cstr(&method));
  bytes_free(&method);
  return text;
}

/* A method that the target answers with an error of its own when no interim response came either:
 * the last canary asked with it. NULL for none. */
static const char *refused_anyway(const struct weighing *weighing) {
  const struct script *script = weighing->script;
  const struct script_exchange *last =
      script->num_exchanges == 0 ? NULL : script->exchanges[script->num_exchanges - 1];
  if (outcome_first(weighing->outcomes) != OUTCOME_REPLACED || last == NULL || !last->automatic ||
      span_is(last->method, "GET") || last->final == NULL || last->final->owner != OWNER_TARGET ||
      last->final->code < 500) {
    return NULL;
  }
  struct arena *arena = weighing->context->arena;
  return arena_printf(arena,
                      "the target answers %s with a %u of its own, without an interim response too",
                      (const char *)arena_copy(arena, last->method).ptr, last->final->code);
}

/* A request that the target dealt with on its own, unless one before it had already gone wrong; or
 * that it would have dealt with so in any case. */
static const char *own_answer(const struct weighing *weighing) {
  const struct script *script = weighing->script;
  bool sound = true;
  for (size_t i = 0; i < script->num_exchanges && sound; i++) {
    const struct script_exchange *exchange = script->exchanges[i];
    const struct message_seen *final = exchange->final;
    /* The 2xx to CONNECT is the target's own: nobody else can make the tunnel. */
    bool tunnel = final != NULL && final->framing == H1_SWITCHED;
    const char *text = own_way(weighing, exchange);
    if (text != NULL) {
      return text;
    }
    sound = final != NULL && final->complete && !exchange->stalled &&
            (final->owner == OWNER_OURS || tunnel);
  }
  return refused_anyway(weighing);
}

static void error(struct result *out, const char *reason) {
  out->verdict = VERDICT_ERROR;
  out->reason = reason;
}

/* Why a target that died or fell silent counts against the play; again: more than one run was not
 * clean. A run that did not get through says nothing more about whose doing it is. */
static const char *death_reason(const struct play *play, bool again) {
  const struct script *script = play_judged(play);
  if (script->target_down) {
    return again ? "the target refuses connections after this case, twice"
                 : "the target refused connections while this case was played, and maybe others: "
                   "--jobs 1, or --restart, tells whose doing it is";
  }
  if (script->hurt) {
    return "a process of the target died while this case was played, twice";
  }
  return play_got_through(play->runs[play->num_runs - 1])
             ? "the target answered nobody any more, twice"
             : "the target answered nobody any more after this case, and maybe others, was played: "
               "--jobs 1, or --restart, tells whose doing it is";
}

/* Nothing of the play was seen to get through, and no connection of it was cut off: whatever the
 * target died or fell silent of, it was not this. But one that dies again when the play is played
 * again, alone, may well have died before it passed anything on. */
static bool found_it_dead(const struct play *play) {
  for (unsigned i = 0; i < play->num_runs; i++) {
    bool cut_off = (play->cuts & (1U << i)) != 0 && play->runs[i]->num_exchanges > 0;
    if (play_got_through(play->runs[i]) || cut_off) {
      return false;
    }
  }
  const struct script *last = play->runs[play->num_runs - 1];
  bool died_again =
      play->num_unclean > 1 && last->num_exchanges > 0 && (last->target_down || last->hurt);
  return !died_again;
}

static const char *gone_text(const struct assemble_context *context) {
  if (!context->worked) {
    return "not played: not even a plain GET worked";
  }
  return context->restarted_in_vain
             ? "not played: the target was gone, and the restart command did not bring it back"
             : "not played: the target was gone";
}

static void weigh_death(struct weighing *weighing, const struct play *play) {
  const struct script *script = weighing->script;
  bool again = play->num_unclean > 1;
  if (found_it_dead(play)) {
    error(weighing->out, gone_text(weighing->context));
    return;
  }
  if (!script->target_down && !again) {
    error(weighing->out,
          script->hurt ? "a process of the target died meanwhile, and it was not played again"
                       : "the target did not answer plain requests either: too slow to judge");
    return;
  }
  enum outcome outcome = script->target_down || script->hurt ? OUTCOME_CRASHED : OUTCOME_HANG;
  weighing->outcomes |= 1U << outcome;
  /* Whatever else was seen is the death's doing: it alone decides. */
  weighing->out->verdict = VERDICT_PASS;
  struct finding_weighed dead = {span_of(outcome_blames(OUTCOME_CRASHED, false, false)), false,
                                 death_reason(play, again), outcome};
  weigh(weighing, &dead);
}

static bool only_unmet(const struct weighing *weighing) {
  enum outcome first = outcome_first(weighing->outcomes);
  return outcome_meets(first) || first == OUTCOME_UNMET;
}

/* A case that only measures has its answer: that much, at least, passes. */
static void weigh_over_limit(struct weighing *weighing) {
  struct result *out = weighing->out;
  const char *text = arena_printf(weighing->context->arena, "more than this tool reads: %s",
                                  weighing->script->over_limit);
  if (out->verdict == VERDICT_INFO) {
    out->reason = text;
  } else {
    error(out, text);
  }
}

/* A trigger that brought nothing, or not all yet. True when nothing else counts. */
static bool weigh_trigger(struct weighing *weighing) {
  struct result *out = weighing->out;
  const char *idle =
      origin_idle_trigger(weighing->context->arena, weighing->script, weighing->file);
  if (idle[0] != '\0') {
    const char *slow = origin_slow_trigger(weighing->context->arena, weighing->script);
    if (out->verdict == VERDICT_INFO && slow[0] != '\0') {
      out->reason = slow;
    } else {
      skip(out, idle);
    }
    return true;
  }
  if (!weighing->script->missed || !origin_may_still_work(weighing->script)) {
    return false;
  }
  out->verdict = VERDICT_INFO;
  out->reason = "no final response came within --trigger-timeout; the target may still be working "
                "on it";
  return true;
}

/* RFC 9110 section 10.1.1 asks something of servers of HTTP/1.1 and later: a target that labels its
 * answers HTTP/1.0 says that it is none. */
static bool knows_no_expectation(const struct weighing *weighing) {
  const struct script *script = weighing->script;
  bool asked = false;
  for (size_t i = 0; i < weighing->file->num_cites; i++) {
    asked = asked || span_starts(weighing->file->cites[i].id, "RFC9110-10.1.1-");
  }
  bool http10 = weighing->context->front_http10;
  for (size_t i = 0; i < script->num_exchanges && !http10; i++) {
    const struct message_seen *final = script->exchanges[i]->final;
    http10 = final != NULL && final->minor == 0;
  }
  return asked && http10;
}

/* A response without a length ends with its connection, cut short or not, and HTTP/1.0 knows no
 * other (RFC 9112 section 6.3). */
static bool cannot_tell_a_cut(const struct weighing *weighing) {
  const struct script *script = weighing->script;
  bool open = false;
  for (size_t i = 0; i < script->num_exchanges; i++) {
    const struct message_seen *final = script->exchanges[i]->final;
    open = open || (final != NULL && final->minor == 0 && final->framing == H1_UNTIL_CLOSE);
  }
  return open && span_is(weighing->cite->id, "RFC9112-8-1");
}

/* What HTTP/1.0 lacks, where the target answers with it; NULL for nothing. */
static const char *lacks_in_http10(const struct weighing *weighing) {
  if (weighing->out->verdict == VERDICT_PASS) {
    return NULL;
  }
  if (knows_no_expectation(weighing)) {
    return "the target answers with HTTP/1.0, which has no expectations";
  }
  return cannot_tell_a_cut(weighing)
             ? "the target answers with HTTP/1.0, where a response that is cut short ends like any"
             : NULL;
}

/* What the target lacks, or what came in between: SKIP or ERROR instead of the verdict. */
static const char *why_not_played(const struct weighing *weighing) {
  const struct script *script = weighing->script;
  if (script->asked_http10) {
    return "the target asks the origin with HTTP/1.0 here: nobody may send it an interim response";
  }
  if (script->wrong_back) {
    return "the target asked the origin in another version of HTTP than before";
  }
  if (script->no_tunnel && !play_lost_upgrade(script)) {
    return play_without_tunnel(weighing->context->arena, script);
  }
  const char *old = lacks_in_http10(weighing);
  if (old != NULL) {
    return old;
  }
  if (closed_unanswered(weighing)) {
    return "the target closed the connection instead of answering";
  }
  if (script->no_room && only_unmet(weighing)) {
    return "the target takes fewer streams at once than this case opens";
  }
  if (script->held_back && only_unmet(weighing)) {
    return weighing->context->seat == SEAT_ORIGIN
               ? "the target serves one connection at a time, and this case needs two"
               : "the target does not ask the origin for so many things at once";
  }
  return NULL;
}

static void weigh_obstacles(struct weighing *weighing) {
  struct result *out = weighing->out;
  const struct script *script = weighing->script;
  bool relays = weighing->context->seat != SEAT_ORIGIN;
  bool unasked = relays && (script->never_arrived || script->missed);
  const char *answer = unasked ? own_answer(weighing) : NULL;
  const char *why_not = why_not_played(weighing);
  if (answer != NULL) {
    skip(out, answer);
  } else if (script->over_limit[0] != '\0') {
    weigh_over_limit(weighing);
  } else if (why_not != NULL) {
    skip(out, why_not);
  } else if (script->lost_request && !play_sent_interim(script) && weighing->context->back_http10) {
    skip(out, "the target asks the origin with HTTP/1.0, and this request never came there");
  } else if (script->lost_request && !play_sent_interim(script)) {
    error(out, "the request neither reached the origin nor was answered: nothing to judge");
  } else if (script->never_arrived && out->verdict == VERDICT_PASS) {
    skip(out, "the request did not reach the origin");
  }
}

/* What stands in the way of a verdict. */
static void weigh_lacks(struct weighing *weighing, const struct play *play) {
  struct result *out = weighing->out;
  const struct script *script = weighing->script;
  if (script->target_down || script->unresponsive || script->hurt) {
    weigh_death(weighing, play);
  } else if (!play->done && !script_clean(script)) {
    error(out, arena_printf(weighing->context->arena, "seen once and not run again, as %s: %s",
                            weighing->context->interrupted ? "the run was interrupted"
                                                           : "the target was gone",
                            out->reason));
  } else if (play_misled(play) && play->accused[0] == '\0') {
    error(out, "each time another case's answer came in place of its own: nothing to judge");
  } else if (script->num_findings == 0 && !weigh_trigger(weighing)) {
    weigh_obstacles(weighing);
  }
}

static const char *join_reasons(struct arena *arena, const char *first, const char *second) {
  return arena_printf(arena, "%s%s%s", first, first[0] == '\0' ? "" : "; ", second);
}

/* A play that failed once and not again is judged by a run that was clean, and says so. */
static void note_flake(struct weighing *weighing, const struct play *play) {
  if (play->num_unclean == 0 || !script_clean(weighing->script)) {
    return;
  }
  struct script *unclean = play_script(play);
  struct arena *arena = weighing->context->arena;
  bool victim = unclean->num_findings > 0 && unclean->findings[0].has_owner;
  weighing->out->reason =
      join_reasons(arena, weighing->out->reason,
                   arena_printf(arena, "in %u of %u runs, not when run again alone: observed %s%s",
                                play->num_unclean, play->num_runs, script_observed(unclean),
                                victim ? " (an answer that belongs to another case)" : ""));
}

static void name_outcomes(struct weighing *weighing) {
  struct result *out = weighing->out;
  bool faulty = out->verdict == VERDICT_FAIL || out->verdict == VERDICT_WARN;
  out->outcomes =
      out->verdict == VERDICT_PASS ? outcomes_of_met(weighing->outcomes) : weighing->outcomes;
  out->outcome = faulty ? weighing->decisive : outcome_first(out->outcomes);
}

static void name_fault(struct weighing *weighing) {
  struct result *out = weighing->out;
  bool fault = out->verdict == VERDICT_FAIL || out->verdict == VERDICT_WARN;
  out->fault = fault ? arena_printf(weighing->context->arena, "%s %s", out->requirements[0].id,
                                    outcome_word(out->outcome))
                     : "";
}

/* The play's own memory goes before the report is written. */
static void outlive_the_play(struct arena *arena, struct result *out) {
  out->expected = arena_printf(arena, "%s", out->expected);
  out->observed = arena_printf(arena, "%s", out->observed);
  out->reason = arena_printf(arena, "%s", out->reason);
}

/* A target that was never there leaves the question open: then the first that may be. */
static enum http_version back_of(const struct assemble_context *context) {
  return context->back != 0                      ? context->back
         : (context->pair->backs & HTTP_H1) != 0 ? HTTP_H1
                                                 : HTTP_H2;
}

static void begin_result(const struct assemble_context *context, const struct play *play,
                         struct result *out) {
  struct arena *arena = context->arena;
  const struct case_file *file = play->file;
  *out = (struct result){
      .id = play->id,
      .title = (const char *)arena_copy(arena, file->title).ptr,
      .why = (const char *)arena_copy(arena, file->why).ptr,
      .front = context->pair->front == HTTP_H2 ? "h2" : "h1",
      .back = context->seat == SEAT_ORIGIN  ? ""
              : back_of(context) == HTTP_H2 ? "h2"
                                            : "h1",
      .reason = "",
      .fault = "",
      .known = "",
      .expected = "",
      .observed = "",
      .script = "",
      .level_word = "",
      .outcome = OUTCOME_OK,
      .reproduce = arena_printf(arena, "%s %s", context->reproduce, play->id),
  };
  out->requirements =
      arena_array(arena, file->num_cites + NUM_BREACHES + 4, sizeof(*out->requirements));
  out->measured = arena_array(arena, 4 + ORIGIN_MAX_MEASURES, sizeof(*out->measured));
}

void assemble_result(const struct assemble_context *context, const struct play *play,
                     struct result *out) {
  begin_result(context, play, out);
  struct weighing weighing = {
      .context = context,
      .file = play->file,
      .cite = case_cite_for(play->file, context->seat, context->pair->front, back_of(context)),
      .out = out,
  };
  weighing.script = play_judged(play);
  if (weighing.script == NULL || weighing.script->phase != PHASE_DONE) {
    add_requirement(&weighing, weighing.cite->id);
    out->level = level_of(context, weighing.cite->id);
    out->level_word = out->requirements[0].level;
    out->verdict = VERDICT_ERROR;
    out->outcome = OUTCOME_UNMET;
    out->outcomes = 1U << OUTCOME_UNMET;
    out->reason = context->interrupted ? "not played: the run was interrupted" : gone_text(context);
    return;
  }
  out->expected = script_expected(weighing.script);
  out->observed = script_observed(weighing.script);
  gather_outcomes(&weighing);
  weigh_case(&weighing);
  weigh_breaches(&weighing);
  weigh_accusation(&weighing, play);
  weigh_lacks(&weighing, play);
  for (size_t i = 0; i < play->file->num_cites; i++) {
    const struct case_cite *cite = &play->file->cites[i];
    bool binds = (cite->seats == 0 || (cite->seats & (unsigned)context->seat) != 0) &&
                 (cite->fronts == 0 || (cite->fronts & (unsigned)context->pair->front) != 0) &&
                 (cite->backs == 0 || (cite->backs & (unsigned)back_of(context)) != 0);
    if (binds) {
      add_requirement(&weighing, cite->id);
    }
  }
  name_outcomes(&weighing);
  out->duration_ms = (double)(weighing.script->ended_us - weighing.script->began_us) / 1000;
  record_measures(weighing.script, weighing.cite->id, out);
  note_flake(&weighing, play);
  name_fault(&weighing);
  outlive_the_play(context->arena, out);
  record_transcript(context->arena, weighing.script, out);
  if (context->target != NULL && out->verdict != VERDICT_PASS) {
    out->script = plain_script(context->arena, weighing.script, context->target, context->origin);
  }
  out->unexpected = out->verdict == VERDICT_FAIL;
}
