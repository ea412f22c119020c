#include "cli/bug_option.h"

#include "cli/cli.h"
#include "cli/usage.h"

#include <stdio.h>

int bug_option_take(const char *command, const char *option, const char *name,
                    enum bug_stands stands, const struct bug **out) {
  *out = bug_named(name);
  if (*out == NULL || ((*out)->stands & stands) == 0) {
    return usage_error(command, "%s '%s': no bug has this name; --bugs lists them", option, name);
  }
  return 0;
}

int bug_option_list(const char *command, enum bug_stands stands) {
  for (size_t i = 0; bug_at(i) != NULL; i++) {
    const struct bug *bug = bug_at(i);
    if ((bug->stands & stands) != 0) {
      (void)printf("%-28s %s (%s%s%s)\n", bug->name, bug->says, bug->breaks,
                   bug->report[0] == '\0' ? "" : ", report ", bug->report);
    }
  }
  return usage_finish(command, EXIT_PASSED);
}
