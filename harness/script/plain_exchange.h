/* The plain exchange that shows whether a target works: a GET and its final response. */
#ifndef INTERIM_SCRIPT_PLAIN_EXCHANGE_H
#define INTERIM_SCRIPT_PLAIN_EXCHANGE_H

#include "script/script.h"

/* plain_exchange_case makes the case to play at this seat. */
void plain_exchange_case(struct arena *arena, enum seat seat, struct case_file *out);

/* plain_exchange_upload makes the case of a POST without an expectation to an origin server. */
void plain_exchange_upload(struct arena *arena, struct case_file *out);

/* plain_exchange_wants_tls tells whether a target that was asked in clear text let it be known that
 * it speaks TLS there: by an alert, or by a 400 whose content says so. */
bool plain_exchange_wants_tls(const struct script *script);

/* plain_exchange_failure tells why a play of it did not work. */
const char *plain_exchange_failure(struct arena *arena, struct script *script);

#endif
