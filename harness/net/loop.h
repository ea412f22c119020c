/* Sockets and time for actors: the only I/O of the project, over libuv.
 *
 * A loop drives any number of actors (core/actor.h) at once. For each actor it has numbered addresses to
 * connect to and numbered listeners. TCP_NODELAY is on everywhere; one ACTOR_WRITE is one write(2) where
 * the kernel takes it whole. Event times come from one monotonic clock read right after poll. */
#ifndef INTERIM_NET_LOOP_H
#define INTERIM_NET_LOOP_H

#include "base/diag.h"
#include "core/actor.h"

struct net_loop;
struct net_player; /* an actor on a loop */

/* net_loop_new makes a loop; NULL when the system has no resources. */
struct net_loop *net_loop_new(void);

/* net_loop_free closes everything and frees the loop and its players; NULL is allowed. */
void net_loop_free(struct net_loop *loop);

/* net_loop_add puts an actor on the loop. The player is the loop's. */
struct net_player *net_loop_add(struct net_loop *loop, struct actor actor);

/* net_player_address resolves "host:port", "[v6]:port" or "unix:path" and appends it to the player's
 * addresses. Its number, or -1 with *diag set. */
int net_player_address(struct net_player *player, const char *address, struct diag *diag);

/* net_player_listen binds "host:port" (port 0 for a free one) or "unix:path" and appends it to the
 * player's listeners. Its number, or -1 with *diag set: a port in use says so, with the remedy. */
int net_player_listen(struct net_player *player, const char *address, struct diag *diag);

/* net_player_listener_name writes the bound address, "127.0.0.1:41234", of a listener. */
void net_player_listener_name(const struct net_player *player, unsigned listener, char *out,
                              size_t size);

/* net_loop_now_us is the loop's monotonic time, as given to the actors. */
uint64_t net_loop_now_us(const struct net_loop *loop);

/* net_loop_run drives all actors until done returns true (asked after each turn), or until a signal of
 * interest (SIGINT, SIGTERM) arrives: returns that signal's number, else 0. after_turn, when not NULL,
 * is called once a turn of the loop, for progress. */
int net_loop_run(struct net_loop *loop, bool (*done)(void *user), void (*after_turn)(void *user),
                 void *user);

/* net_loop_lag_us is the longest time between two polls within the last second: how far our own
 * process was behind. */
uint64_t net_loop_lag_us(const struct net_loop *loop);

#endif
