import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;

/** The JDK's own server; what is not written here is its default. */
public class Server {
  private static final byte[] CONTENT = "ok\n".getBytes(StandardCharsets.US_ASCII);

  /** The answer comes once the content has come. */
  private static void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      if (exchange.getRequestMethod().equals("HEAD")) {
        exchange.sendResponseHeaders(200, -1);
      } else {
        exchange.sendResponseHeaders(200, CONTENT.length);
        exchange.getResponseBody().write(CONTENT);
      }
    }
  }

  public static void main(String[] arguments) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", {listen_port}), 0);
    // Otherwise it serves one request at a time.
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/", Server::answer);
    server.start();
  }
}
