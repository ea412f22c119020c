# The least that makes workerd a gateway: everything not written here is its own default.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "origin", external = (address = "127.0.0.1:{origin_port}", http = ()))],
  sockets = [(name = "gateway", address = "127.0.0.1:{listen_port}", http = (), service = "origin")]
);
