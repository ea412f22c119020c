#include "cli/shell.h"

#include <string.h>

void shell_word(struct bytes *line, const char *word) {
  static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                              "@%+=:,./_-";
  if (word[0] != '\0' && word[strspn(word, plain)] == '\0') {
    bytes_text(line, word);
    return;
  }
  bytes_text(line, "'");
  for (const char *at = word; *at != '\0'; at++) {
    if (*at == '\'') {
      bytes_text(line, "'\\''");
    } else {
      bytes_printf(line, "%c", *at);
    }
  }
  bytes_text(line, "'");
}
