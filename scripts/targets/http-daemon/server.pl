# HTTP::Daemon; what is not written here is its default.
use strict;
use warnings;
use HTTP::Daemon;
use HTTP::Response;

# It serves one connection at a time by itself: here each has its own process.
$SIG{CHLD} = 'IGNORE';
my $daemon = HTTP::Daemon->new(LocalAddr => '127.0.0.1', LocalPort => {listen_port}, ReuseAddr => 1, Listen => 128)
  or die "cannot listen: $!";
while (1) {
    my $connection = $daemon->accept or next;
    next if fork;
    while (my $request = $connection->get_request) {
        # To write a status line is the caller's doing: no 1xx for a client of HTTP/1.0.
        my $path = $request->protocol eq 'HTTP/1.0' ? '' : $request->uri->path;
        if ($path eq '/102') {
            $connection->send_basic_header(102);
            $connection->send_crlf;
        }
        elsif ($path eq '/103') {
            $connection->send_basic_header(103);
            $connection->send_header('Link', '</style.css>; rel=preload; as=style');
            $connection->send_crlf;
        }
        $connection->send_response(HTTP::Response->new(200, 'OK', ['Content-Type' => 'text/plain'], "ok\n"));
    }
    exit;
}
