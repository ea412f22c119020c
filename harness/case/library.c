/* All cases: those built in, and those of a directory. */
#include "case/library.h"

#include "case/parser.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>

static const char registry_name[] = "requirements.tsv";

struct entry {
  struct source source;
  struct case_file file;
};

struct loader {
  struct arena *arena;
  const char *directory; /* NULL for what is built in */
  struct diag *diag;
  struct entry *entries;
  size_t num_entries;
  struct registry registry;
};

static int by_id(const void *left, const void *right) {
  const struct span a = ((const struct entry *)left)->file.id;
  const struct span b = ((const struct entry *)right)->file.id;
  size_t len = a.len < b.len ? a.len : b.len;
  int order = memcmp(a.ptr, b.ptr, len);
  if (order != 0 || a.len == b.len) {
    return order;
  }
  return a.len < b.len ? -1 : 1;
}

static int add_case(struct loader *loader, const char *name, const char *path, struct span text) {
  loader->entries =
      list_grow(loader->arena, loader->entries, loader->num_entries, sizeof(*loader->entries));
  struct entry *entry = &loader->entries[loader->num_entries++];
  entry->source = (struct source){name, text};
  if (case_parse(loader->arena, path, text, NULL, &entry->file, loader->diag) < 0) {
    return -1;
  }
  return case_check(&entry->file, &loader->registry, loader->diag);
}

static void finish(struct loader *loader, struct library *out) {
  size_t num = loader->num_entries;
  if (num > 0) {
    qsort(loader->entries, num, sizeof(*loader->entries), by_id);
  }
  struct source *sources = arena_array(loader->arena, num, sizeof(*sources));
  struct case_file *cases = arena_array(loader->arena, num, sizeof(*cases));
  for (size_t i = 0; i < num; i++) {
    sources[i] = loader->entries[i].source;
    cases[i] = loader->entries[i].file;
  }
  *out = (struct library){
      .registry = loader->registry, .sources = sources, .cases = cases, .num_cases = num};
}

static const struct source *embedded_registry(void) {
  for (size_t i = 0; i < library_num_embedded; i++) {
    if (strcmp(library_embedded[i].name, registry_name) == 0) {
      return &library_embedded[i];
    }
  }
  return NULL;
}

int library_load_embedded(struct arena *arena, struct library *out, struct diag *diag) {
  struct loader loader = {.arena = arena, .diag = diag};
  const struct source *registry = embedded_registry();
  if (registry == NULL) {
    diag_set(diag, registry_name, 0, 0, "was not built in");
    return -1;
  }
  if (registry_parse(arena, registry->name, registry->text, &loader.registry, diag) < 0) {
    return -1;
  }
  for (size_t i = 0; i < library_num_embedded; i++) {
    const struct source *source = &library_embedded[i];
    if (source != registry && add_case(&loader, source->name, source->name, source->text) < 0) {
      return -1;
    }
  }
  finish(&loader, out);
  return 0;
}

static int fail_system(struct loader *loader, const char *path, const char *what) {
  diag_set(loader->diag, arena_printf(loader->arena, "%s", path), 0, 0, "%s: %s", what,
           strerror(errno));
  return -1;
}

static int read_file(struct loader *loader, const char *path, struct span *out) {
  FILE *in = fopen(path, "rb");
  if (in == NULL) {
    return fail_system(loader, path, "cannot be opened");
  }
  struct bytes text;
  bytes_init(&text);
  char buffer[8192];
  size_t got;
  while ((got = fread(buffer, 1, sizeof(buffer), in)) > 0) {
    bytes_add(&text, span_make(buffer, got));
  }
  int failed = ferror(in) ? fail_system(loader, path, "cannot be read") : 0;
  (void)fclose(in);
  *out = arena_copy(loader->arena, bytes_span(&text));
  bytes_free(&text);
  return failed;
}

struct names {
  const char **items;
  size_t num;
};

static int by_name(const void *left, const void *right) {
  return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* The entries of a directory, sorted; hidden ones left out. */
static int list_directory(struct loader *loader, const char *path, struct names *out) {
  DIR *directory = opendir(path);
  if (directory == NULL) {
    return fail_system(loader, path, "cannot be listed");
  }
  *out = (struct names){0};
  errno = 0;
  for (struct dirent *entry; (entry = readdir(directory)) != NULL; errno = 0) {
    if (entry->d_name[0] == '.') {
      continue;
    }
    out->items = list_grow(loader->arena, out->items, out->num, sizeof(*out->items));
    out->items[out->num++] = arena_printf(loader->arena, "%s", entry->d_name);
  }
  int failed = errno == 0 ? 0 : fail_system(loader, path, "cannot be listed");
  (void)closedir(directory);
  if (out->num > 0) {
    qsort(out->items, out->num, sizeof(*out->items), by_name);
  }
  return failed;
}

static bool is_case_name(const char *name) {
  size_t len = strlen(name);
  return len > 5 && strcmp(name + len - 5, ".case") == 0;
}

/* An id is kept for ever and stands in file names, globs and addresses. */
static bool is_slug(struct span text) {
  for (size_t i = 0; i < text.len; i++) {
    uint8_t byte = text.ptr[i];
    bool letter = byte >= 'a' && byte <= 'z';
    bool digit = byte >= '0' && byte <= '9';
    if (!letter && !digit && byte != '-') {
      return false;
    }
  }
  return text.len > 0;
}

static int load_case(struct loader *loader, const char *group, const char *name) {
  const char *below = arena_printf(loader->arena, "%s/%s", group, name);
  const char *path = arena_printf(loader->arena, "%s/%s", loader->directory, below);
  struct span text;
  if (!is_slug(span_of(group)) || !is_slug(span_make(name, strlen(name) - 5))) {
    diag_set(loader->diag, path, 0, 0,
             "a case's file is GROUP/SLUG.case, in lower-case letters, digits and hyphens");
    return -1;
  }
  if (read_file(loader, path, &text) < 0 || add_case(loader, below, path, text) < 0) {
    return -1;
  }
  return case_parse_every(path, text, loader->diag);
}

static int load_group(struct loader *loader, const char *group) {
  const char *path = arena_printf(loader->arena, "%s/%s", loader->directory, group);
  struct names names;
  if (list_directory(loader, path, &names) < 0) {
    return -1;
  }
  for (size_t i = 0; i < names.num; i++) {
    if (is_case_name(names.items[i]) && load_case(loader, group, names.items[i]) < 0) {
      return -1;
    }
  }
  return 0;
}

/* What is not a directory holds no cases. */
static bool is_directory(struct loader *loader, const char *name) {
  DIR *directory = opendir(arena_printf(loader->arena, "%s/%s", loader->directory, name));
  if (directory == NULL) {
    return errno != ENOTDIR;
  }
  (void)closedir(directory);
  return true;
}

static int load_name(struct loader *loader, const char *name) {
  if (is_directory(loader, name)) {
    return load_group(loader, name);
  }
  if (is_case_name(name)) {
    diag_set(loader->diag, arena_printf(loader->arena, "%s/%s", loader->directory, name), 0, 0,
             "a case outside a group: move it to GROUP/%s", name);
    return -1;
  }
  return 0;
}

int library_load_directory(struct arena *arena, const char *directory, struct library *out,
                           struct diag *diag) {
  struct loader loader = {.arena = arena, .directory = directory, .diag = diag};
  const char *path = arena_printf(arena, "%s/%s", directory, registry_name);
  struct span text;
  if (read_file(&loader, path, &text) < 0 ||
      registry_parse(arena, path, text, &loader.registry, diag) < 0) {
    return -1;
  }
  struct names names;
  if (list_directory(&loader, directory, &names) < 0) {
    return -1;
  }
  for (size_t i = 0; i < names.num; i++) {
    if (load_name(&loader, names.items[i]) < 0) {
      return -1;
    }
  }
  finish(&loader, out);
  return 0;
}

/* fnmatch(3) wants a terminator behind the text. */
static bool match_glob(const char *glob, const char *text, size_t len) {
  struct bytes part;
  bytes_init(&part);
  bytes_add(&part, span_make(text, len));
  bool matched = fnmatch(glob, bytes_cstr(&part), FNM_NOESCAPE) == 0;
  bytes_free(&part);
  return matched;
}

bool library_match(const char *glob, const char *result_id) {
  if (strchr(glob, ':') != NULL) {
    return match_glob(glob, result_id, strlen(result_id));
  }
  if (match_glob(glob, result_id, strcspn(result_id, ":"))) {
    return true;
  }
  return strchr(glob, '/') == NULL && match_glob(glob, result_id, strcspn(result_id, "/:"));
}
