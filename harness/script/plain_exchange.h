/* The plain exchange that shows whether a target works: a GET and its final response. */
#ifndef INTERIM_SCRIPT_PLAIN_EXCHANGE_H
#define INTERIM_SCRIPT_PLAIN_EXCHANGE_H

#include "script/script.h"

/* plain_exchange_case makes the case to play at this seat. */
void plain_exchange_case(struct arena *arena, enum seat seat, struct case_file *out);

/* plain_exchange_failure tells why a play of it did not work. */
const char *plain_exchange_failure(struct arena *arena, struct script *script);

#endif
