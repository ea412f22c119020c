/* A build tool, not part of the library: "embed FILE..." writes the C source that defines
 * library_embedded and library_num_embedded (case/library.h) to standard output. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct input {
  const char *path;
  const char *name;
};

/* The path below the last directory "cases". */
static const char *name_of(const char *path) {
  static const char directory[] = "cases/";
  const char *name = path;
  for (const char *at = path; (at = strstr(at, directory)) != NULL; at++) {
    if (at == path || at[-1] == '/') {
      name = at + strlen(directory);
    }
  }
  return name;
}

static int by_name(const void *left, const void *right) {
  const struct input *a = left;
  const struct input *b = right;
  return strcmp(a->name, b->name);
}

static int fail(const char *path, const char *reason) {
  (void)fprintf(stderr, "embed: %s: %s\n", path, reason);
  return -1;
}

/* Byte by byte, because a string literal may be no longer than 4,095 bytes in portable C, and an
 * array may not be empty. */
static int write_text(const char *path, size_t index) {
  FILE *in = fopen(path, "rb");
  if (in == NULL) {
    return fail(path, strerror(errno));
  }
  (void)printf("static const uint8_t text_%zu[] = {", index);
  size_t len = 0;
  for (int byte = getc(in); byte != EOF; byte = getc(in)) {
    (void)printf("%s%d,", len % 20 == 0 ? "\n  " : "", byte);
    len++;
  }
  (void)printf("%s\n};\nenum { LEN_%zu = %zu };\n", len == 0 ? "0" : "", index, len);
  int failed = ferror(in);
  (void)fclose(in);
  return failed ? fail(path, "cannot be read") : 0;
}

static int check_names(const struct input *inputs, size_t num) {
  for (size_t i = 0; i < num; i++) {
    if (strpbrk(inputs[i].name, "\"\\\n") != NULL) {
      return fail(inputs[i].path, "quotes, backslashes and line ends are not for file names");
    }
    if (i > 0 && strcmp(inputs[i - 1].name, inputs[i].name) == 0) {
      return fail(inputs[i].path, "named twice");
    }
  }
  return 0;
}

static int write_source(const struct input *inputs, size_t num) {
  (void)printf("#include \"case/library.h\"\n\n");
  for (size_t i = 0; i < num; i++) {
    if (write_text(inputs[i].path, i) < 0) {
      return -1;
    }
  }
  (void)printf("\nconst struct source library_embedded[] = {\n");
  for (size_t i = 0; i < num; i++) {
    (void)printf("  {\"%s\", {text_%zu, LEN_%zu}},\n", inputs[i].name, i, i);
  }
  (void)printf("};\nconst size_t library_num_embedded = %zu;\n", num);
  return fflush(stdout) == 0 ? 0 : fail("standard output", strerror(errno));
}

int main(int argc, char **argv) {
  if (argc < 2) {
    (void)fprintf(stderr, "usage: embed FILE...\n");
    return 2;
  }
  size_t num = (size_t)argc - 1;
  struct input *inputs = calloc(num, sizeof(*inputs));
  if (inputs == NULL) {
    return 1;
  }
  for (size_t i = 0; i < num; i++) {
    inputs[i] = (struct input){argv[i + 1], name_of(argv[i + 1])};
  }
  qsort(inputs, num, sizeof(*inputs), by_name);
  int failed = check_names(inputs, num) < 0 || write_source(inputs, num) < 0;
  free(inputs);
  return failed ? 1 : 0;
}
