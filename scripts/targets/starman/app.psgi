# The least that a PSGI application is.
use strict;
use warnings;

sub {
    my $environment = shift;
    # The answer comes once the content has come.
    $environment->{'psgi.input'}->read(my $content, $environment->{CONTENT_LENGTH} || 0);
    my @content = $environment->{REQUEST_METHOD} eq 'HEAD' ? () : ("ok\n");
    return [200, ['Content-Type' => 'text/plain', 'Content-Length' => 3], \@content];
};
