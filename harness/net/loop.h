/* Sockets and time for actors: the only I/O of the project, over libuv.
 *
 * A loop drives any number of actors (core/actor.h) at once. For each actor it has numbered
 * addresses to connect to and numbered listeners. TCP_NODELAY is on everywhere; one ACTOR_WRITE is
 * one write(2) where the kernel takes it whole, and two are never joined. Event times come from one
 * monotonic clock read right after poll. Bytes that arrived before a reset are told before it, also
 * when the reset was noticed by a write.
 *
 * ACTOR_CLOSE waits for queued writes as long as the peer takes some of them every second. On an
 * accepted connection it then sends FIN, and waits a second for the peer's before the socket goes:
 * a request that is on its way meanwhile is not answered with a reset, which could overtake the FIN
 * and keep a gateway from asking again (RFC 9112 section 9.6). A write
 * queue above 64 MiB is a reset, to both ends. ACTOR_ABORT on a Unix socket closes it, as it knows
 * no reset. After the peer's FIN a reset is noticed only by writing.
 *
 * TLS lies below the actor: it writes and reads clear text. What it is told and what it asks for
 * mean, on a connection with TLS:
 *
 * - ACTOR_CONNECTED: the handshake is done, the certificate is accepted, ALPN chose what was asked.
 *   Else ACTOR_REFUSED; net_player_address_failure tells why.
 * - ACTOR_ACCEPTED_CONN: TCP accepted it, as with clear text; a byte may never come. When the
 *   handshake fails or ends before it is done, ACTOR_RESET follows.
 * - ACTOR_WRITE: its records go out in one write. What is written before the handshake is done, or
 *   before the first byte tells TLS from clear text, is held until then.
 * - ACTOR_SHUT: close_notify, then FIN. A peer with TLS 1.3 may go on sending (RFC 8446 section
 *   6.1); one with TLS 1.2 answers with close_notify at once and forgoes what it had to say (RFC
 *   5246 section 7.2.1).
 * - ACTOR_CLOSE: close_notify, then close. ACTOR_ABORT: a reset without close_notify.
 * - ACTOR_FIN: close_notify or FIN, whichever comes first. A FIN without close_notify is no error,
 *   as many servers do no better. Nothing of a close_notify is answered before the actor asks.
 * - ACTOR_RESET: a reset, an alert, or a record that is wrong. What came before it in whole records
 *   is told first. After a close_notify a reset is noticed without writing.
 *
 * Event times are those of the socket's read here too. No handshake is given up for its length:
 * deadlines are the actor's. */
#ifndef INTERIM_NET_LOOP_H
#define INTERIM_NET_LOOP_H

#include "base/diag.h"
#include "core/actor.h"

struct net_loop;
struct net_player; /* an actor on a loop */
struct tls;        /* net/tls.h */

/* net_loop_new makes a loop; NULL when the system has no resources. For the whole process it
 * ignores SIGPIPE, catches the first SIGINT and the first SIGTERM (a second one ends the process),
 * and raises the limit of open descriptors to what the system allows. */
struct net_loop *net_loop_new(void);

/* net_loop_free closes everything and frees the loop and its players; NULL is allowed. */
void net_loop_free(struct net_loop *loop);

/* net_loop_add puts an actor on the loop. The player is the loop's. */
struct net_player *net_loop_add(struct net_loop *loop, struct actor actor);

/* net_player_address resolves "host:port", "[v6]:port" or "unix:path" and appends it to the
 * player's addresses. Of a name with several addresses the first IPv4 one counts, else the first
 * IPv6 one. Its number, or -1 with *diag set. */
int net_player_address(struct net_player *player, const char *address, struct diag *diag);

/* net_player_listen binds "host:port" (port 0 for a free one) or "unix:path" and appends it to the
 * player's listeners. Its number, or -1 with *diag set: a port in use says so, with the remedy. */
int net_player_listen(struct net_player *player, const char *address, struct diag *diag);

/* net_player_listener_name writes the bound address, "127.0.0.1:41234", of a listener. */
void net_player_listener_name(const struct net_player *player, unsigned listener, char *out,
                              size_t size);

/* net_player_secure makes every connection to the player's address number a TLS connection, by a
 * context of clients, which the loop keeps as long as it lives. */
void net_player_secure(struct net_player *player, unsigned address, struct tls *client);

/* net_player_listen_secure lets a listener of the player speak TLS, by a context of servers, which
 * the loop keeps as long as it lives. Unless only, it still takes clear text on the same port: the
 * first byte of a connection tells them apart, as that of TLS is 0x16. A peer that ends without a
 * byte was clear text. */
void net_player_listen_secure(struct net_player *player, unsigned listener, struct tls *server,
                              bool only);

/* net_player_address_failure says why the last connection to the address that failed did, with the
 * remedy: not reached, no handshake, an alert or a wrong record after it. One that the actor gave
 * up during the handshake counts. "" when none did. Borrowed until the next failure. */
const char *net_player_address_failure(const struct net_player *player, unsigned address);

/* net_player_listener_failure says the same of the TLS of a listener. */
const char *net_player_listener_failure(const struct net_player *player, unsigned listener);

/* net_loop_now_us is the loop's monotonic time, as given to the actors. */
uint64_t net_loop_now_us(const struct net_loop *loop);

/* net_loop_run drives all actors until done returns true (asked before each turn), or until a
 * signal of interest (SIGINT, SIGTERM) arrives: returns that signal's number, else 0. At its start
 * it feeds every actor ACTOR_TIME, so that those with something to do begin. after_turn, when not
 * NULL, is called once a turn of the loop, for progress. It may be called again. */
int net_loop_run(struct net_loop *loop, bool (*done)(void *user), void (*after_turn)(void *user),
                 void *user);

/* net_loop_lag_us is the longest time between two polls within the last second: how far our own
 * process was behind. */
uint64_t net_loop_lag_us(const struct net_loop *loop);

#endif
