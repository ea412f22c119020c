# WEBrick; what is not written here is its default.
require 'webrick'

# Any method; the answer comes once the content has come.
class Answer < WEBrick::HTTPServlet::AbstractServlet
  def service(request, response)
    # It sends the 100 where the servlet asks for it.
    request.continue
    request.body
    response['Content-Type'] = 'text/plain'
    response.body = "ok\n"
  end
end

server = WEBrick::HTTPServer.new(BindAddress: '127.0.0.1', Port: {listen_port}, AccessLog: [])
server.mount('/', Answer)
trap('TERM') { server.shutdown }
server.start
