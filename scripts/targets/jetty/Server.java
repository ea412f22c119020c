import java.io.IOException;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.AbstractHandler;

/** Jetty; what is not written here is its default. */
public class Server {
  /** The answer comes once the content has come. */
  private static class Answer extends AbstractHandler {
    @Override
    public void handle(String path, Request base, HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      base.setHandled(true);
      request.getInputStream().readAllBytes();
      if (path.equals("/102")) {
        // Jetty's own word for a 102.
        response.sendError(102);
      }
      response.setContentType("text/plain");
      response.getOutputStream().print("ok\n");
    }
  }

  public static void main(String[] arguments) throws Exception {
    org.eclipse.jetty.server.Server server = new org.eclipse.jetty.server.Server();
    HttpConfiguration configuration = new HttpConfiguration();
    ServerConnector connector =
        new ServerConnector(
            server,
            new HttpConnectionFactory(configuration),
            new HTTP2CServerConnectionFactory(configuration));
    connector.setHost("127.0.0.1");
    connector.setPort({listen_port});
    server.addConnector(connector);
    server.setHandler(new Answer());
    server.start();
    server.join();
  }
}
