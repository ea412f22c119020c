/* A play as a script that reproduces it without interim: sockets and bytes in plain Python. */
#ifndef INTERIM_CLI_PLAIN_H
#define INTERIM_CLI_PLAIN_H

#include "script/script.h"

/* plain_script writes what both lanes did, in the order in which it happened, as a shell command
 * that needs only python3. target and origin are "host:port", origin "" where there is none. ""
 * when the play was too long for it.
 */
const char *plain_script(struct arena *arena, const struct script *script, const char *target,
                         const char *origin);

#endif
