/* The faults, and the liberties that are none, of the doctored gateway. */
#ifndef INTERIM_TESTS_DOCTORED_FAULTS_H
#define INTERIM_TESTS_DOCTORED_FAULTS_H

#include "tests/doctored.h"

static void interim_drop(struct doctored_front *front, struct doctored_message *message) {
  (void)front;
  (void)message;
}

static void interim_first_only(struct doctored_front *front, struct doctored_message *message) {
  if (front->num_interims == 1) {
    doctored_pass_interim(front, message);
  }
}

static void interim_collapse(struct doctored_front *front, struct doctored_message *message) {
  if (message->code != front->last_code) {
    doctored_pass_interim(front, message);
  }
  front->last_code = message->code;
}

static void interim_hold(struct doctored_front *front, struct doctored_message *message) {
  if (!front->http10) {
    doctored_take_out_framing(message);
    bytes_add(&front->held, bytes_span(&message->head));
  }
}

static void final_behind_held(struct doctored_front *front, struct doctored_message *message) {
  doctored_write(front, bytes_span(&front->held));
  doctored_pass_final(front, message);
}

/* Zuul, fasthttp: the interim response ends the exchange, the real final stays for whoever comes
 * next. */
static void interim_ends_exchange(struct doctored_front *front, struct doctored_message *message) {
  doctored_pass_interim(front, message);
  doctored_finish(front, false);
}

static void interim_ends_both(struct doctored_front *front, struct doctored_message *message) {
  doctored_pass_interim(front, message);
  doctored_close_back(front);
  doctored_finish(front, false);
}

static void interim_ends_connection(struct doctored_front *front,
                                    struct doctored_message *message) {
  doctored_pass_interim(front, message);
  doctored_finish(front, true);
}

/* nginx: the head of a response without a length, kept until the origin closes. */
static void interim_buffer(struct doctored_front *front, struct doctored_message *message) {
  bytes_add(&front->held, bytes_span(&message->head));
  bytes_add(&front->held, bytes_span(&front->back_in));
  front->back_in.len = 0;
}

static bool bytes_into_buffer(struct doctored_front *front, struct span bytes) {
  if (front->held.len == 0) {
    return false;
  }
  bytes_add(&front->held, bytes);
  front->back_in.len = 0;
  return true;
}

static void lost_flush(struct doctored_front *front) {
  if (front->held.len == 0) {
    doctored_error(front, "502 Bad Gateway");
    return;
  }
  doctored_write(front, bytes_span(&front->held));
  doctored_finish(front, true);
}

static void interim_known_or_buffer(struct doctored_front *front,
                                    struct doctored_message *message) {
  if (message->code == 100 || message->code == 103) {
    doctored_pass_interim(front, message);
  } else {
    interim_buffer(front, message);
  }
}

/* The same, but what comes is passed on at once. */
static void interim_stream(struct doctored_front *front, struct doctored_message *message) {
  doctored_pass_interim(front, message);
  front->raw = true;
  doctored_write(front, bytes_span(&front->back_in));
  front->back_in.len = 0;
}

static void interim_hang(struct doctored_front *front, struct doctored_message *message) {
  (void)message;
  front->stuck = true;
}

static void interim_pass_and_hang(struct doctored_front *front, struct doctored_message *message) {
  doctored_pass_interim(front, message);
  front->stuck = true;
}

static void interim_error(struct doctored_front *front, struct doctored_message *message) {
  (void)message;
  doctored_error(front, "502 Bad Gateway");
}

/* Waits no longer for the final response. */
static void interim_timeout(struct doctored_front *front, struct doctored_message *message) {
  (void)message;
  doctored_error(front, "504 Gateway Timeout");
}

static void interim_error_to_head(struct doctored_front *front, struct doctored_message *message) {
  if (front->head_only) {
    doctored_error(front, "500 Internal Server Error");
  } else {
    doctored_pass_interim(front, message);
  }
}

static void final_error_to_head(struct doctored_front *front, struct doctored_message *message) {
  if (front->head_only) {
    doctored_error(front, "500 Internal Server Error");
  } else {
    doctored_pass_final(front, message);
  }
}

static void interim_error_if_framed(struct doctored_front *front,
                                    struct doctored_message *message) {
  if (doctored_field(bytes_span(&message->head), "Content-Length").len > 0) {
    doctored_error(front, "502 Bad Gateway");
  } else {
    doctored_pass_interim(front, message);
  }
}

static void interim_limit(struct doctored_front *front, struct doctored_message *message) {
  if (front->num_interims > 100) {
    doctored_error(front, "502 Bad Gateway");
  } else {
    doctored_pass_interim(front, message);
  }
}

static void interim_swap(struct doctored_front *front, struct doctored_message *message) {
  if (front->http10) {
    return;
  }
  if (front->held.len == 0) {
    doctored_take_out_framing(message);
    bytes_add(&front->held, bytes_span(&message->head));
    return;
  }
  doctored_pass_interim(front, message);
  doctored_write(front, bytes_span(&front->held));
  front->held.len = 0;
}

static void interim_change_code(struct doctored_front *front, struct doctored_message *message) {
  message->head.ptr[11] = message->head.ptr[11] == '9' ? '8' : '9';
  doctored_pass_interim(front, message);
}

static void interim_strip(struct doctored_front *front, struct doctored_message *message) {
  doctored_take_out(&message->head, "");
  doctored_pass_interim(front, message);
}

static void interim_change_field(struct doctored_front *front, struct doctored_message *message) {
  size_t at = span_find(bytes_span(&message->head), span_of("X-Progress: 50"), 0);
  if (at != SIZE_MAX) {
    message->head.ptr[at + 12] = '6';
  }
  doctored_pass_interim(front, message);
}

static void interim_remember(struct doctored_front *front, struct doctored_message *message) {
  struct span head = bytes_span(&message->head);
  size_t start = span_find(head, span_of("\r\n"), 0) + 2;
  bytes_add(&front->fields, span_make(head.ptr + start, head.len - start - 2));
  doctored_pass_interim(front, message);
}

static void final_with_fields(struct doctored_front *front, struct doctored_message *message) {
  message->head.len -= 2;
  bytes_add(&message->head, bytes_span(&front->fields));
  bytes_text(&message->head, "\r\n");
  doctored_pass_final(front, message);
}

/* Only what no house rule watches for by itself: the case has to see it. */
static void interim_remember_named(struct doctored_front *front, struct doctored_message *message) {
  struct span value = doctored_field(bytes_span(&message->head), "X-Interim");
  if (value.len > 0) {
    bytes_text(&front->fields, "X-Interim: 1\r\n");
  }
  doctored_pass_interim(front, message);
}

static void interim_add_length(struct doctored_front *front, struct doctored_message *message) {
  doctored_take_out(&message->head, "Content-Length");
  doctored_add_field(&message->head, "Content-Length: 0");
  if (!front->http10) {
    doctored_deliver(front, message);
  }
}

static void interim_add_coding(struct doctored_front *front, struct doctored_message *message) {
  doctored_add_field(&message->head, "Transfer-Encoding: chunked");
  if (!front->http10) {
    doctored_deliver(front, message);
  }
}

static void interim_verbatim(struct doctored_front *front, struct doctored_message *message) {
  doctored_deliver(front, message);
}

static void interim_twice(struct doctored_front *front, struct doctored_message *message) {
  doctored_pass_interim(front, message);
  doctored_pass_interim(front, message);
}

static void interim_old_version(struct doctored_front *front, struct doctored_message *message) {
  message->head.ptr[7] = '0';
  doctored_pass_interim(front, message);
}

static void interim_copy_aside(struct doctored_front *front, struct doctored_message *message) {
  front->held.len = 0;
  bytes_add(&front->held, bytes_span(&message->head));
  doctored_pass_interim(front, message);
}

static void final_then_stray(struct doctored_front *front, struct doctored_message *message) {
  doctored_deliver(front, message);
  if (!front->http10) {
    doctored_write(front, bytes_span(&front->held));
  }
  doctored_finish(front, message->until_close);
}

static void final_swap(struct doctored_front *front, struct doctored_message *message) {
  struct doctored *gateway = front->gateway;
  for (size_t i = 0; doctored_triggered(front) && i < gateway->num_fronts; i++) {
    struct doctored_front *other = gateway->fronts[i];
    if (other != front && other->open && other->busy && !other->http10 && !other->head_only) {
      doctored_deliver(other, message);
      doctored_close_back(other);
      doctored_finish(other, false);
      doctored_error(front, "502 Bad Gateway");
      return;
    }
  }
  doctored_pass_final(front, message);
}

static void final_close(struct doctored_front *front, struct doctored_message *message) {
  doctored_add_field(&message->head, "Connection: close");
  doctored_deliver(front, message);
  doctored_finish(front, true);
}

static void final_close_unsaid(struct doctored_front *front, struct doctored_message *message) {
  doctored_deliver(front, message);
  doctored_finish(front, true);
}

static void final_chunks_as_content(struct doctored_front *front,
                                    struct doctored_message *message) {
  if (doctored_field(bytes_span(&message->head), "Transfer-Encoding").len > 0) {
    char line[64];
    (void)snprintf(line, sizeof(line), "Content-Length: %zu", message->content.len);
    doctored_take_out(&message->head, "Transfer-Encoding");
    doctored_add_field(&message->head, line);
  }
  doctored_pass_final(front, message);
}

static void final_damage(struct doctored_front *front, struct doctored_message *message) {
  if ((front->num_interims > 0 || front->expects) && message->content.len > 0) {
    message->content.ptr[0] = '#';
  }
  doctored_pass_final(front, message);
}

static void final_as_200(struct doctored_front *front, struct doctored_message *message) {
  memcpy(message->head.ptr + 9, "200", 3);
  doctored_pass_final(front, message);
}

static void interim_decorate(struct doctored_front *front, struct doctored_message *message) {
  doctored_add_field(&message->head, "Via: 1.1 doctored");
  doctored_add_field(&message->head, "Server: doctored");
  doctored_add_field(&message->head, "Date: Sat, 21 Nov 2026 00:00:01 GMT");
  doctored_pass_interim(front, message);
}

static void final_decorate(struct doctored_front *front, struct doctored_message *message) {
  doctored_add_field(&message->head, "Via: 1.1 doctored");
  doctored_add_field(&message->head, "Server: doctored");
  doctored_add_field(&message->head, "Connection: keep-alive");
  doctored_add_field(&message->head, "Keep-Alive: timeout=5");
  doctored_pass_final(front, message);
}

static void interim_die(struct doctored_front *front, struct doctored_message *message) {
  if (doctored_triggered(front)) {
    front->gateway->num_triggered++;
    doctored_die(front->gateway);
  } else {
    doctored_pass_interim(front, message);
  }
}

static void interim_stall(struct doctored_front *front, struct doctored_message *message) {
  if (doctored_triggered(front)) {
    front->gateway->num_triggered++;
    front->gateway->stalled = true;
  } else {
    doctored_pass_interim(front, message);
  }
}

static void interim_drop_once(struct doctored_front *front, struct doctored_message *message) {
  if (doctored_triggered(front) && front->gateway->num_triggered == 0) {
    front->gateway->num_triggered++;
    return;
  }
  doctored_pass_interim(front, message);
}

static void lost_as_success(struct doctored_front *front) {
  doctored_write(front,
                 span_of("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"));
  doctored_finish(front, true);
}

static void lost_hang(struct doctored_front *front) {
  front->stuck = true;
}

/* A server of HTTP/1.0 has passed on what there was. */
static void lost_in_http10(struct doctored_front *front) {
  struct bytes out = {0};
  struct span nonce = doctored_field(bytes_span(&front->back_in), "Interim-Nonce");
  bytes_printf(&out, "HTTP/1.0 200 OK\r\nInterim-Nonce: %.*s\r\n\r\nonly this", (int)nonce.len,
               (const char *)nonce.ptr);
  doctored_write(front, bytes_span(&out));
  bytes_free(&out);
  doctored_finish(front, true);
}

static void lost_close(struct doctored_front *front) {
  doctored_finish(front, true);
}

static void lost_retry(struct doctored_front *front) {
  if (front->again || span_starts(bytes_span(&front->request), "POST ")) {
    doctored_error(front, "502 Bad Gateway");
    return;
  }
  front->again = true;
  front->back_in.len = 0;
  doctored_forward(front);
}

/* Sends the request on one connection, gives that up, and sends it on another. */
static bool request_retry(struct doctored_front *front) {
  doctored_open_back(front);
  doctored_command(front->gateway, ACTOR_WRITE, front->back, bytes_span(&front->request));
  doctored_command(front->gateway, ACTOR_ABORT, front->back, span_make(NULL, 0));
  front->back = 0;
  return false;
}

/* After an interim response that it took for the final one, the next request is refused. */
static void interim_ends_and_upsets(struct doctored_front *front,
                                    struct doctored_message *message) {
  front->gateway->num_triggered++;
  interim_ends_both(front, message);
}

static void interim_closes_and_upsets(struct doctored_front *front,
                                      struct doctored_message *message) {
  front->gateway->num_triggered++;
  interim_ends_connection(front, message);
}

static bool request_refuse_if_upset(struct doctored_front *front) {
  if (front->gateway->num_triggered == 0) {
    return false;
  }
  front->gateway->num_triggered--;
  doctored_error(front, "503 Service Unavailable");
  return true;
}

static bool request_no_copy(struct doctored_front *front) {
  if (!span_starts(bytes_span(&front->request), "COPY ")) {
    return false;
  }
  doctored_write(front, span_of("HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n"));
  doctored_finish(front, false);
  return true;
}

static bool request_own_100(struct doctored_front *front) {
  if (front->expects && !front->http10) {
    doctored_write(front, span_of("HTTP/1.1 100 Continue\r\n\r\n"));
  }
  return false;
}

static bool request_own_100_to_all(struct doctored_front *front) {
  if (front->expects) {
    doctored_write(front, span_of("HTTP/1.1 100 Continue\r\n\r\n"));
  }
  return false;
}

static bool request_own_103(struct doctored_front *front) {
  if (!front->http10) {
    doctored_write(front, span_of("HTTP/1.1 103 Early Hints\r\nLink: </own.css>\r\n\r\n"));
  }
  return false;
}

/* Its own 100 comes when the origin has already answered with one. */
static void interim_behind_own_100(struct doctored_front *front, struct doctored_message *message) {
  if (front->expects && !front->http10) {
    doctored_write(front, span_of("HTTP/1.1 100 Continue\r\n\r\n"));
  }
  doctored_pass_interim(front, message);
}

/* A target that works long may say so. */
static void interim_behind_own_102(struct doctored_front *front, struct doctored_message *message) {
  if (!front->http10) {
    doctored_write(front, span_of("HTTP/1.1 110 Still Working\r\n\r\n"));
  }
  doctored_pass_interim(front, message);
}

static void final_then_line(struct doctored_front *front, struct doctored_message *message) {
  if (message->content.len > 0 && !message->until_close) {
    bytes_text(&message->content, "\r\n");
  }
  doctored_pass_final(front, message);
}

static void final_then_408(struct doctored_front *front, struct doctored_message *message) {
  doctored_deliver(front, message);
  if (front->in.len == 0 && !message->until_close) {
    doctored_write(front, span_of("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n"
                                  "Content-Length: 0\r\n\r\n"));
  }
  doctored_finish(front, front->in.len == 0 || message->until_close);
}

static void interim_rename(struct doctored_front *front, struct doctored_message *message) {
  struct bytes renamed = {0};
  size_t end = span_find(bytes_span(&message->head), span_of("\r\n"), 0);
  bytes_add(&renamed, span_make(message->head.ptr, 13));
  bytes_text(&renamed, "Whatever");
  bytes_add(&renamed, span_skip(bytes_span(&message->head), end));
  bytes_free(&message->head);
  message->head = renamed;
  doctored_pass_interim(front, message);
}

/* node's http-proxy: whoever offers another protocol than WebSocket is cut off. */
static bool request_close_upgrade(struct doctored_front *front) {
  if (doctored_field(bytes_span(&front->request), "Upgrade").len == 0) {
    return false;
  }
  doctored_finish(front, true);
  return true;
}

/* Who asks for an upgrade and does not survive that it is made. */
static void upgraded_cut(struct doctored_front *front, struct doctored_message *message) {
  (void)message;
  doctored_finish(front, true);
}

static void upgraded_stuck(struct doctored_front *front, struct doctored_message *message) {
  (void)message;
  front->stuck = true;
}

static void upgraded_refuses(struct doctored_front *front, struct doctored_message *message) {
  (void)message;
  doctored_error(front, "502 Bad Gateway");
}

/* Perlbal: a server of HTTP/1.0, for which RFC 9110 has no expectations. */
static void final_in_http10(struct doctored_front *front, struct doctored_message *message) {
  message->head.ptr[7] = '0';
  doctored_add_field(&message->head, "Connection: keep-alive");
  doctored_pass_final(front, message);
}

static bool request_417(struct doctored_front *front) {
  if (!front->expects || front->http10) {
    return false;
  }
  doctored_error(front, "417 Expectation Failed");
  return true;
}

static bool request_417_with_content(struct doctored_front *front) {
  front->head_only = false;
  return request_417(front);
}

static void final_hang_if_expected(struct doctored_front *front, struct doctored_message *message) {
  if (front->expects) {
    front->stuck = true;
  } else {
    doctored_pass_final(front, message);
  }
}

/* Answers a pipelined pair the wrong way round. */
static bool request_swap(struct doctored_front *front) {
  size_t len = front->num_requests == 1 ? doctored_next_request(front) : 0;
  if (len == 0 || front->content_left > 0 || front->chunked) {
    return false;
  }
  struct bytes first = front->request;
  struct bytes rest = front->in;
  front->request = (struct bytes){0};
  front->in = (struct bytes){0};
  bytes_add(&front->request, span_make(rest.ptr, len));
  bytes_add(&front->in, bytes_span(&first));
  bytes_add(&front->in, span_make(rest.ptr + len, rest.len - len));
  bytes_free(&first);
  bytes_free(&rest);
  doctored_read_request(front);
  return false;
}

static void interim_with_old_via(struct doctored_front *front, struct doctored_message *message) {
  doctored_add_field(&message->head, "Via: 1.0 doctored");
  doctored_pass_interim(front, message);
}

/* A tunnel that only the client's bytes pass. */
static void tunnel_one_way(struct doctored_front *front, struct span bytes) {
  (void)front;
  (void)bytes;
}

/* A tunnel whose bytes are read as responses still. */
static void tunnel_without_interims(struct doctored_front *front, struct span bytes) {
  if (!span_starts(bytes, "HTTP/1.1 1")) {
    doctored_write(front, bytes);
  }
}

static void tunnel_with_via(struct doctored_front *front, struct span bytes) {
  struct doctored_message message = {0};
  size_t end = span_find(bytes, span_of("\r\n\r\n"), 0);
  size_t len = end == SIZE_MAX ? 0 : end + 4;
  bytes_add(&message.head, span_make(bytes.ptr, len));
  if (len > 0) {
    doctored_add_field(&message.head, "Via: 1.1 doctored");
  }
  doctored_write(front, bytes_span(&message.head));
  doctored_write(front, span_skip(bytes, len));
  doctored_message_free(&message);
}

/* With three connections to the origin at most, the others wait for one; a final response gives its
 * own back. */
static bool request_in_line(struct doctored_front *front) {
  const struct doctored *gateway = front->gateway;
  unsigned taken = 0;
  for (size_t i = 0; i < gateway->num_fronts; i++) {
    taken += gateway->fronts[i]->open && gateway->fronts[i]->back != 0 ? 1U : 0U;
  }
  return taken >= 3;
}

static void final_next_in_line(struct doctored_front *front, struct doctored_message *message) {
  const struct doctored *gateway = front->gateway;
  doctored_pass_final(front, message);
  doctored_close_back(front);
  for (size_t i = 0; i < gateway->num_fronts; i++) {
    struct doctored_front *waits = gateway->fronts[i];
    if (waits->open && waits->busy && waits->back == 0) {
      doctored_forward(waits);
      return;
    }
  }
}

static const struct doctored_fault doctored_faults[] = {
    {.name = "none"},
    {.name = "drops", .interim = interim_drop},
    {.name = "drops-and-pools", .interim = interim_drop, .pools = true},
    {.name = "first-only", .interim = interim_first_only},
    {.name = "collapses", .interim = interim_collapse},
    {.name = "holds", .interim = interim_hold, .final = final_behind_held},
    {.name = "final-pooled", .interim = interim_ends_exchange, .keeps_strays = true, .pools = true},
    {.name = "final-kept", .interim = interim_ends_exchange, .keeps_strays = true},
    {.name = "final-next-answered", .interim = interim_ends_both},
    {.name = "final-upsets",
     .interim = interim_ends_and_upsets,
     .request = request_refuse_if_upset},
    {.name = "close-upsets",
     .interim = interim_closes_and_upsets,
     .request = request_refuse_if_upset},
    {.name = "final-closes", .interim = interim_ends_connection},
    {.name = "final-buffered",
     .interim = interim_buffer,
     .bytes = bytes_into_buffer,
     .lost = lost_flush},
    {.name = "final-streamed", .interim = interim_stream},
    {.name = "tunnels-one-way", .tunnel = tunnel_one_way},
    {.name = "tunnels-no-interims", .tunnel = tunnel_without_interims},
    {.name = "tunnels-with-via", .tunnel = tunnel_with_via},
    {.name = "via-1.0", .interim = interim_with_old_via},
    {.name = "lost-with-101", .loses_ahead = true},
    {.name = "closes-at-101", .upgraded = upgraded_cut},
    {.name = "hangs-at-101", .upgraded = upgraded_stuck},
    {.name = "refuses-the-101", .upgraded = upgraded_refuses},
    {.name = "hangs", .interim = interim_hang},
    {.name = "passes-and-hangs", .interim = interim_pass_and_hang},
    {.name = "answers-502", .interim = interim_error},
    {.name = "answers-504", .interim = interim_timeout},
    {.name = "no-head", .interim = interim_error_to_head, .final = final_error_to_head},
    {.name = "knows-100-103",
     .interim = interim_known_or_buffer,
     .bytes = bytes_into_buffer,
     .lost = lost_flush},
    {.name = "reorders", .interim = interim_swap, .final = final_behind_held},
    {.name = "changes-code", .interim = interim_change_code},
    {.name = "strips-fields", .interim = interim_strip},
    {.name = "changes-field", .interim = interim_change_field},
    {.name = "leaks", .interim = interim_remember, .final = final_with_fields},
    {.name = "leaks-named", .interim = interim_remember_named, .final = final_with_fields},
    {.name = "adds-length", .interim = interim_add_length},
    {.name = "adds-coding", .interim = interim_add_coding},
    {.name = "to-http10", .interim = interim_verbatim},
    {.name = "own-100-to-http10", .request = request_own_100_to_all},
    {.name = "twice", .interim = interim_twice},
    {.name = "old-version", .interim = interim_old_version},
    {.name = "stray-after-final", .interim = interim_copy_aside, .final = final_then_stray},
    {.name = "keeps-strays", .keeps_strays = true},
    {.name = "swaps-answers", .final = final_swap},
    {.name = "lax", .lax = true},
    {.name = "switches", .switches = true},
    {.name = "forgets-head", .forgets_head = true},
    {.name = "takes-content", .takes_content = true},
    {.name = "whole-reads", .whole_reads = true},
    {.name = "swallows", .swallows = true},
    {.name = "awaits-content", .awaits_content = true},
    {.name = "expect-hangs", .final = final_hang_if_expected},
    {.name = "forgets-content", .forgets_content = true},
    {.name = "pools-cut-requests", .pools = true, .pools_cut = true},
    {.name = "loses-content", .loses_content = true},
    {.name = "shows-chunks", .final = final_chunks_as_content},
    {.name = "damages-final", .final = final_damage},
    {.name = "final-as-200", .final = final_as_200},
    {.name = "lost-as-success", .lost = lost_as_success},
    {.name = "lost-in-http10", .lost = lost_in_http10},
    {.name = "lost-hangs", .lost = lost_hang},
    {.name = "out-of-order", .request = request_swap},
    {.name = "limit", .interim = interim_limit},
    {.name = "dies", .interim = interim_die},
    {.name = "stalls", .interim = interim_stall},
    {.name = "drops-few-backs",
     .request = request_in_line,
     .interim = interim_drop,
     .final = final_next_in_line},
    {.name = "drops-once", .interim = interim_drop_once},
    /* Liberties. */
    {.name = "split", .split = 1},
    {.name = "split-7", .split = 7},
    {.name = "merge", .merges = true},
    {.name = "closes", .final = final_close},
    {.name = "closes-unsaid", .final = final_close_unsaid},
    {.name = "retries-at-once", .request = request_retry},
    {.name = "retries-lost", .lost = lost_retry},
    {.name = "lost-closes", .lost = lost_close},
    {.name = "no-copy", .request = request_no_copy},
    {.name = "asks-http10", .asks_http10 = true},
    {.name = "own-100", .request = request_own_100},
    {.name = "own-100-late", .interim = interim_behind_own_100},
    {.name = "own-102", .interim = interim_behind_own_102},
    {.name = "own-103", .request = request_own_103},
    {.name = "stray-line", .final = final_then_line},
    {.name = "times-out-idle", .final = final_then_408},
    {.name = "renames-reason", .interim = interim_rename},
    {.name = "417", .request = request_417},
    {.name = "417-with-content", .request = request_417_with_content},
    {.name = "closes-upgrades", .request = request_close_upgrade},
    {.name = "old-server", .awaits_content = true, .asks_http10 = true, .final = final_in_http10},
    {.name = "decorates", .interim = interim_decorate, .final = final_decorate},
    {.name = "502-if-framed", .interim = interim_error_if_framed},
};

static inline const struct doctored_fault *doctored_fault_named(const char *name) {
  for (size_t i = 0; i < sizeof(doctored_faults) / sizeof(doctored_faults[0]); i++) {
    if (strcmp(doctored_faults[i].name, name) == 0) {
      return &doctored_faults[i];
    }
  }
  abort();
}

#endif
