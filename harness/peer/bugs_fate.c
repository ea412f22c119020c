#include "peer/bug_rows.h"

static const struct bug rows[] = {
    {"final-kept", "Every interim response is taken for the final one.", "RFC9110-15.2-4", "A01",
     "forward/102-then-200 forward/any-code:199 expect/102-after-100", "*", BUG_ALL_PAIRS,
     BUG_FINAL_KEPT, WHEN_ALWAYS, 0},
    {"final-pooled",
     "Every interim response is taken for the final one, and what comes later answers the next "
     "request.",
     "RFC9110-15.2-4", "A08", "forward/102-then-200 pairing/second-client", "*", BUG_H1_H1,
     BUG_FINAL_POOLED, WHEN_ALWAYS, 0},
    {"final-closes", "An interim response ends the exchange, and the client's connection.",
     "RFC9110-15.2-4", "A17", "forward/102-then-200", "*", BUG_H1_H1 | BUG_H2_H2, BUG_FINAL_CLOSES,
     WHEN_ALWAYS, 0},
    {"knows-100", "Only 100 is known to be interim.", "RFC9110-15.2-4", "A21",
     "forward/102-then-200 forward/103-early-hints", "*", BUG_ALL_PAIRS, BUG_FINAL_KEPT,
     WHEN_CODE_NOT, 100},
    {"final-103", "A 103 alone is taken for the final response.", "RFC9110-15.2-4", "A13",
     "forward/103-early-hints",
     "abort/many-then-close cache/directives-of-the-interim expect/chunked expect/odd-case "
     "expect/other-interims-first forward/103-early-hints forward/any-code forward/mixed-codes "
     "framing/planted-in-the-final framing/transfer-encoding-in-102 h2-frames/data-behind-102 "
     "h2-frames/empty-data-ends h2-hpack/next-response h2-streams/reset-without-error "
     "h2-translate/connection-fields head/any-interim head/length-in-the-interim hygiene "
     "pairing/in-one-write pairing/pipelined-any-interim pairing/second-client "
     "pooling/any-code-in-the-gap pooling/close-in-102 upgrade/both-ways",
     BUG_ALL_PAIRS, BUG_FINAL_KEPT, WHEN_CODE, 103},
    {"final-102", "A 102 alone is taken for the final response.", "RFC9110-15.2-4", "A15",
     "forward/102-then-200", "*", BUG_H1_H1, BUG_FINAL_KEPT, WHEN_CODE, 102},
    {"final-100", "A 100 that nobody asked for is taken for the final response.", "RFC9110-15.2-4",
     "A14", "forward/100-unasked",
     "expect/late-100 forward framing/100-in-one-write framing/planted-in-the-final "
     "framing/transfer-encoding-in-102 head/any-interim limits/fields "
     "pairing/pipelined-any-interim pooling/any-code-in-the-gap",
     BUG_BACK_H1, BUG_FINAL_KEPT, WHEN_CODE, 100},
    {"final-from-104", "Codes from 104 on are not known as interim.", "RFC9110-15-2", "B04",
     "forward/104-upload forward/any-code:104 forward/any-code:199",
     "expect/chunked expect/other-interims-first forward framing/glued-mixed "
     "framing/transfer-encoding-in-102 h2-frames/all-in-pieces head/any-interim "
     "head/length-in-the-interim pairing/pipelined-any-interim pooling/any-code-in-the-gap",
     BUG_H1_H1 | BUG_H1_H2, BUG_FINAL_KEPT, WHEN_CODE_FROM, 104},
    {"final-150", "One code of which nobody has heard is taken for final.", "RFC9110-15-2", "C15",
     "forward/any-code:150", "forward/any-code", BUG_H1_H1 | BUG_H2_H2, BUG_FINAL_KEPT, WHEN_CODE,
     150},
    {"final-199", "The last code of the class is taken for final.", "RFC9110-15-2", "",
     "forward/any-code:199",
     "expect/chunked expect/other-interims-first forward/any-code forward/any-method-with-content "
     "head/any-interim limits/fields pairing/pipelined-any-interim pooling/any-code-in-the-gap",
     BUG_ALL_PAIRS, BUG_FINAL_KEPT, WHEN_CODE, 199},
    {"final-second", "The second interim response is taken for the final one.", "RFC9110-15.2-4",
     "A28", "forward/duplicate-102 forward/mixed-codes",
     "abort/many-then-close forward framing h2-flow h2-frames h2-hpack/cut-between-frames "
     "h2-hpack/next-response h2-streams h2-translate/chunked-trailers h2-translate/smallest-heads "
     "hygiene/compression hygiene/open-quote limits pairing/in-one-write",
     BUG_ALL_PAIRS, BUG_FINAL_KEPT, WHEN_NTH, 1},
    {"final-third", "The third interim response is taken for the final one.", "RFC9110-15.2-4",
     "A16", "forward/duplicate-102:3 forward/duplicate-102:5",
     "abort/many-then-close forward framing h2-flow/small-window h2-streams/one-among-many "
     "h2-streams/one-waits h2-translate/smallest-heads limits",
     BUG_H1_H1 | BUG_H2_H2, BUG_FINAL_KEPT, WHEN_NTH, 2},
    {"final-fifth", "The fifth interim response is taken for the final one.", "RFC9110-15.2-4",
     "D04", "forward/duplicate-102:5",
     "abort/many-then-close forward/duplicate-102 forward/post framing/filled-buffer "
     "framing/glued-to-final framing/smallest-heads h2-streams/one-among-many h2-streams/one-waits "
     "limits",
     BUG_H1_H1 | BUG_H2_H1, BUG_FINAL_KEPT, WHEN_NTH, 4},
    {"final-if-followed",
     "An interim response that shares its read with what follows is taken for the final one.",
     "RFC9110-15.2-4", "C05", "framing/glued-to-final",
     "abort framing h2-flow/no-window-no-content h2-translate/chunked-trailers "
     "h2-translate/large-head head/in-one-write hygiene/compression limits/count-in-one-write "
     "limits/field-size limits/fields pairing/in-one-write upgrade/bytes-behind-the-101",
     BUG_BACK_H1, BUG_FINAL_KEPT, WHEN_FOLLOWED, 0},
    {"final-if-alone",
     "An interim response that comes in a read of its own is taken for the final one.",
     "RFC9110-15.2-4", "A02", "forward/102-then-200", "*", BUG_H1_H1 | BUG_H1_H2, BUG_FINAL_KEPT,
     WHEN_LAST_BYTES, 0},
    {"final-second-request",
     "An interim response to the second request of a client's connection is taken for the final "
     "one.",
     "RFC9110-15.2-4", "C04", "forward/second-request",
     "cache/304-after-102 cache/unsafe-request forward/second-request forward/with-and-without "
     "h2-flow/among-the-first-frames h2-hpack/next-response h2-streams/goaway head/pipelined "
     "http10/next-is-newer hygiene/compression pairing",
     BUG_FRONT_H1, BUG_FINAL_KEPT, WHEN_REUSED_FRONT, 0},
    {"final-with-content",
     "An interim response to a request with content is taken for the final one.", "RFC9110-15.2-4",
     "E19", "forward/post forward/any-method-with-content",
     "abort cache/unsafe-request expect forward h2-expect/upload-stopped h2-streams/first-waits "
     "h2-streams/reset-behind-102 h2-streams/reset-without-error",
     BUG_H1_H1 | BUG_H2_H2, BUG_FINAL_KEPT, WHEN_CONTENT, 0},
    {"final-while-uploading",
     "An interim response in the middle of an upload is taken for the final one.", "RFC9110-7.5-4",
     "I12", "forward/during-upload",
     "expect/other-interims-first forward/during-large-upload forward/during-upload "
     "h2-expect/upload-stopped",
     BUG_ALL_PAIRS, BUG_FINAL_KEPT, WHEN_UPLOADING, 0},
    {"final-after-own-100",
     "Behind a 100 of the gateway's own an interim response is taken for the final one.",
     "RFC9110-15.2-4", "A12", "expect/102-after-100",
     "abort/again-and-again expect/102-after-100 expect/other-interims-first "
     "forward/102-then-error forward/103-early-hints",
     BUG_ALL_PAIRS, BUG_FINAL_KEPT, WHEN_CONTINUED, 0},
    {"final-for-head", "An interim response to HEAD is taken for the final one.", "RFC9110-6-1",
     "A23", "head/102-then-200",
     "h2-streams/first-waits h2-translate/unnamed-connection-fields head "
     "hygiene/coding-in-the-interim",
     BUG_ALL_PAIRS, BUG_FINAL_KEPT, WHEN_METHOD_HEAD, 0},
    {"final-for-odd-methods",
     "An interim response to a method beside GET, HEAD and POST is taken for the final one.",
     "RFC9110-15.2-4", "", "forward/copy forward/propfind forward/any-method:FROBNICATE", "forward",
     BUG_H1_H1 | BUG_H2_H1, BUG_FINAL_KEPT, WHEN_METHOD_ODD, 0},
    {"final-if-large",
     "An interim response with more than 4 KiB of fields is taken for the final one.",
     "RFC9110-15.2-4", "", "limits/field-size:128 framing/filled-buffer:49",
     "framing/filled-buffer framing/padded h2-translate/large-head limits/field-size limits/fields",
     BUG_BACK_H1, BUG_FINAL_KEPT, WHEN_LARGE, 2500},
    {"final-if-smallest", "An interim response without fields is taken for the final one.",
     "RFC9110-15.2-4", "", "framing/smallest-heads", "framing", BUG_H1_H1 | BUG_H2_H1,
     BUG_FINAL_KEPT, WHEN_SMALLEST, 0},
    {"final-if-in-pieces",
     "An interim response whose head comes in pieces is taken for the final one.", "RFC9110-15.2-4",
     "C16", "framing/cut framing/cut-inside-head", "*", BUG_BACK_H1, BUG_FINAL_KEPT, WHEN_IN_PIECES,
     0},
    {"final-h2-h2", "Interim responses are taken for final ones where both sides speak HTTP/2.",
     "RFC9110-15.2-4", "A25", "forward/102-then-200", "*", BUG_H2_H2, BUG_FINAL_KEPT, WHEN_ALWAYS,
     0},
    {"final-h1-h2",
     "Interim responses are taken for final ones between HTTP/1.1 clients and an HTTP/2 origin.",
     "RFC9110-15.2-4", "I13", "forward/102-then-200", "*", BUG_H1_H2, BUG_FINAL_POOLED, WHEN_ALWAYS,
     0},
    {"502", "Any interim response is answered with a 502.", "RFC9110-15.2-4", "O01",
     "forward/102-then-200", "*", BUG_ALL_PAIRS, BUG_REFUSE, WHEN_ALWAYS, 0},
    {"502-but-for-103", "Any interim response but a 103 is answered with a 502.", "RFC9110-15.2-4",
     "I16", "forward/102-then-200 forward/any-code:199", "*", BUG_BACK_H2, BUG_REFUSE,
     WHEN_CODE_NOT, 103},
    {"502-second", "A second interim response is answered with a 502.", "RFC9110-15.2-4", "A26",
     "forward/duplicate-102",
     "forward framing h2-flow/first-settings h2-flow/no-window h2-flow/small-window h2-frames "
     "h2-hpack/cut-between-frames h2-hpack/next-response h2-streams h2-translate/smallest-heads "
     "hygiene/compression hygiene/open-quote limits pairing/in-one-write",
     BUG_H1_H1 | BUG_H2_H2, BUG_REFUSE, WHEN_NTH, 1},
    {"502-same-code", "An interim response with the code of the one before is answered with a 502.",
     "RFC9110-15.2-4", "C12", "forward/duplicate-102",
     "forward framing hygiene/compression hygiene/open-quote limits pairing/in-one-write",
     BUG_H1_H1, BUG_REFUSE, WHEN_SAME_CODE, 0},
    {"502-in-one-byte-pieces",
     "An interim response that is followed by a single byte is answered with a 502.",
     "RFC9110-15.2-4", "", "framing/cut:2", "framing/cut", BUG_H1_H1 | BUG_H2_H1, BUG_REFUSE,
     WHEN_FOLLOWED_BY, 1},
    {"502-obs-text", "An interim response with bytes outside ASCII is answered with a 502.",
     "RFC9112-2.2-1", "", "framing/obs-text", "framing/obs-text", BUG_BACK_H1, BUG_REFUSE,
     WHEN_NOT_ASCII, 0},
    {"502-many-fields", "An interim response with more than 40 fields is answered with a 502.",
     "RFC9110-15.2-4", "", "framing/filled-buffer:49", "framing/filled-buffer limits/fields",
     BUG_H1_H1 | BUG_H2_H1, BUG_REFUSE, WHEN_MANY_FIELDS, 40},
    {"hang", "Behind an interim response nothing goes to the client any more.", "RFC9110-15.2-4",
     "A20", "forward/102-then-200", "*", BUG_H1_H1 | BUG_H2_H2, BUG_HANG, WHEN_ALWAYS, 0},
    {"pass-and-hang", "An interim response is passed on, and nothing behind it.", "RFC9110-15.2-4",
     "C05", "forward/102-then-200", "*", BUG_H1_H1 | BUG_H2_H2, BUG_PASS_AND_HANG, WHEN_ALWAYS, 0},
    {"hang-if-followed", "What shares a read with an interim response is never looked at.",
     "RFC9110-15.2-4", "C05", "framing/glued-to-final",
     "abort framing h2-flow/no-window-no-content h2-translate/chunked-trailers "
     "h2-translate/large-head head/in-one-write hygiene/compression limits/count-in-one-write "
     "limits/field-size limits/fields pairing/in-one-write upgrade/bytes-behind-the-101",
     BUG_H1_H1 | BUG_H2_H1, BUG_PASS_AND_HANG, WHEN_FOLLOWED, 0},
    {"hang-second-request", "An interim response to the second request of a connection stops it.",
     "RFC9110-15.2-4", "C18", "forward/second-request",
     "cache/304-after-102 cache/unsafe-request forward/second-request forward/with-and-without "
     "h2-flow/among-the-first-frames h2-hpack/next-response h2-streams/goaway head/pipelined "
     "http10/next-is-newer hygiene/compression pairing",
     BUG_FRONT_H1, BUG_PASS_AND_HANG, WHEN_REUSED_FRONT, 0},
    {"hang-while-uploading", "An interim response in the middle of an upload stops the exchange.",
     "RFC9110-7.5-4", "I12", "forward/during-upload",
     "expect/other-interims-first forward/during-large-upload forward/during-upload "
     "h2-expect/upload-stopped",
     BUG_ALL_PAIRS, BUG_PASS_AND_HANG, WHEN_UPLOADING, 0},
    {"crash-large", "The gateway dies of an interim response with large fields.", "HOUSE-ALIVE",
     "B15", "limits/field-size:960",
     "abort expect forward/during-upload framing/cut-inside-head framing/planted-in-the-final "
     "h2-limits/fields h2-limits/indexed-fields h2-limits/large-then-next limits pairing pooling "
     "timing/promptness timing/two-seconds upgrade",
     BUG_H1_H1 | BUG_H1_H2, BUG_CRASH, WHEN_LARGE, 60000},
    {"drops", "No interim response is passed on.", "RFC9110-7.6-1", "O02",
     "forward/102-then-200 forward/any-code:199 head/102-then-200",
     "expect/102-after-100 forward framing h2-flow/among-the-first-frames h2-flow/first-settings "
     "h2-flow/no-window h2-frames h2-hpack/cut-between-frames h2-limits/empty-continuations "
     "h2-limits/indexed-fields h2-streams/interleaved h2-streams/one-among-many h2-translate head "
     "http10/close-delimited-final http10/final http10/next-is-newer hygiene/compression "
     "hygiene/date limits timing/promptness upgrade/101-after-102 upgrade/refused",
     BUG_ALL_PAIRS, BUG_DROP, WHEN_ALWAYS, 0},
    {"first-only", "Only the first interim response is passed on.", "RFC9110-7.6-1", "C13",
     "forward/duplicate-102 forward/mixed-codes",
     "forward framing h2-flow/first-settings h2-flow/no-window h2-frames "
     "h2-hpack/cut-between-frames h2-streams/interleaved h2-streams/one-among-many "
     "h2-translate/chunked-trailers h2-translate/smallest-heads hygiene/compression limits",
     BUG_ALL_PAIRS, BUG_DROP, WHEN_BEHIND, 1},
    {"once-each-code", "An interim response with the code of the one before is dropped.",
     "RFC9110-7.6-1", "", "forward/duplicate-102",
     "forward framing h2-flow/first-settings h2-flow/no-window h2-frames/other-frames-between "
     "h2-frames/padded-priority-pieces h2-frames/trailers h2-hpack/cut-between-frames "
     "h2-streams/one-among-many h2-translate/smallest-heads hygiene/compression limits",
     BUG_H1_H1 | BUG_H2_H2, BUG_DROP, WHEN_SAME_CODE, 0},
    {"drops-unknown", "Interim responses with a code from 104 on are dropped.", "RFC9110-7.6-1",
     "C14", "forward/any-code:104 forward/104-upload",
     "forward framing/glued-mixed h2-frames/all-in-pieces h2-streams/interleaved",
     BUG_H1_H1 | BUG_H2_H2, BUG_DROP, WHEN_CODE_FROM, 104},
    {"drops-103", "A 103 is dropped.", "RFC8297-3-4", "I18", "forward/103-early-hints",
     "forward/103-early-hints", BUG_H1_H1 | BUG_H2_H2, BUG_DROP, WHEN_CODE, 103},
    {"drops-if-followed", "An interim response that comes with its final response is dropped.",
     "RFC9110-7.6-1", "O05", "framing/glued-to-final",
     "framing h2-translate/chunked-trailers h2-translate/large-head head/in-one-write "
     "hygiene/compression limits/count-in-one-write limits/field-size limits/fields",
     BUG_BACK_H1, BUG_DROP, WHEN_FOLLOWED, 0},
    {"drops-for-content", "Interim responses to requests with content are dropped.",
     "RFC9110-7.6-1", "", "forward/post", "expect/102-after-100 forward", BUG_H1_H1 | BUG_H2_H2,
     BUG_DROP, WHEN_CONTENT, 0},
    {"drops-large", "An interim response with more than 8 KiB of fields is dropped.", "INFO-LIMITS",
     "", "limits/field-size:256", "h2-limits/indexed-fields limits/field-size limits/fields",
     BUG_H1_H1 | BUG_H2_H2, BUG_DROP, WHEN_LARGE, 8192},
    {"drops-for-head", "Interim responses to HEAD are dropped.", "RFC9110-7.6-1", "",
     "head/102-then-200", "head", BUG_H1_H1 | BUG_H2_H2, BUG_DROP, WHEN_METHOD_HEAD, 0},
    {"holds", "Interim responses wait for the final one.", "INFO-PROMPTNESS", "L01",
     "timing/promptness",
     "forward/103-early-hints h2-frames/other-frames-between hygiene/date timing/promptness "
     "upgrade/101-after-102",
     BUG_ALL_PAIRS, BUG_HOLD, WHEN_ALWAYS, 0},
    {"latest-only",
     "Interim responses wait for the final one, and only the latest is passed on then.",
     "RFC9110-7.6-1", "", "forward/duplicate-102",
     "forward framing h2-flow/first-settings h2-flow/no-window h2-frames "
     "h2-hpack/cut-between-frames h2-streams/interleaved h2-streams/one-among-many "
     "h2-translate/smallest-heads hygiene/compression hygiene/date limits timing/promptness "
     "upgrade/101-after-102",
     BUG_H1_H1 | BUG_H2_H2, BUG_LATEST, WHEN_ALWAYS, 0},
    {"reverses", "Interim responses go on in reverse order.", "RFC9110-7.6-1", "",
     "forward/mixed-codes",
     "forward h2-flow/first-settings h2-flow/no-window h2-frames h2-hpack/cut-between-frames "
     "h2-streams/interleaved h2-streams/one-among-many hygiene/compression hygiene/date limits "
     "timing/promptness upgrade/101-after-102",
     BUG_H1_H1 | BUG_H2_H2, BUG_REVERSE, WHEN_ALWAYS, 0},
    {"behind-the-final", "Interim responses go on behind the final one.", "RFC9110-15-4", "E18",
     "forward/102-then-200", "*", BUG_FRONT_H1, BUG_BEHIND_FINAL, WHEN_ALWAYS, 0},
    {"twice", "Each interim response is passed on twice.", "RFC9110-7.6-1", "G10",
     "forward/duplicate-102", "*", BUG_H1_H1 | BUG_H2_H2, BUG_TWICE, WHEN_ALWAYS, 0},
    {"limit-16", "The seventeenth interim response is answered with a 502.", "INFO-LIMITS", "D04",
     "limits/count:32 limits/one-thousand", "h2-streams/one-among-many limits",
     BUG_H1_H1 | BUG_H2_H2, BUG_REFUSE, WHEN_NTH, 16},
    {"limit-5000", "The five thousandth interim response stops the exchange.", "INFO-LIMITS", "D03",
     "limits/ten-thousand", "limits/ten-thousand", BUG_H1_H1 | BUG_H2_H2, BUG_REFUSE, WHEN_NTH,
     5000},
};

const struct bug_rows bugs_of_fate = {rows, sizeof(rows) / sizeof(rows[0])};
