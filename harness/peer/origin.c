#include "peer/origin.h"

struct relay *origin_new(const struct origin_config *config) {
  struct relay_config relay = {
      .listener = config->listener,
      .idle_us = config->idle_us,
      .coder = config->coder,
      .serves = true,
      .faults = config->faults,
      .bug = config->bug,
  };
  return relay_new(&relay);
}
