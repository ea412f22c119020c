// GNU libmicrohttpd; what is not written here is its default.
#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

// How far a request is: its head came, its 102 went out.
static char began, processing;

static enum MHD_Result respond(struct MHD_Connection *connection, unsigned status, const char *content)
{
  struct MHD_Response *response =
      MHD_create_response_from_buffer(strlen(content), (void *)content, MHD_RESPMEM_PERSISTENT);
  if (response == NULL) {
    return MHD_NO;
  }
  enum MHD_Result result = MHD_queue_response(connection, status, response);
  MHD_destroy_response(response);
  return result;
}

// Called for the head, for each piece of content, behind the content, and again behind a 102.
static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *path,
                              const char *method, const char *version, const char *content, size_t *length,
                              void **state)
{
  (void)context, (void)method, (void)version, (void)content;
  if (*state == NULL) {
    *state = &began;
    return MHD_YES;
  }
  if (*length > 0) {
    *length = 0;
    return MHD_YES;
  }
  if (*state == &began && strcmp(path, "/102") == 0) {
    *state = &processing;
    return respond(connection, MHD_HTTP_PROCESSING, "");
  }
  return respond(connection, MHD_HTTP_OK, "ok\n");
}

int main(void)
{
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons({listen_port})};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_ERROR_LOG, 0, NULL, NULL, answer, NULL,
                       MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_END) == NULL) {
    return 1;
  }
  for (;;) {
    pause();
  }
}
