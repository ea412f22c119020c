# zurl ends with the session, pushpin is what is waited for.
zurl --loglevel=1 --config={dir}/zurl.conf &
exec pushpin --loglevel=1 --config={dir}/pushpin.conf --merge-output --route='* 127.0.0.1:{origin_port}'
