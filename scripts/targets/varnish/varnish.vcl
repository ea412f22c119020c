# The least that makes Varnish a gateway: everything not written here is its own default.
vcl 4.1;

# No probe: a health check is not part of a case.
backend origin {
  .host = "127.0.0.1";
  .port = "{origin_port}";
}

sub vcl_recv {
  # Every request goes to the origin. Varnish's own rules would look up a GET in the cache, and make
  # a tunnel (pipe) for a method that they do not know.
  return (pass);
}
