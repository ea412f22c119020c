#include "judge/verdict.h"

#include <stddef.h>
#include <string.h>

enum { MOST_IDS = 8 };

/* What it does to users that a requirement is not met, where no stricter outcome says it. */
static const struct {
  const char *ids[MOST_IDS];
  const char *impact;
} impacts[] = {
    {{"HOUSE-ALIVE"},
     "Whoever can send these bytes can put the target out of action, for everybody, at will."},
    {{"RFC9110-10.1.1-1", "RFC9110-10.1.1-13", "RFC9110-10.1.1-14", "RFC9110-10.1.1-15",
      "RFC9110-7.8-11"},
     "A client that waits for the 100 sends its content after a timeout of its own, often a second "
     "for each upload, or never."},
    {{"RFC9110-10.1.1-4"},
     "The next server asks for content that there is none of, and waits for it: the request costs "
     "a round trip more, or a timeout."},
    {{"RFC9110-10.1.1-12"},
     "The client does not know whether to go on with its content: it sends in vain, or throws away "
     "a connection that could have served again."},
    {{"RFC9110-10.1.1-11", "RFC9110-15-4", "RFC9112-9.2-2"},
     "The client does not know which response is its answer: it waits for one that does not come, "
     "or takes another one for it."},
    {{"RFC9110-10.1.1-9", "RFC9110-15.2-2"},
     "HTTP/1.0 knows no interim response: a client takes it for the answer, and the answer for "
     "content, or shows an error."},
    {{"RFC9110-15.2.2-2", "RFC9110-7.8-3", "RFC9110-7.8-8"},
     "The client cannot tell which protocol is spoken from here on: it gives the connection up, or "
     "reads what follows wrongly."},
    {{"RFC9110-7.8-4", "RFC9110-7.8-9", "RFC9113-8.6-1"},
     "The client finds itself in a protocol that it did not ask for: what follows on the "
     "connection is lost, or read as something else."},
    {{"RFC9110-7.8-6", "RFC9110-7.8-12"},
     "The upgrade was agreed upon and does not carry: bytes of the new protocol are lost or "
     "changed, and both ends wait for each other."},
    {{"RFC9110-15.2-3", "RFC8297-2-6"},
     "What was said for a moment changes how the answer is handled: clients act on it, and caches "
     "store it and hand it to others."},
    {{"RFC9110-15.2-4", "RFC9112-6.3-2", "RFC9110-6-1"},
     "An origin cannot send interim responses through this target: answers that follow one are "
     "lost, late or damaged."},
    {{"RFC9110-7.6-1", "RFC9110-15.2-6", "RFC9110-5.1-1", "RFC9111-5.2-1", "RFC9112-4-5"},
     "What the origin says does not get through: clients and origins cannot use more of HTTP than "
     "the target itself knows."},
    {{"RFC9110-15.6.3-1"},
     "Nobody is told that the origin's response was unusable: the client takes what it got for the "
     "answer, or sees a broken connection and cannot tell whose fault it is."},
    {{"RFC9110-7.5-4"},
     "An upload ends halfway although nobody refused it: the origin has half of it, and the client "
     "an error."},
    {{"RFC9110-5.5-1", "RFC9112-2.2-4", "RFC9112-2.2-6", "RFC9112-4-4", "RFC9112-5.1-1",
      "RFC9112-5.2-2"},
     "Readers differ in what they make of such a head: what one takes for a value another takes "
     "for a field or a response of its own, and so it can be smuggled in."},
    {{"RFC9113-8.2.1-4", "RFC9113-8.2.1-7", "RFC9113-8.1.1-4", "RFC9113-8.2-1", "RFC9112-2.2-1"},
     "Who reads on has to cope with what should never have come so far: some end the connection "
     "with all that is on it, others read a field or a response that nobody sent."},
    {{"RFC9110-7.6.1-2", "RFC9110-7.6.1-3", "RFC9113-10.3-2", "RFC9113-8.2.2-1", "RFC9113-8.2.2-3"},
     "What was said about one connection is taken for something about another: over HTTP/1.1 it "
     "closes or misframes it, over HTTP/2 the response is malformed and thrown away."},
    {{"RFC9110-7.6.3-1", "RFC9110-7.6.3-3"},
     "Nobody can tell from the response what it passed through, so loops, and protocol versions "
     "that get in the way, stay unnoticed."},
    {{"RFC9110-7.7-1"},
     "Client and origin see different fields about the same resource, and neither side's log shows "
     "why."},
    {{"RFC9110-8.6-1", "RFC9112-6.1-1"},
     "A client that believes the field waits for content that never comes, or takes the final "
     "response for it: from then on it is out of step."},
    {{"RFC9110-8.6-5", "RFC9110-9.3.2-1"},
     "A client that asks with HEAD gets a wrong size, or bytes that it takes for the next "
     "response; caches update what they store with it."},
    {{"RFC9110-9.2.2-1", "RFC9110-9.2.2-2", "RFC9110-9.2.2-3"},
     "The origin carries the request out twice: what is ordered, paid or sent happens two times."},
    {{"RFC9110-9.3.6-1", "RFC9110-9.3.6-3"},
     "The bytes of the tunnel are read as HTTP, or those of HTTP as the tunnel's: what is in it, "
     "mostly TLS, breaks."},
    {{"RFC9111-3-1", "RFC9111-4.3.4-1", "RFC9111-4.4-1"},
     "Users are handed from a cache what was no answer, or is one no longer."},
    {{"RFC9112-2.3-1"},
     "The reader takes the target for one that speaks another version: it expects chunks and "
     "persistent connections, or none, where it is the other way round."},
    {{"RFC9112-6.1-3"},
     "A client of HTTP/1.0 takes the sizes of the chunks for content: what it stores is damaged."},
    {{"RFC9112-8-1", "RFC9113-8.1.1-2"},
     "What was cut off looks whole: users get half a page or file, and caches may store it."},
    {{"RFC9112-9.2-3", "RFC9112-9.2-4", "RFC9112-9.3.2-1", "RFC9113-8.1-13"},
     "A client cannot rely on which answer belongs to which of its requests, and may use one that "
     "is somebody else's."},
    {{"RFC9112-9.3-3"},
     "What is content to the client is a request to the server: whoever chooses the content sends "
     "requests in the client's name."},
    {{"RFC9112-9.6-2", "RFC9112-9.6-7"},
     "Both ends wait for the other to end the connection, or one sends a request where nobody "
     "reads any more: it is lost, and it is not known whether it was carried out."},
    {{"RFC9113-4.3-3", "RFC9113-4.3-4", "RFC9113-5.1-7", "RFC9113-10.5.1-1"},
     "Both ends no longer have the same table of fields: later responses on the connection, other "
     "users' too, get wrong fields."},
    {{"RFC9113-5.1-2", "RFC9113-5.1.1-1", "RFC9113-6.2-2", "RFC9113-6.2-3", "RFC9113-6.10-1",
      "RFC9113-5.5-2"},
     "Target and origin go on with a connection whose state they no longer agree on: other "
     "requests on it can get what is not theirs."},
    {{"RFC9113-5.5-1"},
     "Extensions of HTTP/2 cannot be used: a frame that should be passed over costs the response, "
     "or the connection with all that is on it."},
    {{"RFC9113-5.2.1-1"},
     "What should get through to a client at once waits until that client makes room for content: "
     "one that waits for a sign of life first waits for ever."},
    {{"RFC9113-5.1-5", "RFC9113-6.4-1"},
     "Whoever is done with a request still gets frames of it, and may end the connection for "
     "that, with all else that is on it."},
    {{"RFC9113-6.8-1", "RFC9113-6.8-2"},
     "Each time a server is taken out of service some requests are lost that could have been "
     "answered."},
    {{"RFC9113-8.1-11"},
     "The client gets an error although the origin's whole answer had arrived."},
};

const char *outcome_unmet_impact(const char *requirement) {
  for (size_t i = 0; i < sizeof impacts / sizeof impacts[0]; i++) {
    for (size_t k = 0; k < MOST_IDS && impacts[i].ids[k] != NULL; k++) {
      if (strcmp(impacts[i].ids[k], requirement) == 0) {
        return impacts[i].impact;
      }
    }
  }
  return NULL;
}
