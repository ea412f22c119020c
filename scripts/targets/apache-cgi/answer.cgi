#!/bin/sh
# The answer comes once the content has come.
cat >/dev/null
if [ "$PATH_INFO" = /103 ]; then
  printf 'Status: 103 Early Hints\nLink: </style.css>; rel=preload; as=style\n\n'
fi
printf 'Content-Type: text/plain\n\nok\n'
