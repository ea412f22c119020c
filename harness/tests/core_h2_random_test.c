/* Bytes that nobody chose: the reader must not read too far, not loop, and not depend on how the
 * bytes are cut; what was written must be read again. The seeds are fixed, so a failure comes back.
 */
#include "core/h2_connection.h"
#include "tests/core_h2_replay.h"
#include "tests/core_h2_text.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { ROUNDS = 400 };

/* xorshift, as good as any for this. */
static uint32_t draw(uint32_t *seed, uint32_t below) {
  *seed ^= *seed << 13;
  *seed ^= *seed >> 17;
  *seed ^= *seed << 5;
  return *seed % below;
}

static void check(const struct bytes *bytes, bool from_client, uint32_t seed, struct guard *guard) {
  struct h2_wire wire = {.bytes = bytes_span(bytes),
                         .from_client = from_client,
                         .asked = {{.stream = 1}, {.stream = 3, .head = true}},
                         .num_asked = from_client ? 0 : 2};
  const char *broken = prop_h2_sizes(&wire, 3, guard);
  if (broken != NULL) {
    fail_msg("seed %u: %s", seed, broken);
  }
}

static void add_random(struct bytes *out, uint32_t *seed, size_t len) {
  for (size_t i = 0; i < len; i++) {
    uint8_t byte = (uint8_t)draw(seed, 256);
    bytes_add(out, span_make(&byte, 1));
  }
}

static void test_random_bytes(void **state) {
  (void)state;
  struct guard guard = {0};
  for (uint32_t round = 1; round <= ROUNDS; round++) {
    uint32_t seed = round * 2654435761u;
    struct bytes bytes = {0};
    add_random(&bytes, &seed, draw(&seed, 200));
    check(&bytes, false, round, &guard);
    bytes_free(&bytes);
  }
  guard_free(&guard);
}

/* Frames that are right in their heads but for now and then, on few streams, with any payload. */
static void add_frame(struct bytes *out, uint32_t *seed) {
  static const uint8_t lengths[] = {0, 1, 4, 5, 6, 8, 12, 18};
  uint8_t payload[18];
  size_t len = lengths[draw(seed, sizeof(lengths))];
  for (size_t i = 0; i < len; i++) {
    /* Often the indices of short fields, so that header blocks are sometimes good. */
    payload[i] = (uint8_t)(draw(seed, 3) > 0 ? 0x81 + draw(seed, 16) : draw(seed, 256));
  }
  if (len > 0 && draw(seed, 2) == 0) {
    payload[0] = (uint8_t)draw(seed, 6);
  }
  unsigned type = draw(seed, 3) == 0 ? draw(seed, 12) : H2_HEADERS * draw(seed, 2);
  unsigned flags = draw(seed, 3) == 0 ? draw(seed, 256) : (unsigned)H2_END_HEADERS;
  h2_write_frame(out, type, flags, draw(seed, 4), span_make(payload, len));
}

static void test_random_frames(void **state) {
  (void)state;
  struct guard guard = {0};
  for (uint32_t round = 1; round <= ROUNDS; round++) {
    uint32_t seed = round * 2246822519u;
    bool from_client = round % 2 == 0;
    struct bytes bytes = {0};
    h2_text_wire(&bytes, span_of(from_client ? "preface\nSETTINGS 0" : "SETTINGS 0"));
    for (uint32_t i = draw(&seed, 12); i > 0; i--) {
      add_frame(&bytes, &seed);
    }
    check(&bytes, from_client, round, &guard);
    bytes_free(&bytes);
  }
  guard_free(&guard);
}

/* One good conversation with one to three bytes changed. */
static void test_changed_bytes(void **state) {
  (void)state;
  static const char good[] = "SETTINGS 0 INITIAL_WINDOW_SIZE=70000\n"
                             "HEADERS 1 END_HEADERS pad=2 PRIORITY u32:0 u8:15 :status=102 +a=1\n"
                             "HEADERS 3 cut=4 END_HEADERS :status=103 link=\"</a>\" @62\n"
                             "WINDOW_UPDATE 1 u32:5\nPING 0 \"12345678\"\n"
                             "PUSH_PROMISE 1 END_HEADERS u32:2 @2 @6 @4\n"
                             "HEADERS 1 END_HEADERS @8 content-length=2\n"
                             "DATA 1 pad=3 \"ok\"\nHEADERS 1 END_HEADERS END_STREAM b=2\n"
                             "RST_STREAM 3 u32:8\nGOAWAY 0 u32:3 u32:0 \"bye\"\n";
  struct guard guard = {0};
  struct bytes wire = {0};
  h2_text_wire(&wire, span_of(good));
  for (uint32_t round = 1; round <= ROUNDS; round++) {
    uint32_t seed = round * 3266489917u;
    struct bytes bytes = {0};
    bytes_add(&bytes, bytes_span(&wire));
    for (uint32_t i = 1 + draw(&seed, 3); i > 0; i--) {
      bytes.ptr[draw(&seed, (uint32_t)bytes.len)] = (uint8_t)draw(&seed, 256);
    }
    check(&bytes, false, round, &guard);
    bytes_free(&bytes);
  }
  bytes_free(&wire);
  guard_free(&guard);
}

enum { MAX_FIELDS = 6 };

struct block {
  struct h2_field fields[MAX_FIELDS];
  uint8_t text[MAX_FIELDS][2][64];
  size_t num_fields;
};

static struct span draw_text(uint8_t *text, uint32_t *seed, uint32_t most) {
  size_t len = draw(seed, most);
  for (size_t i = 0; i < len; i++) {
    text[i] = (uint8_t)(draw(seed, 4) > 0 ? 'a' + draw(seed, 3) : draw(seed, 256));
  }
  return span_make(text, len);
}

static void draw_block(struct block *block, uint32_t *seed) {
  block->num_fields = draw(seed, MAX_FIELDS + 1);
  for (size_t i = 0; i < block->num_fields; i++) {
    block->fields[i].name = draw_text(block->text[i][0], seed, 4);
    block->fields[i].value = draw_text(block->text[i][1], seed, 64);
  }
}

/* Reads one block, and its fields must be those. */
static void read_block(struct h2_connection *connection, const struct bytes *in,
                       const struct block *block, bool end_stream, uint32_t seed) {
  struct bytes out = {0};
  struct h2_event event;
  size_t num_fields = 0;
  bool ended = false;
  while (!ended && h2_connection_next(connection, bytes_span(in), &event, &out) == H2_EVENT) {
    if (event.kind == H2_GOT_FIELD) {
      if (num_fields == block->num_fields ||
          !span_eq(event.field.name, block->fields[num_fields].name) ||
          !span_eq(event.field.value, block->fields[num_fields].value)) {
        fail_msg("seed %u: another field", seed);
      }
      num_fields++;
    }
    ended = event.kind == H2_GOT_BLOCK_END;
  }
  if (!ended || num_fields != block->num_fields || event.end_stream != end_stream) {
    fail_msg("seed %u: %zu of %zu fields", seed, num_fields, block->num_fields);
  }
  bytes_free(&out);
}

static void test_random_blocks_are_read_as_they_were_written(void **state) {
  (void)state;
  struct h2_connection client;
  struct h2_connection server;
  struct bytes to_server = {0};
  struct bytes to_client = {0};
  h2_connection_init(&client, H2_CLIENT, &hpack_coder, NULL, 0, &to_server);
  h2_connection_init(&server, H2_SERVER, &hpack_coder, NULL, 0, &to_client);
  for (uint32_t round = 1; round <= ROUNDS; round++) {
    uint32_t seed = round * 668265263u;
    struct block block;
    draw_block(&block, &seed);
    struct h2_shape shape = {.fragment = draw(&seed, 2) > 0 ? draw(&seed, 40) : 0,
                             .padding = (uint8_t)(draw(&seed, 2) > 0 ? draw(&seed, 256) : 0),
                             .padded = draw(&seed, 2) > 0,
                             .priority = draw(&seed, 2) > 0};
    bool end_stream = draw(&seed, 2) > 0;
    if (draw(&seed, 10) == 0) {
      hpack_coder.resize(server.coder, draw(&seed, 300));
    }
    h2_write_headers(&server, &to_client, 1 + 2 * draw(&seed, 3), block.fields, block.num_fields,
                     end_stream, draw(&seed, 4) > 0 ? &shape : NULL);
    read_block(&client, &to_client, &block, end_stream, round);
  }
  h2_connection_free(&client);
  h2_connection_free(&server);
  bytes_free(&to_server);
  bytes_free(&to_client);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_random_bytes),
      cmocka_unit_test(test_random_frames),
      cmocka_unit_test(test_changed_bytes),
      cmocka_unit_test(test_random_blocks_are_read_as_they_were_written),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
