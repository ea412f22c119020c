#include "cli/plain.h"

enum { MOST_ENTRIES = 80, MOST_BYTES = 8192 };

/* Opens connections as they are needed, also anew behind an end; our origin takes a request from
 * whatever connection it comes on. */
static const char prelude[] =
    "import select, socket, struct\n"
    "listener = socket.create_server(ORIGIN) if ORIGIN else None\n"
    "clients, origins, backs = {}, {}, []\n"
    "def client(n):\n"
    "    if n not in clients: clients[n] = socket.create_connection(TARGET)\n"
    "    return clients[n]\n"
    "def ended(s):\n"
    "    try: return not s.recv(1, socket.MSG_PEEK)\n"
    "    except OSError: return True\n"
    "def origin(n):\n"
    "    while n not in origins:\n"
    "        ready = select.select([listener] + backs, [], [], 3)[0]\n"
    "        if not ready: raise SystemExit('request %d did not reach the origin' % n)\n"
    "        if ready[0] is listener: backs.append(listener.accept()[0])\n"
    "        elif ended(ready[0]): backs.remove(ready[0])\n"
    "        else: origins[n] = ready[0]\n"
    "    return origins[n]\n"
    "def send(name, s, data):\n"
    "    try: s.sendall(data)\n"
    "    except OSError as e: print(name, 'cannot send:', e)\n"
    "def show(name, s):\n"
    "    s.settimeout(1)\n"
    "    try: print(name, 'received', s.recv(65536) or 'the end')\n"
    "    except OSError as e: print(name, 'received nothing:', e)\n"
    "def half_close(s):\n"
    "    try: s.shutdown(socket.SHUT_WR)\n"
    "    except OSError as e: print('cannot half-close:', e)\n"
    "def close(s):\n"
    "    for peers in clients, origins:\n"
    "        for n in [n for n in peers if peers[n] is s]: del peers[n]\n"
    "    if s in backs: backs.remove(s)\n"
    "    s.close()\n"
    "def abort(s):\n"
    "    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0)); close(s)\n";
static void add_address(struct bytes *out, const char *name, const char *address) {
  struct span text = span_of(address);
  size_t colon = text.len;
  while (colon > 0 && text.ptr[colon - 1] != ':') {
    colon--;
  }
  size_t host_len = colon > 0 ? colon - 1 : 0;
  size_t start = host_len > 1 && text.ptr[0] == '[' ? 1 : 0;
  bytes_printf(out, "%s = ('%.*s', %s)\n", name, (int)(host_len - 2 * start), address + start,
               address + colon);
}

static void add_literal(struct bytes *out, struct span bytes) {
  bytes_text(out, "b'");
  for (size_t i = 0; i < bytes.len; i++) {
    uint8_t byte = bytes.ptr[i];
    if (byte == '\r' || byte == '\n') {
      bytes_text(out, byte == '\r' ? "\\r" : "\\n");
    } else if (byte < 0x20 || byte > 0x7e || byte == '\'' || byte == '\\') {
      bytes_printf(out, "\\x%02x", byte);
    } else {
      bytes_add(out, (struct span){&byte, 1});
    }
  }
  bytes_text(out, "'");
}

/* The function of the prelude that does what a note tells; NULL for none. A client forgets a
 * connection that the target reset, to open another; our origin's are the target's to end. */
static const char *function_for(enum lane lane, struct span note) {
  static const struct {
    const char *note;
    const char *function;
  } functions[] = {
      {"closes", "close"},
      {"half-closes", "half_close"},
      {"aborts", "abort"},
  };
  if (lane == LANE_CLIENT && span_is(note, "the target reset")) {
    return "close";
  }
  for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
    if (span_is(note, functions[i].note)) {
      return functions[i].function;
    }
  }
  return NULL;
}

static void add_entry(struct bytes *out, const struct transcript_entry *entry) {
  const char *lane = entry->lane == LANE_CLIENT ? "client" : "origin";
  if (strcmp(entry->dir, "sent") == 0) {
    bytes_printf(out, "send('%s %u', %s(%u), ", lane, entry->number, lane, entry->number);
    add_literal(out, entry->bytes);
    bytes_text(out, ")\n");
  } else if (strcmp(entry->dir, "received") == 0 || span_is(entry->bytes, "nothing came")) {
    bytes_printf(out, "show('%s %u', %s(%u))\n", lane, entry->number, lane, entry->number);
  } else if (function_for(entry->lane, entry->bytes) != NULL) {
    bytes_printf(out, "%s(%s(%u))\n", function_for(entry->lane, entry->bytes), lane, entry->number);
  }
}

const char *plain_script(struct arena *arena, const struct script *script, const char *target,
                         const char *origin) {
  struct bytes out = {0};
  if (script->num_transcript == 0 || script->num_transcript > MOST_ENTRIES) {
    return "";
  }
  bytes_text(&out, "python3 - <<'END'\n");
  add_address(&out, "TARGET", target);
  if (origin[0] == '\0') {
    bytes_text(&out, "ORIGIN = None # the target makes the answers\n");
  } else {
    add_address(&out, "ORIGIN", origin);
  }
  bytes_text(&out, prelude);
  size_t head = out.len;
  for (size_t i = 0; i < script->num_transcript; i++) {
    add_entry(&out, &script->transcript[i]);
  }
  bytes_text(&out, "END");
  const char *text = out.len - head > MOST_BYTES ? "" : arena_printf(arena, "%s", bytes_cstr(&out));
  bytes_free(&out);
  return text;
}
