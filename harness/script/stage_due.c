/* Which play begins next, and whether there is room for it. */
#include "script/stage_inner.h"

#include "script/suspect.h"

bool stage_is_alone(const struct stage *stage) {
  return stage->phase == STAGE_ALONE || stage->phase == STAGE_CONFIRM_ALONE;
}

/* Over HTTP/2 the target may put all plays on one connection. Frames that go out in pieces hold up
 * all others, and frames made by hand may cost the connection, as is the target's right (RFC 9113
 * sections 5.4.1 and 10.5). */
static bool holds_up(const struct stage *stage, const struct case_file *file) {
  for (size_t i = 0; stage->back == HTTP_H2 && i < file->num_steps; i++) {
    const struct step *step = &file->steps[i];
    bool by_hand = step->verb == VERB_SENDS && step->messages[0].kind == MESSAGE_FRAME;
    if (step->lane == LANE_ORIGIN &&
        (by_hand || step->cut != 0 || step->split != 0 || step->padded)) {
      return true;
    }
  }
  return false;
}

static bool plays_alone(const struct stage *stage, const struct play *play) {
  return play->file->alone || holds_up(stage, play->file);
}

/* Whether the target may have died, or fallen silent, of this play. */
static bool is_suspect(const struct play *play) {
  const struct script *script = play->runs[play->num_runs - 1];
  return script->target_down || script->hurt || script->unresponsive;
}

/* Over HTTP/2: the target ended the stream, perhaps with the whole connection, and perhaps for what
 * a neighbour on it had done. */
static bool was_left(const struct play *play) {
  const struct script *script = play->runs[0];
  for (size_t i = 0; i < script->num_exchanges; i++) {
    if (script->exchanges[i]->back_left && script->exchanges[i]->back_number != 0) {
      return true;
    }
  }
  return false;
}

/* Who must be confirmed with nothing else in flight. */
static bool due_alone(struct stage *stage, const struct play *play) {
  if (play->num_runs == 0) {
    return false;
  }
  if (is_suspect(play) || plays_alone(stage, play) || was_left(play) || play->num_runs > 1) {
    return true;
  }
  unsigned most = suspect_lost_answer(play->runs[0]) ? MAX_ALONE_CUTS : MAX_ALONE_CONFIRMS;
  if (stage->num_confirmed_alone >= most) {
    return false;
  }
  struct span symptom = span_of(suspect_symptom(&stage->arena, play->runs[0]));
  return span_find(bytes_span(&stage->confirmed), symptom, 0) == SIZE_MAX;
}

static bool due(struct stage *stage, const struct play *play) {
  if (play->done || play->running) {
    return false;
  }
  switch (stage->phase) {
  case STAGE_TOGETHER:
    return play->num_runs == 0 && !plays_alone(stage, play);
  case STAGE_ALONE:
    return play->num_runs == 0;
  case STAGE_CONFIRM_ALONE:
    return due_alone(stage, play);
  case STAGE_CONFIRM:
    return play->num_runs == 1;
  case STAGE_SANITY:
  case STAGE_LAST_SANITY:
  case STAGE_DONE:
    break;
  }
  return false;
}

struct play *stage_next_due(struct stage *stage) {
  for (size_t i = 0; i < stage->num_plays; i++) {
    struct play *play = &stage->plays[(stage->next_play + i) % stage->num_plays];
    if (due(stage, play)) {
      stage->next_play = (size_t)(play - stage->plays) + 1;
      return play;
    }
  }
  return NULL;
}

bool stage_has_room(const struct stage *stage) {
  if (stage_is_alone(stage)) {
    return stage->num_active == 0;
  }
  unsigned busy = 0;
  for (size_t i = 0; i < stage->num_active; i++) {
    busy += script_waiting(stage->active[i].script, stage->now_us) ? 0U : 1U;
  }
  return busy < stage->config.jobs && stage->num_active < stage->crowd;
}
