/* A main for the fuzz targets where there is no libFuzzer: runs each file named, and each file in
 * each directory named, once. Usage: TARGET PATH... */
#include "fuzz/fuzz.h"
#include "tests/read_file.h"

#include <dirent.h>

const bool fuzz_replays = true;

static size_t num_run;

/* The input stands in memory of just its size, so that a sanitizer sees one byte too far. */
static int run_file(const char *path) {
  struct bytes bytes = {0};
  bool failed = !read_file(path, &bytes);
  if (failed) {
    perror(path);
  }
  uint8_t *exact = malloc(bytes.len + 1);
  if (exact != NULL && !failed) {
    uint8_t *input = exact + 1;
    if (bytes.len > 0) {
      memcpy(input, bytes.ptr, bytes.len);
    }
    (void)LLVMFuzzerTestOneInput(input, bytes.len);
    num_run++;
  }
  failed = failed || exact == NULL;
  free(exact);
  bytes_free(&bytes);
  return failed ? 1 : 0;
}

static int run_path(const char *path) {
  DIR *dir = opendir(path);
  if (dir == NULL) {
    return run_file(path);
  }
  int failed = 0;
  for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
    if (entry->d_name[0] != '.') {
      struct bytes name = {0};
      bytes_printf(&name, "%s/%s", path, entry->d_name);
      failed |= run_file(bytes_cstr(&name));
      bytes_free(&name);
    }
  }
  (void)closedir(dir);
  return failed;
}

int main(int argc, char **argv) {
  int failed = argc < 2 ? 2 : 0;
  for (int i = 1; i < argc; i++) {
    failed |= run_path(argv[i]);
  }
  (void)fprintf(stderr, "%s: %zu inputs\n", argv[0], num_run);
  return failed;
}
