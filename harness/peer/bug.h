/* Named bugs of the reference gateway and of the reference origin, which the suite proves itself
 * on: a table of rows, each a fault, when it strikes, and which cases have to notice it. */
#ifndef INTERIM_PEER_BUG_H
#define INTERIM_PEER_BUG_H

#include <stddef.h>

/* Where a bug shows: in the gateway, by the versions on its two sides, or in the origin. */
enum bug_stands {
  BUG_H1_H1 = 1,
  BUG_H2_H1 = 2,
  BUG_H1_H2 = 4,
  BUG_H2_H2 = 8,
  BUG_ORIGIN_H1 = 16,
  BUG_ORIGIN_H2 = 32,
  BUG_RELAYS_EXPECT = 64, /* HTTP/1.1 on both sides, Expect being passed on */
  BUG_FRONT_H1 = BUG_H1_H1 | BUG_H1_H2,
  BUG_FRONT_H2 = BUG_H2_H1 | BUG_H2_H2,
  BUG_BACK_H1 = BUG_H1_H1 | BUG_H2_H1,
  BUG_BACK_H2 = BUG_H1_H2 | BUG_H2_H2,
  BUG_GATEWAY = BUG_BACK_H1 | BUG_BACK_H2,
  BUG_ORIGIN = BUG_ORIGIN_H1 | BUG_ORIGIN_H2,
};

enum bug_fault {
  /* What becomes of an interim response. */
  BUG_FINAL_KEPT = 1, /* it is the final one; the origin's connection goes back to the pool */
  BUG_FINAL_POOLED,   /* the same, and what arrives later answers the next request */
  BUG_FINAL_CLOSES,   /* it ends the exchange: the client's connection is closed */
  BUG_HANG,           /* nothing goes to the client any more */
  BUG_PASS_AND_HANG,  /* the same, behind it */
  BUG_REFUSE,         /* 502 */
  BUG_CRASH,
  BUG_DROP,
  BUG_HOLD,    /* until the final response comes */
  BUG_REVERSE, /* the same, the last one first */
  BUG_LATEST,  /* the same, the last one only */
  BUG_TWICE,
  BUG_BEHIND_FINAL, /* it goes out when the final response is complete */
  /* How it is changed. */
  BUG_CODE, /* it gets the code 102 */
  BUG_NO_FIELDS,
  BUG_FIRST_FIELD,
  BUG_JOIN_FIELDS,     /* fields of one name become one; number 1: only equal ones */
  BUG_CUT_VALUE,       /* the last byte of each value is lost */
  BUG_NO_EMPTY_VALUES, /* fields without a value are left out */
  BUG_KNOWN_FIELDS,    /* only fields that are registered for 103 go on */
  BUG_ADD_LENGTH,      /* Content-Length: 0 */
  BUG_ADD_CODING,      /* Transfer-Encoding: chunked */
  BUG_ADD_HOP,         /* Connection: keep-alive and Keep-Alive */
  BUG_KEEP_LENGTH,     /* Content-Length goes on */
  BUG_KEEP_CODING,     /* Transfer-Encoding goes on */
  BUG_KEEP_NAMED,      /* fields that Connection names go on */
  BUG_KEEP_HOP,        /* hop-by-hop fields that Connection does not name go on */
  BUG_KEEP_ALL,        /* nothing is taken out */
  BUG_LEAK,            /* its fields are in the final response too */
  BUG_LEAK_REPLACES,   /* the same, in the place of the final response's own */
  BUG_VIA_1_0,
  BUG_NO_VIA,
  /* What it does to the final response. */
  BUG_FINAL_AS_200,
  BUG_FINAL_NO_FIELDS,
  /* What becomes of requests, connections and pools. */
  BUG_CRASH_ON_GARBAGE, /* a request that is none ends the gateway */
  BUG_TO_HTTP10,        /* interim responses go to HTTP/1.0 clients */
  BUG_CHUNKS_TO_HTTP10, /* so do chunks */
  BUG_NO_100,           /* an expectation is neither answered nor passed on */
  BUG_100_TO_HTTP10,    /* an expectation in HTTP/1.0 is answered with a 100 */
  BUG_100_ODD_CASE,     /* only an expectation in lower case is known */
  BUG_100_BEHIND_FINAL, /* the 100 goes out behind the final response */
  BUG_100_THEN_HANG,    /* behind a 100 of the gateway's own nothing comes */
  BUG_EXPECT_NO_LENGTH, /* a request with Expect goes on without the framing of its content */
  BUG_NO_EARLY_FINAL,   /* a final response that comes before the content is thrown away */
  BUG_LAST_CHUNK_LOST,  /* the end of content without a length does not go to the origin */
  BUG_CLOSE_FORGOTTEN,  /* behind an interim response the client did not say close */
  BUG_STOP_UPLOAD,      /* behind an interim response no content goes to the origin */
  BUG_REUSE_CLOSING,    /* it is used again although the final response behind an interim one says
                           close */
  BUG_REUSE_OWING,      /* an origin's connection is used again before the request is all there */
  BUG_REUSE_UNREAD,     /* it is used again with bytes behind the final response */
  BUG_RETRY,            /* a lost request is sent again whatever it was */
  BUG_LOST_AS_SUCCESS,  /* a lost origin is answered for with a 200 */
  BUG_LOST_SILENT,      /* it is not answered for */
  BUG_CUT_AS_WHOLE,     /* a response cut short is ended as if it were whole */
  BUG_SHORT_PATIENCE,   /* a second after an interim response the origin is given up */
  BUG_HEAD_FORGOTTEN,   /* behind an interim response the request was no HEAD */
  BUG_SWALLOW,          /* what shares a read with an interim response is thrown away */
  BUG_OBEY_LENGTH,      /* Content-Length of an interim response is its content's */
  BUG_OBEY_CODING,      /* so is Transfer-Encoding: what follows is read as chunks */
  BUG_CLOSE_AFTER,      /* behind an interim response with Connection: close nothing comes */
  BUG_CARRY_OVER,  /* fields of an interim response are in the next final response of anybody; of
                      some interim responses only Link */
  BUG_SAY_CLOSED,  /* the client's Connection: close ends its connection at an interim response */
  BUG_LAX_BYTES,   /* what is wrong in a field line goes on: blanks, a missing colon, else a NUL */
  BUG_101_UNASKED, /* any 101 makes a tunnel */
  BUG_101_DROPPED, /* a 101 is passed over */
  BUG_101_NO_FIELDS,     /* a 101 goes on without Upgrade */
  BUG_TUNNEL_ONE_WAY,    /* what the client sends behind a 101 is thrown away */
  BUG_TUNNEL_BYTES_LOST, /* what shares a read with a 101 is thrown away */
  BUG_TUNNEL_ONE_READ,   /* what the origin sends behind the first read is thrown away */
  BUG_CONNECT_LENGTH,    /* the 2xx to CONNECT has Content-Length: 0 */
  BUG_CONNECT_CODING,    /* or Transfer-Encoding: chunked */
  BUG_CONNECT_READ,      /* what comes behind it is read as requests for the gateway */
  BUG_OLD_VERSION,       /* an interim response is labelled HTTP/1.0 */
  BUG_NO_BLANK,          /* an empty reason phrase takes the blank before it along */
  BUG_NO_EMPTY_LINE,     /* an interim response does not end in an empty line */
  BUG_OPEN_CONTENT_LOST, /* behind an interim response content without a length is none */
  BUG_LATE_BYTES_LOST,   /* content that does not come with its head is none */
  /* What goes to a client of HTTP/2. */
  BUG_OUT_END_STREAM, /* an interim response ends its stream */
  BUG_OUT_UPPER,      /* its field names begin with a capital */
  BUG_OUT_NO_STATUS,
  BUG_OUT_STATUS_LAST,
  BUG_OUT_STATUS_TWICE,
  BUG_OUT_STATUS_TEXT,      /* with a reason phrase */
  BUG_OUT_REQUEST_FIELD,    /* :path */
  BUG_OUT_DATA,             /* DATA follows it */
  BUG_OUT_RESET,            /* RST_STREAM follows it */
  BUG_OUT_OTHER_STREAM,     /* it goes to another stream, if there is one */
  BUG_OUT_FINAL_END_STREAM, /* the final response's head ends the stream, and DATA follows */
  BUG_OUT_LARGE_FRAME,      /* a header block is one frame, however large */
  BUG_OUT_WINDOW_CLOSED,    /* it is dropped where the window has no room */
  BUG_OUT_WINDOW_TAKEN,     /* it takes room in the window */
  BUG_OUT_TABLE_KEPT,       /* the client's HEADER_TABLE_SIZE counts for nothing */
  BUG_OUT_WINDOW_TWICE,     /* behind it content takes its room twice */
  BUG_OUT_AFTER_RESET,      /* the client's RST_STREAM counts for nothing */
  /* What comes from an origin of HTTP/2. */
  BUG_IN_FAULT,         /* number, an enum h2_fault, counts for nothing */
  BUG_IN_EMPTY_DATA,    /* empty DATA is an error */
  BUG_IN_DATA,          /* DATA behind an interim response goes to the client */
  BUG_IN_HEAD_DONE,     /* what follows an interim response is trailers */
  BUG_IN_HEAD_LENGTH,   /* the length in an answer to HEAD is that of what came */
  BUG_IN_FINAL_LOST,    /* a final response is lost when RST_STREAM follows it */
  BUG_IN_GOAWAY_LOSES,  /* GOAWAY ends all streams */
  BUG_IN_GOAWAY_UNREAD, /* GOAWAY is passed over */
  BUG_IN_NO_ROOM,       /* no WINDOW_UPDATE is ever sent */
  BUG_IN_FIRST_READ,    /* interim responses in the first read of a connection are dropped */
  BUG_IN_ERROR_IGNORED, /* a connection error stops the reading, and nothing more */
  /* Frames that are read wrongly. */
  BUG_FRAME_NO_CONTINUATION, /* CONTINUATION is passed over */
  BUG_FRAME_PADDING,         /* padding is part of the payload */
  BUG_FRAME_PRIORITY,        /* so are priority fields */
  BUG_FRAME_UNKNOWN,         /* an unknown frame is an error */
  BUG_FRAME_INSIDE,          /* what is inside a header block is read behind it */
  BUG_FRAME_ALONE,           /* CONTINUATION that continues nothing is passed over */
  BUG_FRAME_UNDECODED,       /* header blocks of streams that are over are not decoded */
  BUG_FRAME_ANY_STREAM,      /* header blocks of a stream that is not open belong to the latest */
  BUG_FRAME_PUSHED,          /* so do those on a pushed stream; the promise is passed over */
  BUG_FRAME_EMPTY_DROPPED,   /* an empty DATA frame is passed over, END_STREAM and all */
  BUG_FRAME_BEHIND_END, /* a block that shares a read with the end of its stream is the next's */
  BUG_FRAME_SHORT_LOST, /* CONTINUATION of one byte is passed over */
  /* What an origin does. */
  BUG_NO_ANSWER,          /* a request gets no final response */
  BUG_CUT_ANSWER,         /* its connection ends without one */
  BUG_CONTENT_AS_REQUEST, /* its content is read as the next request */
  BUG_REQUESTS_LOST,      /* what came with it is thrown away when it is answered */
  BUG_CRASH_ABANDONED,    /* a client that leaves ends the origin */
  BUG_CRASH_CUT_SHORT,    /* a request that ends in the middle does */
  BUG_EXPECT_NO_LIST,     /* an expectation counts only if it is the whole first line */
  BUG_EXPECT_ONE_LINE,    /* it counts only if there is no second line */
  BUG_100_AS_200,         /* the 100 says 200 */
  BUG_100_INSIDE_FINAL,   /* the 100 goes out between head and content */
  BUG_101_FIRST,          /* the 101 does not wait for an expectation */
  BUG_101_NO_CONNECTION,  /* a 101 has no Connection */
  BUG_REFUSED_TUNNEL,     /* behind an upgrade that was refused nothing is read */
  NUM_BUG_FAULTS,
};

enum bug_when {
  WHEN_ALWAYS,
  WHEN_CODE,         /* the code is number */
  WHEN_CODE_NOT,     /* it is not */
  WHEN_CODE_FROM,    /* it is number or more */
  WHEN_NTH,          /* so many came before it */
  WHEN_BEHIND,       /* so many or more did */
  WHEN_SAME_CODE,    /* the one before it had the same code */
  WHEN_FOLLOWED,     /* more bytes came with it */
  WHEN_LAST_BYTES,   /* no more bytes came with it */
  WHEN_FOLLOWED_BY,  /* just number bytes */
  WHEN_IN_PIECES,    /* its head came in several reads */
  WHEN_REUSED_FRONT, /* the client's connection had more than number requests before */
  WHEN_REUSED_BACK,  /* the origin's did */
  WHEN_CONTENT,      /* the request has content */
  WHEN_UPLOADING,    /* and is not at its end */
  WHEN_CONTINUED,    /* the gateway sent a 100 of its own */
  WHEN_METHOD_HEAD,
  WHEN_METHOD_ODD,      /* neither GET, HEAD nor POST */
  WHEN_LARGE,           /* names and values hold more than number bytes */
  WHEN_MANY_FIELDS,     /* more than number */
  WHEN_SMALLEST,        /* it came without fields */
  WHEN_NOT_ASCII,       /* a value has other bytes */
  WHEN_CHUNKED,         /* the request's content has no length */
  WHEN_IN_READS,        /* it came in more than number reads */
  WHEN_EXPECTS,         /* the request expects a 100 */
  WHEN_EXPECTS_NOTHING, /* and has no content */
  WHEN_EXPECTS_OTHER,   /* it expects something else */
  WHEN_ZERO_LENGTH,     /* Content-Length: 0 */
  WHEN_KEEP_ALIVE,      /* Connection says keep-alive */
  WHEN_SAYS_CLOSE,      /* or close */
  WHEN_STAR,            /* OPTIONS * */
  WHEN_OFFERS,          /* it offers a protocol */
  WHEN_OFFERS_CONTENT,  /* and has content */
  WHEN_OFFERS_NOTHING,  /* Connection names an Upgrade that is not there */
  WHEN_OFFERS_1_0,      /* or there is one in HTTP/1.0 */
};

struct bug {
  const char *name;
  const char *says;   /* one sentence */
  const char *breaks; /* the requirement */
  const char *report; /* the real report that it is modelled on, "" for none */
  const char *must;   /* globs of the cases that notice it, blanks between them */
  const char *may;    /* of others that may */
  enum bug_stands stands;
  enum bug_fault fault;
  enum bug_when when;
  unsigned number;
};

/* bug_at returns the bugs in turn, NULL behind the last; bug_named one by its name, or NULL. */
const struct bug *bug_at(size_t index);
const struct bug *bug_named(const char *name);

#endif
