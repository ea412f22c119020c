# The least that makes Varnish a gateway that pipes: everything not written here is its own default.
vcl 4.1;

# No probe: a health check is not part of a case.
backend origin {
  .host = "127.0.0.1";
  .port = "{origin_port}";
}

sub vcl_recv {
  return (pipe);
}
