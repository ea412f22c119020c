/* The parts of case_parse and what they share while one text is read. Internal to the case layer.
 *
 * Each part reads the current line and returns 0, or -1 with the parser's diag set. */
#ifndef INTERIM_CASE_PARSER_H
#define INTERIM_CASE_PARSER_H

#include "case/case.h"

enum line_kind {
  LINE_BLANK,
  LINE_COMMENT,
  LINE_PLAIN,    /* begins in column 1: a head line or a step */
  LINE_INDENTED, /* a detail of the step before */
};

struct line {
  enum line_kind kind;
  size_t number;    /* from 1 */
  struct span raw;  /* as written, without its LF */
  struct span text; /* raw, or with each {NAME} of a parameter replaced */
};

struct parser {
  struct arena *arena;
  const char *file;
  struct span text;
  const struct case_binding *binding; /* NULL for the first values */
  const struct case_file *known;      /* the same case, read before, or NULL */
  struct diag *diag;
  struct case_file out;
  size_t next; /* where in text the next line begins */
  struct line line;
  struct line step_line; /* of the last step */
  struct span *content;  /* the content lines of the last step */
  size_t num_content;
  unsigned given;         /* head keywords that came already: bits by their index */
  struct line front_line; /* explicit limits; number is 0 when there is none */
  struct line back_line;
  size_t pinned_front[2]; /* line of the first step that pins the front to h1, and to h2, or 0 */
  size_t pinned_back[2];
};

/* lines.c */

/* parser_next_line reads the next line into parser->line. 1, 0 at the end of the text, or -1. */
int parser_next_line(struct parser *parser);

/* line_kind_of tells what a line of a text is, by its first bytes. */
enum line_kind line_kind_of(struct span raw);

/* line_cut takes the next line, without its LF, from *at on; false at the end of the text. */
bool line_cut(struct span text, size_t *at, struct span *out);

/* parser_fail sets the diagnosis at an offset into the current line's text. Returns -1. */
int parser_fail(struct parser *parser, size_t offset, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* parser_quote makes a run of the file's bytes printable, and cuts it when it is long. */
const char *parser_quote(struct parser *parser, struct span bytes);

/* diag_source copies a line for the caret into the diagnosis. */
void diag_source(struct diag *diag, struct span line);

/* list_grow returns an array of num elements with room for one more, moved when it must be. The
 * caller counts. */
void *list_grow(struct arena *arena, void *array, size_t num, size_t size);

/* Words of one line, which are separated by blanks. */
struct words {
  struct span line;
  size_t next;  /* offset behind the word taken last */
  size_t start; /* offset of the word taken last; behind the last word when none was left */
};

/* words_of starts at the line's first word. */
struct words words_of(struct span line);

/* words_take returns the next word, empty when none is left. */
struct span words_take(struct words *words);

/* words_peek returns the next word without taking it. */
struct span words_peek(const struct words *words);

/* words_end requires that no word is left. */
int words_end(struct parser *parser, struct words *words, const char *after);

/* head.c */

/* head_line_parse reads a head line: title, why, cites, seat, front, back, needs, alone, slow, for.
 */
int head_line_parse(struct parser *parser);

/* head_finish requires what every case needs. The current line is the first step, or the last line.
 */
int head_finish(struct parser *parser);

/* parameter.c */

/* parameter_parse reads the values of a "for" line; its keyword has been taken. */
int parameter_parse(struct parser *parser, struct words *words);

/* parameter_is_name tells whether a word can name a parameter. */
bool parameter_is_name(struct span word);

/* parameter_is_reserved tells whether the script engine substitutes {word}: path, host, nonce. */
bool parameter_is_reserved(struct span word);

/* substitute.c */

/* substitute_line makes line.text from line.raw with the values of the binding. */
int substitute_line(struct parser *parser);

/* substitute_origin turns an offset into line.text into one into line.raw. */
size_t substitute_origin(const struct parser *parser, size_t offset);

/* step.c */

/* step_is_word tells whether a line that begins with this word is a step. */
bool step_is_word(struct span word);

/* step_parse reads the current line as a step, and adds it. */
int step_parse(struct parser *parser);

/* step_finish completes the last step once its details are known. */
int step_finish(struct parser *parser);

/* frame.c */

/* frame_parse reads TYPE, flags, and the number that belongs to the type; "frame" has been taken.
 */
int frame_parse(struct parser *parser, struct words *words, struct case_message *out);

/* frame_stream_parse reads the word behind on-stream. */
int frame_stream_parse(struct parser *parser, struct words *words, struct step *step);

/* frame_check requires of a frame's lines what its type can hold, once they are known. */
int frame_check(struct parser *parser, const struct step *step);

/* message.c */

/* message_parse reads one MESSAGE. */
int message_parse(struct parser *parser, struct words *words, struct step *step,
                  struct case_message *out);

/* step_options_parse reads the options behind the messages of a step. */
int step_options_parse(struct parser *parser, struct words *words, struct step *step);

/* duration_parse reads the next word as 250ms, 2s, 500us, or 50% of the target's timeout. */
int duration_parse(struct parser *parser, struct words *words, const char *after, uint64_t *out);

/* detail.c */

/* detail_parse reads an indented line below the last step: a field, an absent field, content. */
int detail_parse(struct parser *parser);

/* detail_join makes a step's content of its content lines. */
void detail_join(struct parser *parser, struct step *step);

#endif
