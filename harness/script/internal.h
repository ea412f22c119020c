/* What the files of the script engine share. */
#ifndef INTERIM_SCRIPT_INTERNAL_H
#define INTERIM_SCRIPT_INTERNAL_H

#include "script/script.h"

/* script_makes_answers tells whether the target makes the responses itself: at the seat of an
 * origin server. It knows no nonce then, and whose answer a response is shows by its order on a
 * connection of HTTP/1.1, by its stream over HTTP/2. */
static inline bool script_makes_answers(const struct script *script) {
  return script->config.seat == SEAT_ORIGIN;
}

/* exchange_add notes a request that is about to be sent on a client lane. */
struct script_exchange *exchange_add(struct script *script, size_t client, const struct step *step);

/* exchange_context fills in what a message of this exchange substitutes. */
void exchange_context(const struct script *script, const struct script_exchange *exchange,
                      struct compose_context *out);

/* exchange_sent reads what our origin has sent as an answer, to count its interim and final
 * responses. */
void exchange_sent(struct script *script, struct script_exchange *exchange, struct span bytes,
                   uint64_t now_us);

/* exchange_sent_end notes that our origin ends the connection, and with it a final response that
 * has no other end. */
void exchange_sent_end(struct script *script, struct script_exchange *exchange, uint64_t now_us);

/* exchange_interim_seen attributes an interim that the client got to one that was sent. */
void exchange_interim_seen(struct script *script, struct script_exchange *exchange,
                           struct message_seen *message);

/* exchange_refused_tunnel tells whether our origin answered with a 101 that the target did not ask
 * for. */
bool exchange_refused_tunnel(const struct script_exchange *exchange);

/* exchange_index finds the exchange's index. */
size_t exchange_index(const struct script *script, const struct script_exchange *exchange);

/* lane_open opens a client lane's connection. */
void lane_open(struct script *script, size_t client, uint64_t now_us);

/* lane_gave_up waits for a connection that is being opened; true when it will not come in time, and
 * the lane is as if it had been refused. */
bool lane_gave_up(struct script *script, size_t client, uint64_t now_us);

/* lane_in_connect tells whether the lane's next request goes into the tunnel that a CONNECT began.
 */
bool lane_in_connect(const struct client_lane *lane);

/* lane_request notes on the lane that a request went out. */
void lane_request(struct script *script, struct script_exchange *exchange);

/* lane_at_boundary tells whether all that we declared on the lane was sent: the next bytes would
 * begin a request. */
bool lane_at_boundary(const struct client_lane *lane);

/* lane_write writes bytes on a client lane and records them. */
void lane_write(struct script *script, size_t client, struct span bytes, uint64_t now_us);

/* lane_take takes an event of an answer on the lane, to this exchange (NULL: to none) and into the
 * message that is being built. */
void lane_take(struct script *script, size_t client, struct script_exchange *exchange,
               struct message_seen **building, const struct h1_event *event, uint64_t now_us);

/* lane_send_again sends a request again on a new connection: the target did not take it. */
void lane_send_again(struct script *script, size_t client, struct script_exchange *exchange,
                     uint64_t now_us);

/* lane_speaks_h2 tells the version of a lane that was opened. */
bool lane_speaks_h2(const struct script *script, size_t client);

/* lane_turn returns the exchange whose messages the steps see next on a lane, NULL for none. */
struct script_exchange *lane_turn(const struct script *script, size_t client);

/* h2_lane_open begins the client's end of a connection over HTTP/2; h2_lane_free ends it. */
void h2_lane_open(struct script *script, size_t client);
void h2_lane_free(struct client_lane *lane);

/* h2_lane_receive takes bytes, h2_lane_ended the connection's end. */
void h2_lane_receive(struct script *script, size_t client, struct span bytes, uint64_t now_us);
void h2_lane_ended(struct script *script, size_t client);

/* h2_lane_compose puts what a client's step sends into the piece; exchange is the one that it is
 * about. */
void h2_lane_compose(struct script *script, const struct step *step,
                     struct script_exchange *exchange, const struct compose_context *context);

/* h2_lane_ask sends the exchange's request on a new stream, as it was composed before;
 * h2_lane_ask_plain composes it of this step. */
void h2_lane_ask(struct script *script, struct script_exchange *exchange, uint64_t now_us);
void h2_lane_ask_plain(struct script *script, struct script_exchange *exchange,
                       const struct step *step, const struct compose_context *context,
                       uint64_t now_us);

/* h2_lane_has_room tells whether the lane may open a stream beside those that wait for their
 * answers: the target has said how many it takes (RFC 9113 section 5.1.2), and that is more. */
bool h2_lane_has_room(const struct script *script, size_t client);

/* h2_lane_sent records the parts that were written, and lets others write. */
void h2_lane_sent(struct script *script, size_t client, uint64_t now_us);

/* h2_lane_flush writes what waits. */
void h2_lane_flush(struct script *script, size_t client);

/* h2_lane_cancel resets the lane's streams that are not answered. */
void h2_lane_cancel(struct script *script, size_t client, uint64_t now_us);

/* h2_back_compose puts what an origin's step sends into *out. */
void h2_back_compose(struct script *script, const struct step *step,
                     struct script_exchange *exchange, const struct compose_context *context,
                     struct bytes *out);

/* h2_back_sent reads and records the parts that were written. */
void h2_back_sent(struct script *script, struct script_exchange *exchange, uint64_t now_us);

/* h2_back_release lets others write on the exchange's connection, if the script holds it. */
void h2_back_release(struct script *script, struct script_exchange *exchange);

/* h2_back_piece writes a piece, for whoever holds the link. */
void h2_back_piece(struct script *script, const struct script_exchange *exchange,
                   struct span bytes);

/* h2_back_put writes what was composed at once, or once whoever holds the link is done. */
void h2_back_put(struct script *script, struct script_exchange *exchange, struct span bytes);

/* h2_back_end resets the exchange's stream, unless our answer has ended it. */
void h2_back_end(struct script *script, struct script_exchange *exchange, uint64_t now_us);

/* h2_back_again answers a retry with all that the first arrival got. */
void h2_back_again(struct script *script, struct script_exchange *exchange, uint64_t now_us);

/* exchange_take reads an event of what our origin sends. */
void exchange_take(struct script *script, struct script_exchange *exchange,
                   const struct h1_event *event, uint64_t now_us);

/* lane_close ends a client lane with this command. */
void lane_close(struct script *script, size_t client, enum actor_command_kind how, uint64_t now_us);

/* lane_outstanding returns the exchange whose answer is due on the lane, or NULL. */
struct script_exchange *lane_outstanding(const struct script *script, size_t client);

/* lane_is_over tells whether nothing more can come on the lane. */
bool lane_is_over(const struct client_lane *lane);

/* back_write writes bytes of an exchange's answer on its back connection and records them. */
void back_write(struct script *script, struct script_exchange *exchange, struct span bytes,
                uint64_t now_us);

/* back_compose appends what a step of our origin's sends, for the version of the exchange's back;
 * back_sent tells that all that was composed was written. */
void back_compose(struct script *script, const struct step *step, struct script_exchange *exchange,
                  const struct compose_context *context, struct bytes *out);
void back_sent(struct script *script, struct script_exchange *exchange, uint64_t now_us);

/* back_end ends an exchange's back connection with this command. */
void back_end(struct script *script, struct script_exchange *exchange, enum actor_command_kind how,
              uint64_t now_us);

/* back_answer writes a whole automatic 200. */
void back_answer(struct script *script, struct script_exchange *exchange, uint64_t now_us);

/* script_find notes a broken house rule once for each text. */
void script_find(struct script *script, enum breach breach, const struct nonce *owner,
                 const char *text);

/* script_record appends to the transcript; the bytes are copied, up to a limit. */
void script_record(struct script *script, enum lane lane, unsigned number, const char *dir,
                   struct span bytes, uint64_t now_us);

enum progress {
  PROGRESS_DONE,
  PROGRESS_BLOCKED,
};

/* step_send and step_see try the present step. */
enum progress step_send(struct script *script, const struct step *step, uint64_t now_us);
enum progress step_see(struct script *script, const struct step *step, uint64_t now_us);

/* step_arrived sends what the passed on-arrival steps have for an exchange whose request is there.
 */
void step_arrived(struct script *script, struct script_exchange *exchange, uint64_t now_us);

/* step_end closes the step's record. */
void step_end(struct script *script, enum step_state state, const char *observed, uint64_t now_us);

/* step_not_arrived notes that a step waited in vain for the exchange's request. */
void step_not_arrived(struct script *script, const struct script_exchange *exchange);

/* step_no_tunnel passes over a step about the bytes of a tunnel that was not made: that is the
 * target's right. */
void step_no_tunnel(struct script *script, uint64_t now_us);

/* duration_of gives a case's duration in microseconds: scaled, or of the target's own timeout. */
uint64_t duration_of(const struct script *script, uint64_t stated);

/* wait_begin starts a wait unless one runs; wait_over tells whether it is lost. */
void wait_begin(struct script *script, uint64_t within_us, uint64_t now_us);
bool wait_over(const struct script *script, uint64_t now_us);
void wait_end(struct script *script, uint64_t now_us);

/* wait_progress puts the deadline off, since bytes of the target's came: it is not silent, and the
 * rest may be on its way over a slow link. Not where the case or the user stated the time. */
void wait_progress(struct script *script, uint64_t now_us);

/* step_exchange finds the exchange that an origin step is about, or NULL if it was not sent yet. */
struct script_exchange *step_exchange(const struct script *script, const struct step *step);

/* never_check holds a message against the never sees steps that were passed. */
void never_check(struct script *script, size_t client, const struct message_seen *message);

/* canary_begin is for a play whose steps are over: it probes a stalled exchange or sends a canary.
 * The others go on with these phases. */
void probe_run(struct script *script, uint64_t now_us);
void canary_begin(struct script *script, uint64_t now_us);
void canary_run(struct script *script, uint64_t now_us);
void canary_method_run(struct script *script, uint64_t now_us);
void script_finish(struct script *script, uint64_t now_us);

#endif
