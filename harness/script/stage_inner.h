/* What the files of the stage share. Nothing else includes this. */
#ifndef INTERIM_SCRIPT_STAGE_INNER_H
#define INTERIM_SCRIPT_STAGE_INNER_H

#include "script/origin.h"
#include "script/stage.h"

enum {
  SANITY_RUNS = 3,
  MANY_UPLOADS = 5, /* of the time for one are a deadline */
  MAX_ALONE_CONFIRMS = 12,
  MAX_ALONE_CUTS = 24,
  LEAST_CROWD = 2,
  DROPPED_US = 900000,      /* to open a connection, when its first try was dropped */
  CROWD_OF_SHORT_QUEUE = 3, /* the control and a canary come beside them */
  RETRY_US = 50000,
  GONE_US = 2000000,   /* a target that refused connections for so long is gone */
  RETURN_US = 5000000, /* and has so long to come back after a restart */
  DYING_US = 50000,
  MAX_UNNOTICED = 3,
  MAX_RESTARTS = 20,
  MAX_VAIN_RESTARTS = 2,
  SANITY_PATIENCE_US = 3000000,
  SLOT_SANITY = 0xfffe,
  SLOT_CONTROL = 0xffff,
};

/* A play in flight, or the sanity or control exchange. */
struct active {
  struct script *script;
  struct play *play; /* NULL for sanity and control */
  bool cut;          /* the target ended a connection of it and had not said so */
  uint64_t cut_us;   /* first then */
  bool death;        /* a process of the target was found dead meanwhile */
  bool crowded;      /* given up with others, as they kept the target from answering */
};

struct stage {
  struct stage_config config;
  struct play *plays;
  size_t num_plays;
  enum stage_phase phase;
  struct outbox outbox;
  struct origin origin;
  conn_id next_conn;
  struct arena arena;
  struct case_file plain;  /* GET, 200: sanity and control */
  struct case_file upload; /* POST, which the resource of an origin may take its time for */
  struct active *active;
  size_t num_active;
  size_t cap_active;
  uint64_t now_us;
  uint64_t began_us;      /* the first event came then */
  size_t next_play;       /* where the search for the next play begins */
  unsigned num_sanity;    /* done in this phase */
  uint32_t attempts[2];   /* of sanity and control */
  struct script *control; /* in flight, or NULL */
  unsigned control_failures;
  uint64_t leave_us;      /* 0, or until then plays wait for connections that the origin left */
  unsigned num_unnoticed; /* times in a row that the target had not ended them by then */
  size_t crowd;           /* most plays in flight */
  bool crowd_of_one;      /* ... as one play, which keeps another request of its own waiting */
  bool one_by_one;        /* the target is known to ask the origin for one thing at a time */
  bool dispersed; /* plays were given up as a crowd; a plain exchange tells whether rightly */
  uint64_t down_since_us; /* 0: the target accepts connections */
  uint64_t retry_us;      /* try a connection again then */
  bool died;
  bool wants_restart;
  unsigned num_restarts;
  unsigned num_vain; /* of these, since it was last seen alive */
  uint64_t alive_us; /* the latest play that ended clean began then */
  bool doubted; /* a play was cut off, and nobody was answered since: it may have been the last */
  uint64_t doubted_us; /* since then */
  bool looked;         /* with nothing in flight, since the last play began */
  bool wants_look;
  uint64_t looked_us;
  uint64_t quiet_us; /* the latest look with nothing in flight */
  bool death_hurt;   /* the latest death cost a play a connection */
  unsigned num_deaths;
  uint64_t round_trip_us;
  bool uploaded;
  uint64_t upload_us; /* of an upload's answer; 0 without one */
  uint64_t deadline_us;
  bool back_http10;
  bool front_http10;
  enum http_version back;
  unsigned final_code; /* of the latest sanity answer */
  const char *server;
  const char *location;
  const char *failure;
  struct bytes confirmed; /* symptoms that were confirmed alone, one a line */
  unsigned num_confirmed_alone;
};

/* stage_is_alone tells whether plays of this phase share the target with no other. */
bool stage_is_alone(const struct stage *stage);

/* stage_next_due returns the play that begins next in this phase, NULL for none; stage_has_room
 * tells whether it may begin now. */
struct play *stage_next_due(struct stage *stage);
bool stage_has_room(const struct stage *stage);

#endif
