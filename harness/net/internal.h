/* What the files of net share. Nothing outside net includes this. */
#ifndef INTERIM_NET_INTERNAL_H
#define INTERIM_NET_INTERNAL_H

#include "net/loop.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/un.h>
#include <uv.h>

struct secure; /* the TLS of one connection */

enum {
  NET_READ_SIZE = 64 * 1024,
  NET_BACKLOG = 1024,
  NET_QUEUE_LIMIT = 64 * 1024 * 1024,
  NET_LINGER_US = 1000 * 1000,
  NET_LAG_BUCKETS = 10,
  NET_LAG_BUCKET_US = 100 * 1000,
};

/* Memory: net_alloc returns size zeroed bytes; out of memory ends the process with a message. */
void *net_alloc(size_t size);

/* The clock: the only reader of time. */
struct net_clock {
  uint64_t now_us;    /* as the actors see it */
  uint64_t polled_us; /* when the last poll returned */
  bool fresh;         /* polled_us is of this turn */
  struct {
    uint64_t number; /* which tenth of a second since the epoch of the clock */
    uint64_t longest_us;
  } busy[NET_LAG_BUCKETS];
};

/* clock_read reads the time now. */
uint64_t clock_read(void);
/* clock_start forgets the time that passed outside net_loop_run. */
void clock_start(struct net_clock *clock);
/* clock_polled takes the time, once a turn: the first caller after a poll decides it. */
void clock_polled(struct net_clock *clock);
/* clock_polling notes that a poll is about to start, and how long it took since the last one. */
void clock_polling(struct net_clock *clock);
/* clock_lag is the longest such time within the last second. */
uint64_t clock_lag(const struct net_clock *clock);

/* An address: resolved once. */
struct address {
  bool local; /* a Unix socket */
  union {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_storage room;
  } ip;
  char path[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
  struct tls *tls;     /* NULL: clear text */
  struct diag failure; /* of the last connection that failed; reason "" when none did */
};

/* address_parse reads and resolves text; port 0 only when any_port. False with *diag set. */
bool address_parse(uv_loop_t *uv, const char *text, bool any_port, struct address *out,
                   struct diag *diag);
/* address_choose takes one of the addresses of a name, NULL when there is none: the first IPv4 one,
 * else the first. What listens on "localhost" most often listens on 127.0.0.1. */
const struct addrinfo *address_choose(const struct addrinfo *list);
/* address_print writes "127.0.0.1:80", "[::1]:80" or "unix:path". */
void address_print(const struct address *address, char *out, size_t size);

enum connection_state {
  CONNECTION_OPENING, /* connect is under way */
  CONNECTION_SHAKING, /* connected; the handshake of TLS is under way */
  CONNECTION_OPEN,    /* an accepted one from the beginning */
  CONNECTION_BROKEN,  /* the actor will be told next */
  CONNECTION_LEAVING, /* the actor closed it; what it wrote is on its way, or the peer's FIN is due
                       */
  CONNECTION_GONE,    /* the handle is being closed */
};

struct connection {
  union {
    uv_handle_t handle;
    uv_stream_t stream;
    uv_tcp_t tcp;
    uv_pipe_t pipe;
  } uv;
  uv_connect_t connect;
  struct net_player *player;
  struct secure *secure; /* NULL: clear text */
  conn_id id;
  unsigned place; /* the number of its address or of its listener */
  enum connection_state state;
  enum actor_event_kind broken; /* ACTOR_REFUSED or ACTOR_RESET */
  bool local;                   /* a Unix socket */
  bool shut;                    /* no more writes: the actor said so */
  bool fin;                     /* the peer said so, and the actor knows */
  bool parting;                 /* leaving: all is sent, FIN too; what comes is not read */
  bool deaf;                    /* the peer takes no more; what it sent before is still read */
  uint64_t read_turn;           /* the turn in which bytes were last read */
  /* A connection is in one list at most: of the broken ones or of the leaving ones. */
  struct connection *next;
  struct connection *previous;
  size_t queued;        /* leaving: what was unsent when last looked at */
  uint64_t deadline_us; /* leaving: when to look again */
};

struct connection_list {
  struct connection *first;
  struct connection *last;
};

void list_append(struct connection_list *list, struct connection *connection);
void list_remove(struct connection_list *list, struct connection *connection);

struct slot {
  struct connection *connection; /* NULL when the slot is free */
};

/* The connections of a player by number. Zeroed memory is an empty table. */
struct table {
  struct slot *slots;
  size_t cap; /* 0 or a power of two */
  size_t used;
};

/* table_add puts in a connection whose number is not in the table. */
void table_add(struct table *table, struct connection *connection);
/* table_find returns the connection with the number, or NULL. */
struct connection *table_find(const struct table *table, conn_id id);
/* table_remove takes the number out; it may be absent. */
void table_remove(struct table *table, conn_id id);
void table_free(struct table *table);

enum nodelay { NODELAY_UNKNOWN, NODELAY_INHERITED, NODELAY_SET };

struct listener {
  union {
    uv_handle_t handle;
    uv_stream_t stream;
    uv_tcp_t tcp;
    uv_pipe_t pipe;
  } uv;
  struct net_player *player;
  struct listener *next;
  unsigned place;
  bool local;
  enum nodelay nodelay; /* whether accepted sockets have TCP_NODELAY from the listening one */
  struct tls *tls;      /* NULL: clear text */
  bool tls_only;
  struct diag failure;
  char name[128];
};

/* listener_find returns the player's listener with the number, or NULL. */
struct listener *listener_find(const struct net_player *player, unsigned place);

struct net_player {
  struct net_loop *loop;
  struct net_player *next;
  struct actor actor;
  struct address *addresses;
  unsigned num_addresses;
  struct listener *listeners; /* newest first */
  unsigned num_listeners;
  struct table connections;
  conn_id next_accepted;
  uint64_t wake_us;
  bool stale; /* wake_us must be asked again */
};

struct net_loop {
  uv_loop_t uv;
  uv_prepare_t prepare;
  uv_check_t check;
  uv_timer_t timer;
  uv_signal_t interrupt;
  uv_signal_t terminate;
  struct net_clock clock;
  struct net_player *players;
  struct connection_list broken;  /* their actors are told once the present one is drained */
  struct connection_list leaving; /* by deadline */
  uint64_t turn;
  uint64_t next_us;  /* the earliest time at which something is due */
  uint64_t armed_us; /* what the timer is set to; ACTOR_NEVER when it is not */
  int signal;
  bool feeding; /* an actor is being fed or drained */
  char buffer[NET_READ_SIZE];
};

/* player_feed tells the actor and does what it asks for. Not to be called while feeding. */
void player_feed(struct net_player *player, const struct actor_event *event);

/* loop_settle tells the actors of broken connections, unless an actor is being drained just now. */
void loop_settle(struct net_loop *loop);

/* connection_open begins to connect. A failure is told to the actor later, never from in here. */
void connection_open(struct net_player *player, conn_id id, unsigned place);
/* connection_accept takes the listener's next connection and tells the actor. */
void connection_accept(struct listener *listener);
void connection_write(struct connection *connection, struct span bytes);
void connection_shut(struct connection *connection);
void connection_close(struct connection *connection);
void connection_abort(struct connection *connection);
/* connection_settle ends a broken one; its actor is to be told. */
void connection_settle(struct connection *connection);
/* connection_linger looks after a leaving one whose deadline has come. */
void connection_linger(struct connection *connection, uint64_t now_us);
/* connection_discard closes at once, whatever its state. */
void connection_discard(struct connection *connection);

/* For TLS. connection_send puts bytes on the wire, connection_sent follows up when all that there
 * was is sent, connection_tell feeds the actor, connection_break gives up: a reset to the actor, or
 * a refusal while it was not told of the connection. connection_overflow gives up because the peer
 * takes too little. connection_failure is where the reason of a failed one is kept. */
void connection_send(struct connection *connection, struct span bytes);
void connection_sent(struct connection *connection);
void connection_tell(struct connection *connection, enum actor_event_kind kind, struct span bytes);
void connection_break(struct connection *connection, enum actor_event_kind kind);
void connection_overflow(struct connection *connection);
struct diag *connection_failure(const struct connection *connection);

/* The TLS of a connection. secure_new takes part in what context says: a client when secure_start
 * is called, a server once the first byte came. That byte makes it clear text after all when it is
 * not of TLS, unless only TLS is served: then connection->secure is NULL from there on. */
struct secure *secure_new(struct tls *tls, bool only);
void secure_free(struct secure *secure);
/* secure_waits tells whether nothing can be sent yet: what is served is not known, or the handshake
 * is not done. secure_held is how many bytes wait. */
bool secure_waits(const struct secure *secure);
size_t secure_held(const struct secure *secure);
void secure_start(struct connection *connection);
/* secure_read takes what the socket gave. */
void secure_read(struct connection *connection, struct span raw);
/* secure_write sends bytes in one write, or holds them as long as secure_waits. */
void secure_write(struct connection *connection, struct span bytes);
/* secure_end sends close_notify, once, if the handshake is done. */
void secure_end(struct connection *connection);
/* secure_fin takes the end of the socket: false when that is not the end of a conversation, but of
 * a handshake, and the connection is given up. */
bool secure_fin(struct connection *connection);
/* secure_miss keeps as reason that the handshake, if it is under way, ended like this. */
void secure_miss(const struct connection *connection, const char *how);

#endif
