#include "peer/bug_rows.h"

static const struct bug rows[] = {
    {"other-code", "An interim response goes on with another code.", "RFC9110-7.6-1", "C14",
     "forward/102-then-200 forward/any-code:199",
     "expect/102-after-100 forward framing h2-flow/among-the-first-frames h2-flow/first-settings "
     "h2-flow/no-window h2-frames h2-hpack/cut-between-frames h2-limits/empty-continuations "
     "h2-limits/indexed-fields h2-streams/interleaved h2-streams/one-among-many "
     "h2-translate/smallest-heads head http10/close-delimited-final http10/final "
     "http10/next-is-newer hygiene/compression hygiene/date limits timing/promptness upgrade",
     BUG_H1_H1 | BUG_H2_H2, BUG_CODE, WHEN_ALWAYS, 0},
    {"unknown-as-102", "Interim responses with a code from 104 on become a 102.", "RFC9110-7.6-1",
     "C14", "forward/any-code:104 forward/104-upload",
     "forward framing/glued-mixed h2-streams/interleaved", BUG_H1_H1 | BUG_H2_H1, BUG_CODE,
     WHEN_CODE_FROM, 104},
    {"no-fields", "Interim responses go on without fields.", "RFC9110-7.6-1", "", "forward/fields",
     "forward framing/glued-mixed framing/optional-whitespace h2-flow/first-settings h2-frames "
     "h2-hpack/cut-between-frames h2-streams/interleaved",
     BUG_H1_H1 | BUG_H2_H2, BUG_NO_FIELDS, WHEN_ALWAYS, 0},
    {"first-field-only", "Of an interim response's fields only the first goes on.", "RFC9110-7.6-1",
     "", "forward/fields",
     "forward framing/glued-mixed framing/optional-whitespace h2-flow/first-settings h2-frames "
     "h2-hpack/cut-between-frames h2-streams/interleaved",
     BUG_H1_H1 | BUG_H2_H2, BUG_FIRST_FIELD, WHEN_ALWAYS, 0},
    {"known-fields-only", "Of an interim response's fields only Link goes on.", "RFC9110-7.6-1", "",
     "forward/unknown-fields",
     "forward framing/glued-mixed framing/optional-whitespace h2-flow/first-settings h2-frames "
     "h2-hpack/cut-between-frames h2-streams/interleaved",
     BUG_H1_H1 | BUG_H2_H2, BUG_KNOWN_FIELDS, WHEN_ALWAYS, 0},
    {"last-of-a-name", "Of fields with one name in an interim response only the last goes on.",
     "RFC9110-7.6-1", "", "forward/repeated-fields", "forward/repeated-fields",
     BUG_H1_H1 | BUG_H2_H2, BUG_JOIN_FIELDS, WHEN_ALWAYS, 0},
    {"values-cut", "Field values of interim responses lose their last byte.", "RFC9110-7.6-1", "",
     "forward/fields",
     "forward framing/glued-mixed framing/optional-whitespace h2-frames "
     "h2-hpack/cut-between-frames h2-limits/empty-continuations h2-limits/indexed-fields "
     "hygiene/date limits timing/promptness upgrade/101-after-102",
     BUG_H1_H1 | BUG_H1_H2, BUG_CUT_VALUE, WHEN_ALWAYS, 0},
    {"adds-length", "Interim responses get a Content-Length of 0.", "RFC9110-8.6-1", "B12",
     "forward/102-then-200", "*", BUG_ALL_PAIRS, BUG_ADD_LENGTH, WHEN_ALWAYS, 0},
    {"adds-length-to-own-codes", "A 103 gets a Content-Length of 0.", "RFC9110-8.6-1", "B11",
     "forward/103-early-hints",
     "abort/many-then-close cache/directives-of-the-interim expect/other-interims-first "
     "forward/103-early-hints forward/mixed-codes framing/planted-in-the-final "
     "framing/transfer-encoding-in-102 h2-frames/data-behind-102 h2-frames/empty-data-ends "
     "h2-hpack/next-response h2-streams/reset-without-error head/any-interim "
     "head/length-in-the-interim hygiene pairing/in-one-write pairing/pipelined-any-interim "
     "pooling/any-code-in-the-gap pooling/close-in-102 upgrade/both-ways",
     BUG_H1_H1 | BUG_H2_H2, BUG_ADD_LENGTH, WHEN_CODE, 103},
    {"adds-coding", "Interim responses get a Transfer-Encoding.", "RFC9112-6.1-1", "B09",
     "forward/102-then-200", "*", BUG_FRONT_H1, BUG_ADD_CODING, WHEN_ALWAYS, 0},
    {"adds-connection-fields", "Interim responses get Connection and Keep-Alive.",
     "RFC9113-8.2.2-1", "", "forward/102-then-200", "*", BUG_FRONT_H2, BUG_ADD_HOP, WHEN_ALWAYS, 0},
    {"keeps-length", "Content-Length of an interim response goes on.", "RFC9110-8.6-1", "B08",
     "framing/content-length-in-102",
     "framing h2-fields/content-length h2-frames/length-and-data head/length-in-the-interim "
     "upgrade/101-with-length",
     BUG_ALL_PAIRS, BUG_KEEP_LENGTH, WHEN_ALWAYS, 0},
    {"keeps-coding", "Transfer-Encoding of an interim response goes on.", "RFC9112-6.1-1", "B08",
     "framing/transfer-encoding-in-102",
     "framing/encoding-in-http10 framing/length-and-encoding framing/transfer-encoding-in-102",
     BUG_BACK_H1, BUG_KEEP_CODING, WHEN_ALWAYS, 0},
    {"keeps-named", "Fields that Connection names go on with an interim response.",
     "RFC9110-7.6.1-2", "", "hygiene/named-by-connection h2-translate/connection-fields",
     "h2-translate/connection-fields hygiene/named-by-connection", BUG_BACK_H1, BUG_KEEP_NAMED,
     WHEN_ALWAYS, 0},
    {"keeps-hop-by-hop", "Fields known to be hop-by-hop go on with an interim response.",
     "RFC9110-7.6.1-3", "", "hygiene/known-hop-by-hop h2-translate/unnamed-connection-fields",
     "h2-translate/unnamed-connection-fields hygiene/known-hop-by-hop", BUG_BACK_H1, BUG_KEEP_HOP,
     WHEN_ALWAYS, 0},
    {"keeps-hop-by-hop-103", "Fields that Connection names go on with a 103 alone.",
     "RFC9110-7.6.1-2", "", "hygiene/named-by-connection:103", "hygiene/named-by-connection",
     BUG_H1_H1, BUG_KEEP_NAMED, WHEN_CODE, 103},
    {"keeps-all", "An interim response is copied as it is, Connection and all.", "RFC9110-7.6.1-2",
     "",
     "hygiene/named-by-connection framing/transfer-encoding-in-102 h2-translate/connection-fields",
     "framing h2-translate/connection-fields h2-translate/unnamed-connection-fields "
     "head/length-in-the-interim hygiene/known-hop-by-hop hygiene/named-by-connection "
     "pooling/close-in-102 upgrade/101-with-length",
     BUG_BACK_H1, BUG_KEEP_ALL, WHEN_ALWAYS, 0},
    {"te-goes-on", "TE of an interim response goes on from HTTP/2.", "RFC9113-10.3-2", "",
     "h2-fields/te", "h2-fields/te", BUG_BACK_H2, BUG_KEEP_HOP, WHEN_ALWAYS, 0},
    {"via-1.0", "Via in an interim response names HTTP/1.0.", "RFC9110-7.6.3-3", "",
     "hygiene/via-version", "hygiene/via-version", BUG_ALL_PAIRS, BUG_VIA_1_0, WHEN_ALWAYS, 0},
    {"leaks", "Fields of an interim response are in the final response too.", "RFC9110-15.2-3",
     "J07", "hygiene/fields-stay-in-the-interim", "*", BUG_ALL_PAIRS, BUG_LEAK, WHEN_ALWAYS, 0},
    {"leaks-from-103", "Fields of a 103 are in the final response too.", "RFC8297-2-5", "J10",
     "hygiene/fields-stay-in-the-interim:103 hygiene/own-fields-of-the-final:103",
     "cache/directives-of-the-interim expect/other-interims-first forward/103-early-hints "
     "forward/mixed-codes framing/transfer-encoding-in-102 h2-hpack/next-response head/any-interim "
     "head/length-in-the-interim hygiene pairing/in-one-write pairing/pipelined-any-interim "
     "pooling/any-code-in-the-gap pooling/close-in-102",
     BUG_H1_H1 | BUG_H2_H2, BUG_LEAK, WHEN_CODE, 103},
    {"leaks-instead",
     "The final response has the fields of the interim one in the place of its own.",
     "RFC9110-15.2-3", "J08", "hygiene/own-fields-of-the-final", "*", BUG_H1_H1 | BUG_H1_H2,
     BUG_LEAK_REPLACES, WHEN_ALWAYS, 0},
    {"leaks-from-second", "Fields of a second interim response are in the final response too.",
     "RFC9110-15.2-3", "J09", "forward/duplicate-102",
     "forward framing hygiene/compression hygiene/open-quote limits pairing/in-one-write",
     BUG_H1_H1, BUG_LEAK, WHEN_NTH, 1},
    {"final-as-200", "Behind an interim response any final response is a 200.", "RFC9110-7.6-1",
     "J06", "forward/102-then-201 forward/102-then-error",
     "cache/304-after-102 forward framing/204-in-one-write framing/304-with-length "
     "h2-flow/no-window-no-content h2-streams/first-waits head/error "
     "hygiene/own-fields-of-the-final upgrade/refused upgrade/refused-then-next",
     BUG_H1_H1 | BUG_H2_H2, BUG_FINAL_AS_200, WHEN_ALWAYS, 0},
    {"final-loses-fields", "Behind an interim response the final one loses its fields.",
     "RFC9110-7.6-1", "J03", "forward/102-then-201",
     "forward/102-then-201 forward/103-early-hints h2-flow/first-settings "
     "h2-frames/empty-data-behind-102 h2-hpack/cut-between-frames h2-hpack/field-again "
     "h2-hpack/next-response h2-limits/empty-continuations h2-limits/fields "
     "h2-limits/indexed-fields h2-streams/one-among-many hygiene limits timing/promptness",
     BUG_H1_H1 | BUG_H2_H2, BUG_FINAL_NO_FIELDS, WHEN_ALWAYS, 0},
};

const struct bug_rows bugs_of_form = {rows, sizeof(rows) / sizeof(rows[0])};
