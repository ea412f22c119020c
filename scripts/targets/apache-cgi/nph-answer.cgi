#!/bin/sh
cat >/dev/null
# Nobody between this program and the client knows that an HTTP/1.0 client gets no interim response.
case $SERVER_PROTOCOL$PATH_INFO in
HTTP/1.0*) ;;
*/102) printf 'HTTP/1.1 102 Processing\r\n\r\n' ;;
esac
printf 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\n'
[ "$REQUEST_METHOD" = HEAD ] || echo ok
