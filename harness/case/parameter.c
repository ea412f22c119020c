/* "for NAME VALUE...": the values that make a case into several results. */
#include "case/parser.h"

enum { MAX_PARAMETERS = 4, MAX_RESULTS = 2000 };

struct value {
  struct span text;
  size_t start; /* offset into the line */
  bool removed;
};

struct values {
  struct value *items;
  size_t num;
};

bool parameter_is_name(struct span word) {
  if (word.len == 0 || word.ptr[0] < 'a' || word.ptr[0] > 'z') {
    return false;
  }
  for (size_t i = 0; i < word.len; i++) {
    uint8_t byte = word.ptr[i];
    bool fits = (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '-';
    if (!fits) {
      return false;
    }
  }
  return true;
}

bool parameter_is_reserved(struct span word) {
  return span_is(word, "path") || span_is(word, "host") || span_is(word, "nonce");
}

static void add_value(struct parser *parser, struct values *values, struct span text,
                      size_t start) {
  values->items = list_grow(parser->arena, values->items, values->num, sizeof(*values->items));
  values->items[values->num++] = (struct value){text, start, false};
}

static bool read_range(struct span word, uint64_t *low, uint64_t *high) {
  size_t dash = span_find(word, span_of("-"), 0);
  return dash != SIZE_MAX && span_number(span_make(word.ptr, dash), low) &&
         span_number(span_skip(word, dash + 1), high);
}

/* One word of the line: a range, or a value by itself. */
static int add_word(struct parser *parser, struct values *values, struct span word, size_t start) {
  uint64_t low = 0;
  uint64_t high = 0;
  if (!read_range(word, &low, &high)) {
    if (span_find(word, span_of("{"), 0) != SIZE_MAX ||
        span_find(word, span_of("}"), 0) != SIZE_MAX) {
      return parser_fail(parser, start, "a value has no braces: it replaces {NAME} in the steps");
    }
    add_value(parser, values, word, start);
    return 0;
  }
  if (low > high) {
    return parser_fail(parser, start, "the range %s runs backwards: write the lower number first",
                       parser_quote(parser, word));
  }
  if (high - low >= MAX_RESULTS) {
    return parser_fail(parser, start, "the range %s has more than %d values",
                       parser_quote(parser, word), MAX_RESULTS);
  }
  for (uint64_t number = low; number <= high; number++) {
    const char *text = arena_printf(parser->arena, "%llu", (unsigned long long)number);
    add_value(parser, values, span_of(text), start);
  }
  return 0;
}

static int compare(struct span a, struct span b) {
  size_t len = a.len < b.len ? a.len : b.len;
  int order = memcmp(a.ptr, b.ptr, len);
  if (order != 0 || a.len == b.len) {
    return order;
  }
  return a.len < b.len ? -1 : 1;
}

static int by_text(const void *left, const void *right) {
  const struct value *a = *(struct value *const *)left;
  const struct value *b = *(struct value *const *)right;
  int order = compare(a->text, b->text);
  if (order != 0) {
    return order;
  }
  return a < b ? -1 : 1;
}

static int with_text(const void *key, const void *element) {
  const struct value *value = *(struct value *const *)element;
  return compare(*(const struct span *)key, value->text);
}

/* The values in the order of their texts, equal ones in the order written. */
static struct value **sort_values(struct parser *parser, const struct values *values) {
  struct value **sorted = arena_array(parser->arena, values->num, sizeof(struct value *));
  for (size_t i = 0; i < values->num; i++) {
    sorted[i] = &values->items[i];
  }
  if (values->num > 0) {
    qsort(sorted, values->num, sizeof(struct value *), by_text);
  }
  return sorted;
}

static int check_twice(struct parser *parser, struct value *const *sorted, size_t num) {
  for (size_t i = 1; i < num; i++) {
    if (span_eq(sorted[i - 1]->text, sorted[i]->text)) {
      return parser_fail(parser, sorted[i]->start, "the value %s stands here twice",
                         parser_quote(parser, sorted[i]->text));
    }
  }
  return 0;
}

static int remove_values(struct parser *parser, struct value *const *sorted, size_t num,
                         const struct values *except) {
  for (size_t i = 0; i < except->num; i++) {
    struct value *const *found =
        bsearch(&except->items[i].text, sorted, num, sizeof(struct value *), with_text);
    if (found == NULL) {
      return parser_fail(parser, except->items[i].start, "except %s removes nothing",
                         parser_quote(parser, except->items[i].text));
    }
    (*found)->removed = true;
  }
  return 0;
}

static int take_values(struct parser *parser, struct words *words, struct values *values,
                       struct values *except) {
  struct values *into = values;
  for (struct span word = words_take(words); word.len > 0; word = words_take(words)) {
    if (into == values && values->num > 0 && span_is(word, "except")) {
      into = except;
    } else if (add_word(parser, into, word, words->start) < 0) {
      return -1;
    }
    if (into->num > MAX_RESULTS) {
      return parser_fail(parser, words->start, "more than %d values", MAX_RESULTS);
    }
  }
  if (values->num == 0 || (into == except && except->num == 0)) {
    return parser_fail(parser, words->start,
                       "a value belongs here: for NAME VALUE... [except VALUE...]");
  }
  return 0;
}

static int keep_values(struct parser *parser, const struct values *values,
                       struct case_parameter *out) {
  out->values = arena_array(parser->arena, values->num, sizeof(*out->values));
  for (size_t i = 0; i < values->num; i++) {
    if (!values->items[i].removed) {
      out->values[out->num_values++] = values->items[i].text;
    }
  }
  if (out->num_values == 0) {
    return parser_fail(parser, 0, "except removes every value: leave one");
  }
  if (out->num_values * case_num_bindings(&parser->out) > MAX_RESULTS) {
    return parser_fail(parser, 0, "the values multiply to more than %d results", MAX_RESULTS);
  }
  return 0;
}

static int check_name(struct parser *parser, struct span name, size_t start) {
  const struct case_file *out = &parser->out;
  if (out->num_parameters == MAX_PARAMETERS) {
    return parser_fail(parser, 0, "more than %d parameters", MAX_PARAMETERS);
  }
  if (!parameter_is_name(name)) {
    return parser_fail(parser, start,
                       "a name of lower-case letters, digits and hyphens belongs here");
  }
  if (parameter_is_reserved(name)) {
    return parser_fail(parser, start, "{%s} has a meaning of its own: choose another name",
                       parser_quote(parser, name));
  }
  for (size_t i = 0; i < out->num_parameters; i++) {
    if (span_eq(out->parameters[i].name, name)) {
      return parser_fail(parser, start, "a second parameter %s", parser_quote(parser, name));
    }
  }
  return 0;
}

int parameter_parse(struct parser *parser, struct words *words) {
  struct case_parameter parameter = {.name = words_take(words), .line = parser->line.number};
  struct values values = {0};
  struct values except = {0};
  if (parser->known != NULL) {
    parser->out.parameters = parser->known->parameters;
    parser->out.num_parameters = parser->known->num_parameters;
    return 0;
  }
  if (check_name(parser, parameter.name, words->start) < 0 ||
      take_values(parser, words, &values, &except) < 0) {
    return -1;
  }
  struct value **sorted = sort_values(parser, &values);
  if (check_twice(parser, sorted, values.num) < 0 ||
      remove_values(parser, sorted, values.num, &except) < 0 ||
      keep_values(parser, &values, &parameter) < 0) {
    return -1;
  }
  struct case_file *out = &parser->out;
  out->parameters =
      list_grow(parser->arena, out->parameters, out->num_parameters, sizeof(*out->parameters));
  out->parameters[out->num_parameters++] = parameter;
  return 0;
}
