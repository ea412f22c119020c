// libsoup; what is not written here is its default.
#include <libsoup/soup.h>

static void respond(SoupServerMessage *message)
{
  soup_server_message_set_status(message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response(message, "text/plain", SOUP_MEMORY_STATIC, "ok\n", 3);
}

static gboolean respond_behind_interim(gpointer message)
{
  soup_message_headers_remove(soup_server_message_get_response_headers(message), "Link");
  respond(message);
  soup_server_message_unpause(message);
  g_object_unref(message);
  return G_SOURCE_REMOVE;
}

// The final response follows: not from within, where its status would be lost.
static void sent_interim(SoupServerMessage *message, gpointer context)
{
  (void)context;
  soup_server_message_pause(message);
  g_idle_add(respond_behind_interim, g_object_ref(message));
}

static void answer(SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
                   gpointer context)
{
  (void)server, (void)query, (void)context;
  if (g_str_equal(path, "/102")) {
    soup_server_message_set_status(message, SOUP_STATUS_PROCESSING, NULL);
  } else if (g_str_equal(path, "/103")) {
    soup_server_message_set_status(message, 103, "Early Hints");
    soup_message_headers_append(soup_server_message_get_response_headers(message), "Link",
                                "</style.css>; rel=preload; as=style");
  } else {
    respond(message);
    return;
  }
  g_signal_connect(message, "wrote-informational", G_CALLBACK(sent_interim), NULL);
}

int main(void)
{
  GError *error = NULL;
  SoupServer *server = soup_server_new(NULL, NULL);
  soup_server_add_handler(server, NULL, answer, NULL, NULL);
  if (!soup_server_listen_local(server, {listen_port}, SOUP_SERVER_LISTEN_IPV4_ONLY, &error)) {
    g_error("%s", error->message);
  }
  g_main_loop_run(g_main_loop_new(NULL, FALSE));
}
