/* What the runs of a play amount to: how many there are, and which of them is judged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "script/internal.h"
#include "script/suspect.h"

#include <string.h>

/* Runs, one letter each: c clean, b bad by itself, v got another play's answer, n its request did
 * not arrive, d the target died. */
struct runs_row {
  const char *runs;
  bool done;         /* there is none after them */
  unsigned reported; /* which one a report is about */
  unsigned judged;   /* which one the verdict is of */
  bool misled;
};

static const struct runs_row runs_rows[] = {
    {"c", true, 0, 0, false},
    {"b", false, 0, 0, false},
    {"v", false, 0, 0, true},
    {"n", false, 0, 0, false},

    {"bb", true, 1, 1, false},
    {"nn", true, 1, 1, false},
    {"dd", true, 1, 1, false},
    {"dn", false, 0, 0, false},
    {"bc", false, 0, 1, false},
    {"vc", false, 0, 1, false},
    {"nc", false, 0, 1, false},

    /* A neighbour may have had a hand in one of two: a third run decides. */
    {"vb", false, 1, 1, false},
    {"bv", false, 0, 0, false},
    {"nb", false, 1, 1, false},
    {"vv", false, 1, 1, true},
    {"vn", false, 1, 1, false},

    {"bcc", true, 0, 2, false},
    {"bcb", true, 2, 2, false},
    {"vbb", true, 2, 2, false},
    {"bvb", true, 2, 2, false},
    {"bnb", true, 2, 2, false},
    {"vbc", true, 1, 2, false},
    {"bvc", true, 0, 2, false},
    {"vbv", true, 1, 1, false},
    {"ncn", true, 2, 1, false},
    {"vcv", true, 2, 1, false},
    {"vvv", true, 2, 2, true},
};

static struct script script_of(char letter, struct finding *finding) {
  struct script script = {.config.play = 7};
  *finding = (struct finding){.breach = BREACH_FOREIGN, .has_owner = true, .owner.play = 8};
  switch (letter) {
  case 'b':
    script.missed = true;
    break;
  case 'v':
    script.findings = finding;
    script.num_findings = 1;
    break;
  case 'n':
    script.never_arrived = true;
    break;
  case 'd':
    script.target_down = true;
    script.never_arrived = true;
    break;
  default:
    assert_int_equal(letter, 'c');
  }
  return script;
}

static void test_which_run_is_judged(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof(runs_rows) / sizeof(runs_rows[0]); i++) {
    const struct runs_row *row = &runs_rows[i];
    struct script scripts[STAGE_MAX_RUNS];
    struct finding findings[STAGE_MAX_RUNS];
    struct play play = {.num_runs = (unsigned)strlen(row->runs)};
    for (unsigned k = 0; k < play.num_runs; k++) {
      scripts[k] = script_of(row->runs[k], &findings[k]);
      play.runs[k] = &scripts[k];
    }
    suspect_count(&play);
    print_message("%s\n", row->runs);
    assert_int_equal(play.done, row->done);
    assert_ptr_equal(play_script(&play), &scripts[row->reported]);
    assert_ptr_equal(play_judged(&play), &scripts[row->judged]);
    assert_int_equal(play_misled(&play), row->misled);
  }
}

static void test_an_answer_of_its_own_misleads_nobody(void **state) {
  (void)state;
  struct finding own;
  struct script script = script_of('v', &own);
  own.owner.play = script.config.play;
  struct play play = {.runs = {&script, &script}, .num_runs = 2};
  suspect_count(&play);
  assert_true(play.done);
  assert_false(play_misled(&play));
}

static void test_no_run_at_all(void **state) {
  (void)state;
  struct play play = {.num_runs = 0};
  assert_null(play_script(&play));
  assert_null(play_judged(&play));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_which_run_is_judged),
      cmocka_unit_test(test_an_answer_of_its_own_misleads_nobody),
      cmocka_unit_test(test_no_run_at_all),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
