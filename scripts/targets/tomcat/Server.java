import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.apache.catalina.Context;
import org.apache.catalina.connector.ResponseFacade;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.http2.Http2Protocol;

/** Tomcat; what is not written here is its default. */
public class Server {
  /** The answer comes once the content has come. */
  private static class Answer extends HttpServlet {
    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
      request.getInputStream().readAllBytes();
      if (request.getRequestURI().equals("/103")) {
        response.setHeader("Link", "</style.css>; rel=preload; as=style");
        ((ResponseFacade) response).sendEarlyHints();
      }
      response.setContentType("text/plain");
      response.getOutputStream().print("ok\n");
    }
  }

  public static void main(String[] arguments) throws Exception {
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir("{dir}");
    tomcat.setPort({listen_port});
    tomcat.getConnector().setProperty("address", "127.0.0.1");
    // HTTP/2 without TLS is off otherwise.
    tomcat.getConnector().addUpgradeProtocol(new Http2Protocol());
    Context context = tomcat.addContext("", null);
    Tomcat.addServlet(context, "answer", new Answer());
    context.addServletMappingDecoded("/*", "answer");
    tomcat.start();
    tomcat.getServer().await();
  }
}
