/* What a result keeps of its play beside the verdict. */
#ifndef INTERIM_CLI_RECORD_H
#define INTERIM_CLI_RECORD_H

#include "report/result.h"
#include "script/script.h"

/* record_measures adds what was measured; requirement is the one that decides the case. The result
 * has room for it. */
void record_measures(const struct script *script, struct span requirement, struct result *out);

/* record_transcript adds the transcript, escaped, in memory of the arena. */
void record_transcript(struct arena *arena, const struct script *script, struct result *out);

#endif
